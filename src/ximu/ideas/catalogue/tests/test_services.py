"""An edition is drafted, reviewed, merged and published by different people, and then stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ximu.ideas.catalogue import queries, rules, services
from ximu.ideas.catalogue.models import Basis, ItemStep, ListItem
from ximu.ideas.catalogue.tests import factories as f
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.1")]
DAY = date(2018, 5, 1)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as raised:
        call()
    return raised.value.code


@pytest.fixture
def edition() -> str:
    f.register_bases()
    services.open_edition("2018-1", in_force=DAY, by=f.COORDINATOR, at=f.AT)
    return "2018-1"


def publish(number: str = "2018-1", **kwargs: Any) -> str:
    return services.publish(number, by=kwargs.pop("by", f.PUBLISHER), at=f.AT, **kwargs)


def test_the_whole_way_ends_in_the_log(edition: str) -> None:
    for code in ("CF", "XW-G-3", "YY-B-1"):
        f.accepted(edition, code)
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    digest = publish()
    found = queries.edition(edition)
    assert (found.digest, found.published) == (digest, True)
    logged = ledger.entry_value(found.log_index)
    assert (logged["kind"], logged["digest"], logged["in_force"]) == ("list.published", digest, "2018-05-01")
    assert rules.digest_of(queries.canonical_edition(edition)) == digest


def test_a_published_edition_is_frozen(edition: str) -> None:
    uid = f.accepted(edition, "CF")
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    publish()
    before = queries.canonical_edition(edition)
    for call in (
        lambda: f.drafted(edition, "XK"),
        lambda: services.revise(uid, body=f.body_of("CF"), by=f.CLERK, at=f.AT),
        lambda: services.submit(uid, by=f.CLERK, at=f.AT),
        lambda: services.withdraw(uid, reason="x", by=f.CLERK, at=f.AT),
        lambda: services.send_back(uid, reason="x", by=f.REVIEWER, at=f.AT),
        lambda: services.object_to(uid, unit=f.TWO, reason="x", by=f.OTHER, at=f.AT),
        lambda: services.settle_owner(edition, keep=uid, reason="x", by=f.COORDINATOR, at=f.AT),
        lambda: services.merge(edition, by=f.COORDINATOR, at=f.AT),
        publish,
    ):
        assert refused(call) == "LIST-FROZEN"
    assert queries.canonical_edition(edition) == before


def test_three_people_are_needed(edition: str) -> None:
    uid = f.drafted(edition, "CF")
    services.submit(uid, by=f.CLERK, at=f.AT)
    same = f.person("clerk", "review", "publish")
    assert refused(lambda: services.accept(uid, by=same, at=f.AT)) == "DUAL"
    assert refused(lambda: services.send_back(uid, reason="x", by=same, at=f.AT)) == "DUAL"
    services.accept(uid, by=f.REVIEWER, at=f.AT)
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    assert refused(lambda: publish(by=same)) == "DUAL"
    assert publish()


def test_rights_are_asked(edition: str) -> None:
    uid = f.drafted(edition, "CF")
    nobody = f.person("nobody")
    for call in (
        lambda: f.drafted(edition, "XK", by=nobody), lambda: f.drafted(edition, "XK", by=f.OTHER), lambda: publish(by=nobody),
        lambda: services.accept(uid, by=f.CLERK, at=f.AT), lambda: services.merge(edition, by=f.PUBLISHER, at=f.AT),
        lambda: services.object_to(uid, unit=f.ONE, reason="x", by=f.OTHER, at=f.AT),
        lambda: services.open_edition("2019-1", in_force=date(2019, 5, 1), by=f.CLERK, at=f.AT),
        lambda: services.register_basis("X", values={}, by=f.CLERK, at=f.AT),
    ):
        assert refused(call) == "PERM-DENIED"


def test_a_returned_item_is_revised_and_comes_back(edition: str) -> None:
    uid = f.drafted(edition, "CF")
    services.submit(uid, by=f.CLERK, at=f.AT)
    assert refused(lambda: services.revise(uid, body=f.body_of("CF"), by=f.CLERK, at=f.AT)) == "LIST-EDGE"
    assert refused(lambda: services.send_back(uid, reason=" ", by=f.REVIEWER, at=f.AT)) == "LIST-REASON"
    services.send_back(uid, reason="缺少依据条款", by=f.REVIEWER, at=f.AT)
    services.revise(uid, body={**f.body_of("CF"), "update": "monthly"}, by=f.CLERK, at=f.AT)
    services.submit(uid, by=f.CLERK, at=f.AT)
    services.accept(uid, by=f.REVIEWER, at=f.AT)
    assert queries.draft_item(uid).body["update"] == "monthly"
    assert [s.act for s in queries.steps_of(uid)] == ["draft", "submit", "return", "revise", "submit", "accept"]


def test_two_units_cannot_own_one_item(edition: str) -> None:
    mine = f.accepted(edition, "CF")
    theirs = f.drafted(edition, "CF", owner=f.TWO, by=f.OTHER)
    assert refused(lambda: f.drafted(edition, "CF", owner=f.TWO, by=f.OTHER)) == "LIST-TWICE"
    assert refused(lambda: services.merge(edition, by=f.COORDINATOR, at=f.AT)) == "LIST-OWNER"
    [conflict] = queries.desk(edition)["conflicts"]
    assert {i.uid for i in conflict} == {mine, theirs}
    services.settle_owner(edition, keep=mine, reason="由法制部门归口", by=f.COORDINATOR, at=f.AT)
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    assert ListItem.objects.get(uid=theirs).state == "dropped"
    assert ItemStep.objects.get(item__uid=theirs, act="drop").reason == "由法制部门归口"


def test_an_objection_holds_the_edition_back(edition: str) -> None:
    uid = f.accepted(edition, "CF")
    objection = services.object_to(uid, unit=f.TWO, reason="长度不足", by=f.OTHER, at=f.AT)
    assert refused(lambda: services.merge(edition, by=f.COORDINATOR, at=f.AT)) == "LIST-PENDING"
    services.answer(objection, upheld=True, words="采纳", by=f.COORDINATOR, at=f.AT)
    assert queries.draft_item(uid).state == "returned"
    assert refused(lambda: services.answer(objection, upheld=False, words="不采纳", by=f.COORDINATOR, at=f.AT)) == "LIST-EDGE"
    assert refused(lambda: services.answer("none", upheld=False, words="无", by=f.COORDINATOR, at=f.AT)) == "LIST-OBJECTION-NONE"
    services.withdraw(uid, reason="不再列入", by=f.CLERK, at=f.AT)
    assert refused(lambda: services.object_to(uid, unit=f.TWO, reason="x", by=f.OTHER, at=f.AT)) == "LIST-EDGE"


def test_only_a_whole_edition_is_merged(edition: str) -> None:
    assert refused(lambda: services.merge(edition, by=f.COORDINATOR, at=f.AT)) == "LIST-PENDING"
    f.accepted(edition, "XW-G-3")
    assert refused(lambda: services.merge(edition, by=f.COORDINATOR, at=f.AT)) == "LIST-LINK"
    assert refused(publish) == "LIST-EDGE"


def test_a_draft_is_checked(edition: str) -> None:
    body = f.body_of("CF")
    assert refused(lambda: f.drafted(edition, "CF", body={**body, "bases": []})) == "LIST-BASIS"
    assert refused(lambda: f.drafted(edition, "CF", body={**body, "odd": 1})) == "LIST-ITEM"
    assert refused(lambda: services.draft(edition, list_="wish", code="CF", body=body, owner=f.ONE, owner_name="x", by=f.CLERK,
                                          at=f.AT)) == "LIST-KIND"
    assert refused(lambda: f.drafted("2031-1", "CF")) == "LIST-EDITION"
    assert refused(lambda: services.submit("none", by=f.CLERK, at=f.AT)) == "LIST-ITEM-NONE"


def test_a_law_repealed_after_the_draft_stops_publication(edition: str) -> None:
    f.accepted(edition, "CF")
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    values = {"title": "意见", "title_en": "Opinions", "level": "国务院文件", "in_force_on": date(2015, 6, 24),
              "repealed_on": date(2018, 4, 1)}
    assert services.register_basis("GBF-2015-51", values=values, by=f.COORDINATOR, at=f.AT)
    assert refused(publish) == "LIST-BASIS"


def test_an_edition_is_not_entered_afterwards_without_a_reason(edition: str) -> None:
    f.accepted(edition, "CF")
    services.merge(edition, by=f.COORDINATOR, at=f.AT)
    late = datetime(2018, 5, 2, tzinfo=UTC)
    assert refused(lambda: services.publish(edition, by=f.PUBLISHER, at=late)) == "LIST-BACKDATED"
    assert services.publish(edition, by=f.PUBLISHER, at=late, backdated="纸质版已于4月发布")


def test_the_next_edition_begins_with_the_last_and_may_not_overlap() -> None:
    f.published("2018-1", DAY, ["CF", "XK"])
    assert refused(lambda: services.open_edition("2018-1", in_force=DAY, by=f.COORDINATOR, at=f.AT)) == "LIST-TWICE"
    assert refused(lambda: services.open_edition("2019-1", in_force=DAY, by=f.COORDINATOR, at=f.AT)) == "LIST-OVERLAP"
    services.open_edition("2019-1", in_force=date(2019, 5, 1), copy_from="2018-1", by=f.COORDINATOR, at=f.AT)
    assert sorted(i.code for i in queries.desk("2019-1")["items"]) == ["CF", "XK"]


def test_a_basis_gets_versions_and_they_are_logged() -> None:
    values = {"title": "示例条例", "title_en": "Example", "level": "地方性法规", "in_force_on": date(2017, 10, 1)}
    assert services.register_basis("SL-1", values=values, by=f.COORDINATOR, at=f.AT)
    assert not services.register_basis("SL-1", values=values, by=f.COORDINATOR, at=f.AT)
    assert services.register_basis("SL-1", values={**values, "repealed_on": date(2020, 1, 1)}, by=f.COORDINATOR, at=f.AT)
    assert [b.version for b in Basis.objects.filter(code="SL-1").order_by("version")] == [1, 2]
    assert queries.bases()["SL-1"].repealed_on == date(2020, 1, 1)
    for wrong in ({"level": "口头"}, {"odd": 1}, {"repealed_on": date(2017, 1, 1)}):
        assert refused(lambda wrong=wrong: services.register_basis("SL-2", values={**values, **wrong}, by=f.COORDINATOR,
                                                                   at=f.AT)) == "LIST-BASIS-FORM"


def test_evidence_is_the_log_and_shows_a_change_behind_its_back() -> None:
    f.published("2018-1", DAY, ["CF"])
    derived = list(queries.evidence(0, ledger.size()))
    assert len(derived) == ledger.size()
    assert all(ledger.entry(index) == entry for index, entry, _ in derived)
    ListItem.objects.filter(code="CF").update(owner_name="他人")
    assert [label for index, entry, label in queries.evidence(0, ledger.size()) if ledger.entry(index) != entry] == ["2018-1"]


def test_both_units_are_told_who_owns_and_the_desk_counts_one_conflict_less(edition: str) -> None:
    mine, theirs = f.accepted(edition, "CF"), f.drafted(edition, "CF", owner=f.TWO, by=f.OTHER)
    desk, owner, coordinator = (f.person(name, *rights, unit=unit) for name, rights, unit in (
        ("other-desk", ("draft", "desk"), f.TWO), ("owner-desk", ("draft", "desk"), f.ONE), ("c", ("merge", "desk"), None)))
    kinds = {line.kind.en: line.count for line in queries.today(coordinator, f.AT)}
    assert kinds == {"List drafts with their units": 1, "Several owners of a list item": 1}
    services.settle_owner(edition, keep=mine, reason="归口", by=f.COORDINATOR, at=f.AT)
    assert queries.today(coordinator, f.AT) == [] and queries.today(f.COORDINATOR, f.AT) == []
    for person in (desk, owner):
        [told] = queries.today(person, f.AT)
        assert told.title.zh == "CF由示例unit-one负责" and told.url.endswith(mine if person is owner else theirs)
    assert refused(lambda: services.settle_owner(edition, keep=theirs, reason="反悔", by=f.COORDINATOR, at=f.AT)) == "LIST-EDGE"
