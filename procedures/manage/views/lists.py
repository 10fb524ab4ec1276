"""Where a publisher begins: every procedure with the state of its versions, what waits for review, new procedures."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.refusals import Refused, revision_of
from common.text import digits_in
from common.web.screens import Screen, answer, done, sent, shows_form
from offices.access import current_posts
from offices.models import Role
from procedures.models import ProcedureVersion
from procedures.versions import drafting, publishing

from .. import lists
from ..forms.procedures import NewForm
from ..guards import publisher_only
from ..pages import Publisher, once_procedure, publisher_of
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
@shows_form
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin a new procedure with an empty draft."""
    publisher = publisher_of(request)
    form = NewForm(sent(request), initial=None if request.POST else {"code": drafting.next_local_code()})

    def change() -> str:
        typed = form.cleaned_data
        columns = typed["code"], typed["name"], typed["sector"], typed["level"]
        make = partial(drafting.new_procedure, *columns, publisher.user, publisher.now)
        once_procedure(form, "procedure.new", publisher, make)
        return done(request, _("The procedure is there. Go on with its sections."), "manage:version", typed["code"], 1)

    lead = _("It begins as a draft that nobody sees but publishers.")
    screen = Screen(_("New procedure"), _("Begin the draft"), reverse("manage:procedures"), lead=lead)
    return answer(request, form, screen, change, template="manage/procedure_screen.html", procedure=None)


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
        try:
            publishing.publish(
                version,
                publisher.user,
                publisher.now,
                revision=revision_of(shown[str(version.pk)]),
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
    wanted = [pk for pk in map(digits_in, list(keys)[:MAX_AT_ONCE]) if pk is not None]
    versions = ProcedureVersion.objects.filter(pk__in=wanted).select_related("procedure__sector")
    return list(versions.order_by("procedure__sort_key", "id"))


def _candidate(version: ProcedureVersion, publisher: Publisher) -> Candidate:
    return Candidate(version, publishing.reasons_against(version, publisher.user, publisher.day))
