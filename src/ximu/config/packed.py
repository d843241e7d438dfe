"""What a pack brings is connected by looking into it: public figures, proof of the log, procedures. No pack is listed here."""

from __future__ import annotations

from importlib import import_module

from ximu.foundation import packs
from ximu.foundation.rooms import dotted
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import services as publications
from ximu.ideas.ledger.services import register_evidence


def connect_packs() -> None:
    """`queries.PUBLIC` by name; `queries.provider` for entries of `queries.KINDS`; `services.CONDUCTS` and `queries.PAGES` by procedure,
    where moves do more than they declare."""
    for folder in packs.folders():
        manifest, queries = packs.load(folder).manifest, import_module(f"{dotted(folder)}.queries")
        for name, provider in (queries.PUBLIC if manifest.public else {}).items():
            publications.register_public(name, provider)
        if hasattr(queries, "provider"):
            register_evidence(manifest.code, queries.provider, kinds=queries.KINDS)
        conducts = getattr(import_module(f"{dotted(folder)}.services"), "CONDUCTS", {}) if manifest.procedures else {}
        for procedure, conduct in conducts.items():
            casework.register(procedure, conduct)
        for procedure, pages in getattr(queries, "PAGES", {}).items():
            casework.register_pages(procedure, pages)
