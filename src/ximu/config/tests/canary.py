"""Run in a process of its own: plant strings everywhere, erase them by the procedure, look into every byte of the home."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "ximu.config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from ximu.config.tests import open_city  # noqa: E402
from ximu.faces.operator import backup  # noqa: E402
from ximu.foundation import files  # noqa: E402
from ximu.foundation.models import Reply  # noqa: E402
from ximu.foundation.scrubbing import scrub  # noqa: E402
from ximu.ideas.casework import services as casework  # noqa: E402
from ximu.ideas.disclosure import services as publications  # noqa: E402
from ximu.ideas.intake import queries as deliveries  # noqa: E402
from ximu.ideas.intake import services as intake  # noqa: E402
from ximu.ideas.ledger import queries as ledger  # noqa: E402
from ximu.ideas.records import services as records  # noqa: E402
from ximu.kernel.actor import SYSTEM  # noqa: E402
from ximu.notice.mechanisms.m4_relief import services as relief  # noqa: E402
from ximu_verify import verify_bundle  # noqa: E402

NUMBER, WORD, HIDDEN = "示罚〔2018〕金丝雀9471号", "金丝雀内容五万元", "金丝雀隐藏说明"
AT = open_city.LATER + timedelta(days=20)


def found(home: Path) -> list[str]:
    """Every file that holds a planted string, in any encoding that could have been used."""
    plain = hashlib.sha256(NUMBER.encode()).digest()
    marks = [plain[:12], plain.hex()[:24].encode()]
    for text in (NUMBER, WORD, HIDDEN):
        marks += [text.encode(code) for code in ("utf-8", "gb18030", "utf-16-le")]
        marks += [json.dumps(text).strip('"').encode(), base64.b64encode(text.encode()).rstrip(b"=")[:-2]]
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()
                  and any(mark in path.read_bytes() for mark in marks))


def main() -> None:
    home = Path(settings.XIMU_HOME)
    call_command("migrate", verbosity=0, interactive=False)
    open_city.city(settings)
    other = open_city.opened("示罚〔2018〕别的一号")
    number = open_city.opened(NUMBER, CF_NR=WORD, BZ=HIDDEN)
    proved = ledger.bundle_bytes(publications_bundle(other))
    table = f"行政处罚决定文书号,处罚内容\n{NUMBER},{WORD}\n"
    clerk = open_city.person("clerk", "entry", open_city.unit("jiancha"))
    got = intake.receive(io.BytesIO(table.encode("gb18030")), item="CF", source=open_city.unit("jiancha"), by=clerk, at=open_city.LATER)
    kept = intake.receive(io.BytesIO(b"a,b\n1,2\n"), item="CF", source=open_city.unit("jiancha"), by=clerk, at=open_city.LATER)
    Reply.objects.create(actor="a", key="k" * 8, request="r", status=200, body=json.dumps({"x": NUMBER}, ensure_ascii=False).encode(),
                         created_at=datetime.now(UTC))
    mine = open_city.person("mine", "subject", open_city.unit())
    paper = casework.keep([f"附件：{WORD}".encode()])
    relief.object_to(number, reason=f"不服：{HIDDEN}", files=[casework.Upload(*paper, f"{HIDDEN}.pdf")], by=mine, at=open_city.LATER)
    relief.state(number, f"说明：{WORD}", by=mine, at=open_city.LATER)
    connection.close()
    before = found(home)
    saved = home.parent / "saved"
    backup.save(saved, at=open_city.LATER)
    in_backup = found(saved)
    reviewer, publisher = open_city.person("reviewer", "reviewer"), open_city.person("publisher", "publisher")
    second = open_city.person("publisher2", "publisher")
    records.revoke(number, reason=f"原决定被撤销：{WORD}", by=reviewer, at=AT)
    asked = records.ask_erasure(number, basis="上海市社会信用条例 第三十七条", by=publisher, at=AT)
    records.approve_erasure(asked.uid, digest=asked.digest, by=second, at=AT)
    scrub()
    connection.close()
    verdict = ledger.verify_log(whole_home=True)
    after = found(home)
    backup.restore(saved, accept_loss=True, by=SYSTEM, at=AT + timedelta(days=1))
    connection.close()
    restored = ledger.verify_log()
    print(json.dumps({
        "before": before, "after": after, "in_backup": in_backup, "restored": found(home),
        "restored_ok": restored.ok, "restored_findings": [f.envelope() for f in restored.findings], "ok": verdict.ok, "findings": [f.envelope() for f in verdict.findings],
        "old_bundle": verify_bundle(proved, [ledger.key()]).trusted,
        "new_bundle": verify_bundle(ledger.bundle_bytes(publications_bundle(other)), [ledger.key()]).disclosed,
        "file": files.sealed_path_of(got.digest).exists(), "other_file": files.sealed_path_of(kept.digest).exists(),
        "delivery": deliveries.delivery(got.uid).state, "other_delivery": deliveries.delivery(kept.uid).state,
    }))


def publications_bundle(number: str) -> dict:
    from ximu.ideas.disclosure.queries import public_bundle
    return public_bundle(number, on=open_city.LATER.date())


if __name__ == "__main__":
    assert publications
    sys.exit(main())
