"""The small tools meet what nobody should type: always an answer or a refusal with a code, never a trace."""

from __future__ import annotations

import io
import itertools
import json
import sys

import pytest

from ximu.faces.cli import main

pytestmark = pytest.mark.row("M1.2")
CODES = [
    "", "0", "91350100M000100Y43", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100m000100y43", "9" * 10_000, "\udcff", "中文" * 9, "11010519491231002X",
    "11010519491231002x", "1" * 18, "110105194912310029", "１１０１０５１９４９１２３１００２Ｘ", "110105490231002", "-1", "--", "💥" * 18, "91350100M000100Y4 ",
    "91350100M000100Y43\n", "٩١٣٥٠١٠٠", "110105000000000000", "110105999999999999", "²" * 18, "①" * 18, "\x00", "\u202e", "110105194902310021",
]
LINES = [b"", b"\xff\xfe\x00", b"91350100M000100Y43\n\xff\n", "\ufeff91350100M000100Y43\n".encode(), b"\x00\n" * 5, b"9" * 1_000_000, b"\r\n\r\n"]
DAYS = ["", "2018-01-01", "20180101", "2018-W01-1", "2018-1-1", "2018-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "2018-01-01T00:00",
        "２０１８-０１-０１", "-2018-01-01", "\udcff", "2018-01-01\n", "2017-12-29", "1900-01-01"]
TERMS = ["0", "1", "-1", "5", "250", "100000", "1" + "0" * 30, "1e3", "１", "٣", "", "0x10", " 5", "9" * 5000, "1_0"]


def said(monkeypatch: pytest.MonkeyPatch, arguments: list[str], given: bytes = b"") -> tuple[int, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    code = 0
    try:
        main(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    told = out.buffer.getvalue().decode() + err.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert code in (0, 2), (arguments, told)
    assert "CLI-FAULT" not in told, arguments
    assert "Traceback" not in told, arguments
    return code, told


def test_codes_of_every_shape_get_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, code in itertools.product(("uscc", "resident-id"), CODES):
        ended, told = said(monkeypatch, ["check", kind, "--json", "--", code])
        [verdict] = json.loads(told)
        assert verdict["valid"] is (ended == 0)
        assert bool(verdict["reason"]) is bool(verdict["reason_zh"]) is bool(verdict["reason_en"]) is (ended == 2)
        said(monkeypatch, ["check", kind, "--", code])
    for kind, given in itertools.product(("uscc", "resident-id"), LINES):
        assert isinstance(json.loads(said(monkeypatch, ["check", kind, "--json", "-"], given)[1]), list)


def test_days_and_terms_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {(day, term) for day, term, more in itertools.product(DAYS, TERMS, ([], ["--calendar-days"], ["--json"]))
               if said(monkeypatch, ["due", *more, "--", day, term])[0] == 0}
    assert counted == set(itertools.product(["2018-01-01", "2017-12-29"], ["0", "1", "5", "250"]))
    for day, more in (("9999-12-31", []), ("2003-12-31", []), ("2003-12-31", ["--calendar-days"]), ("1999-06-01", ["--calendar-days"])):
        for term in ("5", "2000"):
            assert json.loads(said(monkeypatch, ["due", *more, "--json", "--", day, term])[1])["code"] == "CAL-NONE"
