from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def mark_cancelled(apps, schema_editor):
    """Let the dossiers whose entry of a book was cancelled say so."""
    entries = apps.get_model('dossiers', 'BookEntry').objects.filter(dossier=OuterRef('pk'))
    rows = apps.get_model('dossiers', 'Dossier').objects.filter(book_entry__cancelled_at__isnull=False)
    rows.update(cancelled_at=Subquery(entries.values('cancelled_at')[:1]))


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
        migrations.AddIndex(
            model_name='dossier',
            index=models.Index(
                condition=models.Q(('external_system', 'national')), fields=['received_by'], name='dossier_national'
            ),
        ),
        migrations.RunPython(mark_cancelled, migrations.RunPython.noop),
    ]
