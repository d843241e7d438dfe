"""The life of a delivery: received, checked, previewed, committed or refused; doubts, zeros and the coverage board."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from ximu.foundation import doomed
from ximu.ideas.catalogue.tests.factories import body_of, published
from ximu.ideas.intake import api, queries, services
from ximu.ideas.intake.models import Delivery, Doubt
from ximu.ideas.intake.services import admission, sorting
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.queries import verify_log
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.tests.factories import load
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
AT = datetime(2018, 6, 4, 2, tzinfo=UTC)
RIGHTS = frozenset({"intake.deliver", "intake.decide", "intake.zero", "intake.watch", "records.admit"})


def actor(name: str, unit: str | None = None) -> Actor:
    return Actor(name, unit, (Grant("entry", RIGHTS),), person=name)


CLERK = actor("clerk", "court00000000001")


@pytest.fixture
def city(settings: LazySettings, tmp_path: Path) -> list[Any]:
    """The made-up city with one edition in force from 2018-01-01; its departments."""
    settings.XIMU_HOME = tmp_path
    settings.XIMU_CLOCK = "2018-06-04T10:00"
    load(at=datetime(2017, 5, 1, tzinfo=UTC))
    published("2018-1", date(2018, 1, 1), ["SF-PJ"])
    return registry.units(as_of=date(2018, 3, 1), kind="department")


def judgment(unit: Any, number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "主体类型": "2", "主体名称": unit.name, "主体代码": "", "领域": "D01", "行为代码": "XW-01", "失信等级": "一般", "事实摘要": "未履行合同付款义务。",
        "行为发生日": "2018-03-01", "行为终止日": "2018-03-20", "案号": f"（2018）示99民终{number}号", "作出判决的法院": "示例市高级人民法院",
        "作出判决的法院统一社会信用代码": "", "判决日期": "2018-04-02", "生效日期": "2018-04-20", "上诉状态": "未上诉", "履行情况": "未履行", "备注": "",
    } | changes


def deliver(rows: list[dict[str, str]], *, at: datetime = AT) -> services.Receipt:
    for row in rows:
        row["作出判决的法院统一社会信用代码"] = row["作出判决的法院统一社会信用代码"] or court()
    data = json.dumps(rows, ensure_ascii=False).encode()
    return services.receive(io.BytesIO(data), item="SF-PJ", source="court00000000001", by=CLERK, at=at)


def court() -> str:
    from_registry = [u.code for u in registry.units(as_of=date(2018, 3, 1)) if u.code]
    return from_registry[0] if from_registry else "11310000002420097C"


def test_a_good_file_becomes_records_with_a_receipt_in_the_log(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1), judgment(city[1], 2)])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert (summary["rows"], summary["good"], summary["bad"]) == (2, 2, 0), summary
    done = services.commit(receipt.uid, by=CLERK, at=AT)
    assert (done.state, done.outcome["new"]) == (Delivery.State.COMMITTED, 2)
    assert done.log_index is not None
    assert [c.rows for c in queries.coverage("2018-03", today=date(2018, 6, 4))] == [2]


def test_the_same_file_again_adds_nothing_and_says_so(city: list[Any]) -> None:
    rows = [judgment(city[0])]
    first = deliver(rows)
    services.check(first.uid, by=CLERK, at=AT)
    services.commit(first.uid, by=CLERK, at=AT)
    again = deliver(rows)
    assert (again.again, again.uid) == (True, first.uid)
    other = deliver([*rows, judgment(city[1], 5)])
    services.check(other.uid, by=CLERK, at=AT)
    assert services.commit(other.uid, by=CLERK, at=AT).outcome == {
        "new": 1, "corrected": 0, "same": 1, "second_source": 0, "barred": 0, "held": 0, "waiting": 0}


def test_the_same_file_from_another_source_is_another_delivery(city: list[Any]) -> None:
    """Else the second source would be told that its file was received, and be shown the delivery of the first."""
    first, [mine, theirs] = judgment(city[0]), ("court00000000001", city[1].uid)
    first["作出判决的法院统一社会信用代码"] = court()
    data = json.dumps([first], ensure_ascii=False).encode()
    by = {unit: Actor(unit, unit, (Grant("entry", RIGHTS, unit),), person=unit) for unit in (mine, theirs)}
    receipts = {unit: services.receive(io.BytesIO(data), item="SF-PJ", source=unit, by=by[unit], at=AT) for unit in by}
    assert [receipt.again for receipt in receipts.values()] == [False, False]
    for unit, receipt in receipts.items():
        assert queries.delivery(receipt.uid).source == unit
        services.check(receipt.uid, by=by[unit], at=AT)
    outcomes = [services.commit(receipts[unit].uid, by=by[unit], at=AT).outcome for unit in by]
    assert [(one["new"], one["second_source"]) for one in outcomes] == [(1, 0), (0, 1)]
    assert services.receive(io.BytesIO(data), item="SF-PJ", source=theirs, by=by[theirs], at=AT).uid == receipts[theirs].uid


def test_an_item_without_any_day_holds_on_the_day_of_delivery(city: list[Any]) -> None:
    published("2018-2", date(2018, 5, 1), ["FW-SX"])
    row = {"部门": city[0].name, "主项": "企业设立", "事项": "企业设立登记", "区划代码": "990000000000", "事项编码": "99A01-990000000000-1", "事项类型": "1"}
    data = json.dumps([row, {**row, "事项编码": ""}], ensure_ascii=False).encode()
    receipt = services.receive(io.BytesIO(data), item="FW-SX", source="court00000000001", by=CLERK, at=AT)
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert [(c["field"], c["code"]) for c in summary["counts"]] == [("item_code", "FIELD-NEED")]
    assert services.commit(receipt.uid, by=CLERK, at=AT, partial_reason="缺编码的行退回").outcome["new"] == 1
    assert [(c.month, c.rows) for c in queries.coverage("2018-06", today=date(2018, 6, 4))] == [("2018-06", 1)]


def test_an_upload_lies_sealed_and_is_removed_after_its_period(city: list[Any], tmp_path: Path) -> None:
    receipt, left = deliver([judgment(city[0], 1)]), deliver([judgment(city[0], 2)])
    kept = [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
    assert len(kept) == 2
    assert not [p for p in kept if p.stat().st_mode & 0o077 or city[0].name.encode() in p.read_bytes()]
    assert services.check(receipt.uid, by=CLERK, at=AT)["good"] == 1
    services.commit(receipt.uid, by=CLERK, at=AT)
    assert services.purge(by=CLERK, at=AT + timedelta(days=180)) == 0
    assert services.purge(by=CLERK, at=AT + timedelta(days=181)) == 2
    doomed.sweep()  # what a commit does
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and "keys" not in p.parts]
    assert [queries.delivery(u).state for u in (receipt.uid, left.uid)] == ["committed", "refused"]
    assert verify_log().ok


def test_all_or_nothing_unless_a_reason_is_given(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1), judgment(city[1], 2, 判决日期="2018-02-30")])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert (summary["good"], summary["bad"]) == (1, 1)
    with pytest.raises(Refusal) as refused:
        services.commit(receipt.uid, by=CLERK, at=AT)
    assert refused.value.code == "ROWS-BAD"
    done = services.commit(receipt.uid, by=CLERK, at=AT, partial_reason="其余一行退回法院更正")
    assert (done.outcome["new"], done.partial_reason) == (1, "其余一行退回法院更正")
    with pytest.raises(Refusal) as twice:
        services.commit(receipt.uid, by=CLERK, at=AT)
    assert twice.value.code == "DELIV-STATE"


def test_a_correction_is_a_new_version(city: list[Any]) -> None:
    for amount, counted in (("50000", "new"), ("5000", "corrected")):
        receipt = deliver([judgment(city[0], 1) | {"应履行金额(元)": amount}])
        services.check(receipt.uid, by=CLERK, at=AT)
        assert services.commit(receipt.uid, by=CLERK, at=AT).outcome[counted] == 1


def test_each_event_is_judged_by_the_edition_of_its_own_day(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1, 行为发生日="2017-12-31"), judgment(city[0], 2)])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert [(c["code"], c["n"]) for c in summary["counts"]] == [("LIST-NONE", 1)]


def test_strangers_are_refused_and_a_judgment_under_appeal_is_held(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1, 主体名称="某某商贸有限公司"), judgment(city[0], 2, 上诉状态="上诉中", 生效日期="")])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert {"SUBJ-NONE", "FIN-OPEN"} <= {c["code"] for c in summary["counts"]}
    done = services.commit(receipt.uid, by=CLERK, at=AT, partial_reason="另一行退回")
    assert (done.outcome["new"], done.outcome["held"]) == (1, 1)


def test_a_doubtful_subject_waits_until_a_person_picks(city: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    real, both = registry.resolve_many, [registry.resolve(u.name, as_of=date(2018, 3, 1)).candidates[0] for u in city[:2]]
    unsure = registry.Resolution("ambiguous", both)
    monkeypatch.setattr(registry, "resolve_many", lambda pairs: [unsure if p[0] == "两可局" else real([p])[0] for p in pairs])
    monkeypatch.setattr(registry, "resolve", lambda text, **_: unsure)
    receipt = deliver([judgment(city[0], 1, 主体名称="两可局"), judgment(city[0], 2)])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert (summary["bad"], summary["waiting"]) == (0, 1)
    done = services.commit(receipt.uid, by=CLERK, at=AT)
    assert (done.outcome["new"], done.outcome["waiting"]) == (1, 1)
    waiting = queries.doubts(CLERK).get()
    services.ask(waiting.uid, reason="请单位说明是哪个局", by=CLERK, at=AT)
    with pytest.raises(Refusal) as refused:
        services.pick(waiting.uid, subject="somebody", reason="x", by=CLERK, at=AT)
    assert refused.value.code == "SUBJ-AMBIG"
    with pytest.raises(Refusal) as silent:
        services.pick(waiting.uid, subject=city[1].uid, reason=" ", by=CLERK, at=AT)
    assert silent.value.code == "DOUBT-REASON"
    services.pick(waiting.uid, subject=city[1].uid, reason="单位来函确认", by=CLERK, at=AT)
    assert (found := verify_log()).ok
    assert found.evidence["intake"] == 3
    assert queries.doubt(waiting.uid).state == Doubt.State.PICKED
    with pytest.raises(Refusal) as done_before:
        services.drop(waiting.uid, reason="x", by=CLERK, at=AT)
    assert done_before.value.code == "DOUBT-DONE"


def test_candidates_of_units_and_of_all_persons_are_told_to_their_own_question(city: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look for a person goes through everybody in office: many doubts were many such looks."""
    day, looks, real = date(2018, 3, 1), list[int](), registry.resolve_persons
    monkeypatch.setattr(registry, "resolve_persons", lambda asked: (looks.append(len(asked)), real(asked))[1])
    namesakes, unit, one = ("王伟", "", sorting.OFFICIAL, day), (city[0].name, "", "2", day), ("王伟", "SL00110", sorting.OFFICIAL, day)
    told = admission._candidates([namesakes, unit, one, namesakes])
    assert looks == [2] and [len(told[key]) for key in (namesakes, unit, one)] == [2, 1, 1]
    assert told[unit][0]["uid"] == city[0].uid and told[one][0]["uid"] in {c["uid"] for c in told[namesakes]}


