"""What a pack brings is connected by looking into it: figures, alarms, public pages, files, proof of the log, procedures. No list here."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ximu.config import led
from ximu.foundation import outbox, packs
from ximu.foundation.rooms import dotted
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas import services as doing
from ximu.ideas.assessment import queries as assessment
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import services as publications
from ximu.ideas.events import services as event_store
from ximu.ideas.ledger.services import register_evidence
from ximu.ideas.warnings import queries as alarms_kept


def connect_packs() -> None:
    """Every pack by the names that its `queries` and `services` have; see CONTRIBUTING.md."""
    assessment.register_source(areas.SOURCE, areas.measured)
    publications.register_public("areas", areas.public_areas)
    for folder in packs.folders():
        pack, home = packs.load(folder), dotted(folder)
        _ask(pack, import_module(f"{home}.queries"))
        if (folder / "services.py").exists() or (folder / "services").exists():
            services = import_module(f"{home}.services")
            doing.register_acts(pack.manifest.code, getattr(services, "ACTS", {}))
            _act(services)


def _ask(pack: packs.Pack, queries: ModuleType) -> None:
    """`AREA` (figures, alarms, public figures), `PUBLIC` by name, `provider` for entries of `KINDS`, `PAGES` by procedure, `GRADER`
    where units get credit grades."""
    code, public = pack.manifest.code, dict(getattr(queries, "PUBLIC", {}))
    alarms_kept.register_rules({one.code: one.name for one in pack.rules})
    if area := getattr(queries, "AREA", None):
        areas.register(area)
        public = {code: areas.provider_of(area), **public}
    for name in pack.manifest.public:
        publications.register_public(name, public[name])
    if grader := getattr(queries, "GRADER", None):
        assessment.register_grader(pack.manifest.row, assessment.Grader(pack.manifest.name, f"{code}.see", grader))
    if hasattr(queries, "provider"):
        register_evidence(code, queries.provider, kinds=queries.KINDS)
    for procedure, pages in getattr(queries, "PAGES", {}).items():
        casework.register_pages(procedure, pages)


def _act(services: ModuleType) -> None:
    """`CONDUCTS` by procedure, where moves do more than they declare; `LOADERS` by dataset; `DAILY` verbs; `HEARS`: event → handler;
    `LEADS`: events whose matter is a candidate for the register and goes the way of all leads; `GROUNDS`: purpose → whether a procedure
    lets somebody read for it."""
    for procedure, conduct in getattr(services, "CONDUCTS", {}).items():
        casework.register(procedure, conduct)
    for dataset, loader in getattr(services, "LOADERS", {}).items():
        event_store.register_loader(dataset, loader)
    for name, verb in getattr(services, "DAILY", {}).items():
        casework.register_daily(name, verb)
    for event, handler in getattr(services, "HEARS", {}).items():
        outbox.connect(event, handler)
    for event in getattr(services, "LEADS", ()):
        outbox.connect(event, led.lead_found)
    for purpose, ground in getattr(services, "GROUNDS", {}).items():
        publications.register_ground(purpose, ground)
