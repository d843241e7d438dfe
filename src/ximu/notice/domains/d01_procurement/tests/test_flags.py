"""Each red flag: a true positive, each exclusion, and the value that the published guide gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.rules import fences, flags, settings

pytestmark = pytest.mark.row("D1")


def bid(status: str, who: str, amount: float | None = None, currency: str = "CNY", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"status": status, "tenderers": [{"id": w} for w in who.split("+")], **more}
    return made if amount is None else made | {"value": {"amount": amount, "currency": currency}}


def award(status: str, who: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "suppliers": [{"id": w} for w in who.split("+") if w], **more}


def process(ocid: str, bids: list[Any] = (), awards: list[Any] = (), **more: Any) -> dict[str, Any]:
    return {"ocid": ocid, "bids": {"details": list(bids)}, "awards": list(awards), **more}


def run(text: str, releases: list[Any]) -> dict[str, dict[str, dict[str, float]]]:
    found = flags.evaluate(releases, settings.read(text)).results
    return {group: results for group, results in found.items() if results}


def gaps(first: float, others: list[float]) -> list[Any]:
    """Processes won by W at 1 against L at 1 + gap."""
    return [process(str(n) if n else "F", [bid("valid", "W", 1), bid("valid", "L", 1 + gap)], [award("active", "W")])
            for n, gap in enumerate([first, *others])]


def test_r003_counts_whole_days() -> None:
    def period(ocid: str, end: str, **tender: Any) -> Any:
        return {"ocid": ocid, "tender": {"tenderPeriod": {"startDate": "2018-01-01T18:00:00+08:00", "endDate": end}, **tender}}
    rows = [period("short", "2018-01-16T17:59:59+08:00"), period("exact", "2018-01-16T18:00:00+08:00"), period("no offset", "2018-01-03"),
            period("own", "2018-01-05T18:00:00+08:00", procurementMethodDetails="急"), {"ocid": "none"}]
    assert run("[R003]\n[R003.procurement_method_details]\n急 = 4\n", rows) == {"OCID": {"short": {"R003": 1.0}}}
    assert run("[R003]\nprocurement_methods = open|selective\n", rows) == {}


def test_r018_wants_a_competitive_method() -> None:
    rows = [{"ocid": m, "tender": {"procurementMethod": m, "numberOfTenderers": n}} for m, n in (("open", 1), ("selective", 2), ("direct", 1))]
    assert run("[R018]\n", rows) == {"OCID": {"open": {"R018": 1.0}}}
    assert run("[R018]\nprocurement_methods = direct\n", rows) == {"OCID": {"direct": {"R018": 1.0}}}


def test_r024_flags_a_low_gap_with_both_bidders() -> None:
    rows = gaps(0, [100] * 4)
    assert run("[R024]\n", rows) == {"OCID": {"F": {"R024": 0.0}}, "Tenderer": {"W": {"R024": 0.0}, "L": {"R024": 0.0}}}
    assert run("[R024]\nthreshold = 0.05\n", gaps(0.04, [0.06])) ["OCID"]["F"]["R024"] == pytest.approx(0.04)
    assert run("[R024]\n", gaps(5, [0] * 6)) == {}, "three quarters without a gap: the flag is skipped"


@pytest.mark.parametrize("change", [
    {"awards": [award("active", "W"), award("pending", "")]}, {"awards": [award("active", "W"), award("invalid", "")]},
    {"awards": [award("active", "W"), award("active", "W")]}, {"awards": [award("active", "W+X")]},
    {"bids": {"details": [bid("valid", "W", 1), bid("valid", "L+M", 1)]}}, {"bids": {"details": [bid("valid", "W", 2), bid("valid", "L", 1)]}},
    {"bids": {"details": [bid("disqualified", "W", 1), bid("valid", "L", 1)]}}, {"tender": {"status": "cancelled"}},
    {"bids": {"details": [bid("valid", "W", 1), bid("valid", "L", 1, "USD")]}}, {"tender": {"procurementMethodDetails": "抽签"}}, {"ocid": 7},
])
def test_r024_excludes(change: dict[str, Any]) -> None:
    rows = gaps(100, [100] * 6)
    odd = process("odd", [bid("valid", "W", 1), bid("valid", "L", 1)], [award("active", "W")]) | change
    assert run("no_price_comparison_procurement_methods = 抽签\n[R024]\nthreshold = 0.5\n", [*rows, odd]) == {}


def test_r024_takes_the_winners_lowest_bid() -> None:
    odd = process("odd", [bid("valid", "W", 2), bid("valid", "W", 1), bid("valid", "L", 1.01)], [award("active", "W")])
    assert run("[R024]\nthreshold = 0.05\n", [odd])["OCID"]["odd"]["R024"] == pytest.approx(0.01)


def test_r058_flags_a_high_gap_with_the_winner() -> None:
    assert run("[R058]\n", gaps(99, [1] * 4)) == {"OCID": {"F": {"R058": 99.0}}, "Tenderer": {"W": {"R058": 0.0}}}


def test_r025_flags_a_top_tenderer_that_seldom_wins() -> None:
    rows = [process(str(n), [bid("valid", "F"), bid("valid", str(n))], [award("active", str(n))]) for n in range(8)]
    rows += [process("a", [bid("valid", "F"), bid("valid", "N")], [award("active", "F")]),
             process("b", [bid("valid", "F")] * 3, [award("active", "F")])]
    assert run("[R025]\n", rows) == {"Tenderer": {"F": {"R025": 0.2}, "N": {"R025": 0.0}}}
    assert run("[R025]\nthreshold = 0.1\npercentile = 100\n", rows) == {}


def test_r028_flags_equal_prices_of_different_tenderers() -> None:
    rows = [process("F", [bid("valid", "V", 1), bid("disqualified", "D", 1)]), process("same", [bid("valid", "T", 1), bid("valid", "T", 1)]),
            process("shuffled", [bid("valid", "A+Z", 1), bid("valid", "Z+A", 1)]), process("withdrawn", [bid("valid", "A", 1), bid("withdrawn", "B", 1)]),
            process("currency", [bid("valid", "A", 1), bid("valid", "B", 1, "USD")])]
    assert run("[R028]\n", rows) == {"OCID": {"F": {"R028": 1.0}}, "Tenderer": {"V": {"R028": 1.0}, "D": {"R028": 1.0}}}


def test_r030_flags_a_late_bid_that_won() -> None:
    tender = {"tenderPeriod": {"endDate": "2018-03-15T09:00:00+08:00"}}
    rows = [process("F", [bid("valid", "W", date="2018-03-15T09:00:01+08:00")], [award("active", "W")], tender=tender),
            process("zone", [bid("valid", "W", date="2018-03-15T01:00:00Z")], [award("active", "W")], tender=tender),
            process("lost", [bid("valid", "L", date="2018-04-01T09:00:00+08:00")], [award("active", "W")], tender=tender)]
    assert run("[R030]\n", rows) == {"OCID": {"F": {"R030": 1.0}}, "Tenderer": {"W": {"R030": 1.0}}}


def test_r035_counts_the_disqualified_others() -> None:
    rows = [process("two", [bid("disqualified", "D"), bid("disqualified", "E"), bid("valid", "V")], [award("active", "V")]),
            process("another", [bid("disqualified", "D"), bid("valid", "V")], [award("active", "S")]),
            process("pending", [bid("disqualified", "D"), bid("valid", "V")], [award("active", "V"), award("pending", "")]),
            process("many", [bid("disqualified", "D"), bid("valid", "V"), bid("valid", "W")], [award("active", "V")])]
    assert run("[R035]\n", rows) == {"OCID": {"two": {"R035": 2.0}}, "Tenderer": {"V": {"R035": 0.0}}}
    assert run("[R035]\nthreshold = 3\n", rows) == {}


def test_r036_flags_a_disqualified_lowest_bid() -> None:
    rows = [process("F", [bid("disqualified", "D", 1), bid("valid", "V", 2)], [award("active", "V")]),
            process("equal", [bid("valid", "V", 1), bid("disqualified", "D", 1)], [award("active", "V")]),
            process("no valid price", [bid("disqualified", "D", 1), bid("valid", "V")], [award("active", "V")]),
            process("not final", [bid("disqualified", "D", 1), bid("valid", "V", 2)], [award("pending", "V")])]
    assert run("[R036]\n", rows) == {"OCID": {"F": {"R036": 1.0}}}


def test_r038_compares_buyers_entities_and_tenderers() -> None:
    rows = [process(str(n), [bid("valid", "W")] * 2, buyer={"id": str(n)}, tender={"procuringEntity": {"id": str(n)}}) for n in range(5)]
    rows.append(process("F", [bid("valid", "W"), bid("disqualified", "D")], buyer={"id": "B"}, tender={"procuringEntity": {"id": "P"}}))
    assert run("[R038]\n", rows) == {"Buyer": {"B": {"R038": 0.5}}, "ProcuringEntity": {"P": {"R038": 0.5}}}
    assert run("[R038]\nthreshold = 0.5\nminimum_submitted_bids = 1\n", rows)["Tenderer"] == {"D": {"R038": 1.0}}


def test_r044_flags_bidders_under_one_roof() -> None:
    def party(who: str, **more: Any) -> Any:
        return {"id": who, "roles": ["tenderer"], **more}
    rows = [{"ocid": "roof", "parties": [party("A", address={"streetAddress": "示例路1号"}), party("B", address={"streetAddress": " 示例路1号 "})]},
            {"ocid": "phone", "parties": [party("C", contactPoint={"telephone": "1"}), party("D", contactPoint={"telephone": "1"})]},
            {"ocid": "country", "parties": [party("E", address={"countryName": "中国"}), party("F", address={"countryName": "中国"})]},
            {"ocid": "none", "parties": [party("G"), party("H")]}]
    found = run("[R044]\n", rows)
    assert set(found["OCID"]) == {"roof", "phone"}
    assert set(found["Tenderer"]) == {"A", "B", "C", "D"}


def test_r048_counts_first_levels() -> None:
    def supplied(who: str, *codes: str) -> Any:
        return process(who, awards=[award("active", who, items=[{"classification": {"id": c}} for c in codes])])
    rows = [supplied("F", "10000000", "11000000"), *[supplied(str(n), "10000000") for n in range(4)]]
    assert run("[R048]\nminimum_contracting_processes = 1\n", rows) == {"Tenderer": {"F": {"R048": 2.0}}}
    assert run("[R048]\n", rows) == {}


def test_quartiles_are_of_type_8() -> None:
    assert fences.quartiles([0, 100, 100, 100, 100]) == (pytest.approx(66.6667, abs=1e-4), 100)
    assert fences.lower(66.66666666666667, 100) == pytest.approx(16.6667, abs=1e-4)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_quartiles_lie_inside_the_data(values: list[float]) -> None:
    q1, q3 = fences.quartiles(values)
    assert min(values) <= q1 <= q3 <= max(values)


def test_what_no_computer_counts_with_is_no_number() -> None:
    huge = json.loads("1" + "0" * 400)
    rows = [process("p", [bid("valid", "W", 1), bid("valid", "L", amount)], [award("active", "W")]) for amount in (huge, float("inf"), float("nan"))]
    assert run("[R024]\nthreshold = 9\n[R028]\n[R036]\n", rows) == {}


@pytest.mark.parametrize(("start", "flagged"), [
    ("2018-01-01T00:00:00Z", True), ("2018-01-01 00:00:00+08:00", True), ("2018-01-01t00:00:00.5z", True),
    ("2018-01-01T00:00Z", False), ("20180101T000000Z", False), ("2018-01-01T00:00:00", False), ("2018-W01-1T00:00:00Z", False),
])
def test_r003_reads_moments_as_the_standard_writes_them(start: str, flagged: bool) -> None:
    rows = [{"ocid": "p", "tender": {"tenderPeriod": {"startDate": start, "endDate": "2018-01-05T00:00:00Z"}}}]
    assert bool(run("[R003]\n", rows)) is flagged


def test_the_codes_before_2023_are_understood() -> None:
    assert settings.read("[NF024]\nthreshold = 0.1\n").flags == settings.read("[R024]\nthreshold = 0.1\n").flags


@pytest.mark.parametrize("text", [
    "[R003.procurement_method_details]\nfast = soon\n", "[R025]\npercentile = 101\n", "[R024]\nthreshold = nan\n", "[G003]\nlimit = inf\n",
    "[R024]\nfoo = 1\n", "[R024]\nthreshold = x\n", "[R999]\n", "colour = red\n", "[defaults]\ncolour = red\n", "[R024"])
def test_an_unknown_setting_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        settings.read(text)
    assert refused.value.code == "D01-SETTING"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda s: st.lists(s, max_size=3) | st.dictionaries(
    st.sampled_from(["ocid", "bids", "details", "awards", "suppliers", "tender", "status", "tenderers", "value", "amount", "id", "buyer", "parties",
                     "tenderPeriod", "items", "classification"]), s, max_size=5), max_leaves=25))
def test_no_document_breaks_it(document: object) -> None:
    made = flags.evaluate([document, {"ocid": "x", "bids": document, "awards": document, "tender": document, "parties": document}],
                          settings.EVERYTHING)
    assert set(made.results) == set(flags.GROUPS)
