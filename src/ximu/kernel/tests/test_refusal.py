"""A refusal tells what was given, in characters that can be kept and sent."""

from __future__ import annotations

from ximu.kernel.refusal import Refusal


def test_what_was_given_is_told_in_characters_that_every_database_holds() -> None:
    told = Refusal("X", zh="首行为“\0”", en="the head is “\0”", field="f\0", value="a\0b\ud800", rule="\0").envelope()
    assert (told["value"], told["field"], told["rule"]) == ("a␀b?", "f␀", "␀")
    assert "\0" not in str(told) and str(told).encode()
