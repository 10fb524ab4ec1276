from django.db import migrations, models


class Migration(migrations.Migration):
    """Which parts of a draft are to be looked at again after the procedure changed."""

    dependencies = [
        ("dossiers", "0003_paper_copy"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="sections_changed",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
