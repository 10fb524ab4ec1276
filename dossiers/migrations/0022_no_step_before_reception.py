from django.db import migrations


def take_back(apps, schema_editor):
    """Steps of what was never received had an end by the former rule, and stand as late; the new rule gives none."""
    Assignment = apps.get_model("dossiers", "Assignment")
    rows = Assignment.objects.using(schema_editor.connection.alias).filter(due_at__isnull=False)
    rows.filter(dossier__received_at=None).update(due_at=None)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0021_acting")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]
