"""Entries are mostly hexadecimal digests and hashes are random: PostgreSQL's own compression costs the most here and gains the least."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lighter(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        found = cursor.fetchone()
        cursor.execute("ALTER TABLE ledger_run ALTER COLUMN entries SET " + ("COMPRESSION lz4" if found and found[0] else "STORAGE EXTERNAL"))
        cursor.execute("ALTER TABLE ledger_hashes ALTER COLUMN data SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_watchers")]
    operations = [migrations.RunPython(lighter, migrations.RunPython.noop)]
