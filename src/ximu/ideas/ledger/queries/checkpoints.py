"""What does the log sign? Its head, once per size, and never against what it signed before.

Signing is deterministic and changes no table. The last checkpoint is also remembered in `XIMU_HOME/checkpoints`, outside
the database, so that a database that was rolled back or rewritten is noticed before anything new is signed.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from ximu.foundation.whole import write_whole
from ximu.ideas.ledger.models import Cosignature
from ximu.ideas.ledger.queries.keys import signed_with, signer
from ximu.ideas.ledger.queries.tree import HeadView, head, root_at
from ximu.ideas.ledger.rules import checkpoint_text, read_checkpoint
from ximu.kernel.refusal import Refusal

_last: dict[tuple[str, str, int, bytes], str] = {}


def checkpoint() -> str:
    """The signed note of the tree as committed, with the cosignatures collected for this size.

    Errors: `LOG-ROLLBACK`, `LOG-FORK` when the database contradicts the remembered checkpoint; `LOG-UNCOMMITTED` inside
    an open transaction; `LOG-KEY`, `LOG-ORIGIN`.
    """
    must_be_committed()
    now = head()
    return own_checkpoint(now) + "".join(f"{line}\n" for line in _cosignature_lines(now.size))


def own_checkpoint(now: HeadView) -> str:
    key = (str(settings.XIMU_HOME), now.uid, now.size, now.root)
    if key not in _last:
        note = _signed(now)
        _last.clear()
        _last[key] = note
    return _last[key]


def cosigned(index: int) -> tuple[str, list[str]] | None:
    """The newest cosigned checkpoint that covers entry `index`, and its witnesses' keys in the order of their lines."""
    newest = Cosignature.objects.filter(size__gt=index).order_by("-size").values_list("size", "text").first()
    if newest is None:
        return None
    rows = Cosignature.objects.filter(size=newest[0]).order_by("pk").values_list("line", "witness__key")
    return newest[1] + "".join(f"{line}\n" for line, _ in rows), [vkey for _, vkey in rows]


def _cosignature_lines(size: int) -> list[str]:
    return list(Cosignature.objects.filter(size=size).order_by("pk").values_list("line", flat=True))


def _signed(now: HeadView) -> str:
    ours = signer()
    text = checkpoint_text(ours.name, now.size, now.root)
    if not now.uid:
        return ours.sign(text)
    with _memory(now.uid) as path:
        if path.exists():
            _must_agree(path, now)
        note = ours.sign(text)
        write_whole(path, note)
    return note


def remembered(uid: str) -> tuple[int, bytes] | None:
    """Size and root of the last checkpoint kept outside the database; None if there is none.

    Errors: `LOG-MEMORY` when the file does not bear our own good signature.
    """
    path = _folder() / uid / "latest"
    return _recall(path) if uid and path.exists() else None


def strangers(uid: str) -> list[str]:
    """Checkpoints of other instances of the log in the same place: a replaced database leaves its predecessor's."""
    return sorted(path.parent.name for path in _folder().glob("*/latest") if path.parent.name != uid)


def _recall(path: Path) -> tuple[int, bytes]:
    note = path.read_bytes().decode("utf-8", "replace")
    if not signed_with(note):
        raise Refusal(
            "LOG-MEMORY", status=409, field="checkpoint", value=path.name, rule="signed-note",
            zh="库外保存的检查点未带本日志的有效签名。", en="The checkpoint kept outside does not bear the log's good signature.",
        )
    _, size, root = read_checkpoint(note)
    return size, root


def _must_agree(path: Path, now: HeadView) -> None:
    size, root = _recall(path)
    if size > now.size:
        raise Refusal(
            "LOG-ROLLBACK", status=409, field="size", value=now.size, rule=f"≥ {size}",
            zh=f"日志现有{now.size}条，少于已签检查点的{size}条：数据库被回退，停止签发。",
            en=f"The log has {now.size} entries, fewer than the {size} already signed for: nothing is signed.",
        )
    if (now.root if size == now.size else root_at(size)) != root:
        raise Refusal(
            "LOG-FORK", status=409, field="root", value=size, rule="RFC 6962",
            zh=f"日志前{size}条与已签检查点不符：内容被改写，停止签发。",
            en=f"The first {size} entries contradict the signed checkpoint: nothing is signed.",
        )


def must_be_committed() -> None:
    blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if blocks:
        raise Refusal(
            "LOG-UNCOMMITTED", status=409, field="transaction", rule="on_commit",
            zh="检查点只对已提交的日志签发，请在事务提交之后取用。",
            en="A checkpoint is signed for committed entries only; ask after the transaction.",
        )


def _folder() -> Path:
    return Path(settings.XIMU_HOME) / "checkpoints"


@contextmanager
def _memory(uid: str) -> Iterator[Path]:
    """The place of the remembered checkpoint, held by one process at a time."""
    folder = _folder() / uid
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "latest"
