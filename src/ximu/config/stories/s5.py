"""The made-up city's credit-service agencies: three firms, four contracts, what they delivered and how they left (`s5/` of its profile)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ximu.config.stories import CITIES, Story
from ximu.foundation import clock
from ximu.foundation.profiles import rows_of, uid_of
from ximu.ideas.events import services as event_store
from ximu.kernel.actor import SYSTEM, Actor
from ximu.notice.safeguards.s5_agencies import queries, services

TOLD = datetime(2019, 3, 15, 12, tzinfo=clock.CITY)
HOUR = timedelta(hours=10)


def tell(todo: Story, city: str) -> None:
    if (CITIES / city / "s5").exists():
        todo.add(TOLD, lambda: play(city, office=todo.person("coordinator", TOLD), checker=todo.person("reviewer", TOLD)))


def play(city: str, *, office: Actor, checker: Actor, key: str = "") -> None:
    """A second call adds nothing. `key`: an API key that was issued for the finance bureau's contract."""
    if queries.agencies():
        return
    home = CITIES / city / "s5"
    agencies = {row["code"]: services.register_agency(row["code"], row["name"], row["filing"], by=office, at=_on("2018-04-02"))
                for row in rows_of(home / "agencies.csv")}
    for row in rows_of(home / "products.csv"):
        services.list_product(agencies[row["agency"]], row["code"], row["name"], row["kind"], by=office, at=_on("2018-04-02"))
    contracts = {}
    for row in rows_of(home / "contracts.csv"):
        contracts[row["number"]] = services.enter_contract(services.contracts.NewContract(
            row["number"], agencies[row["agency"]], uid_of(city, row["unit"]), row["task"], date.fromisoformat(row["since"]),
            date.fromisoformat(row["until"]), f"（示例）合同 {row['number']}".encode(), key if row["unit"] == "czj" else ""),
            by=office, at=_on("2018-05-02"))
    for dataset, name in ((queries.FEEDS, "feeds"), (queries.INDEX, "index"), (queries.USES, "uses")):
        event_store.load(dataset, home / f"{name}.csv", batch=f"示例-{name}", by=SYSTEM, at=_on("2019-01-10"))
    for row in rows_of(home / "verdicts.csv"):
        services.judge(contracts[row["contract"]], row["item"], row["outcome"], row["reason"], by=checker, at=_on("2019-01-11"))
    for row in sorted(rows_of(home / "contracts.csv"), key=lambda one: one["until"]):
        _leave(contracts[row["number"]], row, office, checker)


def _leave(contract: str, row: dict[str, str], office: Actor, checker: Actor) -> None:
    """The day after the end a live key is revoked; what came back is entered, and checked by another person."""
    over = _on(row["until"]) + timedelta(days=1)
    if over < TOLD:
        services.revoke_due(at=over)
    if row["returned_on"]:
        services.give_back(contract, on=date.fromisoformat(row["returned_on"]), proof="（示例）销毁证明".encode(), by=office,
                           at=_on(row["returned_on"]))
    if row["checked"]:
        services.check_return(contract, passed=True, by=checker, at=_on(row["returned_on"]) + timedelta(days=2))


def _on(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + HOUR