@pytest.mark.parametrize("sound", ["sczj", "ＳＣＺＪ", "shicaizhengju"])
def test_a_unit_that_is_named_by_its_sound_only_waits_for_a_person(city: list[Any], sound: str) -> None:
    """Initials serve a search; a breach is laid to nobody's charge by four letters."""
    assert registry.resolve(sound, as_of=date(2018, 3, 1)).status == "exact"
    receipt = deliver([judgment(city[0], 1, 主体名称=sound), judgment(city[0], 2)])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert (summary["good"], summary["bad"], summary["waiting"]) == (2, 0, 1)
    assert services.commit(receipt.uid, by=CLERK, at=AT).outcome["new"] == 1
    waiting = queries.doubts(CLERK).get()
    [candidate] = waiting.candidates
    services.pick(waiting.uid, subject=candidate["uid"], reason="单位来函确认", by=CLERK, at=AT)
    assert queries.doubt(waiting.uid).state == Doubt.State.PICKED


def test_a_file_that_cannot_be_read_is_refused_and_may_come_again(city: list[Any]) -> None:
    for _ in range(2):
        receipt = services.receive(io.BytesIO(b"%PDF-1.7"), item="SF-PJ", source="court00000000001", by=CLERK, at=AT)
        with pytest.raises(Refusal) as refused:
            services.check(receipt.uid, by=CLERK, at=AT)
        assert (refused.value.code, receipt.again) == ("FILE-KIND", False)
        assert queries.delivery(receipt.uid).refusal["code"] == "FILE-KIND"


