"""Work of the catalogue that runs in the background."""

from celery import shared_task

from common import clock
from common.database import purging

from .exchange import store
from .finding import indexing
from .levels import PAPER_LEVEL
from .models import ProcedureVersion
from .paper import blank_forms
from .public import written


@shared_task
def refresh_search_text() -> int:
    """Each night: find procedures by the words of the version that comes into force today."""
    return indexing.refresh_search_text(clock.local_day(clock.now()))


@shared_task
def make_blank_form(pk: int) -> None:
    """Make the blank fillable PDF of a version, unless it is there or the version has no form."""
    version = ProcedureVersion.objects.filter(pk=pk, form__isnull=False, level__gte=PAPER_LEVEL).first()
    if version is not None:
        blank_forms.ensure(version)


@shared_task
def write_pages(pk: int) -> None:
    """Write the pages that a publication made stale into the shared cache: of its procedure, and of the most filed."""
    written.write_most_read(pk, clock.local_day(clock.now()))


@shared_task
def expire_prepared_forms() -> int:
    """Each night: delete the declarations filled in for printing whose time is over."""
    moment = clock.now()
    return sum(purging.run(name, moment) for name in ("printed_forms", "begun_forms"))


@shared_task
def forget_imports() -> int:
    """Each hour: delete the files that were tried and not imported within half an hour."""
    return store.forget_old(clock.now())
