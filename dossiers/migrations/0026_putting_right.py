import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef

import common.secret

ENDED = (3, 8, 10)


def note_owed(apps, schema_editor):
    """Let the rows of what was received before say which originals are owed."""
    alias = schema_editor.connection.alias
    Paper, Row = apps.get_model("dossiers", "Paper"), apps.get_model("dossiers", "WorklistRow")
    promised = Paper.objects.using(alias).filter(dossier=OuterRef("dossier"), kind="promised", replaced_at=None)
    rows = Row.objects.using(alias).filter(dossier__received_at__isnull=False).exclude(status__in=ENDED)
    rows.filter(Exists(promised)).update(owes_original=True)


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0025_books"),
        ("procedures", "0017_guiding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("section", models.CharField(blank=True, default="", max_length=40)),
                ("name", models.CharField(max_length=400)),
                ("reason", models.CharField(max_length=500)),
                ("wished_at", models.DateTimeField()),
                ("is_accepted", models.BooleanField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("changed", common.secret.EncryptedJSONField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="dossiers.dossier"
                    ),
                ),
                (
                    "required",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procedures.requiredpaper",
                    ),
                ),
            ],
            options={"ordering": ["dossier", "id"]},
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("dossier",), name="correction_one_open"
            ),
        ),
        migrations.AddField(
            model_name="dossier", name="cancelled_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(model_name="slip", name="voided_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="worklistrow",
            name="owes_original",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(
                condition=models.Q(("owes_original", True)),
                fields=["unit", "due_at", "dossier"],
                name="worklist_owed",
            ),
        ),
        migrations.RunPython(note_owed, migrations.RunPython.noop),
    ]
