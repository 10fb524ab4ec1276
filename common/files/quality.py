"""What makes a picture of a paper hard to read, in words: the parser finds the faults, a person decides."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from .parsing.quality import BLURRED, CUT, DARK, EMPTY, FAINT, SMALL

# What the person who sent it may do, as a whole sentence or two.
ADVICE = {
    DARK: _("The photo is rather dark. Take it again near a window or under a lamp."),
    EMPTY: _("Hardly anything can be seen on it. Check that it is the right side of the paper."),
    FAINT: _("The letters are faint. Take the photo again in good light, from straight above the paper."),
    BLURRED: _(
        "The photo is rather blurred. Hold the phone with both hands, tap the paper on the screen, then retake."
    ),
    SMALL: _("The picture is very small. Send the photo itself, not one that a chat program has made small."),
    CUT: _("Text seems to be cut off at the edge. Take the photo again with the whole sheet in it."),
}
# What an officer sees beside the file.
BRIEF = {
    DARK: _("Dark photo"),
    EMPTY: _("Nearly empty"),
    FAINT: _("Faint letters"),
    BLURRED: _("Blurred photo"),
    SMALL: _("Small picture"),
    CUT: _("Text cut off at the edge"),
}


def kept(faults: Iterable[str]) -> str:
    """Return faults as a row keeps them."""
    return ",".join(faults)


def faults_in(faults: str) -> tuple[str, ...]:
    """Return the faults that a row keeps."""
    return tuple(filter(None, faults.split(",")))


def advice(faults: str) -> list[str]:
    """Return what may be done about faults as a row keeps them; one that is no longer measured is left out."""
    return [str(ADVICE[fault]) for fault in faults_in(faults) if fault in ADVICE]


def brief(faults: str) -> list[str]:
    """Return faults as a row keeps them in few words."""
    return [str(BRIEF[fault]) for fault in faults_in(faults) if fault in BRIEF]
