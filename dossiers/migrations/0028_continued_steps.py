from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0027_time_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='continues',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
    ]
