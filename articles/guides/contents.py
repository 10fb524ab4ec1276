"""The guides: what each is called, where it stands, and the pictures of its steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# All pictures have one size, cut from what a phone shows.
WIDTH, HEIGHT = 360, 560


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, more about it, and the picture of the screen with what it shows."""

    title: str
    text: str
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide; ``ref`` names it in addresses, ``steps`` writes its steps in the active language."""

    ref: str
    title: Any
    lead: Any
    steps: Callable[[], list[Step]]


def _filing() -> list[Step]:
    return [
        Step(
            _("Find the procedure"),
            _("Type what you want to do, with or without accents, and press “Search”. Then open a procedure."),
            "search",
            _("Search results on a phone: each procedure with its time, its fee and whether it goes online."),
        ),
        Step(
            _("Read what you need, then press “Apply”"),
            _(
                "The page names the papers, the time and the fee. Have the papers at hand. Sign in, or create an "
                "account: your email or your ID number is enough."
            ),
            "procedure",
            _("The page of a procedure: time, fee, what you get, and the button “Apply”."),
        ),
        Step(
            _("Fill in one part after the other"),
            _(
                "Each part has one topic. “Save and continue” keeps what you typed: you may stop and go on another "
                "day, also on another phone."
            ),
            "parts",
            _("The parts of a dossier with what is done and what is still to do."),
        ),
        Step(
            _("Take photos of the papers"),
            _(
                "Add each paper on its own: lay it flat in the light, take a photo or choose a file. The page says "
                "when a picture is too dark or blurred."
            ),
            "papers",
            _("The page of papers: each paper has a card of its own with a button to add a photo or a file."),
        ),
        Step(
            _("Check everything, then submit"),
            _("Every answer stands on one page with a link to change it. Tick the declaration and submit."),
            "review",
            _("The page before submitting: all answers in groups, each with a link to change it."),
        ),
        Step(
            _("Keep the code"),
            _(
                "You get a code at once. An officer looks at the dossier and sends the receipt with the day of the "
                "result; until then the code is enough to follow it."
            ),
            "submitted",
            _("The dossier has been submitted: its code, and what happens next."),
        ),
    ]


def _following() -> list[Step]:
    return [
        Step(
            _("Open “My dossiers”, or look it up by its code"),
            _(
                "Signed in, “My dossiers” lists all of them. Without an account press “Track a dossier” and type the "
                "code of the receipt and the answer to the question."
            ),
            "track",
            _("A dossier looked up by its code: its stage and what to do now, without names."),
        ),
        Step(
            _("Read where it is and what you must do"),
            _("The page shows the stage, the promised day, who holds the dossier, and what you have to do."),
            "dossier",
            _("A dossier on its way: five stages, the promised day and who holds it."),
        ),
        Step(
            _("Add what is missing when you are asked to"),
            _(
                "If a paper is missing, the page says which one and why. Add only that and press the button: the "
                "dossier goes on with the same officer."
            ),
            "supplement",
            _("The page for what is missing: the paper that is asked for, why, and the button to send it."),
        ),
        Step(
            _("Get the result"),
            _("The page says where the result is: to be downloaded, at the commune, or on its way by post."),
            "result",
            _("The dossier is resolved: the result can be downloaded."),
        ),
    ]


GUIDES = {
    guide.ref: guide
    for guide in (
        Guide(
            "file",
            gettext_lazy("How to file online, step by step"),
            gettext_lazy("Six steps with pictures. Whoever has the papers at hand needs about twenty minutes."),
            _filing,
        ),
        Guide(
            "track",
            gettext_lazy("How to follow a dossier, step by step"),
            gettext_lazy("Where your dossier is, what you must do, and how you get the result."),
            _following,
        ),
    )
}
