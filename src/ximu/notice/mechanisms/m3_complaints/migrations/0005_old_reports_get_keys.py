"""Reports that lay under the server's key get a key of their own; until their office has one, that lies under the server's key."""

from django.db import migrations

from ximu.foundation import vault
from ximu.notice.mechanisms.m3_complaints.rules import keys


def reseal(apps, schema_editor):
    table = {name: apps.get_model("m3_complaints", name) for name in ("Report", "Contact", "Message", "Attachment", "Wrap")}
    for row in table["Report"].objects.filter(code_key="").iterator():
        key, (place, opened) = keys.fresh_key(), keys.found_and_opened(row.code)
        row.code, row.code_key = place, keys.seal_bytes(key, opened, about=f"code-key:{row.uid}").hex()
        row.sealed = keys.seal(vault.unseal(row.sealed, about=f"report:{row.uid}"), key, about=f"report:{row.uid}")
        if row.masked:
            row.masked = keys.seal(vault.unseal(row.masked, about=f"mask:{row.uid}"), key, about=f"mask:{row.uid}")
        row.save(update_fields=["code", "code_key", "sealed", "masked"])
        about = f"report-key:{row.uid}"
        table["Wrap"].objects.create(report=row, office=None, sealed=vault.seal_bytes(key, about=about).hex())
        for one in table["Contact"].objects.filter(report=row):
            text = vault.unseal(one.sealed, about=f"contact:{row.uid}")
            table["Contact"].objects.filter(pk=one.pk).update(sealed=keys.seal(text, key, about=f"contact:{row.uid}"))
        for one in table["Message"].objects.filter(report=row):
            text = vault.unseal(one.sealed, about=f"message:{one.uid}")
            table["Message"].objects.filter(pk=one.pk).update(sealed=keys.seal(text, key, about=f"message:{one.uid}"))
        for one in table["Attachment"].objects.filter(report=row):
            content = vault.unseal_bytes(bytes(one.sealed), about=f"file:{one.uid}")
            table["Attachment"].objects.filter(pk=one.pk).update(sealed=keys.seal_bytes(content, key, about=f"file:{one.uid}"))


class Migration(migrations.Migration):

    dependencies = [("m3_complaints", "0004_recipients_keys")]

    operations = [migrations.RunPython(reseal, migrations.RunPython.noop)]
