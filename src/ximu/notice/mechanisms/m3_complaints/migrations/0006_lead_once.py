"""The same lead of the press, the public or the hotline stands once, also when two bring it at the same moment."""

from django.db import migrations, models

from ximu.kernel.canonical import digest

NAMES = ("unit", "topic", "origin", "words", "source")


def mark(apps, schema_editor):
    table, seen = apps.get_model("m3_complaints", "Lead"), set()
    for row in table.objects.exclude(origin="social").order_by("month", "uid").iterator():
        once = digest({name: getattr(row, name) for name in NAMES})
        if once not in seen:
            seen.add(once)
            table.objects.filter(pk=row.pk).update(once=once)


class Migration(migrations.Migration):

    dependencies = [("m3_complaints", "0005_old_reports_get_keys")]

    operations = [
        migrations.AddField(
            model_name="lead", name="once",
            field=models.CharField(db_comment="单位、类别、来源、线索、出处的SHA-256，社会监督线索为空", max_length=64, null=True, verbose_name="去重"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="lead", name="once",
            field=models.CharField(db_comment="单位、类别、来源、线索、出处的SHA-256，社会监督线索为空", max_length=64, null=True, unique=True,
                                   verbose_name="去重"),
        ),
    ]

    atomic = True
