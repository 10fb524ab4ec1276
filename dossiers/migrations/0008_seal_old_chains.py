"""Each chain that was written without a key gets one keyed seal over its last event."""

from django.db import migrations
from django.utils import timezone

from dossiers.chain import unsealed, write_seals


def seal(apps, schema_editor):
    seals = apps.get_model("dossiers", "HistorySeal")
    rows = unsealed(apps.get_model("dossiers", "DossierEvent"), seals)
    write_seals(seals, rows.iterator(chunk_size=2000), timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("dossiers", "0007_keyed_history"),
    ]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop, elidable=False),
    ]
