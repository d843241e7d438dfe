"""What goes to others than its giver tells nothing of its maker; an office file goes to other parties only when two people looked at it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ximu.foundation import files as store
from ximu.foundation.tests import planted
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.models import Step
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.casework.tests.factories import COORDINATOR, OFFICE, SOURCE, T0, upload
from ximu.ideas.casework.tests.test_redacting import ASKER, BOX, FIRST, PLAIN, SECOND, code_of, letter

pytestmark = [pytest.mark.django_db, pytest.mark.row("M4.1")]
MARK = planted.MARK.encode()
SEALED = b"%PDF-1.7 /ByteRange [0 1 2 3]"


def given(content: bytes, name: str) -> tuple[str, str]:
    uid = services.open_case("inquiry", opening=Opening(about="REC1", source=SOURCE, office=OFFICE), given=Given("请核实"), by=ASKER, at=T0)
    services.add_files(uid, [upload(content, name)], by=FIRST, at=T0)
    return uid, queries.case(uid, actor=FIRST, at=T0).files[0].uid


def read(case: tuple[str, str], by: Any) -> bytes:
    digest, kept, _ = services.read_file(*case, by=by, at=T0)
    content = kept.read()
    assert hashlib.sha256(content).hexdigest() == digest
    return content


def test_all_but_the_giver_get_a_copy_that_tells_nothing_of_the_maker_and_the_original_stays() -> None:
    content = planted.pdf()
    case = given(content, "a.pdf")
    assert read(case, FIRST) == content
    for reader in (ASKER, PLAIN, COORDINATOR):
        theirs = read(case, reader)
        assert b"/Author" not in theirs and b"xmpmeta" not in theirs and content.count(MARK) > 8 > theirs.count(MARK)
    digest = queries.case(case[0], actor=ASKER, at=T0).files[0].digest
    assert digest == hashlib.sha256(content).hexdigest() and store.path_of(digest, "cases").read_bytes() == content


def test_whoever_decides_gets_what_cannot_be_copied_and_a_seal_unbroken_and_other_parties_neither() -> None:
    for content in (SEALED, b"GIF89a"):
        case = given(content, "a")
        assert read(case, PLAIN) == content
        assert code_of(services.read_file, *case, by=ASKER, at=T0) == "PAPER-BARE"


def test_an_office_file_waits_until_two_people_say_that_nothing_in_it_must_be_hidden() -> None:
    case = given(planted.book(), "某丁.xlsx")
    assert code_of(services.read_file, *case, by=ASKER, at=T0) == "REDACT-NEEDED"
    seen = queries.case(case[0], actor=ASKER, at=T0).files[0]
    assert (seen.held, seen.original, seen.digest, seen.name) == (True, False, "", "")
    assert read(case, PLAIN).startswith(b"PK"), "who decides reads it"
    assert code_of(services.declare_free, *case, by=PLAIN, at=T0) == "PERM-DENIED"
    made = services.declare_free(*case, by=FIRST, at=T0)
    assert code_of(services.read_file, *case, by=ASKER, at=T0) == "REDACT-WAITING"
    assert code_of(services.declare_free, *case, by=SECOND, at=T0) == "REDACT-OPEN"
    assert code_of(services.decide_redaction, *case, approved=True, digest=made.digest, by=FIRST, at=T0) == "DUAL"
    services.decide_redaction(*case, approved=False, digest=made.digest, by=SECOND, at=T0)
    assert store.path_of(made.digest, "cases").exists() and code_of(services.read_file, *case, by=ASKER, at=T0) == "REDACT-NEEDED"
    made = services.declare_free(*case, by=FIRST, at=T0)
    services.decide_redaction(*case, approved=True, digest=made.digest, by=SECOND, at=T0)
    seen = queries.case(case[0], actor=ASKER, at=T0).files[0]
    assert (seen.held, seen.free, seen.name, seen.digest) == (False, True, "", made.digest)
    theirs = read(case, ASKER)
    assert theirs.startswith(b"PK") and theirs != planted.book() and Step.objects.filter(verb="redacted").count() == 1


def test_a_declaration_gives_way_to_a_redaction() -> None:
    case = given(letter(), "a.pdf")
    free = services.declare_free(*case, by=FIRST, at=T0)
    services.decide_redaction(*case, approved=True, digest=free.digest, by=SECOND, at=T0)
    made = services.redact(*case, [BOX], by=FIRST, at=T0)
    services.decide_redaction(*case, approved=True, digest=made.digest, by=SECOND, at=T0)
    assert services.read_file(*case, by=ASKER, at=T0)[::2] == (made.digest, True)
