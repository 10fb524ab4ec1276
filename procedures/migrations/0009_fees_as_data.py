"""Room for fees as data: a line's name, unit, tiers, cap and conditions, its exemptions, and what units set."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

UNITS = [("dossier", "dossier"), ("copy", "copy"), ("page", "page"), ("person", "person")]
CHANNELS = [("online", "Online"), ("counter", "At the counter"), ("post", "By post")]
ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("procedures", "0008_completed_sections")]

    operations = [
        migrations.CreateModel(
            name="FeeExemption",
            fields=[
                ("id", ID),
                ("n", models.PositiveSmallIntegerField()),
                ("who", models.TextField()),
                ("proof", models.TextField(blank=True, default="")),
                ("since", models.DateField(blank=True, null=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("channel", models.CharField(blank=True, choices=CHANNELS, default="", max_length=7)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemptions",
                        to="procedures.feeline",
                    ),
                ),
            ],
            options={
                "ordering": ["line_id", "n"],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "n"), name="exemption_n_once"),
                    models.CheckConstraint(
                        condition=Q(("since", None), ("until", None), ("until__gte", F("since")), _connector="OR"),
                        name="exemption_order",
                    ),
                    models.CheckConstraint(condition=Q(("channel__in", ["", "online"])), name="exemption_channel"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferingFee",
            fields=[
                ("id", ID.clone()),
                ("key", models.SlugField(max_length=40)),
                ("amount_vnd", models.PositiveBigIntegerField()),
                ("amount_online_vnd", models.PositiveBigIntegerField(blank=True, null=True)),
                ("resolution", models.CharField(blank=True, default="", max_length=200)),
                ("since", models.DateField()),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fees",
                        to="procedures.offering",
                    ),
                ),
            ],
            options={
                "ordering": ["offering_id", "key", "since"],
                "constraints": [
                    models.UniqueConstraint(fields=("offering", "key", "since"), name="offering_fee_once")
                ],
            },
        ),
        migrations.AddField("Offering", "revision", models.PositiveIntegerField(default=0)),
        migrations.RenameField("FeeLine", "is_local", "is_guide"),
        migrations.AlterField("FeeLine", "amount_vnd", models.PositiveBigIntegerField()),
        migrations.AlterField("FeeLine", "amount_online_vnd", models.PositiveBigIntegerField(blank=True, null=True)),
        # Given a value of its own by the next migration.
        migrations.AddField("FeeLine", "key", models.SlugField(default="", max_length=40), preserve_default=False),
        migrations.AddField("FeeLine", "name", models.CharField(default="", max_length=200), preserve_default=False),
        migrations.AddField("FeeLine", "name_en", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField(
            "FeeLine", "unit", models.CharField(choices=UNITS, default="dossier", max_length=7)
        ),
        migrations.AddField("FeeLine", "tiers", models.JSONField(blank=True, default=list)),
        migrations.AddField("FeeLine", "cap_vnd", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.AddField("FeeLine", "is_optional", models.BooleanField(default=False)),
        migrations.AddField("FeeLine", "applies", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("FeeLine", "applies_if", models.JSONField(blank=True, null=True)),
        migrations.AddField("FeeLine", "note", models.TextField(blank=True, default="")),
    ]
