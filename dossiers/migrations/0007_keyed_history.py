"""Events name the key of their hash; seals cover the chains from before there were keys."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("dossiers", "0006_typed_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierevent",
            name="key_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.CreateModel(
            name="HistorySeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField()),
                ("event_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=12)),
                ("hash", models.CharField(max_length=64)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="dossiers.dossier"
                    ),
                ),
            ],
            options={
                "ordering": ["dossier", "n"],
                "constraints": [models.UniqueConstraint(fields=("dossier", "n"), name="seal_n_once")],
            },
        ),
    ]
