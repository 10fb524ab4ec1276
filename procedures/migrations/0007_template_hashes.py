"""Template files keep the hash of what was stored; those that are there get the hash of what they are today."""

from contextlib import nullcontext

from django.core.files.storage import default_storage
from django.db import migrations, models

from common.database import append_only
from common.files import hashes

TABLE = "procedures_requiredpaper"


def hash_stored(apps, schema_editor):
    connection = schema_editor.connection
    papers = apps.get_model("procedures", "RequiredPaper").objects
    # Around a migration SQLite's guards are lifted already.
    lifted = append_only.lifted(connection.alias, [TABLE]) if connection.vendor == "postgresql" else nullcontext()
    with lifted:
        for name in papers.exclude(template_file="").order_by().values_list("template_file", flat=True).distinct():
            papers.filter(template_file=name).update(template_sha256=hashes.stored_digest(default_storage, name))


class Migration(migrations.Migration):

    dependencies = [
        ("procedures", "0006_waiting_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="requiredpaper",
            name="template_sha256",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.RunPython(hash_stored, migrations.RunPython.noop, elidable=False),
    ]
