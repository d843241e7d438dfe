"""One act, again and again, on a disk that fails at one call after the other (`faulty_disk.c` is preloaded).

    disk_worker.py prepare            makes what the acts need in XIMU_HOME
    disk_worker.py ACT PLAN.json      one JSON line for each run: what the act said, and what is wrong afterwards

XIMU_HOME is filled anew from the folder TEMPLATE before each run; each run is a forked process.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tests.journeys.courthouse import COURT, judgments  # noqa: E402
from ximu.foundation import clock, files, leftovers, scrubbing  # noqa: E402
from ximu.ideas.disclosure import services as disclosure  # noqa: E402
from ximu.ideas.disclosure.models import Publication  # noqa: E402
from ximu.ideas.disclosure.services.publishing import Terms  # noqa: E402
from ximu.ideas.intake import queries as intake  # noqa: E402
from ximu.ideas.intake import services as deliveries  # noqa: E402
from ximu.ideas.intake.models import Delivery  # noqa: E402
from ximu.ideas.intake.services import forgetting  # noqa: E402
from ximu.ideas.ledger import queries as log  # noqa: E402
from ximu.ideas.records import services as records  # noqa: E402
from ximu.ideas.records.models import Erasure, Version  # noqa: E402
from ximu.ideas.records.services.removal import remembered  # noqa: E402
from ximu.kernel.actor import Actor, Grant  # noqa: E402
from ximu.kernel.refusal import Refusal  # noqa: E402

EVERYTHING = frozenset({"*"})
ONE, TWO = (Actor(name, None, (Grant("all", EVERYTHING),), person=name) for name in ("one", "two"))
ROWS, NEW = 40, judgments(5, seed=901)
SAYS_YES, SAYS_NO, BROKEN = 0, 7, 8
Wrong = list[str]


def prepare() -> None:
    at = clock.now()
    held = deliveries.receive(io.BytesIO(judgments(ROWS, seed=900)), item="SF-PJ", source=COURT, by=ONE, at=at)
    deliveries.check(held.uid, by=ONE, at=at)
    gone = deliveries.receive(io.BytesIO(judgments(3, seed=902)), item="SF-PJ", source=COURT, by=ONE, at=at)
    deliveries.check(gone.uid, by=ONE, at=at)
    deliveries.commit(gone.uid, by=ONE, at=at)
    numbers = sorted(Version.objects.filter(batch=gone.uid).values_list("number", flat=True))
    records.revoke(numbers[0], reason="原判决被撤销", by=ONE, at=at)
    records.ask_erasure(numbers[0], basis="上海市社会信用条例 第三十七条", by=ONE, at=at)
    propose_one()


def propose_one() -> None:
    """One more publication is proposed, on the terms of one that is open."""
    for like in Publication.objects.order_by("pk"):
        for number in Version.objects.filter(newest=True, state="effective", item=like.item).values_list("number", flat=True):
            try:
                terms = Terms(like.stage, like.basis, like.fields, like.note)
                disclosure.propose(number, terms=terms, by=ONE, at=clock.now())
                return
            except Refusal:
                continue
    raise LookupError("no record left to publish")


def receive() -> None:
    deliveries.receive(io.BytesIO(NEW), item="SF-PJ", source=COURT, by=ONE, at=clock.now())


def check() -> None:
    deliveries.check(held().uid, by=ONE, at=clock.now())


def commit() -> None:
    deliveries.commit(held().uid, by=ONE, at=clock.now())


def erase() -> None:
    asked = Erasure.objects.get(state="asked")
    records.approve_erasure(asked.uid, digest=asked.digest, by=TWO, at=clock.now())


def publish() -> None:
    disclosure.approve(Publication.objects.get(state="proposed").uid, by=TWO, at=clock.now())


def sign() -> None:
    log.checkpoint()


def scrub() -> None:
    scrubbing.scrub()


def held() -> Delivery:
    return Delivery.objects.get(pk=Delivery.objects.filter(state="checked").values("pk")[:1]) if Delivery.objects.filter(
        state="checked").exists() else Delivery.objects.order_by("-pk").get(committed_by="one", summary__rows=ROWS)


def received_wrong(said: int) -> Wrong:
    rows = list(Delivery.objects.filter(state="received"))
    wrong = ["said yes, kept nothing"] if said == SAYS_YES and len(rows) != 1 else []
    receive()
    return wrong + ([] if Delivery.objects.filter(state="received").count() == 1 else ["not once"])


def checked_wrong(said: int) -> Wrong:
    found = held()
    commit()
    return [] if Version.objects.filter(batch=found.uid).count() == ROWS else ["rows lost"]


def committed_wrong(said: int) -> Wrong:
    found = held()
    kept = Version.objects.filter(batch=found.uid).count()
    if (found.state, kept) not in {("checked", 0), ("committed", ROWS)} or (said == SAYS_YES and not kept):
        return [f"{found.state} {kept}"]
    if found.state == "checked":
        commit()
    folder = intake.folder_of(found.uid)
    return ["papers left"] if list(folder.glob("ready-*.arrow")) else []


def erased_wrong(said: int) -> Wrong:
    asked = Erasure.objects.get()
    if asked.state != "done":
        if said == SAYS_YES:
            return ["said yes, nothing erased"]
        erase()
    [number] = Erasure.objects.get().versions
    row = Version.objects.get(number=number)
    records.complete_register(at=clock.now())
    left = Delivery.objects.get(uid=row.batch)
    return [word for word, bad in (
        ("payload left", row.payload is not None), ("file left", files.sealed_path_of(left.file_digest).exists()),
        ("papers left", intake.folder_of(left.uid).exists()), ("not in the register", number not in remembered())) if bad]


def published_wrong(said: int) -> Wrong:
    waiting = Publication.objects.filter(state="proposed")
    if said == SAYS_YES and waiting.exists():
        return ["said yes, not open"]
    if waiting.exists():
        publish()
    return []


def signed_wrong(said: int) -> Wrong:
    log.checkpoint()
    return []


def erase_forgetful() -> None:
    """As it was once: the file goes after the commit, and nobody remembers when the server dies in between."""
    forgetting.doom = lambda *paths: transaction.on_commit(lambda: [shutil.rmtree(p) if p.is_dir() else p.unlink() for p in paths])
    erase()


ACTS: dict[str, tuple[Callable[[], None], Callable[[int], Wrong]]] = {
    "receive": (receive, received_wrong), "check": (check, checked_wrong), "commit": (commit, committed_wrong),
    "erase": (erase, erased_wrong), "erase-forgetful": (erase_forgetful, erased_wrong), "publish": (publish, published_wrong), "sign": (sign, signed_wrong), "scrub": (scrub, signed_wrong),
}


def files_wrong() -> Wrong:
    """Rows and files agree, nothing lies about, the database and the log are whole."""
    wrong = [f"no file for {one.uid}" for one in Delivery.objects.filter(purged_at=None) if not files.is_kept(one.file_digest)]
    wrong += [f"no papers for {one.uid}" for one in Delivery.objects.filter(state="checked", purged_at=None)
              if not intake.folder_of(one.uid).exists()]
    wrong += [f"orphan {path.name}" for path in leftovers.orphans(settled=-60)]
    wrong += [f"left {path.name}" for path in Path(settings.XIMU_HOME).rglob(".*") if path.is_file()]
    wrong += [f"left {path.name}" for path in (Path(settings.XIMU_HOME) / "scratch").glob("*")]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        wrong += [f"database: {said}" for (said,) in cursor.fetchall() if said != "ok"]
    return wrong + [f"log: {finding.label}" for finding in log.verify_log().findings]


def in_a_child(work: Callable[[], int]) -> tuple[int, str]:
    """The exit code of a forked process and what it wrote."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        os.close(reads)
        code = BROKEN
        try:
            os.dup2(writes, 1)
            code = work()
        except BaseException as error:
            os.write(1, f"{type(error).__name__}: {error}"[:300].encode())
        finally:
            os._exit(code)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        told = pipe.read().decode(errors="replace")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told


