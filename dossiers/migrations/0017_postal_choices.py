from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0016_auditor")]

    operations = [
        migrations.AddField(
            "dossier", "papers_by_post", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            "dossier", "pays_on_delivery", models.BooleanField(default=False, db_default=False)
        ),
    ]
