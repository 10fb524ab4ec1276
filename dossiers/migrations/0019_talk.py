import common.files.stored
import common.secret
import django.db.models.deletion
import dossiers.models.talk
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0018_paper_previews"),
        ("offices", "0008_tax_code"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadyReasons",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=24)),
                ("texts", models.JSONField(default=list)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="offices.unit"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("unit", "action"), name="reasons_once")]},
        ),
        migrations.CreateModel(
            name="TalkEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("owner", "Applicant"), ("office", "Commune")], max_length=6)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "Message"),
                            ("seen", "Read"),
                            ("call", "Call asked for"),
                            ("reached", "Called, reached"),
                            ("not_reached", "Called, not reached"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk",
                        to="dossiers.dossier",
                    ),
                ),
                ("by_name", models.CharField(max_length=160)),
                ("at", models.DateTimeField()),
                ("text", common.secret.EncryptedField(blank=True, default="")),
                ("file_count", models.PositiveSmallIntegerField(default=0)),
                ("upto", models.BigIntegerField(default=0)),
                ("phone", models.CharField(blank=True, default="", max_length=16)),
                (
                    "day_part",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("any", "At any time"),
                            ("morning", "In the morning"),
                            ("afternoon", "In the afternoon"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
            ],
            options={
                "ordering": ["dossier", "id"],
                "indexes": [models.Index(fields=["dossier", "id"], name="talk_dossier")],
            },
        ),
        migrations.CreateModel(
            name="TalkFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(blank=True, max_length=120, upload_to=common.files.stored.stored_path)),
                ("size", models.PositiveIntegerField(db_default=0, default=0)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                (
                    "scan_state",
                    models.CharField(
                        choices=[
                            ("off", "No scanner"),
                            ("pending", "Waiting for the scan"),
                            ("clean", "Clean"),
                            ("infected", "Infected"),
                        ],
                        db_default="off",
                        default="off",
                        max_length=8,
                    ),
                ),
                (
                    "ref",
                    models.CharField(
                        default=dossiers.models.talk.new_file_ref, editable=False, max_length=12, unique=True
                    ),
                ),
                ("original_name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=40)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="dossiers.talkentry",
                    ),
                ),
                ("pages", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["entry", "id"],
            },
        ),
        migrations.AddField(
            model_name="worklistrow",
            name="has_message",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="worklistrow",
            name="wants_call",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(
                condition=models.Q(("has_message", True)),
                fields=["unit", "due_at", "dossier"],
                name="worklist_messages",
            ),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(
                condition=models.Q(("wants_call", True)), fields=["unit", "dossier"], name="worklist_calls"
            ),
        ),
    ]