def faulted(act: Callable[[], None], at: int, error: int, mode: int) -> int:
    shim = ctypes.CDLL(None)
    list(Version.objects.all()[:1])  # the connection is open before the disk fails
    shim.fault_arm(at, error, mode)
    code = SAYS_YES
    try:
        act()
    except Exception as told:
        code = SAYS_NO
        shim.fault_rest()
        os.write(1, f"{type(told).__name__} {getattr(told, 'code', '')}".encode())
    shim.fault_rest()
    os.write(1, f"|{shim.fault_count()}".encode())
    return code


def afterwards(wrong: Callable[[int], Wrong], said: int) -> int:
    leftovers.clear()
    found = wrong(said)
    leftovers.clear()
    os.write(1, json.dumps(found + files_wrong()).encode())
    return 0


def main(name: str, plan: str) -> None:
    act, wrong = ACTS[name]
    home = Path(settings.XIMU_HOME)
    for at, error, mode in json.loads(Path(plan).read_text("utf-8")):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(os.environ["TEMPLATE"], home)
        connection.close()
        code, told = in_a_child(lambda at=at, error=error, mode=mode: faulted(act, at, error, mode))
        said, _, calls = told.rpartition("|")
        _, found = in_a_child(lambda code=code: afterwards(wrong, code))
        print(json.dumps({"at": at, "error": error, "mode": mode, "code": code, "said": said, "calls": int(calls or 0),
                          "wrong": json.loads(found) if found.startswith("[") else [found]}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        main(sys.argv[1], sys.argv[2])
    sys.exit(0)
