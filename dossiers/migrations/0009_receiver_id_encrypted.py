"""The ID number shown by who fetched a result rests encrypted; both ways, in batches."""

from django.db import migrations, models

import common.secret

BATCH = 500


def change(apps, work):
    """Write the other form of every number; a row is a few hundred bytes, a batch one transaction's worth of memory."""
    results = apps.get_model("dossiers", "Result").objects
    last = 0
    while rows := list(
        results.filter(pk__gt=last).exclude(receiver_id="").order_by("pk").values_list("pk", "receiver_id")[:BATCH]
    ):
        for pk, value in rows:
            results.filter(pk=pk).update(receiver_id=work(value))
        last = rows[-1][0]


def encrypt(apps, schema_editor):
    change(apps, common.secret.encrypt)


def decrypt(apps, schema_editor):
    change(apps, common.secret.decrypt)


class Migration(migrations.Migration):

    dependencies = [
        ("dossiers", "0008_seal_old_chains"),
    ]

    operations = [
        migrations.AlterField(
            model_name="result",
            name="receiver_id",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunPython(encrypt, decrypt, elidable=False),
        # The column stays as it is; only what the program makes of it changes.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="result",
                    name="receiver_id",
                    field=common.secret.EncryptedField(blank=True, default=""),
                ),
            ],
        ),
    ]
