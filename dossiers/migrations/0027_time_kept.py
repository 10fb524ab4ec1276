import json
from datetime import datetime

from django.db import migrations, models
from django.db.models import F, Q

RECEPTION = ("receive", "take_in")


def tell_first_dates(apps, schema_editor):
    """Take over what was promised first, and which dates have passed.

    Most dossiers have one date only; of those whose term restarted, stood still or was moved the events tell the rest.
    """
    alias = schema_editor.connection.alias
    Dossier = apps.get_model("dossiers", "Dossier")
    Event = apps.get_model("dossiers", "DossierEvent")
    dossiers = Dossier.objects.using(alias)
    dossiers.filter(due_at__isnull=False).update(first_due_at=F("due_at"))
    dossiers.filter(decided_at__gt=F("due_at")).update(was_late=True)
    moved = dossiers.filter(Q(extended_once=True) | Q(supplements_asked__gt=0), received_at__isnull=False)
    moved = moved | dossiers.filter(pauses__isnull=False, received_at__isnull=False)
    for pk in moved.order_by("pk").values_list("pk", flat=True).distinct().iterator(chunk_size=1000):
        events = Event.objects.using(alias).filter(dossier=pk, action__in=(*RECEPTION, "ask_supplement"))
        first, is_late = None, False
        for action, at, data in events.order_by("n").values_list("action", "at", "data"):
            data = json.loads(data) if isinstance(data, str) else data
            if action in RECEPTION and first is None and data.get("due_at"):
                first = datetime.fromisoformat(data["due_at"])
            is_late = is_late or (action not in RECEPTION and first is not None and at > first)
        if first is not None:
            dossiers.filter(pk=pk).update(first_due_at=first, **({"was_late": True} if is_late else {}))
    late = dossiers.filter(was_late=True).values("pk")
    apps.get_model("dossiers", "WorklistRow").objects.using(alias).filter(dossier__in=late).update(was_late=True)


def rest_decided_steps(apps, schema_editor):
    """No step has an end while its result waits to be collected."""
    Assignment = apps.get_model("dossiers", "Assignment")
    rows = Assignment.objects.using(schema_editor.connection.alias).filter(due_at__isnull=False)
    rows.filter(since__gte=F("dossier__decided_at")).update(due_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0026_putting_right"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="first_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dossier",
            name="stop_proposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dossier",
            name="was_late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="answer_by",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="lapsed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="supplementrequest",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="worklistrow",
            name="stop_proposed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="worklistrow",
            name="was_late",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="supplementrequest",
            index=models.Index(
                condition=models.Q(("answered_at", None)), fields=["answer_by"], name="supplement_awaited"
            ),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(
                condition=models.Q(("stop_proposed", True)), fields=["unit", "due_at", "dossier"], name="worklist_stops"
            ),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(
                condition=models.Q(("was_late", True)), fields=["unit", "submitted_at", "dossier"], name="worklist_late"
            ),
        ),
        migrations.RunPython(tell_first_dates, migrations.RunPython.noop),
        migrations.RunPython(rest_decided_steps, migrations.RunPython.noop),
    ]
