"""What does a mail say? The matter, what happened to it, how to stop; never who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a matter, as everybody may read it; `index` is its entry in the log."""

    index: int
    on: date
    what: Text


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str


def asking(title: str, link: str) -> Letter:
    """Was it you? RFC 5321 mail of plain text."""
    return Letter("请确认关注 Please confirm", f"""有人用这个地址申请关注：{title}
如果是您，请在两天内打开下面的链接确认；如果不是，不用理会，两天后不再保留这个地址。
{link}

Somebody asked with this address to follow: {title}
If it was you, open the link within two days and confirm. If not, do nothing: the address is dropped after two days.
""")


def news(title: str, events: Sequence[Event], page: str, link: str) -> Letter:
    lines = "\n".join(f"{e.on.isoformat()} {e.what.zh} {e.what.en}" for e in events)
    return Letter("您关注的事项有新进展 News of what you follow", f"""{title}
{lines}

查看 See: {page}
退订 Unsubscribe: {link}
""")
