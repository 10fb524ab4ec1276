from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_waived_at")]

    operations = [migrations.AddField("attempt", "came_vnd", models.PositiveBigIntegerField(default=0, db_default=0))]
