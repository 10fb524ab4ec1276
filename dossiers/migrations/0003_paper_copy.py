from django.db import migrations, models


class Migration(migrations.Migration):
    """A paper taken in at the desk may be a copy; nothing changes in the database."""

    dependencies = [
        ("dossiers", "0002_list_order"),
    ]

    operations = [
        migrations.AlterField(
            model_name="paper",
            name="kind",
            field=models.CharField(
                choices=[
                    ("file", "File"),
                    ("promised", "The original will be brought"),
                    ("received", "Original received at the desk"),
                    ("copy", "Copy received at the desk"),
                ],
                max_length=8,
            ),
        ),
    ]
