"""500 names, each as a personal field of each of the four levels, through every exit of a record: whoever may not see one never gets it."""

from __future__ import annotations

import csv
import io
import json
import random
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.test import Client

from ximu.ideas.disclosure import commands, queries, services
from ximu.ideas.disclosure.queries import views
from ximu.ideas.disclosure.queries.views import FieldInfo
from ximu.ideas.disclosure.tests import factories as f
from ximu.ideas.disclosure.tests.factories import LATER, UNIT
from ximu.ideas.disclosure.tests.test_faces import ACTING, API, BASE, desk
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import canonical
from ximu.kernel.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.row("M1.3")]
__all__ = ["desk"]
LEVELS = ("public", "shared", "authorised", "closed")
NAMES, AT_ONCE = 500, 20
SURNAMES = ("龘", "靐", "齉", "爨", "麤", "灪", "欧阳", "令狐", "尉迟", "𠮷", "𪚥")
GIVEN = "鱻羴猋骉飝厵瀛鑫淼焱垚犇毳晶磊犨龗驫"


def names() -> list[str]:
    """Of 1 to 20 characters: compound surnames, with a middle dot, Latin, rare characters; none occurs anywhere else."""
    chance, found = random.Random(7), dict[str, None]()
    found.update(dict.fromkeys(chr(0x2A700 + n) for n in range(20)))
    while len(found) < NAMES:
        kind, long = chance.randrange(4), chance.randrange(1, 19)
        given = "".join(chance.choice(GIVEN) for _ in range(long))
        latin = "".join(chance.choice("bcdfgqxz") for _ in range(6)).title()
        found[{0: chance.choice(SURNAMES) + given, 1: f"{given}·{chance.choice(GIVEN)}{chance.choice(GIVEN)}",
               2: f"{latin} {latin[::-1]}", 3: chance.choice(SURNAMES[:6]) + given[:2]}[kind][:20]] = None
    return list(found)


ALL = names()


@pytest.fixture
def records(desk: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    plain = views.listed_fields
    more = {f"P{n}_{level}": FieldInfo(level, True, "name") for n in range(AT_ONCE) for level in LEVELS}
    monkeypatch.setattr(views, "listed_fields", lambda item, edition: {**plain(item, edition), **more})
    made = []
    for start in range(0, NAMES, AT_ONCE):
        fields = {f"P{n}_{level}": ALL[start + n] for n in range(AT_ONCE) for level in LEVELS}
        monkeypatch.setattr(f, "PAYLOAD", {**f.PAYLOAD, **fields})
        made.append(f.effective(f"示罚〔2018〕{start + 1}号"))
    return made


def leaked(body: bytes) -> list[str]:
    text = body.decode("utf-8", "replace")
    return [one for one in ALL if one in text or json.dumps(one)[1:-1] in text or one.encode("utf-16-le") in body]


PEOPLE = {"handler": (f.REVIEWER, "", 3), "coordinator": (f.COORDINATOR, "", 3), "supervisor": (f.SUPERVISOR, "supervision", 2)}
"""Who sees a mask, with which purpose, and at how many levels; of the others nothing."""


@pytest.mark.parametrize("who", PEOPLE)
def test_at_no_exit_of_the_desk_stands_a_name_that_is_masked_or_closed(desk: Client, records: list[str], who: str) -> None:
    actor, purpose, levels = PEOPLE[who]
    ACTING["now"] = actor
    for number in records:
        for path in (f"{BASE}/records/{number}", f"{API}/records/{number}"):
            answer = desk.get(path, {"purpose": purpose})
            assert answer.status_code == 200
            assert not leaked(answer.content + str(answer.headers).encode()), path
        masks = answer.content.decode().count("**") if "json" in answer["Content-Type"] else 0
        assert masks >= AT_ONCE * levels, "they are there, masked"
    for path in (f"{BASE}/archives/{UNIT}", f"{BASE}/work?state=effective", f"{API}/records/archive/{UNIT}", f"{BASE}/publications",
                 f"{BASE}/policy", f"{BASE}/uses"):
        assert not leaked(desk.get(path, {"purpose": purpose}).content), path
    for field in (f"P{n}_{level}" for n in range(3) for level in LEVELS):
        given = {"field": [field], "stage": "pilot", "basis": "国发〔2016〕76号", "note": "最少"}
        answer = desk.post(f"{BASE}/records/{records[0]}/publication", given)
        assert answer.status_code in (403, 422)
        assert not leaked(answer.content), "nor in the sentence of a refusal"


def test_the_public_gets_none_in_any_form(desk: Client, records: list[str]) -> None:
    for number in records:
        row = services.propose(number, terms=f.terms(fields=["CF_WSH", "CF_NR"]), by=f.REVIEWER, at=LATER)
        services.approve(row.uid, by=f.PUBLISHER, at=LATER)
    ACTING["now"] = Actor("public")
    seen = {path: desk.get(path) for path in public_paths(records)}
    assert [path for path, answer in seen.items() if answer.status_code == 200 and leaked(whole(answer) + str(answer.headers).encode())] == []
    assert sum(answer.status_code == 200 for answer in seen.values()) > len(records) * 3
    assert queries.public_search(ALL[30], on=f.DAY)["total"] == 0
    assert not leaked(str(list(apps.get_model("foundation", "Outbox").objects.values_list())).encode()), "nor what is announced, by mail say"


def public_paths(records: list[str]) -> list[str]:
    files = [f"/data/{name}.{form}" for name in ("records", "units") for form in ("csv", "json", "parquet")]
    one = [path.format(n) for n in records for path in ("/records/{}/", "/records/{}/bundle.json", f"{API}/disclosure/public/{{}}",
                                                         f"{API}/disclosure/public/{{}}/bundle")]
    return [*files, *one, "/records/", "/feed.atom", "/sitemap.xml", f"{API}/disclosure/public", "/"]


def whole(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_what_is_shared_and_explained_and_tabled_holds_none(records: list[str]) -> None:
    for number in records:
        form = services.would_share(number, audience="sharing", purpose="joint", at=LATER)
        assert not leaked(canonical({k: v for k, v in form.items() if k != "event_date"}))
        assert sum(str(value).endswith("**") for value in form["fields"].values()) >= AT_ONCE * 2
        told = CliRunner().invoke(commands.disclosure_group, ["explain", number, "--as", "supervisor", "--json"])
        assert told.exit_code == 0, told.output
        assert not leaked(told.output.encode())
        out = io.StringIO()
        csv.writer(out).writerows([(k, v) for k, v in form["fields"].items()])
        assert not leaked(out.getvalue().encode())
    with pytest.raises(Refusal) as refused:
        services.propose(records[0], terms=f.terms(fields=["P1_public"]), by=f.REVIEWER, at=LATER)
    assert refused.value.code == "DISC-PII"
    assert not leaked(json.dumps(refused.value.envelope(), ensure_ascii=False).encode())


def test_the_names_are_of_all_kinds() -> None:
    assert len(ALL) == NAMES
    assert (min(map(len, ALL)), max(map(len, ALL))) == (1, 20)
    assert all(any(sign in name for name in ALL) for sign in ("·", " ", "欧阳", "𠮷"))
