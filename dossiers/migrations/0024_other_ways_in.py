from django.db import migrations, models

BATCH = 5000
FOLLOW = (
    "UPDATE dossiers_worklistrow SET received_at = "
    "(SELECT d.received_at FROM dossiers_dossier d WHERE d.id = dossiers_worklistrow.dossier_id) "
    "WHERE dossier_id > %s AND dossier_id <= %s"
)
SYSTEMS = [
    ("", "Here"),
    ("national", "National Public Service Portal"),
    ("before", "The system or book of before"),
]


def fill(apps, schema_editor):
    """The lists learn when each dossier was received, some thousands at a time."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(dossier_id), 0) FROM dossiers_worklistrow")
        last = cursor.fetchone()[0]
        for start in range(0, last, BATCH):
            cursor.execute(FOLLOW, [start, start + BATCH])


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0023_counter")]

    operations = [
        migrations.AddField("dossier", "external_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "dossier", "external_code", models.CharField(blank=True, db_default="", default="", max_length=60)
        ),
        migrations.AddField(
            "dossier",
            "external_system",
            models.CharField(blank=True, choices=SYSTEMS, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            "worklistrow",
            "external_system",
            models.CharField(blank=True, choices=SYSTEMS, db_default="", default="", max_length=8),
        ),
        migrations.AddField("worklistrow", "received_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "dossier",
            models.UniqueConstraint(
                fields=["external_code", "external_system", "received_by"],
                condition=~models.Q(external_code="") & ~models.Q(status__in=[3, 8]),
                name="dossier_external_once",
            ),
        ),
        migrations.AddConstraint(
            "dossier",
            models.CheckConstraint(
                condition=models.Q(external_system="", external_code="", external_at=None)
                | (~models.Q(external_system="") & ~models.Q(external_code="")),
                name="dossier_external",
            ),
        ),
        migrations.AddIndex(
            "worklistrow",
            models.Index(
                fields=["unit", "due_at", "dossier"],
                condition=models.Q(status=2, is_held_here=True),
                name="worklist_unforwarded",
            ),
        ),
        migrations.AddIndex(
            "worklistrow",
            models.Index(
                fields=["unit", "due_at", "dossier"],
                condition=models.Q(status=9, is_held_here=True),
                name="worklist_results",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
