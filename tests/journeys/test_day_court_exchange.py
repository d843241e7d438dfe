"""The rest of the court officer's day: a signed echo, a former name, what never goes to a public template, an hour without the platform, and
a month end that both sides sign."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect as expected

from tests.journeys import courthouse
from tests.journeys.conftest import free_port
from tests.journeys.world import Caller, World
from ximu.foundation import clock
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.accounts import services as staffing
from ximu.ideas.exchange import commands, queries, rules, services
from ximu.ideas.exchange.services.peering import Peer
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as moves
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m4_relief import queries as relief
from ximu.notice.mechanisms.m4_relief import services as relieving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.row("M1.2", "M1.3")]
FORMER, FORMER_BODY = "示例市环境保护局", "hbj"
NAMES = (FORMER, "示例市财政局", "示例市财政局", "示例市公安局", "示例市民政局")
REMARKS = ("", "当事人为未成年人", "机密★10年", "", "")


def command(group: Any, *words: str) -> Any:
    done = CliRunner().invoke(group, [*words, "--json"])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return json.loads(done.stdout)


def judgments() -> bytes:
    rows = list(csv.DictReader(io.StringIO(courthouse.judgments(len(NAMES), seed=11).decode())))
    for row, name, remark in zip(rows, NAMES, REMARKS, strict=True):
        row["主体名称"], row["备注"] = name, remark
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_a_channel_an_hour_of_silence_and_a_month_that_both_sign(world: World, tmp_path: Path) -> None:
    world.day("2019-02-11")
    unit = registry.key_uid("gy")
    echo(world, unit, tmp_path / "court")
    numbers = in_effect(world, Caller(world, "court", "court_officer", unit), unit)
    never_public(world, *numbers[1:3])
    with platform(world, tmp_path / "platform") as (peer, port):
        an_hour_down(world, peer, port, [numbers[0], *numbers[3:]])
        month_end(world, peer, tmp_path)
    assert ledger.verify_log().ok


def echo(world: World, unit: str, folder: Path) -> None:
    """The court registers its key on the page, another person confirms, the administrator issues a key of the API; then a trial package gets
    the same verdict offline and online, and a signed echo. A second key goes the same way over the API."""
    ours, request, trial = services.own().verifier(), folder / "request.txt", folder / "trial.ximu"
    theirs = registration(folder, unit, ours, request)
    page = world.desk("court")
    page.get_by_role("link", name="接入登记").first.click()
    expected(page.locator("main")).to_contain_text(ours)
    page.set_input_files("#file", request)
    page.get_by_role("button", name="登记", exact=True).click()
    expected(page.locator("main")).to_contain_text("待另一人确认后生效")
    user = accounts.account_by_login("court")
    staffing.grant(user.uid, "exchange_peer", unit=unit, by=SYSTEM, at=clock.now())
    _, key = staffing.issue_key(user.uid, "exchange_peer", unit=unit, label="交换", days=30, by=SYSTEM, at=clock.now())
    (folder / "token").write_text(key)
    court = (str(folder), "--name", "court.example", "--channel", "court", "--sender-key", ours)
    command(commands.peer_group, "trial", *court, "--out", str(trial))
    words = ("test", str(trial), "--key", theirs)
    online = ("--url", f"{world.url}/api/v1/exchange/channels/court", "--token-file", str(folder / "token"), "--receiver-key", ours)
    assert refused(*words, *online) == "PEER-REFUSED", "nothing is open before the second person"
    page = world.desk("coordinator")
    page.goto(f"{world.url}/console/exchange/registrations")
    expected(page.locator("main")).to_contain_text(theirs)
    page.get_by_role("button", name="确认", exact=True).click()
    expected(page.locator("main")).to_contain_text("已确认")
    told = command(commands.exchange_group, *words, *online)
    assert told.pop("echo") and told == command(commands.exchange_group, *words)
    assert queries.channel("court").in_sequence == 0, "a trial has no effect"
    another_key(world, unit, folder, (*words, *online))


def registration(folder: Path, unit: str, ours: str, request: Path) -> str:
    words = ("register", str(folder), "--name", "court.example", "--channel", "court", "--profile", "municipal", "--unit", unit,
             "--receiver-key", ours, "--out", str(request))
    return str(command(commands.peer_group, *words)["key"])


def another_key(world: World, unit: str, folder: Path, words: tuple[str, ...]) -> None:
    """Over the API: a new key takes the place of the first, which is refused from then on."""
    request, ours, caller = folder / "again.txt", services.own().verifier(), Caller(world, "court", "exchange_peer", unit)
    theirs = registration(folder / "new", unit, ours, request)
    answer = caller.http.post("/exchange/registrations", content=request.read_bytes())
    assert answer.status_code == 201, answer.text
    assert caller.post(f"/exchange/registrations/{answer.json()['registration']}/confirm", 403)["code"] == "PERM-DENIED"
    Caller(world, "coordinator", "coordinator", "").post(f"/exchange/registrations/{answer.json()['registration']}/confirm", 200)
    assert refused(*words) == "PEER-REFUSED"
    side = (str(folder / "new"), "--name", "court.example", "--channel", "court", "--sender-key", ours)
    command(commands.peer_group, "trial", *side, "--out", words[1])
    assert command(commands.exchange_group, words[0], words[1], "--key", theirs, *words[4:])["echo"]


def refused(*words: str) -> str:
    ran = CliRunner().invoke(commands.exchange_group, [*words, "--json"])
    assert isinstance(ran.exception, Refusal), ran.output
    return ran.exception.code


def in_effect(world: World, court: Caller, unit: str) -> list[str]:
    """Delivered over the API; one names a body by a name that has ended since; the numbers of the records in effect, in the order of the file."""
    answer = court.http.post("/intake/deliveries/file", data={"item": "SF-PJ", "source": unit}, files={"file": ("week.csv", judgments())})
    uid = answer.json()["delivery"]["uid"]
    done = court.post(f"/intake/deliveries/{uid}/commit", 200, reason="")
    assert done["outcome"]["new"] == len(NAMES), done
    page = world.desk("court")
    page.goto(f"{world.url}/console/disclosure/work?state=draft")
    numbers = sorted((text.strip() for text in page.locator("tbody tr").get_by_role("link").all_inner_texts()),
                     key=lambda number: records.duties(number).document_number)
    subject = records.duties(numbers[0]).subject
    assert subject == registry.key_uid(FORMER_BODY), "the body that bore the name on the day of the event"
    carrier = registry.unit(subject, as_of=clock.today())
    assert carrier is not None and carrier.ended is not None and carrier.ended <= clock.today(), "a former name by now"
    reviewer, at = world.actor("reviewer"), clock.now()
    for number in numbers:
        moves.check(number, by=reviewer, at=at)
    relieving.examine(numbers, answers=dict.fromkeys(relief.checklist().grounds(at.date()), "no"), reason="逐项核对均不成立", by=reviewer, at=at)
    moves.notify(numbers, served_at=at, manner="直接送达", by=reviewer, at=at)
    world.day("2019-04-15")
    moves.make_effective(numbers, by=reviewer, at=clock.now())
    return numbers


def proposal(number: str) -> dict[str, Any]:
    return {"number": number, "stage": "pilot", "basis": "国发〔2016〕76号", "note": "仅公开案号与履行情况", "fields": ["WSWH", "LXQK"]}


def never_public(world: World, minor: str, secret: str) -> None:
    """A minor or a mark of secrecy anywhere in the record closes all of it, whatever fields were chosen."""
    reviewer = Caller(world, "reviewer", "reviewer", "")
    assert reviewer.post("/disclosure/publications", 422, **proposal(minor))["code"] == "DISC-PII"
    assert reviewer.post("/disclosure/publications", 422, **proposal(secret))["code"] == "DISC-SECRET"


@contextmanager
def platform(world: World, folder: Path) -> Iterator[tuple[Peer, int]]:
    """The platform's channel; at first nobody answers there but with 503."""
    theirs, port = command(commands.peer_group, "key", str(folder))["key"], free_port()
    ours = command(commands.exchange_group, "open", "platform", "--profile", "national-platform", "--kind", "push", "--address",
                   f"http://127.0.0.1:{port}", "--peer-key", theirs)["key"]
    yield Peer(folder, channel="platform", sender_key=ours, faults=rules.faults(["down"])), port


