"""How does a city start? Database, static files, profile, example deliveries; each step may be repeated without effect."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from ximu.config import demo, profiles
from ximu.foundation.clock import CITY
from ximu.foundation.scrubbing import refresh_statistics
from ximu.ideas.accounts import jobs as account_jobs
from ximu.kernel.actor import Actor

Say = Callable[[str], None]
EXAMPLE = "example"
"""The one city whose deliveries are made up; a real city begins without any record."""
HISTORY_BEGINS = datetime(2018, 1, 2, 9, tzinfo=CITY)
"""The example's profile is loaded as of this day, so that what follows in 2018 comes after it in the log."""
DEMO_CLOCK = "2019-03-20T09:00:00"
"""The day on which the demonstration of the example begins."""


def prepare(city: str, *, by: Actor, at: datetime, say: Say) -> dict[str, Any]:
    """Bring database, static files and the city's profile up to date; what each room added."""
    say("数据库 database")
    call_command("migrate", verbosity=0, interactive=False)
    say("静态文件 static files")
    _collect_static()
    say(f"城市配置 city profile: {city}")
    added = profiles.load(city, by=by, at=HISTORY_BEGINS if city == EXAMPLE else at)
    for room, counts in added.items():
        news = "，".join(f"{what} {number}" for what, number in counts.items() if number)
        if news:
            say(f"  {room}: {news}")
    if city == EXAMPLE:
        say("示例报送 example deliveries")
        demo.live(city, say=say)
    refresh_statistics()
    return added


def _collect_static() -> None:
    """Only when the built files are older than a source file, so that a second start is quick."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / "staticfiles.json"
    sources = [p for p in (Path(__file__).parents[1]).rglob("static/**/*") if p.is_file()]
    if stamp.exists() and all(p.stat().st_mtime <= stamp.stat().st_mtime for p in sources):
        return
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["django_htmx"])  # pages have htmx of `vendor/`
    reload_manifest = getattr(staticfiles_storage, "load_manifest", None)
    if reload_manifest is not None:
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = reload_manifest()


def first_passwords(*, by: Actor, at: datetime) -> list[dict[str, str]]:
    """One-time passwords of accounts that never had one: shown in a demonstration only."""
    return account_jobs.first_passwords(by=by, at=at) if settings.XIMU_DEMO else []


def serve(host: str, port: int) -> None:
    """Become `ximu serve`. A new program in the same process: the server forks, and threads that loading has started would not
    live on in its workers (a query that waits for them would wait for ever)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ximu", "serve", "--host", host, "--port", str(port)])  # noqa: S606  our own program
