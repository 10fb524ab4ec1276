"""Files chosen on a page of papers travel with whatever button is pressed there: each is taken, or the page says why.

A page of papers is one form. With scripts every chosen file is sent on its own
to its card; without them all of them come with the button.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from common.clock import now, recorded_now
from common.files import quality
from common.files.uploads import accept
from common.refusals import Refused
from common.web.limits import hit_target, too_many
from procedures.models import RequiredPaper

from ..filing import drafts, papers, supplements
from ..models import Dossier
from ..records.papers import asks_authority

# What the boxes of a page are called: before a card's key, and before the ref of the paper that goes.
NEW, INSTEAD = "file-", "replace-"
# (request, dossier, key of a card, what is wrong with its file) -> the page of papers with that on the card.
ShowCards = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Chosen:
    """A file that came with a page: the key of its card, and the ref of the paper that it replaces or ''."""

    key: str
    file: UploadedFile | None
    replaces: str = ""


def chosen_files(request: SignedInRequest, dossier: Dossier, key: str = "") -> list[Chosen]:
    """Return the files of a POST; ``key`` is the card that a box called ``file`` belongs to.

    One query per file that replaces another.
    """
    found = []
    for name, files in request.FILES.lists():
        for file in files:
            if name == "file" and key:
                found.append(Chosen(key, file, request.POST.get("replaces", "")))
            elif name.startswith(NEW):
                found.append(Chosen(name.removeprefix(NEW), file))
            elif name.startswith(INSTEAD):
                ref = name.removeprefix(INSTEAD)
                paper = dossier.papers.filter(ref=ref[:40]).select_related("required").first()
                if paper is not None and (card := papers.card_key(paper)):
                    found.append(Chosen(card, file, paper.ref))
                else:
                    text = _("The file %(name)s was not taken. Choose it again.") % {"name": file.name}
                    messages.warning(request, text)
    return found


def take_all(request: SignedInRequest, dossier: Dossier, chosen: list[Chosen], show: ShowCards) -> HttpResponse | None:
    """Store chosen files one by one; return the page that says why one was not taken, None when all were.

    Raises Refused('stale') when the dossier takes no files now.
    """
    refused: list[tuple[str, str]] = []
    for one in chosen:
        limit = hit_target("upload_user", str(request.user.pk), now())
        if limit.exceeded:
            return too_many(request, limit)
        message = take(request, dossier, one)
        if message:
            refused.append((one.key, message))
    for _key, message in refused[1:]:
        messages.error(request, message)
    return show(request, dossier, error_key=refused[0][0], error=refused[0][1], status=422) if refused else None


def take(request: SignedInRequest, dossier: Dossier, one: Chosen) -> str:
    """Store one file, of a draft or of a supplement; return why it was not taken, '' when it was."""
    if supplements.item_number(one.key) is None:
        if not dossier.is_draft:
            # Before the file is looked at: the page of papers is no longer there to say what is wrong with it.
            raise drafts.changed_meanwhile()
        require_known(dossier, one.key)
    moment = recorded_now()
    try:
        accepted = accept(one.file, now=moment)
        papers.add_file(dossier, one.key, accepted, by=request.user, now=moment, replaces=one.replaces)
    except Refused as refusal:
        if refusal.code == "stale":
            raise
        return str(refusal.message)
    told = [_("The file %(name)s has been saved.") % {"name": accepted.name}]
    if accepted.faults:
        # Heard too: nobody who cannot see the picture knows that it is dark.
        messages.warning(request, " ".join(told + quality.advice(quality.kept(accepted.faults))))
    else:
        messages.success(request, told[0])
    return ""


def require_known(dossier: Dossier, key: str) -> None:
    """Raise Http404 unless a key is that of a paper of the procedure, or of the power of attorney asked beside them."""
    if asks_authority(dossier, key):
        return
    get_object_or_404(RequiredPaper, version=dossier.version_id, key=key[:40])
