"""Each slip points at the entry of the step that issued it, so that `ximu log verify` compares the two."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    steps = apps.get_model("casework", "Step").objects
    for slip in apps.get_model("casework", "Slip").objects.filter(log_index=None).order_by("pk"):
        taken = apps.get_model("casework", "Slip").objects.exclude(log_index=None).values("log_index")
        step = steps.filter(case_id=slip.case_id, verb="supervise", by=slip.by, at=slip.at).exclude(log_index__in=taken).order_by("log_index").first()
        if step:
            slip.log_index = step.log_index
            slip.save(update_fields=["log_index"])


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0006_redactions'),
    ]

    operations = [
        migrations.AddField('slip', 'log_index', models.PositiveBigIntegerField(
            db_comment='签发步骤在日志中的条目序号', null=True, unique=True, verbose_name='日志序号')),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField('slip', 'log_index', models.PositiveBigIntegerField(
            db_comment='签发步骤在日志中的条目序号', unique=True, verbose_name='日志序号')),
    ]