def test_only_the_units_own_people_may_deliver_for_it(city: list[Any]) -> None:
    stranger = Actor("x", "u", (Grant("entry", RIGHTS, "u"),))
    with pytest.raises(Refusal) as refused:
        services.receive(io.BytesIO(b"x"), item="SF-PJ", source="court00000000001", by=stranger, at=AT)
    assert refused.value.code == "PERM-DENIED"


def test_a_zero_is_the_units_own_word_by_a_second_person(city: list[Any]) -> None:
    unit, month = city[0].uid, "2018-04"
    services.expect(unit, family="discipline", since=date(2018, 1, 1), by=CLERK, at=AT)

    def state() -> tuple[str, int | None]:
        cell = queries.coverage(month, today=date(2018, 6, 4))[0]
        return cell.state, cell.rows

    assert state() == ("missing", None)
    services.remind(unit, family="discipline", month=month, by=CLERK, at=AT, today=date(2018, 6, 4))
    claimed = services.claim_zero(unit, family="discipline", month=month, by=actor("a", unit), at=AT)
    assert state() == ("zero-pending", None)
    assert api.cell_out(queries.coverage(month, today=date(2018, 6, 4))[0])["zero"] == claimed.uid, "by which the unit confirms"
    for person, code in ((actor("a", unit), "DUAL"), (actor("b", "another"), "ZERO-OWN")):
        with pytest.raises(Refusal) as refused:
            services.confirm_zero(claimed.uid, by=person, at=AT)
        assert refused.value.code == code
    services.confirm_zero(claimed.uid, by=actor("b", unit), at=AT - timedelta(days=30))
    assert state() == ("zero", 0)
    for call, code in (
        (lambda: services.confirm_zero(claimed.uid, by=actor("b", unit), at=AT), "ZERO-DONE"),
        (lambda: services.claim_zero(unit, family="discipline", month=month, by=CLERK, at=AT), "ZERO-AGAIN"),
        (lambda: services.claim_zero(unit, family="discipline", month="2018-13", by=CLERK, at=AT), "MONTH-FORM"),
        (lambda: services.remind(unit, family="discipline", month=month, by=CLERK, at=AT, today=date(2018, 6, 4)), "REMIND-NONE"),
    ):
        with pytest.raises(Refusal) as again:
            call()
        assert again.value.code == code


