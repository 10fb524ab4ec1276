"""What somebody who acts for an organisation does on these pages, in words, and to which dossier."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.hooks import Subject
from accounts.models import User
from procedures import labels

from ..models import Dossier

_FILES = gettext_lazy("Files of a paper changed")
ACTS: dict[str, Any] = {
    "applicant:apply": gettext_lazy("Draft begun"),
    "applicant:section": gettext_lazy("Answers filled in"),
    "applicant:authority": gettext_lazy("Power of attorney stated"),
    "applicant:papers": gettext_lazy("Papers given"),
    "applicant:paper_upload": gettext_lazy("Papers given"),
    "applicant:paper_promise": gettext_lazy("An original promised"),
    "applicant:paper_again": gettext_lazy("A paper of an earlier dossier used again"),
    "applicant:paper_remove": gettext_lazy("A paper taken back"),
    "applicant:paper_turn": _FILES,
    "applicant:paper_move_up": _FILES,
    "applicant:delivery": gettext_lazy("Way of receiving the result chosen"),
    "applicant:submit": gettext_lazy("Dossier submitted"),
    "applicant:remember": gettext_lazy("Details kept in the organisation's account"),
    "applicant:renew": gettext_lazy("Draft moved to the new rules"),
    "applicant:discard": gettext_lazy("Draft deleted"),
    "applicant:supplement": gettext_lazy("Supplement prepared or sent"),
    "applicant:correction": gettext_lazy("Correction asked for, prepared or sent"),
    "applicant:correction_answers": gettext_lazy("Correction sent"),
    "applicant:withdraw": gettext_lazy("Withdrawal asked for"),
    "applicant:link": gettext_lazy("Dossier handed in on paper added"),
    "applicant:copy": gettext_lazy("Begun again from an ended dossier"),
    "applicant:talk": gettext_lazy("Message written to the commune"),
    "applicant:call": gettext_lazy("A call asked for"),
    "applicant:result": gettext_lazy("Result received"),
}


def subjects(owner: User, refs: Collection[str]) -> dict[str, Subject]:
    """Return the dossiers of an account that refs name, with code and procedure. One query."""
    found = Dossier.objects.of_owner(owner).filter(ref__in=refs).only("ref", "code", "version")
    return {
        dossier.ref: Subject(
            " · ".join(filter(None, [dossier.code, labels.name_in(dossier.version)[0]])),
            reverse("applicant:dossier", args=[dossier.ref]),
        )
        for dossier in found
    }
