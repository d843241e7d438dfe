"""Posts, officials, terms of office, members of coordinating bodies."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.foundation.clock import city_day
from ximu.foundation.outbox import announce
from ximu.foundation.uid import new_uid
from ximu.ideas.ledger.rules import commitment
from ximu.ideas.registry import models as m
from ximu.ideas.registry.hooks import FirstResponsibleChanged
from ximu.ideas.registry.queries.book import book
from ximu.ideas.registry.queries.evidence import SALT_BYTES
from ximu.ideas.registry.queries.people import must_appoint
from ximu.ideas.registry.rules import posts as rules
from ximu.ideas.registry.rules.book import Holding, Member, Official, Post
from ximu.ideas.registry.rules.reforms import ended, unknown
from ximu.ideas.registry.services.turns import turn
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent


def enrol(members: Sequence[Member], *, by: Actor, at: datetime) -> int:
    """Members of coordinating bodies, from a day (until a day). Errors: `PERM-DENIED`, `ORG-UNKNOWN`."""
    by.must("registry.edit")
    with turn("members", by=by, at=at) as mine:
        for x in members:
            for uid in (x.group, x.unit):
                if uid not in mine.book.units:
                    raise unknown(uid)
            mine.wrote()
        m.Member.objects.bulk_create([
            m.Member(group=x.group, unit=x.unit, since=x.since, until=x.until, **mine.clock)
            for x in members
        ])
    return len(members)


def open_posts(posts: Sequence[Post], *, by: Actor, at: datetime) -> list[str]:
    """Errors: `PERM-DENIED`, `ORG-UNKNOWN`, `ORG-ENDED`, `POST-ROLE`."""
    made = [replace(p, uid=p.uid or new_uid()) for p in posts]
    for unit in {p.unit for p in made}:
        must_appoint(by, unit, on=city_day(at))
    with turn("posts", by=by, at=at) as mine:
        for p in made:
            if p.unit not in mine.book.units:
                raise unknown(p.unit)
            if mine.book.ended.get(p.unit, date.max) <= p.since:
                raise ended(mine.book, p.unit, p.since)
            if p.role not in rules.ROLES or not p.title.strip():
                raise Refusal("POST-ROLE", field="role", value=p.role, rule=" ".join(rules.ROLES),
                              zh="岗位名称或职责类别不正确。", en="The title or role of the post is not acceptable.")
            mine.wrote()
        m.Post.objects.bulk_create([
            m.Post(uid=p.uid, unit=p.unit, title=p.title, role=p.role, since=p.since, **mine.clock)
            for p in made
        ])
    return [p.uid for p in made]


def close_post(post: str, *, until: date, by: Actor, at: datetime) -> None:
    """The post is no more from `until` on; its duties go to the superior. Errors: `PERM-DENIED`, `POST-UNKNOWN`, `APPT-ENDED`."""
    with turn("posts", by=by, at=at) as mine:
        known = mine.book.posts.get(post)
        if known is None:
            raise absent("POST-UNKNOWN", field="post", value=post, zh="个岗位", en="post")
        must_appoint(by, known.unit, on=city_day(at))
        if known.until is not None:
            raise Refusal("APPT-ENDED", status=409, field="post", value=known.title, rule=known.until.isoformat(),
                          zh="该岗位已经结束。", en="That post has already ended.")
        m.PostEnd.objects.create(post=m.Post.objects.get(uid=post), until=until, **mine.clock)
        mine.wrote()


def recruit(officials: Sequence[Official], *, by: Actor, at: datetime) -> list[str]:
    """Officials by internal number. Errors: `PERM-DENIED`, `OFFICIAL-TAKEN`, `OFFICIAL-NUMBER`."""
    by.must("registry.appoint")
    made = [replace(o, uid=o.uid or new_uid()) for o in officials]
    with turn("officials", by=by, at=at) as mine:
        taken = {o.number for o in mine.book.officials.values()}
        for o in made:
            if o.number in taken:
                raise Refusal("OFFICIAL-TAKEN", status=409, field="number", value="", rule="unique",
                              zh="该内部编号已登记。", en="That internal number is on record already.")
            if not o.number or not o.name or (len(o.number) == 18 and o.number[:17].isdigit()):
                raise Refusal("OFFICIAL-NUMBER", field="number", value="", rule="internal",
                              zh="须填姓名和内部编号；内部编号不得使用身份证号码。",
                              en="Name and internal number are needed; a resident identity number may not serve as one.")
            taken.add(o.number)
            mine.wrote()
        m.Official.objects.bulk_create([
            m.Official(uid=o.uid, number=o.number, name=o.name, **_hidden(o), **mine.clock) for o in made
        ])
    return [o.uid for o in made]


def _hidden(person: Official) -> dict[str, Any]:
    """The person enters the log only through this; destroying name, number and salt leaves the proof valid."""
    salt = secrets.token_bytes(SALT_BYTES)
    return {"salt": salt, "commitment": commitment(salt, [person.number, person.name])}


def appoint(terms: Sequence[Holding], *, by: Actor, at: datetime) -> list[str]:
    """Terms of office, each checked against all others.

    Errors: `PERM-DENIED`, `POST-UNKNOWN`, `OFFICIAL-UNKNOWN`, `APPT-SPAN`, `APPT-ENDED`, `APPT-OVERLAP`.
    """
    made = [replace(t, uid=t.uid or new_uid()) for t in terms]
    with turn("appoint", by=by, at=at) as mine:
        posts = {p.uid: p for p in m.Post.objects.filter(uid__in={t.post for t in made})}
        people = {o.uid: o for o in m.Official.objects.filter(uid__in={t.official for t in made})}
        book = replace(mine.book)
        for t in made:
            rules.check_appointment(book, t)
            must_appoint(by, posts[t.post].unit, on=city_day(at))
            book.holdings_of.setdefault(t.post, []).append(t)
            mine.wrote()
            if posts[t.post].role == "first":
                announce(FirstResponsibleChanged(posts[t.post].unit, t.since.isoformat()), at=at)
        m.Holding.objects.bulk_create([
            m.Holding(uid=t.uid, post=posts[t.post], official=people[t.official], since=t.since, until=t.until, **mine.clock)
            for t in made
        ])
    return [t.uid for t in made]


@transaction.atomic
def appoint_person(post: str, *, number: str, name: str = "", since: date, until: date | None = None, by: Actor, at: datetime) -> str:
    """By internal number; an official who is not on record yet is entered with the name given, and only if the term is. The term.

    Errors: those of `recruit` and `appoint`.
    """
    known = next((o.uid for o in book().officials.values() if o.number == number), "")
    person = known or recruit([Official("", number, name)], by=by, at=at)[0]
    return appoint([Holding("", post, person, since, until)], by=by, at=at)[0]


def end_appointment(term: str, *, until: date, by: Actor, at: datetime) -> str:
    """The term ends before `until`: the open row is retracted and the closed one added; its uid.

    Errors: `PERM-DENIED`, `TERM-NONE`, `APPT-SPAN`.
    """
    with turn("appoint", by=by, at=at) as mine:
        row = m.Holding.objects.select_related("post").filter(uid=term, retracted_at__isnull=True).first()
        if row is None:
            raise absent("TERM-NONE", field="term", value=term, zh="段任职", en="term of office")
        must_appoint(by, row.post.unit, on=city_day(at))
        if until <= row.since:
            raise Refusal("APPT-SPAN", field="until", value=until.isoformat(), rule=row.since.isoformat(),
                          zh="免职日期须晚于任职日期。", en="A term must end after it began.")
        standing = m.Holding.objects.filter(pk=row.pk, retracted_at__isnull=True)
        standing.update(retracted_at=at, retracted_by=by.uid, retracted_in=mine.number)
        closed = m.Holding.objects.create(post=row.post, official_id=row.official_id, since=row.since, until=until,
                                          **mine.clock)
        mine.wrote()
        if row.post.role == "first":
            announce(FirstResponsibleChanged(row.post.unit, until.isoformat()), at=at)
    return closed.uid
