"""Where a publisher begins: every procedure with the state of its versions, what waits for review, new procedures."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import onetime
from common.refusals import Refused
from offices.access import current_posts
from offices.models import Role
from procedures.models import Procedure, ProcedureVersion
from procedures.versions import publishing

from .. import lists
from ..forms.procedures import NewForm
from ..guards import publisher_only
from ..pages import Publisher, attempt, publisher_of
from ..sections import link

MAX_AT_ONCE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to what the person may do here."""
    publisher = publisher_of(request)
    roles = {post.role for post in current_posts(request.user, publisher.day)}
    if Role.PUBLISHER in roles:
        return redirect("manage:procedures")
    if Role.ADMINISTRATOR in roles:
        return redirect("manage:people")
    raise PermissionDenied


@publisher_only
@require_safe
def procedure_list(request: HttpRequest) -> HttpResponse:
    """List the procedures, thirty a page, what waits for one's own review first. Eight queries."""
    publisher, filters = publisher_of(request), lists.Filters.read(request.GET)
    after, before = request.GET.get("after", "")[:300], request.GET.get("before", "")[:300]
    context = {
        "filters": filters,
        "states": lists.state_labels(),
        "sectors": lists.sectors(),
        "found": lists.find(filters, publisher.day, after=after, before=before),
        "waiting": [] if after or before or filters.is_narrow else lists.waiting_for(request.user),
        "import_url": link("manage:import"),
        "export_url": link("manage:export"),
    }
    return render(request, "manage/procedure_list.html", context)


@publisher_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin a new procedure with an empty draft."""
    publisher = publisher_of(request)
    form = NewForm(request.POST or None, initial=None if request.POST else {"code": publishing.next_local_code()})
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _create(form, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("The procedure is there. Go on with its sections."))
            return redirect("manage:version", form.cleaned_data["code"], 1)
    return render(request, "manage/procedure_new.html", {"form": form}, status=status)


def _create(form: NewForm, publisher: Publisher) -> None:
    data = form.cleaned_data
    with transaction.atomic():
        if use_key(data["key"], "procedure.new", publisher, data["code"]):
            publishing.new_procedure(
                data["code"], data["name"], data["sector"], data["level"], publisher.user, publisher.now
            )
    if not Procedure.objects.filter(code=data["code"]).exists():
        raise Refused(_("This page is too old. Open it again and type once more."), code="edit")


def use_key(key: str, purpose: str, publisher: Publisher, subject: str) -> bool:
    """Claim a form's key: whether this is its first time. Raises Refused for a key that is none."""
    try:
        return onetime.use_key(key, purpose, publisher.user.pk, subject, publisher.now) is None
    except onetime.KeyMisused as error:
        raise Refused(_("This page is too old. Open it again and type once more."), code="edit") from error


# Publishing several at once ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version chosen for publishing, with what keeps it from being published."""

    version: ProcedureVersion
    reasons: list[str]


@publisher_only
@require_safe
def bulk_confirm(request: HttpRequest) -> HttpResponse:
    """Name each version chosen, and those that cannot be published with why. Nine queries."""
    publisher = publisher_of(request)
    chosen = _chosen(request.GET.getlist("version"))
    prefetch_related_objects(chosen, "editors", "papers", "fees", "steps")
    candidates = [_candidate(version, publisher) for version in chosen]
    context = {
        "possible": [candidate.version for candidate in candidates if not candidate.reasons],
        "impossible": [candidate for candidate in candidates if candidate.reasons],
    }
    return render(request, "manage/bulk_confirm.html", context)


@publisher_only
@require_POST
def bulk_publish(request: HttpRequest) -> HttpResponse:
    """Publish each version that still can be; say what became of every one."""
    publisher = publisher_of(request)
    shown = dict(pair.split(":", 1) for pair in request.POST.getlist("version")[:MAX_AT_ONCE] if ":" in pair)
    results = []
    for version in _chosen(shown):
        revision = shown[str(version.pk)]
        try:
            publishing.publish(
                version,
                publisher.user,
                publisher.now,
                revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1,
            )
        except Refused as refused:
            results.append(Candidate(version, [str(reason) for reason in refused.reasons]))
        else:
            results.append(Candidate(version, []))
    done = sum(not result.reasons for result in results)
    if not results:
        return redirect(reverse("manage:procedures"))
    title = ngettext("%(count)d version published", "%(count)d versions published", done) % {"count": done}
    return render(request, "manage/bulk_result.html", {"results": results, "title": title})


def _chosen(keys: Iterable[str]) -> list[ProcedureVersion]:
    wanted = [int(key) for key in list(keys)[:MAX_AT_ONCE] if key.isascii() and key.isdigit() and len(key) < 18]
    versions = ProcedureVersion.objects.filter(pk__in=wanted).select_related("procedure__sector")
    return list(versions.order_by("procedure__sort_key", "id"))


def _candidate(version: ProcedureVersion, publisher: Publisher) -> Candidate:
    return Candidate(version, publishing.reasons_against(version, publisher.user, publisher.day))
