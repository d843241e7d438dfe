"""What does a receiver want? A profile is a file of data: families, names of fields, form of dates, term of receipts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ximu.kernel.canonical import canonical, digest
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

FOLDER = Path(__file__).resolve().parents[1] / "profiles"
PUT, RECALL = "put", "recall"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Profile:
    """`use` is what the lists must allow (share with the receiver, or publish). `audience` is one of the disclosure policy: `public`
    gets what was published, any other what the policy lets it see for `purpose` of what is in effect.

    `listed`: under which name the lists allow the sharing, where it is not the profile's own (a public institution is one of the city's
    offices). `names`: family → our name of a field → the receiver's. Fields without a name there keep their own.
    """

    code: str
    name: Text
    receiver: str
    audience: str
    use: str
    source: str
    families: frozenset[str]
    receipt_days: int
    most_rows: int
    date_form: str
    names: Mapping[str, Mapping[str, str]]
    schema: str
    purpose: str = ""
    listed: str = ""

    @property
    def closed(self) -> bool:
        """Whether more than the public, or something else, may go there."""
        return self.audience != "public"


def load(path: Path) -> Profile:
    told = tomllib.loads(path.read_text("utf-8"))
    return Profile(
        path.stem, Text(told["zh"], told["en"]), told["receiver"], told["audience"], told["use"], told["source"],
        frozenset(told["families"]),
        told["receipt_days"], told["most_rows"], told["date_form"], told.get("names", {}), digest(told),
        told.get("purpose", ""), told.get("listed", ""),
    )


def profiles() -> dict[str, Profile]:
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}


def profile(code: str) -> Profile:
    """Errors: `CHAN-PROFILE`."""
    path = FOLDER / f"{code}.toml"
    if code not in {one.stem for one in FOLDER.glob("*.toml")}:
        raise absent("CHAN-PROFILE", field="profile", value=code[:40], zh="种通道配置", en="profile of a channel")
    return load(path)


def put_row(form: Mapping[str, Any], made_by: Profile, *, salt: str) -> bytes:
    """One published record in the words of the receiver. The salt makes the digest of an erased row say nothing."""
    names = made_by.names.get(str(form["family"]), {})
    fields = {**form["fields"]}
    if "subject_name" in names:
        fields.setdefault("subject_name", form["subject_name"])
    masked = sorted(names.get(name, name) for name in form.get("masked", ()))
    return canonical({
        **({"masked": masked} if masked else {}),
        "op": PUT, "record": form["record"], "version": form["version"], "item": form["item"], "family": form["family"],
        "subject": form["subject_name"], "until": form["closes_on"], "salt": salt,
        "fields": {names.get(name, name): _dated(value, made_by.date_form) for name, value in fields.items()},
    })


def recall_row(number: str, version: int, *, cause: str, salt: str) -> bytes:
    return canonical({"op": RECALL, "record": number, "version": version, "cause": cause, "salt": salt})


def _dated(value: Any, form: str) -> Any:
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-":
        return value
    try:
        return date.fromisoformat(value).strftime(form)
    except ValueError:
        return value


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubled each time, up to half a day."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts, 12))
