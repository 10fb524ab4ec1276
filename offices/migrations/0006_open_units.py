from django.db import migrations
from django.db.models.functions import Now


def keep_open(apps, schema_editor):
    """Leave the units open to filing that took dossiers before units were opened."""
    apps.get_model("offices", "Unit").objects.filter(identifier__isnull=False).update(filing_since=Now())


class Migration(migrations.Migration):

    dependencies = [("offices", "0005_unit_filing_since")]

    operations = [migrations.RunPython(keep_open, migrations.RunPython.noop, elidable=True)]
