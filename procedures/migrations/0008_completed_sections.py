"""The column of completed sections gets the name it has on a dossier; its values stay."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("procedures", "0007_template_hashes")]

    operations = [migrations.RenameField("PreparedForm", "sections_done", "completed_sections")]
