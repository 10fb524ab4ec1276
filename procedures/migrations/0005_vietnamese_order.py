"""Order procedures as Vietnamese dictionaries do: keys are compared byte by byte, and written anew."""

from django.db import migrations

from procedures.finding.indexing import name_key


def compare_bytes(apps, schema_editor):
    """Let PostgreSQL compare the keys by bytes, as SQLite does; its own collation would mix capitals and letters."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'ALTER TABLE procedures_procedure ALTER COLUMN sort_key TYPE varchar(120) COLLATE "C"'
        )


def write_keys(apps, schema_editor):
    """Write each key from the newest name that was published, else from the draft; the nightly task does the rest."""
    procedures = apps.get_model("procedures", "Procedure")
    versions = apps.get_model("procedures", "ProcedureVersion")
    names = dict(versions.objects.order_by("number").values_list("procedure_id", "name"))
    published = versions.objects.exclude(published_at=None).order_by("number")
    names |= dict(published.values_list("procedure_id", "name"))
    rows = list(procedures.objects.only("sort_key"))
    for row in rows:
        row.sort_key = name_key(names.get(row.pk, ""))
    procedures.objects.bulk_update(rows, ["sort_key"], batch_size=500)


class Migration(migrations.Migration):
    # Two transactions: PostgreSQL changes no table that has rows waiting for deferred checks.
    atomic = False

    dependencies = [("procedures", "0004_retired_before_it_began")]

    operations = [
        migrations.RunPython(compare_bytes, migrations.RunPython.noop, atomic=True),
        migrations.RunPython(write_keys, migrations.RunPython.noop, atomic=True),
    ]
