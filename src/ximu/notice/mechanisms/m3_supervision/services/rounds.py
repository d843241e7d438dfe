"""How is it decided who is inspected? A list, a committed seed, a draw; and nobody inspects the own unit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from ximu.foundation import clock, vault
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.ledger import queries as log
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import queries, rules
from ximu.notice.mechanisms.m3_supervision.models import Round, Visit
from ximu.notice.mechanisms.m3_supervision.queries.evidence import COMMITTED, committed_body

SEED_BYTES, MOST_ITEMS = 32, 100


def plan_round(*, year: int, title: str, scope: Sequence[str], items: Sequence[str], size: int, by: Actor, at: datetime) -> str:
    """`scope`: uids of units, frozen sorted; `items`: the checklist in words, numbered in order; `size`: how many are drawn.

    Errors: `PERM-DENIED`, `ROUND-EMPTY`, `SAMP-SIZE`, `ORG-UNKNOWN`, `YEAR`.
    """
    by.must("inspection.run")
    day, units, checklist = clock.city_day(at), sorted(set(scope)), [one.strip() for one in items if one.strip()]
    if not title.strip() or not units or not checklist or len(checklist) > MOST_ITEMS:
        raise Refusal("ROUND-EMPTY", field="items", value=len(checklist), rule=f"1–{MOST_ITEMS}",
                      zh="须有名称、范围和检查清单（不超过100项）。",
                      en="A round needs a title, a scope and a checklist of at most 100 items.")
    if not 2010 <= year <= day.year + 1:
        raise Refusal("YEAR", field="year", value=year, rule=f"2010–{day.year + 1}", zh="年度不正确。", en="That is no year for a round.")
    if not 1 <= size <= len(units):
        raise Refusal("SAMP-SIZE", field="size", value=size, rule=f"1–{len(units)}", zh=f"样本数应在1至{len(units)}之间。",
                      en=f"The sample has between 1 and {len(units)} units.")
    book = registry.book()
    if strangers := [unit for unit in units if unit not in book.units or not book.living(unit, day)]:
        raise Refusal("ORG-UNKNOWN", field="scope", value=strangers[0][:16], rule="registry", zh="范围内有不存续的单位。",
                      en="The scope names a unit that does not exist.")
    with transaction.atomic():
        row = Round.objects.create(year=year, title=title.strip()[:120], population=units, size=size, planned_by=by.uid,
                                   items=[{"code": f"{n:02}", "zh": words[:300]} for n, words in enumerate(checklist, 1)])
        ledger.append([Entry("supervision.planned", {"round": row.uid, "units": len(units), "by": by.uid})], at=at)
    return row.uid


def commit_seed(uid: str, *, by: Actor, at: datetime) -> str:
    """A random seed is sealed and its commitment, together with the list of units, enters the log. Errors: `STATE-EDGE`."""
    by.must("inspection.run")
    row, seed = queries.round_of(uid), secrets.token_bytes(SEED_BYTES)
    with transaction.atomic():
        if not Round.objects.filter(pk=row.pk, state="planned").update(
                state="committed", committed_at=at, commitment=rules.commitment_of(seed, row.population),
                sealed=vault.seal(seed.hex(), about=f"round:{row.uid}")):
            raise _edge(row, "planned → committed")
        row.refresh_from_db()
        [index] = ledger.append([Entry(COMMITTED, committed_body(row))], at=at)
        Round.objects.filter(pk=row.pk).update(commit_index=index)
    return row.commitment


def _edge(row: Round, rule: str) -> Refusal:
    return Refusal("STATE-EDGE", status=409, field="state", value=row.state, rule=rule, zh="该轮督查现在不能这样办理。",
                   en="The round cannot be moved like this where it stands.")


def draw(uid: str, *, by: Actor, at: datetime) -> list[str]:
    """Open the seed, mix in the log's root of now, take the sample. Errors: `PERM-DENIED`, `SAMP-SEED`, `STATE-EDGE`."""
    by.must("inspection.run")
    row = queries.round_of(uid)
    if row.commit_index is None or not row.sealed:
        raise Refusal("SAMP-SEED", status=409, field="seed", value="", rule="committed before", zh="种子尚未先行写入日志，不能抽取样本。",
                      en="The seed was not committed to the log; no sample can be drawn.")
    seed = queries.seed_of(row)
    if rules.commitment_of(seed, row.population) != row.commitment:
        raise Refusal("SAMP-SEED", status=409, field="seed", value=row.commitment[:12], rule="commitment",
                      zh="种子或范围与先行写入日志的承诺不符。",
                      en="Seed or list of units are not those that were committed.")
    size = log.size()
    root = log.root_at(size)
    drawn = rules.sample(row.population, row.size, rules.final_seed(seed, root))
    with transaction.atomic():
        if not Round.objects.filter(pk=row.pk, state="committed").update(
                state="drawn", seed=seed.hex(), root=root.hex(), root_size=size, sample=drawn, drawn_at=at):
            raise _edge(row, "committed → drawn")
        Visit.objects.bulk_create([Visit(round=row, unit=unit) for unit in drawn])
        ledger.append([Entry("supervision.drawn", {"round": row.uid, "seed": seed.hex(), "root": root.hex(), "root_size": size,
                                                   "sample": drawn})], at=at)
    return drawn


def assign_team(visit: str, logins: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Who goes. Errors: `PERM-DENIED`, `VISIT-NONE`, `ACCOUNT-NONE`, `TEAM-EMPTY`, `CONFLICT` (of the unit, above, beneath)."""
    by.must("inspection.run")
    row, day = queries.visit(visit), clock.city_day(at)
    people = [accounts.account_by_login(login.strip()) for login in logins if login.strip()]
    if not people:
        raise Refusal("TEAM-EMPTY", field="team", value=0, rule="≥ 1", zh="督查组至少一人。", en="A team has at least one member.")
    near = set(_line(row.unit, day))
    for one in people:
        if one.unit and (one.unit == row.unit or one.unit in near or row.unit in _line(one.unit, day)):
            raise Refusal("CONFLICT", status=409, field="team", value="", rule="非本单位及上下级",
                          zh="督查人员与被督查单位有隶属关系，应当回避。",
                          en="A member of the team belongs to the unit inspected, or is above or beneath it.")
    team = sorted(({"person": one.person, "unit": one.unit} for one in people), key=lambda one: one["person"])
    with transaction.atomic():
        Visit.objects.filter(pk=row.pk).update(team=team)
        ledger.append([Entry("supervision.team", {"visit": row.uid, "members": len(team), "by": by.uid})], at=at)


def _line(unit: str, day: date) -> list[str]:
    """Superiors beneath the city government: everybody stands beneath that."""
    found: list[str] = []
    here = registry.unit(unit, as_of=day)
    while here and here.parent and here.parent not in found:
        above = registry.unit(here.parent, as_of=day)
        if above is None or not above.parent:
            break
        found.append(here.parent)
        here = above
    return found
