from datetime import UTC, datetime, time

import django.db.models.deletion
from django.db import migrations, models


def take_over(apps, schema_editor):
    """When an old return was entered is not known: by the time of its check at the latest, else by the end of its day."""
    back = apps.get_model("s5_agencies", "Return")
    for one in apps.get_model("s5_agencies", "Contract").objects.exclude(returned_on=None):
        entered = one.checked_at or datetime.combine(one.returned_on, time(15, 59), tzinfo=UTC)
        back.objects.create(contract=one, returned_on=one.returned_on, proof=one.return_proof, entered_at=entered, entered_by=one.returned_by,
                            passed=True if one.checked_at else None, checked_at=one.checked_at, checked_by=one.checked_by,
                            log_index=one.exit_log_index)


class Migration(migrations.Migration):

    dependencies = [
        ('s5_agencies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract', models.ForeignKey(db_comment='所属合同', on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='s5_agencies.contract', verbose_name='合同')),
                ('returned_on', models.DateField(db_comment='数据返还或销毁日期', verbose_name='返还日期')),
                ('proof', models.CharField(db_comment='返还或销毁证明的SHA-256', max_length=64, verbose_name='返还证明摘要')),
                ('entered_at', models.DateTimeField(db_comment='登记返还的时间', verbose_name='登记时间')),
                ('entered_by', models.CharField(db_comment='登记返还的人员标识', max_length=64, verbose_name='登记人')),
                ('passed', models.BooleanField(db_comment='属实或退回，空为待核查', null=True, verbose_name='核查结论')),
                ('checked_at', models.DateTimeField(db_comment='他人核查或退回的时间', null=True, verbose_name='核查时间')),
                ('checked_by', models.CharField(blank=True, db_comment='核查人标识，与登记人不同', max_length=64, verbose_name='核查人')),
                ('log_index', models.PositiveBigIntegerField(db_comment='核查属实在透明日志中的序号', null=True, verbose_name='日志序号')),
            ],
            options={
                'verbose_name': '数据返还',
                'verbose_name_plural': '数据返还',
                'db_table_comment': '合同终止后数据的返还或销毁及其核查',
            },
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(condition=models.Q(('passed__isnull', True), ('passed', True), _connector='OR'), fields=('contract',), name='s5_return_once'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by', ''), ('passed__isnull', True)), models.Q(('checked_at__isnull', False), ('passed__isnull', False), models.Q(('checked_by', ''), _negated=True)), _connector='OR'), name='s5_return_checked_pair'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by', models.F('entered_by')), _negated=True), name='s5_return_two_people'),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
