"""How do releases become one process? Packages and records opened, releases merged by the standard's rules (OCDS 1.1, Merging)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ximu.kernel.lazily import Lazily
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d01_procurement.rules import release as ocds

if TYPE_CHECKING:
    import ocdsmerge
else:
    ocdsmerge = Lazily("ocdsmerge")

OMITTED = ("id", "date", "tag")
WHOLE_LISTS = (
    "parties/additionalIdentifiers",
    "parties/roles",
    "buyer/additionalIdentifiers",
    "tender/procuringEntity/additionalIdentifiers",
    "tender/items/additionalClassifications",
    "tender/additionalProcurementCategories",
    "tender/submissionMethod",
    "tender/tenderers/additionalIdentifiers",
    "tender/amendments/changes",
    "tender/amendment/changes",
    "awards/suppliers/additionalIdentifiers",
    "awards/items/additionalClassifications",
    "awards/amendments/changes",
    "awards/amendment/changes",
    "contracts/items/additionalClassifications",
    "contracts/implementation/transactions/payer/additionalIdentifiers",
    "contracts/implementation/transactions/payee/additionalIdentifiers",
    "contracts/relatedProcesses/relationship",
    "contracts/amendments/changes",
    "contracts/amendment/changes",
    "relatedProcesses/relationship",
)
"""Fields of the OCDS 1.1.4 release schema marked omitWhenMerged and wholeListMerge; all other lists merge by identifier."""
MERGE_RULES = {
    **{tuple(path.split("/")): "omitWhenMerged" for path in OMITTED}, **{tuple(path.split("/")): "wholeListMerge" for path in WHOLE_LISTS},
}


def opened(documents: Iterable[Any]) -> Iterator[Any]:
    """Releases out of release packages, record packages, records and plain (compiled) releases."""
    for document in documents:
        if not isinstance(document, dict):
            continue
        if isinstance(document.get("records"), list):
            for record in document["records"]:
                yield from _record(record)
        elif isinstance(document.get("releases"), list) and "ocid" not in document:
            yield from document["releases"]
        else:
            yield from _record(document) if "compiledRelease" in document else (document,)


def _record(record: Any) -> Iterator[Any]:
    if not isinstance(record, dict):
        return
    if isinstance(record.get("compiledRelease"), dict):
        yield record["compiledRelease"]
    else:
        yield from (r for r in record.get("releases", []) if isinstance(r, dict))


def compiled(documents: Iterable[Any]) -> list[Any]:
    """One compiled release per process, in order of first appearance.

    A release that is alone, already compiled or without a date is taken as it stands; several dated releases
    of one ocid are merged by date. Errors: `D01-MERGE` naming the process that cannot be merged.
    """
    plain: list[Any] = []
    dated: dict[str, list[dict[str, Any]]] = {}
    places: dict[str, int] = {}
    for release in opened(documents):
        ocid = release.get("ocid") if isinstance(release, dict) else None
        tags = release.get("tag") if isinstance(release, dict) else None
        if not isinstance(ocid, str) or not isinstance(release.get("date"), str) or (isinstance(tags, list) and "compiled" in tags):
            plain.append(release)
            continue
        if ocid not in dated:
            places[ocid] = len(plain)
            plain.append(None)
        dated.setdefault(ocid, []).append(release)
    for ocid, releases in dated.items():
        plain[places[ocid]] = releases[0] if len(releases) == 1 else merged(ocid, releases)
    return plain


def merged(ocid: str, releases: list[dict[str, Any]]) -> dict[str, Any]:
    """The compiled release of several releases, oldest first; an older release that arrives later changes nothing newer.

    The merger goes by the text of `date`: where offsets differ, so that this is not the order in time, it is given their order instead.
    """
    written, told = sorted(releases, key=lambda r: str(r.get("date"))), {}
    moments = [moment for one in written if (moment := ocds.moment_of(ocds.text(one, "date"))) is not None]
    if len(moments) == len(written) and moments != sorted(moments):
        written = [one for _, one in sorted(zip(moments, written, strict=True), key=lambda pair: pair[0])]
        told = {"date": written[-1]["date"], "id": f"{ocid}-{written[-1]['date']}"}
        written = [one | {"date": f"{place:09}"} for place, one in enumerate(written)]
    try:
        return {**ocdsmerge.Merger(merge_rules=MERGE_RULES).create_compiled_release(written), **told}
    except (ocdsmerge.exceptions.OCDSMergeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(
            "D01-MERGE", field="ocid", value=ocid, rule="OCDS 1.1 merging",
            zh=f"采购过程“{ocid}”的多次发布不能合并：{type(error).__name__}。",
            en=f"The releases of process “{ocid}” cannot be merged: {type(error).__name__}.",
        ) from error
