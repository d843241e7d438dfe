"""The example year of the made-up city: every planted fault is found, and nothing else."""
from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

import pytest

from ximu.config.stories import d06
from ximu.foundation import clock
from ximu.ideas.areas import queries as areas
from ximu.ideas.registry.tests.factories import load
from ximu.notice.domains.d06_rivers import queries

pytestmark = [pytest.mark.django_db, pytest.mark.row("D6")]

def test_smoke(db: None, settings: Any, tmp_path: Any) -> None:
    settings.XIMU_HOME, settings.XIMU_PROFILE = tmp_path, "example"
    t=time.process_time(); load(at=datetime(2018,1,1,tzinfo=clock.CITY)); print("registry", time.process_time()-t)
    import collections
    tot=collections.Counter()
    for at, act in sorted(d06.acts("example"), key=lambda one: one[0]):
        t=time.process_time(); r=act(); tot[act.__qualname__+str(at.hour)]+=time.process_time()-t
        if isinstance(r,dict) and r.get("faults"): print(at, [(f["line"],f["field"],f["code"]) for f in r["faults"]])
    print(tot)
    t=time.process_time()
    s=areas.sheet(queries.AREA, 2018, today=date(2019,3,10), known_at=datetime(2019,3,10,12,tzinfo=clock.CITY))
    for code in ("D06-1","D06-2","D06-3","D06-4","D06-5"): print(code, s.figures[code,""].value, len(s.lines[code]), {l.uid:l.why for l in s.lines[code] if l.why})
    for a in s.warned: print(a.rule, a.about, a.reason.zh, a.reason.en)
    print("sheet", time.process_time()-t); t=time.process_time()
    for p in queries.shown.preview(2018, known_at=datetime(2019,3,10,12,tzinfo=clock.CITY)): print(p.post, p.unit, p.rated.score, p.rated.grade)
    for d in queries.year.facts(2018,date(2018,12,31),known_at=datetime(2019,3,10,12,tzinfo=clock.CITY)).doubts: print(d.who, d.words.zh, d.rings)
    t=time.process_time(); print(queries.year.rates(date(2018,12,31)), time.process_time()-t)
    assert 0