def test_who_holds_the_right_for_one_unit_says_nothing_about_another(city: list[Any]) -> None:
    own, other = city[0].uid, city[1].uid
    by = Actor("own", own, (Grant("entry", RIGHTS, own),), person="own")
    for act in (
        lambda unit: services.expect(unit, family="discipline", since=date(2018, 1, 1), by=by, at=AT),
        lambda unit: services.remind(unit, family="discipline", month="2018-04", by=by, at=AT, today=date(2018, 6, 4)),
        lambda unit: services.claim_zero(unit, family="discipline", month="2018-04", by=by, at=AT),
    ):
        with pytest.raises(Refusal) as refused:
            act(other)
        assert refused.value.code == "PERM-DENIED"
        act(own)


def test_no_zero_where_records_were_delivered(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0])])
    services.check(receipt.uid, by=CLERK, at=AT)
    services.commit(receipt.uid, by=CLERK, at=AT)
    with pytest.raises(Refusal) as refused:
        services.claim_zero("court00000000001", family="judgment", month="2018-03", by=CLERK, at=AT)
    assert refused.value.code == "ZERO-ROWS"


@pytest.mark.parametrize(("changes", "code"), [
    ({"作出判决的法院": "院" * 201}, "FIELD-LONG"), ({"行为发生日": "2018-06-05", "行为终止日": ""}, "TIME-FUTURE"),
])
def test_what_the_register_would_refuse_a_whole_delivery_for_is_named_by_row(
    city: list[Any], changes: dict[str, str], code: str,
) -> None:
    body = body_of("SF-PJ")
    for one in body["schema"]["fields"]:
        one.get("constraints", {}).pop("maxLength", None)
    body["schema"]["ximu:rules"] = []
    published("2018-2", date(2018, 2, 1), ["SF-PJ"], bodies={"SF-PJ": body})
    receipt = deliver([judgment(city[0], 1), judgment(city[1], 2, **changes)])
    summary = services.check(receipt.uid, by=CLERK, at=AT)
    assert (summary["good"], summary["bad"]) == (1, 1)
    assert [(f["line"], f["code"]) for f in queries.faults(receipt.uid)] == [(2, code)]
    assert services.commit(receipt.uid, by=CLERK, at=AT, partial_reason="一行退回").outcome["new"] == 1


