"""What is blacked out is gone from the form that others get; two people do it; the original stays apart and who opened which is noted."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.test import Client

from ximu.foundation import clock, documents, sheets
from ximu.foundation import files as store
from ximu.ideas.accounts import services as accounts
from ximu.ideas.accounts.tests.factories import account, actor, with_password
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.models import CaseFile, FileOpening, Redaction, Step
from ximu.ideas.casework.queries.papers import versions
from ximu.ideas.casework.rules import Given, Parties
from ximu.ideas.casework.rules import redaction as rules
from ximu.ideas.casework.services import Opening
from ximu.ideas.casework.tests.factories import COORDINATOR, OFFICE, OTHER, SOURCE, STAFF, T0, person, upload
from ximu.ideas.casework.tests.test_views import signed_in
from ximu.ideas.records.services import Traces
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]

REDACTS = STAFF | {"casework.redact"}
FIRST, SECOND = person("first", SOURCE, REDACTS), person("second", SOURCE, REDACTS)
ASKER, PARTY, PLAIN = person("asker", OTHER), person("party", OTHER, REDACTS), person("plain", SOURCE)
SECRET = "某丁住示例路九号"
BOX = {"page": 1, "left": 5, "top": 40, "right": 95, "bottom": 70, "reason": "person"}


def letter(words: str = SECRET) -> bytes:
    return documents.pdf(documents.Letter("示例局", "示〔2018〕1号", "关于核实的函", "某单位", (documents.Paragraph(words * 3),), "示例局",
                                          date(2018, 5, 7)))


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args, **kwargs)
    return refused.value.code


@pytest.fixture
def case() -> tuple[str, str]:
    """An inquiry that another unit opened, in the hands of the unit that handed in one PDF."""
    uid = services.open_case("inquiry", opening=Opening(about="REC1", source=SOURCE, office=OFFICE), given=Given("请核实"), by=ASKER, at=T0)
    services.add_files(uid, [upload(letter(), "某丁.pdf")], by=FIRST, at=T0)
    return uid, queries.case(uid, actor=FIRST, at=T0).files[0].uid


def seen_by(reader: Any, case: tuple[str, str]) -> queries.PaperView:
    return queries.case(case[0], actor=reader, at=T0).files[0]


def approved(case: tuple[str, str], *boxes: dict[str, Any]) -> Redaction:
    made = services.redact(*case, boxes or [BOX], by=FIRST, at=T0)
    return services.decide_redaction(*case, approved=True, digest=made.digest, by=SECOND, at=T0)


def test_the_other_party_gets_pixels_without_the_secret_and_the_rest_the_original(case: tuple[str, str]) -> None:
    original = seen_by(ASKER, case)
    assert (original.original, original.name, original.marks) == (True, "某丁.pdf", [])
    made = approved(case)
    mine, theirs = seen_by(FIRST, case), seen_by(ASKER, case)
    assert (mine.original, mine.digest, mine.name) == (True, original.digest, "某丁.pdf")
    assert (theirs.original, theirs.digest, theirs.name, theirs.size) == (False, made.digest, "", made.size)
    assert [(page, name.zh) for page, name in theirs.marks] == [(1, "个人信息")]
    digest, kept, redacted = services.read_file(*case, by=ASKER, at=T0)
    assert (digest, redacted) == (made.digest, True)
    with pypdfium2.PdfDocument(kept.read()) as form:
        assert form[0].get_textpage().get_text_range() == ""
        shown = form[0].render(scale=1).to_numpy()
        high, wide = shown.shape[:2]
        inside = shown[int(high * .41):int(high * .69), int(wide * .06):int(wide * .94)]
        assert (inside.mean() < 8, inside.max() > 100, shown[:int(high * .35)].mean() > 200) == (True, True, True)
    for reader in (FIRST, PLAIN, COORDINATOR):
        with pypdfium2.PdfDocument(services.read_file(*case, by=reader, at=T0)[1].read()) as form:
            assert SECRET in form[0].get_textpage().get_text_range().replace("\r\n", "")
    noted = FileOpening.objects.order_by("pk").values_list("by", "redacted")
    assert list(noted) == [("asker", True), ("first", False), ("plain", False), ("coordinator", False)]
    assert [Step.objects.filter(verb=verb).count() for verb in ("redact", "redacted")] == [1, 1]
    assert SECRET not in str(list(Step.objects.values_list("detail", flat=True)))


def test_a_second_person_decides_on_what_was_seen(case: tuple[str, str]) -> None:
    assert code_of(services.decide_redaction, *case, approved=True, digest="", by=SECOND, at=T0) == "REDACT-NONE"
    made = services.redact(*case, [BOX], by=FIRST, at=T0)
    assert code_of(services.read_file, *case, by=ASKER, at=T0) == "REDACT-WAITING"
    assert (seen_by(ASKER, case).digest, seen_by(ASKER, case).name) == ("", "")
    assert code_of(services.redact, *case, [BOX], by=SECOND, at=T0) == "REDACT-OPEN"
    assert code_of(services.decide_redaction, *case, approved=True, digest=made.digest, by=FIRST, at=T0) == "DUAL"
    assert code_of(services.decide_redaction, *case, approved=True, digest="0" * 64, by=SECOND, at=T0) == "REDACT-DIGEST"
    assert code_of(services.decide_redaction, *case, approved=True, digest=made.digest, by=PLAIN, at=T0) == "PERM-DENIED"
    assert services.decide_redaction(*case, approved=False, digest=made.digest, by=SECOND, at=T0).state == "refused"
    assert services.read_file(*case, by=ASKER, at=T0)[2] is False
    first = approved(case)
    second = approved(case, BOX, {**BOX, "top": 75, "bottom": 80, "reason": "trade"})
    assert (Redaction.objects.get(pk=first.pk).state, services.read_file(*case, by=ASKER, at=T0)[0]) == ("replaced", second.digest)


def test_a_refused_form_is_destroyed(case: tuple[str, str], django_capture_on_commit_callbacks: Any) -> None:
    made = services.redact(*case, [BOX], by=FIRST, at=T0)
    assert store.path_of(made.digest, "cases").exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.decide_redaction(*case, approved=False, digest=made.digest, by=SECOND, at=T0)
    assert not store.path_of(made.digest, "cases").exists()


def test_only_who_is_in_charge_and_gets_the_original_redacts(case: tuple[str, str]) -> None:
    assert code_of(services.redact, *case, [BOX], by=PLAIN, at=T0) == "PERM-DENIED"
    assert code_of(services.redact, *case, [BOX], by=PARTY, at=T0) == "PERM-DENIED"
    assert code_of(services.redact, *case, [BOX], by=person("far", "unitfaraway00001", REDACTS), at=T0) == "CASE-NONE"
    assert code_of(services.redact, case[0], "none", [BOX], by=FIRST, at=T0) == "FILE-NONE"
    whole = person("whole", OTHER, REDACTS, city=True)
    assert code_of(services.page_of_paper, *case, 1, redacted=False, by=whole, at=T0) == "PERM-DENIED"


@pytest.mark.parametrize(("regions", "code"), [
    ([], "REDACT-REGION"), ([BOX] * 201, "REDACT-REGION"), ([{**BOX, "page": 2}], "REDACT-REGION"), ([{**BOX, "page": 0}], "REDACT-REGION"),
    ([{**BOX, "left": 95}], "REDACT-REGION"), ([{**BOX, "bottom": 101}], "REDACT-REGION"), ([{**BOX, "top": "nan"}], "REDACT-REGION"),
    ([{**BOX, "top": ""}], "REDACT-REGION"), ([{**BOX, "reason": "because"}], "REDACT-REASON"), ([{"page": 1}], "REDACT-REGION"),
])
def test_a_place_that_is_none_is_refused(case: tuple[str, str], regions: list[dict[str, Any]], code: str) -> None:
    assert code_of(services.redact, *case, regions, by=FIRST, at=T0) == code
    assert not Redaction.objects.exists()


def test_a_paper_that_cannot_be_drawn_is_refused_with_what_to_do(case: tuple[str, str]) -> None:
    for content in (b"plain words", b"%PDF-1.7 broken", b"\x89PNG\r\n\x1a\nbroken"):
        assert code_of(sheets.count, content) == "PAPER-KIND"
    assert code_of(sheets.page, letter(), 2) == "PAPER-PAGE"
    assert code_of(sheets.count, b"\x89PNG\r\n\x1a\n" + bytes(13 << 20)) == "PAPER-SIZE"


def test_an_office_file_is_refused_with_what_to_do_and_shown_to_nobody_in_part(case: tuple[str, str]) -> None:
    letters = documents.docx(documents.Letter("示例局", "示〔2018〕1号", "函", "某单位", (documents.Paragraph(SECRET),), "示例局", date(2018, 5, 7)))
    table = io.BytesIO()
    openpyxl.Workbook().save(table)
    for name, content in (("某丁.docx", letters), ("某丁.xlsx", table.getvalue()), ("旧.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))):
        assert code_of(sheets.count, content) == "PAPER-OFFICE"
        services.add_files(case[0], [upload(content, name)], by=FIRST, at=T0)
        paper = queries.case(case[0], actor=FIRST, at=T0).files[-1]
        assert code_of(services.redact, case[0], paper.uid, [BOX], by=FIRST, at=T0) == "PAPER-OFFICE"
        assert code_of(services.pages_in, case[0], paper.uid, by=FIRST, at=T0) == "PAPER-OFFICE"
    assert not Redaction.objects.exists()


def test_an_office_file_is_redacted_in_the_pdf_that_was_saved_from_it(case: tuple[str, str], django_capture_on_commit_callbacks: Any) -> None:
    words = documents.docx(documents.Letter("示例局", "示〔2018〕1号", "函", "某单位", (documents.Paragraph(SECRET),), "示例局", date(2018, 5, 7)))
    services.add_files(case[0], [upload(words, "某丁.docx")], by=FIRST, at=T0)
    office = (case[0], queries.case(case[0], actor=FIRST, at=T0).files[-1].uid)
    assert code_of(services.lay_pages, *case, letter(), by=FIRST, at=T0) == "PAPER-PAGED"
    assert code_of(services.lay_pages, *office, letter(), by=PLAIN, at=T0) == "PERM-DENIED"
    for content, code in ((words, "PAPER-OFFICE"), (b"", "PAPER-KIND"), (b"%PDF-1.7 broken", "PAPER-KIND")):
        assert code_of(services.lay_pages, *office, content, by=FIRST, at=T0) == code
    assert services.lay_pages(*office, letter("看错的一版"), by=FIRST, at=T0) == 1
    old = CaseFile.objects.get(uid=office[1]).paged
    with django_capture_on_commit_callbacks(execute=True):
        services.lay_pages(*office, letter(), by=FIRST, at=T0)
    new = CaseFile.objects.get(uid=office[1]).paged
    assert (store.path_of(old, "cases").exists(), store.path_of(new, "cases").exists()) == (False, True)
    assert services.pages_in(*office, by=FIRST, at=T0) == 1
    made = services.redact(*office, [BOX], by=FIRST, at=T0)
    assert code_of(services.lay_pages, *office, letter("又一版"), by=SECOND, at=T0) == "REDACT-OPEN"
    services.decide_redaction(*office, approved=True, digest=made.digest, by=SECOND, at=T0)
    theirs, kept, redacted = services.read_file(*office, by=ASKER, at=T0)
    assert (theirs, redacted, kept.read()[:4]) == (made.digest, True, b"%PDF")
    assert Step.objects.filter(verb="paged").count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.forget(Traces(frozenset({"REC1"}), frozenset(), frozenset(), frozenset()), at=T0)
    assert not store.path_of(new, "cases").exists()


def test_a_picture_is_redacted_too() -> None:
    picture = sheets.page(letter(), 1)
    form = sheets.blacked(picture, [(1, 0, 0, 100, 50, "")])
    with pypdfium2.PdfDocument(form) as made:
        shown = made[0].render(scale=.5).to_numpy()
    half = shown.shape[0] // 2
    assert (shown[:half - 2].max(), shown[half + 2:].max()) == (0, 255)


def test_erasure_destroys_original_and_form(case: tuple[str, str], django_capture_on_commit_callbacks: Any) -> None:
    made, original = approved(case), seen_by(FIRST, case).digest
    with django_capture_on_commit_callbacks(execute=True):
        services.forget(Traces(frozenset({"REC1"}), frozenset(), frozenset(), frozenset()), at=T0)
    assert not store.path_of(made.digest, "cases").exists() and not store.path_of(original, "cases").exists()
    assert Redaction.objects.get().regions == []


def test_turning_pages_is_one_opening_in_an_hour(case: tuple[str, str]) -> None:
    assert services.page_of_paper(*case, 1, redacted=False, by=FIRST, at=T0).startswith(b"\x89PNG")
    services.page_of_paper(*case, 1, redacted=False, by=FIRST, at=T0 + timedelta(minutes=9))
    assert FileOpening.objects.count() == 1
    services.page_of_paper(*case, 1, redacted=False, by=FIRST, at=T0 + timedelta(hours=2))
    assert FileOpening.objects.count() == 2
    assert code_of(services.page_of_paper, *case, 1, redacted=True, by=FIRST, at=T0) == "REDACT-NONE"


def test_the_rules_are_dated_and_name_known_relations() -> None:
    assert versions()[0].originals == {"giver", "holder", "source", "office"}
    later = rules.Redacting("2", date(2020, 1, 1), "", frozenset({"holder"}), {})
    both = [versions()[0], later]
    assert [rules.redacting_on(both, day).version for day in (date(2013, 1, 1), date(2019, 12, 31), date(2020, 1, 1))] == ["1", "1", "2"]
    told = {"parties": Parties(subject="s", source="q", holder="h"), "given_by": "a"}
    assert [rules.gets_original(versions()[0], units=units, human=human, **told)
            for units, human in ((["h"], "x"), (["q"], "x"), (["s"], "x"), ([], "a"), ([], "x"))] == [True, True, False, True, False]
    with pytest.raises(ValueError, match="relation"):
        rules.redacting_of({"version": [{"version": "1", "since": date(2014, 1, 1), "source": "", "originals": ["friend"], "reason": {}}]})


def test_two_clerks_redact_on_the_page_without_a_script(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar
    now = clock.now()
    users = {name: with_password(account(name, role, unit=unit, at=now)) for name, role, unit in (
        ("one", "entry", SOURCE), ("two", "reviewer", SOURCE), ("asker", "entry", OTHER))}
    uid = services.open_case("inquiry", opening=Opening(about="REC1", source=SOURCE, office=OFFICE), given=Given("请核实"),
                             by=actor(users["asker"], at=now), at=now)
    services.add_files(uid, [upload(letter(), "某丁.pdf")], by=actor(users["one"], at=now), at=now)
    paper = queries.case(uid, actor=actor(users["one"], at=now), at=now).files[0].uid
    one, two, asker = (signed_in(users[name]) for name in ("one", "two", "asker"))
    address = f"/console/casework/{uid}/papers/{paper}"
    page = one.get(f"{address}/redaction").content.decode()
    assert "遮盖何处、为何" in page and "original/1.png" in page
    assert one.get(f"{address}/original/1.png").headers["Content-Type"] == "image/png"
    assert asker.get(f"{address}/redaction").status_code == 403
    services.add_files(uid, [upload(b"PK\x03\x04 office", "表.docx")], by=actor(users["one"], at=now), at=now)
    office = f"/console/casework/{uid}/papers/{queries.case(uid, actor=actor(users['one'], at=now), at=now).files[-1].uid}/redaction"
    way_on = one.get(office)
    assert (way_on.status_code, 'name="pdf"' in way_on.content.decode()) == (200, True)
    wrong = one.post(office, {"do": "pages", "pdf": io.BytesIO(b"PK\x03\x04 office")})
    assert (wrong.status_code, "PAPER-OFFICE" in wrong.content.decode()) == (422, True)
    assert one.post(office, {"do": "pages", "pdf": io.BytesIO(letter())}).status_code == 302
    assert "遮盖何处、为何" in one.get(office).content.decode()
    row = {f"{edge}-0": str(value) for edge, value in BOX.items()}
    assert "<rect" in one.post(f"{address}/redaction", {**row, "do": "preview"}).content.decode()
    refused = one.post(f"{address}/redaction", {**row, "right-0": "1", "do": "propose"})
    assert (refused.status_code, "REDACT-REGION" in refused.content.decode()) == (422, True)
    assert one.post(f"{address}/redaction", {**row, "do": "propose"}).status_code == 302
    assert "须由另一人决定" in one.get(f"{address}/redaction").content.decode()
    assert asker.get(address).status_code == 409
    page = two.get(f"{address}/redaction").content.decode()
    digest = page.split('name="digest" value="')[1][:64]
    assert two.get(f"{address}/redacted/1.png").status_code == 200
    assert two.post(f"{address}/redaction", {"do": "approve", "digest": digest}).status_code == 302
    got = asker.get(address)
    assert (got.headers["Content-Type"], b"".join(got.streaming_content)[:5]) == ("application/pdf", b"%PDF-")
    theirs = asker.get(f"/console/casework/{uid}").content.decode()
    assert "遮盖件" in theirs and "某丁" not in theirs and "遮盖或者声明无需遮盖前不能查阅" in theirs
    assert one.post(office, {"do": "free"}).status_code == 302
    page = two.get(office).content.decode()
    assert "声明：该材料没有须遮盖的内容" in page
    digest = page.split('name="digest" value="')[1][:64]
    assert two.post(office, {"do": "approve", "digest": digest}).status_code == 302
    assert "已声明无需遮盖" in asker.get(f"/console/casework/{uid}").content.decode()
    assert asker.get(office.removesuffix("/redaction")).status_code == 409, "what cannot be copied without its maker"


def test_programs_redact_over_the_api(settings: Any) -> None:
    settings.XIMU_CLOCK = "2026-03-03T09:00:00"  # a day whose terms end in a year with a calendar
    now = clock.now()
    users = [account(name, "reviewer", unit=SOURCE, at=now) for name in ("one", "two")]
    uid = services.open_case("inquiry", opening=Opening(about="REC1", source=SOURCE, office=OFFICE), given=Given("请核实"), by=ASKER, at=now)
    services.add_files(uid, [upload(letter(), "某丁.pdf")], by=actor(users[0], at=now), at=now)
    paper = queries.case(uid, actor=actor(users[0], at=now), at=now).files[0].uid
    keys = [accounts.issue_key(user.uid, "reviewer", unit=SOURCE, label="测试", days=9, by=SYSTEM, at=now)[1] for user in users]
    one, two = (Client(headers={"Authorization": f"Bearer {key}"}) for key in keys)
    base = f"/api/v1/casework/cases/{uid}/papers/{paper}"
    assert "person" in {reason["code"] for reason in one.get("/api/v1/casework/redaction-reasons").json()}
    made = one.post(f"{base}/redactions", {"regions": [BOX]}, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert two.get(f"{base}/redacted/1.png").content.startswith(b"\x89PNG")
    assert two.post(f"{base}/declarations").json()["code"] == "REDACT-OPEN"
    told = {"approved": True, "digest": made.json()["digest"]}
    assert one.post(f"{base}/redactions/decision", told, content_type="application/json").json()["code"] == "DUAL"
    assert two.post(f"{base}/redactions/decision", told, content_type="application/json").json()["state"] == "approved"
    assert two.get(f"/api/v1/casework/cases/{uid}").json()["papers"][0]["marks"] == [
        {"page": 1, "reason_zh": "个人信息", "reason_en": "Personal data of others"}]
