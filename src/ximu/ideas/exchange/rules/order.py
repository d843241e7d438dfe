"""May this package take effect now? Each sender counts, and each package names the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ximu.ideas.exchange.rules.package import CLOCKS_APART, Head, Package
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a receiver is with one sender: the last package that took effect."""

    channel: str
    sender: str
    receiver: str
    sequence: int = 0
    digest: str = ""


def fits(package: Package, stand: Stand, *, at: datetime) -> bool:
    """True when it is the next one; False when it is the last one once more, which gets its old receipt.

    Errors: `PKG-PEER` for somebody else's, `PKG-TIME` for one from the future, `PKG-GAP` when one before it is missing,
    `PKG-ORDER` when it does not follow the last one.
    """
    head = package.head
    meant(head, stand)
    if datetime.fromisoformat(head.made_at) > at + CLOCKS_APART:
        raise Refusal("PKG-TIME", field="made_at", value=head.made_at, rule=f"≤ {CLOCKS_APART}", zh="数据包的时间在未来，请核对时钟。",
                      en="The package is from the future; check the clocks.")
    if head.sequence > stand.sequence + 1:
        raise Refusal("PKG-GAP", status=409, field="sequence", value=head.sequence, rule=str(stand.sequence + 1),
                      zh=f"缺少第{stand.sequence + 1}号数据包。", en=f"Package {stand.sequence + 1} is missing.",
                      extra={"expected": stand.sequence + 1})
    if head.sequence == stand.sequence and package.digest == stand.digest:
        return False
    if head.sequence <= stand.sequence:
        raise replayed(head.sequence, stand.sequence)
    if head.previous != stand.digest:
        raise Refusal("PKG-ORDER", status=409, field="previous", value=head.previous, rule=stand.digest,
                      zh="数据包没有接续上一包，顺序不对。", en="The package does not follow the last one.")
    return True


def replayed(sequence: int, last: int) -> Refusal:
    return Refusal("PKG-REPLAY", status=409, field="sequence", value=sequence, rule=f"> {last}", zh="该序号已用过，内容不同或早已处理。",
                   en="This number was used: for other content, or long ago.")


def meant(head: Head, stand: Stand) -> None:
    """Errors: `PKG-PEER`."""
    if (head.channel, head.sender, head.receiver) != (stand.channel, stand.sender, stand.receiver):
        raise Refusal("PKG-PEER", status=403, field="receiver", value=head.receiver, rule=stand.receiver,
                      zh="数据包不是该通道发给本方的。", en="The package is not of this channel and for this receiver.")