def test_the_log_is_derived_anew_from_deliveries_zeros_and_doubts(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0])])
    services.check(receipt.uid, by=CLERK, at=AT)
    services.commit(receipt.uid, by=CLERK, at=AT)
    unit = city[0].uid
    claimed = services.claim_zero(unit, family="discipline", month="2018-03", by=CLERK, at=AT)
    services.confirm_zero(claimed.uid, by=actor("chief", unit), at=AT)
    found = verify_log()
    assert found.ok, found
    assert found.evidence["intake"] == 3
    Delivery.objects.filter(uid=receipt.uid).update(source="another")
    assert [f.label for f in verify_log().findings] == [f"批次 {receipt.uid}"]


@pytest.mark.parametrize(("find", "code"), [(queries.delivery, "DELIV-NONE"), (queries.doubt, "DOUBT-NONE"), (queries.zero, "ZERO-NONE")])
def test_what_does_not_exist_is_said(find: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        find("nothing")
    assert (refused.value.code, refused.value.status) == (code, 404)


def test_if_the_receipt_cannot_be_written_nothing_is_loaded(city: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = deliver([judgment(city[0])])
    services.check(receipt.uid, by=CLERK, at=AT)

    def broken(*given: Any, **named: Any) -> Any:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", broken)
        with pytest.raises(OSError, match="disk full"):
            services.commit(receipt.uid, by=CLERK, at=AT)
    assert queries.delivery(receipt.uid).state == Delivery.State.CHECKED
    assert services.commit(receipt.uid, by=CLERK, at=AT).outcome["new"] == 1


def test_what_the_disk_has_lost_is_never_committed_as_nothing(city: list[Any]) -> None:
    receipt = deliver([judgment(city[0], 1), judgment(city[1], 2)])
    services.check(receipt.uid, by=CLERK, at=AT)
    ready = next(queries.folder_of(receipt.uid).glob("ready-*.arrow"))
    whole = ready.read_bytes()
    for damage in (lambda: ready.write_bytes(whole[:100]), ready.unlink):
        damage()
        with pytest.raises(Refusal) as refused:
            services.commit(receipt.uid, by=CLERK, at=AT)
        assert refused.value.code == "DELIV-LOST"
        assert queries.delivery(receipt.uid).state == "checked"
    services.check(receipt.uid, by=CLERK, at=AT)
    assert services.commit(receipt.uid, by=CLERK, at=AT).outcome["new"] == 2


def test_a_check_that_died_leaves_nothing_and_is_done_again(city: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = deliver([judgment(city[0], 1)])
    with monkeypatch.context() as failing, pytest.raises(KeyboardInterrupt):
        failing.setattr(services.deliveries.sorting, "sort_out", _interrupted)
        services.check(receipt.uid, by=CLERK, at=AT)
    assert queries.delivery(receipt.uid).state == "received"
    assert not queries.folder_of(receipt.uid).exists()
    assert services.check(receipt.uid, by=CLERK, at=AT)["good"] == 1
    assert services.check(receipt.uid, by=CLERK, at=AT)["good"] == 1


def _interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt
