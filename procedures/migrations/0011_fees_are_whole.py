"""What fees were before they became data goes, and the database keeps them sound."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("procedures", "0010_carry_fees_over")]

    operations = [
        migrations.RemoveField("FeeLine", "per"),
        migrations.RemoveField("FeeLine", "exemption"),
        migrations.RemoveField("Offering", "fee_vnd"),
        migrations.AddConstraint("FeeLine", models.UniqueConstraint(fields=("version", "key"), name="fee_key_once")),
        migrations.AddConstraint(
            "FeeLine", models.CheckConstraint(condition=Q(("kind__in", ["phi", "le_phi"])), name="fee_kind")
        ),
        migrations.AddConstraint(
            "FeeLine",
            models.CheckConstraint(condition=Q(("unit__in", ["dossier", "copy", "page", "person"])), name="fee_unit"),
        ),
        migrations.AddConstraint(
            "FeeLine",
            models.CheckConstraint(
                condition=Q(("cap_vnd", None), Q(("cap_vnd__gt", 0), ("unit", "page")), _connector="OR"),
                name="fee_cap_of_pages",
            ),
        ),
    ]
