"""Every task of the clock is known here: what deletes by age is measured, or there is a reason why not."""

import ast
from importlib import import_module
from inspect import getsource

from django.conf import settings

from common.database import purging

MEASURED = {
    "accounts.tasks.forget_unanswered": {"unanswered_invitations"},
    "accounts.tasks.forget_unconfirmed": {"unconfirmed_accounts"},
    "common.tasks.sweep_loose_files": {"loose_files"},
    "dossiers.tasks.expire_drafts": {"drafts"},
    "reports.tasks.forget_feedback": {"feedback"},
    "procedures.tasks.expire_prepared_forms": {"printed_forms", "begun_forms"},
    "reports.tasks.forget_comments": {"rating_comments"},
}
# Nothing that somebody would miss: counters, answered questions, sessions, acknowledged alerts, files sent again.
NOT_MISSED = {"common.tasks.tidy", "accounts.tasks.forget_ended_sessions", "procedures.tasks.forget_imports"}


def source_of(task: str) -> str:
    module, _dot, name = task.rpartition(".")
    tree = ast.parse(getsource(import_module(module)))
    (body,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return ast.unparse(body)


def test_every_scheduled_task_that_deletes_is_measured_or_excused():
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert set(MEASURED) | NOT_MISSED <= scheduled
    deleting = {
        task for task in scheduled if any(word in source_of(task) for word in ("delete", "forget", "expire", "purging"))
    }
    assert deleting == set(MEASURED) | NOT_MISSED


def test_every_measured_task_names_its_clean_ups():
    for task, names in MEASURED.items():
        assert all(f"'{name}'" in source_of(task) for name in names), task
    assert set(purging.names()) == set().union(*MEASURED.values())
