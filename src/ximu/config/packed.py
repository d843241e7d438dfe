"""What a pack brings is connected by looking into it: public figures, proof of the log, procedures. No pack is listed here."""

from __future__ import annotations

from importlib import import_module

from ximu.foundation import packs
from ximu.foundation.rooms import dotted
from ximu.ideas.casework import services as casework
from ximu.ideas.disclosure import services as publications
from ximu.ideas.ledger.services import register_evidence


def connect_packs() -> None:
    """`queries.PUBLIC` by name; `queries.provider` for entries of `queries.KINDS`; `services.CONDUCTS` and `queries.PAGES` by procedure."""
    for folder in packs.folders():
        manifest, queries = packs.load(folder).manifest, import_module(f"{dotted(folder)}.queries")
        for name, provider in (queries.PUBLIC if manifest.public else {}).items():
            publications.register_public(name, provider)
        if hasattr(queries, "provider"):
            register_evidence(manifest.code, queries.provider, kinds=queries.KINDS)
        for procedure in manifest.procedures:
            casework.register(procedure, import_module(f"{dotted(folder)}.services").CONDUCTS[procedure])
            casework.register_pages(procedure, queries.PAGES[procedure])
