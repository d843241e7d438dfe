"""Makes OCDS 1.1 releases of the made-up city's purchases, the same ones every time, with planted faults.

    python scripts/procurement_example.py releases.jsonl [--weeks-back 15]
    ximu events load procurement releases.jsonl

Firms are made up; nothing is personal. What is planted stands in `PLANTED`; nothing else in the data should raise a flag on the
government itself. Each process has three releases (tender, award, contract), the contract's milestones among them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

UNITS = ("示例市财政局", "示例市交通委员会", "示例市水务局", "示例市公安局", "示例市民政局", "示例市甲区人民政府", "示例市乙区人民政府")
EACH = 16
FIRST = date(2018, 1, 8)
PLANTED: dict[str, dict[str, Any]] = {
    "ocds-ximu01-0-03": {"code": "G001", "value": 62.0, "unit": "示例市财政局"},       # paid 62 days late to a small firm
    "ocds-ximu01-1-05": {"code": "G001", "value": 196.0, "unit": "示例市交通委员会"},   # a small firm never paid, 196 days by 30 June 2019
    "ocds-ximu01-2-04": {"code": "G002", "value": 0.25, "unit": "示例市水务局"},       # a quarter more than the award
    "ocds-ximu01-3-06": {"code": "G004", "value": 45.0, "unit": "示例市公安局"},       # signed 45 days after the award
    "ocds-ximu01-4-02": {"code": "R003", "value": 1.0, "unit": "示例市民政局"},        # five days to bid
    "ocds-ximu01-5-07": {"code": "R018", "value": 1.0, "unit": "示例市甲区人民政府"},   # one bid in an open tender
}
LATE_NOTICE = "ocds-ximu01-6-03"   # its contract was announced 25 days after the signature: two working days were due (D01-1)
ON = date(2019, 6, 30)


def moment(day: date, hour: int = 9) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00+08:00"


def money(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def releases(*, weeks_back: int = 0) -> list[dict[str, Any]]:
    """In order of their moment; `weeks_back` moves every day, planted faults too, so many weeks into the past."""
    back = timedelta(weeks=weeks_back)
    found = [one for place, unit in enumerate(UNITS) for n in range(1, EACH + 1) for one in _process(place, unit, n, back)]
    return sorted(found, key=lambda one: (one["date"], one["id"]))


def _process(place: int, unit: str, n: int, back: timedelta = timedelta()) -> Iterator[dict[str, Any]]:
    ocid = f"ocds-ximu01-{place}-{n:02}"
    planted = PLANTED.get(ocid, {}).get("code")
    start, known = FIRST - back + timedelta(days=31 * n + 3 * place), ON - back
    close = start + timedelta(days=5 if planted == "R003" else 21)
    awarded = close + timedelta(days=7)
    signed = awarded + timedelta(days=45 if planted == "G004" else 12 + n % 10)
    announced = signed + timedelta(days=25 if ocid == LATE_NOTICE else 1)
    due = signed + timedelta(days=60)
    met = due + timedelta(days=62) if ocid == "ocds-ximu01-0-03" else due - timedelta(days=n % 9)
    if ocid == "ocds-ximu01-1-05":
        met, due = None, date(2018, 12, 16) - back
    price = 100_000.0 + 7_300 * n + 11_000 * place
    firms = [f"F{(place * 5 + n * 3 + k * 7) % 40:02}" for k in range(1 if planted == "R018" else 3)]
    if ocid == "ocds-ximu01-1-05":
        firms[0] = "F41"
    buyer = {"id": f"unit-{place}", "name": unit}
    head = {"ocid": ocid, "initiationType": "tender", "buyer": buyer}
    parties = [{"id": buyer["id"], "name": unit, "roles": ["buyer"]},
               *({"id": f, "name": f"示例{f}公司", "roles": ["tenderer", "supplier"] if f == firms[0] else ["tenderer"],
                  "details": {"scale": "sme" if int(f[1:]) % 2 else "large"},
                  "contactPoint": {"email": f"{f.lower()}@example.cn"}} for f in firms)]
    tender = {"id": "t", "title": f"{unit}{start.year}年第{n}号采购", "status": "complete", "procurementMethod": "open",
              "numberOfTenderers": len(firms), "value": money(price * 1.1),
              "tenderPeriod": {"startDate": moment(start), "endDate": moment(close, 17)},
              "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": f"{43 + n % 5}211500"}}]}
    bids = [{"id": f"b{k}", "status": "valid", "date": moment(close, 10), "tenderers": [{"id": f}],
             "value": money(round(price * (1 + 0.03 * k + 0.004 * ((n + k) % 3)), 2))} for k, f in enumerate(firms)]
    contract = {"id": "c1", "awardID": "a1", "status": "active", "dateSigned": moment(signed),
                "value": money(price * 1.25 if planted == "G002" else price),
                "documents": [{"id": "n1", "documentType": "contractNotice", "datePublished": moment(announced)}],
                "milestones": [{"id": "m1", "type": "payment", "title": "合同款", "dueDate": moment(due), "value": money(price)}]}
    if met is not None and met <= known:
        contract["milestones"][0]["dateMet"] = moment(met)
    yield {**head, "id": f"{ocid}-1", "date": moment(start), "tag": ["tender"], "parties": parties, "tender": tender}
    yield {**head, "id": f"{ocid}-2", "date": moment(awarded, 18), "tag": ["award"], "bids": {"details": bids}, "awards": [
        {"id": "a1", "status": "active", "date": moment(awarded), "value": money(price), "suppliers": [{"id": firms[0]}]}]}
    if signed <= known:
        yield {**head, "id": f"{ocid}-3", "date": moment(max(signed, met or signed, key=lambda d: d if d <= known else signed), 20),
               "tag": ["contract", "implementation"], "contracts": [contract]}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--weeks-back", type=int, default=0)
    given = asked.parse_args()
    last = (ON - timedelta(weeks=given.weeks_back)).isoformat()
    made = [one for one in releases(weeks_back=given.weeks_back) if one["date"][:10] <= last]
    given.file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made), "utf-8")


if __name__ == "__main__":
    main()
