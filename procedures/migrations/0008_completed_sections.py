"""The column of completed sections gets the name it has on a dossier, a kind of fee its plain word; values stay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0007_template_hashes")]

    operations = [
        migrations.RenameField("PreparedForm", "sections_done", "completed_sections"),
        migrations.AlterField(
            "FeeLine",
            "kind",
            models.CharField(choices=[("phi", "Fee for the service"), ("le_phi", "Fee (lệ phí)")], max_length=6),
        ),
    ]
