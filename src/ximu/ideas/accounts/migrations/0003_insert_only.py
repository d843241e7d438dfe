"""The trail is only added to: the database itself refuses a change (and on PostgreSQL a removal)."""

from django.db import migrations

SQLITE = [(
    "CREATE TRIGGER accounts_audit_no_update BEFORE UPDATE ON accounts_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END",
    "DROP TRIGGER accounts_audit_no_update",
)]
POSTGRESQL = [(
    "CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is never changed'; END $$",
    "DROP FUNCTION accounts_audit_refuse()",
), (
    "CREATE TRIGGER accounts_audit_no_change BEFORE UPDATE OR DELETE ON accounts_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse()",
    "DROP TRIGGER accounts_audit_no_change ON accounts_auditentry",
)]


def statements(vendor):
    return SQLITE if vendor == "sqlite" else POSTGRESQL


def forwards(apps, editor):
    for create, _ in statements(editor.connection.vendor):
        editor.execute(create)


def backwards(apps, editor):
    for _, drop in reversed(statements(editor.connection.vendor)):
        editor.execute(drop)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_door")]
    operations = [migrations.RunPython(forwards, backwards)]
