"""Tables, columns and relations get the words of the field; every stored value stays."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = ("no_update", "no_delete", "no_truncate", "no_replace", "no_replace_by_update")


def drop_guards(apps: Any, schema_editor: Any) -> None:
    """Take the triggers off a table that gets another name; after the migration it gets its own."""
    on = ' ON "dossiers_reading"' if schema_editor.connection.vendor == "postgresql" else ""
    for guard in GUARDS:
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "dossiers_reading_{guard}"{on}')


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("dossiers", "0009_receiver_id_encrypted"),
    ]

    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.RenameModel("Reading", "AccessRecord"),
        migrations.RenameModel("Handover", "Assignment"),
        migrations.RenameModel("DayCounter", "NumberSeries"),
        migrations.RemoveConstraint("NumberSeries", "day_counter_once"),
        migrations.RenameField("NumberSeries", "day", "period"),
        migrations.AddConstraint(
            "NumberSeries", models.UniqueConstraint(fields=("unit", "period", "purpose"), name="number_series_once")
        ),
        migrations.AlterField(
            "AccessRecord",
            "dossier",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="access_records", to="dossiers.dossier"
            ),
        ),
        migrations.AlterField(
            "Assignment",
            "dossier",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="dossiers.dossier"
            ),
        ),
        migrations.AlterField(
            "Assignment",
            "person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RenameField("Dossier", "sections_done", "completed_sections"),
        migrations.RenameField("Dossier", "sections_changed", "sections_to_review"),
        migrations.AlterField(
            "Slip",
            "kind",
            models.CharField(
                choices=[
                    ("filing", "Filing slip"),
                    ("receipt", "Receipt with return date"),
                    ("supplement", "Supplement request"),
                    ("refusal", "Refusal of reception"),
                    ("apology", "Apology and new date"),
                    ("stop", "Notice of stopping"),
                ],
                max_length=10,
            ),
        ),
    ]
