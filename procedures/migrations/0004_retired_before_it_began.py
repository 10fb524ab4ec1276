from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0003_publishing_and_finding"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="procedureversion", name="version_effective_order"),
        migrations.AddConstraint(
            model_name="procedureversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_until", None),
                    ("effective_until__gte", models.F("effective_from")),
                    ("status", "retired"),
                    _connector="OR",
                ),
                name="version_effective_order",
            ),
        ),
    ]
