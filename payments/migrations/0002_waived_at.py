from django.db import migrations, models
from django.db.models import F


def keep_their_day(apps, schema_editor):
    """Reports of before counted a waiver on the day of its assessment; it stays there."""
    Charge = apps.get_model("payments", "Charge")
    Charge.objects.using(schema_editor.connection.alias).filter(status="waived").update(waived_at=F("assessed_at"))


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddField("charge", "waived_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(keep_their_day, migrations.RunPython.noop),
        migrations.AddConstraint(
            "charge",
            models.CheckConstraint(
                condition=~models.Q(status="waived") | models.Q(waived_at__isnull=False), name="charge_waived_on_a_day"
            ),
        ),
    ]
