"""The key of every version becomes one that needs a secret, also of those whose natural key is erased."""

import uuid

from django.db import migrations

from ximu.foundation.vault import secret
from ximu.ideas.records.rules.keys import NATURAL, masked

STEP = 1000


def bring_over(apps, schema_editor):
    version = apps.get_model("records", "Version")
    last = -1
    while rows := list(version.objects.filter(log_index__gt=last).order_by("log_index").only("log_index", "key")[:STEP]):
        last, key = rows[-1].log_index, secret(NATURAL)
        for row in rows:
            row.key = uuid.UUID(bytes=row.key.bytes[:4] + masked(row.key.bytes[4:], key))
        version.objects.bulk_update(rows, ["key"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(bring_over, migrations.RunPython.noop, elidable=False)]