@contextmanager
def answering(peer: Peer, port: int) -> Iterator[None]:
    server = peer.server(port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def published(world: World, number: str) -> None:
    uid = Caller(world, "reviewer", "reviewer", "").post("/disclosure/publications", 200, **proposal(number))["uid"]
    Caller(world, "publisher", "publisher", "").post(f"/disclosure/publications/{uid}/approve", 200)


def an_hour_down(world: World, peer: Peer, port: int, numbers: list[str]) -> None:
    """What was signed waits, is sent again with longer pauses, and arrives in order and once."""
    began, failed = world.day("2019-04-16", 9), 0
    with answering(peer, port):
        for number in numbers:
            published(world, number)
            services.pack("platform", by=SYSTEM, at=began)
        for minutes in (0, 1, 3, 7, 15, 31):
            failed += bool(services.send("platform", by=SYSTEM, at=began + timedelta(minutes=minutes)).failed)
    assert (failed, peer.effects()) == (6, [])
    waits = [(package.sequence, package.state) for package in queries.packages("platform").order_by("sequence")]
    assert waits == [(1, "sent"), (2, "built"), (3, "built")], "signed, numbered, kept"
    page = world.desk("coordinator")
    page.goto(f"{world.url}/console/exchange/platform?open=1")
    expected(page.locator("main")).to_contain_text("未回执")
    peer.faults = rules.faults([])
    with answering(peer, port):
        back = services.send("platform", by=SYSTEM, at=began + timedelta(hours=1, minutes=5))
        again = services.send("platform", by=SYSTEM, at=began + timedelta(hours=2))
    assert (back.sent, back.settled, again.sent) == (3, 3, 0)
    assert [(record, op) for record, op, _ in peer.effects()] == [(number, "put") for number in numbers]


def month_end(world: World, peer: Peer, folder: Path) -> None:
    """Counted by record number on both sides; a difference is listed by its number; the even one is signed by both and shown."""
    held, ours, both = (folder / name for name in ("held.json", "ours.note", "both.note"))
    held.write_text(json.dumps(dict(list(peer.held().items())[1:])))
    uneven = CliRunner().invoke(commands.exchange_group, ["reconcile", "platform", "--theirs", str(held), "--json"])
    assert (uneven.exit_code, json.loads(uneven.stdout)["missing"]) == (1, [next(iter(peer.held()))])
    held.write_text(json.dumps(peer.held()))
    assert command(commands.exchange_group, "reconcile", "platform", "--theirs", str(held), "--sign", str(ours))["even"]
    command(commands.peer_group, "countersign", str(peer.folder), "--channel", "platform", "--sender-key", peer.sender_key, "--statement",
            str(ours), "--out", str(both))
    told = command(commands.exchange_group, "balanced", "platform", str(both))
    assert (told["even"], told["ours"], told["theirs"]) == (True, 3, 3)
    page = world.desk("coordinator")
    page.goto(f"{world.url}/console/exchange/platform")
    expected(page.locator("main")).to_contain_text("双方签名的对账")
    expected(page.locator("main")).to_contain_text("相符")
