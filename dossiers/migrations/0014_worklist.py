"""The desk's lists get a table of their own, filled from the dossiers; what indexed the dossiers for them goes."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

BATCH = 5000
FILL = """
    INSERT INTO dossiers_worklistrow (
        unit_id, dossier_id, competent_id, status, is_held_here, holder_role, holder_id, holder_name, has_proposal, sector, level,
        needs_presence, channel, delivery, submitted_at, due_at, paused_since, decided_at, closed_at, code, code_tail,
        applicant, folded_name, number_index, procedure
    )
    SELECT
        u.id, d.id, d.unit_id, d.status, COALESCE(d.holder_unit_id = u.id, FALSE), d.holder_role, d.holder_id,
        COALESCE(h.full_name, ''),
        EXISTS (SELECT 1 FROM dossiers_result r WHERE r.dossier_id = d.id AND r.approved_at IS NULL), s.code, v.level,
        v.needs_presence, d.channel, d.delivery, d.submitted_at, d.due_at, d.paused_since, d.decided_at, d.closed_at,
        d.code, SUBSTR(d.code, LENGTH(d.code) - 3),
        COALESCE(a.name, ''), COALESCE(a.search_name, ''), COALESCE(a.number_index, ''), v.name
    FROM dossiers_dossier d
    JOIN offices_unit u ON u.id IN (d.unit_id, d.received_by_id)
    JOIN procedures_procedureversion v ON v.id = d.version_id
    JOIN procedures_procedure p ON p.id = v.procedure_id
    JOIN procedures_sector s ON s.id = p.sector_id
    LEFT JOIN dossiers_applicant a ON a.dossier_id = d.id
    LEFT JOIN accounts_user h ON h.id = d.holder_id
    WHERE d.status > 0 AND d.id > %s AND d.id <= %s
"""


def fill(apps, schema_editor):
    """Write the rows of every submitted dossier, a batch of dossiers at a time."""
    newest = apps.get_model("dossiers", "Dossier").objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with schema_editor.connection.cursor() as cursor:
        for first in range(0, newest, BATCH):
            cursor.execute(FILL, [first, first + BATCH])
        if schema_editor.connection.vendor == "postgresql":
            # The indexes are made next: that waits for what is still to be checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0013_what_answers_an_item'),
        ('offices', '0006_open_units'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorklistRow',
            fields=[
                ('pk', models.CompositePrimaryKey('unit_id', 'dossier_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='offices.unit')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='worklist', to='dossiers.dossier')),
                ('competent', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='offices.unit')),
                ('status', models.PositiveSmallIntegerField(choices=[(0, 'Draft'), (1, 'Waiting for reception'), (2, 'Received'), (3, 'Not received'), (4, 'In progress'), (5, 'Needs a supplement'), (6, 'Waiting for payment'), (7, 'Withdrawal asked'), (8, 'Stopped'), (9, 'Result ready'), (10, 'Result returned')])),
                ('is_held_here', models.BooleanField()),
                ('holder_role', models.CharField(blank=True, choices=[('clerk', 'Reception clerk'), ('specialist', 'Specialist'), ('leader', 'Leader'), ('cashier', 'Cashier'), ('publisher', 'Publisher'), ('administrator', 'Administrator')], max_length=13)),
                ('holder', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder_name', models.CharField(blank=True, max_length=160)),
                ('has_proposal', models.BooleanField()),
                ('sector', models.CharField(max_length=60)),
                ('level', models.PositiveSmallIntegerField()),
                ('needs_presence', models.BooleanField()),
                ('channel', models.CharField(choices=[('online', 'Online'), ('counter', 'At the counter'), ('post', 'By post')], max_length=7)),
                ('delivery', models.CharField(blank=True, choices=[('online', 'Online'), ('desk', 'At the commune'), ('post', 'By post')], max_length=6)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('paused_since', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('code', models.CharField(max_length=40)),
                ('code_tail', models.CharField(max_length=4)),
                ('applicant', models.CharField(blank=True, max_length=160)),
                ('folded_name', models.CharField(blank=True, max_length=160)),
                ('number_index', models.CharField(blank=True, max_length=43)),
                ('procedure', models.CharField(max_length=300)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(fields=['unit', 'submitted_at', 'dossier', 'folded_name', 'competent', 'sector'], name='worklist_all'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status', 1)), fields=['unit', 'submitted_at', 'dossier'], name='worklist_waiting'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status__in', (2, 4, 6, 7))), fields=['unit', 'due_at', 'dossier'], name='worklist_running'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('holder_role', 'leader'), ('status', 4)), fields=['unit', 'due_at', 'dossier'], name='worklist_signing'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status__in', (5, 9))), fields=['unit', 'status', 'due_at', 'dossier'], name='worklist_resting'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status__in', (3, 8, 10))), fields=['unit', 'closed_at', 'dossier'], name='worklist_done'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status__in', (3, 8, 10))), fields=['unit', 'competent', 'sector'], name='worklist_ended_counts'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('is_held_here', True), ('status__in', (2, 4, 5, 6, 7))), fields=['holder', 'due_at', 'dossier', 'status', 'paused_since', 'holder_role', 'has_proposal'], name='worklist_held'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('holder', None), ('is_held_here', True), ('status__in', (2, 4, 5, 6, 7))), fields=['unit', 'holder_role', 'due_at', 'dossier'], name='worklist_offered'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('status__in', (1, 2, 4, 5, 6, 7, 9))), fields=['unit', 'status', 'holder_role', 'holder', 'is_held_here', 'competent', 'sector', 'due_at', 'paused_since'], name='worklist_open_counts'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(condition=models.Q(('number_index', ''), _negated=True), fields=['unit', 'number_index', 'submitted_at', 'dossier'], name='worklist_number'),
        ),
        migrations.AddIndex(
            model_name='worklistrow',
            index=models.Index(fields=['unit', 'code_tail', 'submitted_at', 'dossier'], name='worklist_code'),
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_unit_queue',
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_received_by_queue',
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_open_due',
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_held',
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_filed',
        ),
        migrations.RemoveIndex(
            model_name='dossier',
            name='dossier_done',
        ),
        migrations.AlterField(
            model_name='applicant',
            name='search_name',
            field=models.CharField(max_length=160),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='holder',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers_held', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='holder_unit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offices.unit'),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='received_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers_received', to='offices.unit'),
        ),
        migrations.AlterField(
            model_name='dossier',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='dossiers', to='offices.unit'),
        ),
    ]
