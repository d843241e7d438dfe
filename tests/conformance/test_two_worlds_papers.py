"""A paper says nothing of a record that its reader may not see: neither its text nor what a file says of itself, byte for byte.

The walk of all doors fills every place of an address with the hidden record, so that it meets few papers that are made; here real ones are.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from ximu_worlds import UNSEEN

from ximu.config.tests import open_city
from ximu.foundation import clock, papers
from ximu.ideas.accounts.tests.factories import account, with_password
from ximu.ideas.records.models import Version
from ximu.ideas.records.services import ahead
from ximu.ideas.registry import queries as registry
from ximu.notice.mechanisms.m4_relief.queries.forms import NAMES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M1.3")]
FIXED = clock.end_of(clock.city_day(open_city.LATER)).replace(microsecond=0)
FORMS = ("pdf", "docx")


@pytest.fixture
def addresses(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    open_city.city(settings)
    number = open_city.opened("示罚〔2018〕1号")
    monkeypatch.setattr(clock, "now", lambda: FIXED)
    monkeypatch.setattr(ahead, "draw", lambda _: iter([UNSEEN]))
    return [f"/console/m4/forms/{kind}.{form}{asked}" for kind in NAMES for form in FORMS for asked in ("", f"?number={number}")]


@pytest.fixture
def desk(addresses: list[str]) -> Iterator[Client]:
    client = Client(raise_request_exception=False)
    client.force_login(with_password(account("walker", "coordinator")))
    yield client


def parts(address: str, body: bytes) -> bytes | dict[str, bytes]:
    """A docx by its parts: the archive around them names the second at which it was packed."""
    if ".docx" not in address:
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def printed(desk: Client, addresses: list[str]) -> dict[str, tuple[int, bytes | dict[str, bytes]]]:
    """What a request writes is undone."""
    found = {}
    for address in addresses:
        with transaction.atomic():
            answer = desk.get(address)
            found[address] = (answer.status_code, parts(address, answer.content))
            transaction.set_rollback(True)
    return found


def hide() -> None:
    """A disciplinary decision, which the coordinating office may not see."""
    servant = registry.official_of("SL00007")
    assert servant is not None
    assert open_city.effective("示纪〔2018〕隐8号", subject=servant.uid, item="JL-CF", family="discipline", BZ="不得外传之内容") == UNSEEN


def test_papers_are_the_same_bytes_with_and_without_a_hidden_record(desk: Client, addresses: list[str]) -> None:
    before = printed(desk, addresses)
    assert {status for status, _ in before.values()} == {200}
    assert all(body.startswith(b"%PDF") if isinstance(body, bytes) else "docProps/core.xml" in body for _, body in before.values())
    hide()
    assert printed(desk, addresses) == before


def in_the_text(made: Callable[[papers.Form], bytes], form: papers.Form) -> bytes:
    return made(replace(form, notes=(*form.notes, f"{Version.objects.count()}")))


def in_what_the_file_says_of_itself(made: Callable[[papers.Form], bytes], form: papers.Form) -> bytes:
    return made(form).replace(b"%%EOF", f"%/Keywords ({Version.objects.count()})\n%%EOF".encode())


@pytest.mark.parametrize("leak", [in_the_text, in_what_the_file_says_of_itself])
def test_a_planted_leak_is_caught(
    desk: Client, addresses: list[str], monkeypatch: pytest.MonkeyPatch, leak: Callable[[Any, papers.Form], bytes],
) -> None:
    made, pdfs = papers.pdf, [one for one in addresses if ".pdf" in one]
    monkeypatch.setattr(papers, "pdf", lambda form: leak(made, form))
    before = printed(desk, pdfs)
    hide()
    after = printed(desk, pdfs)
    assert [one for one in pdfs if after[one] != before[one]] == pdfs
