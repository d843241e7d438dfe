"""What does the command line say when the machine, not a rule, says no: disk, database, a file that is none?"""

from __future__ import annotations

import csv
import sys

from ximu.kernel.disk import is_failed, is_full
from ximu.kernel.refusal import Refusal

DATABASE_ERRORS = {"OperationalError", "ProgrammingError", "DatabaseError", "InterfaceError", "InternalError"}
MOST_TOLD = 200


def trouble_of(error: Exception) -> Refusal:
    """Any error that is no refusal as one: `DISK-FULL`, `DISK-FAULT`, `DB-BUSY`, `DB-EMPTY`, `DB-AWAY`, `FILE-OPEN`, `FILE-SHAPE`,
    `JOB-PARTLY`, `CLI-FAULT`."""
    kind, told = type(error).__name__, str(error).partition("\n")[0][:MOST_TOLD]
    if "django.db" in sys.modules and kind in DATABASE_ERRORS:
        return _of_database(told)
    if isinstance(error, csv.Error | UnicodeError | RecursionError):
        return Refusal("FILE-SHAPE", field="file", value=told, rule=kind, zh="文件的内容不能按表格或文本读取。",
                       en="The content cannot be read as a table or text.")
    if isinstance(error, OSError):
        if is_full(error):
            return _full()
        if is_failed(error):
            return Refusal("DISK-FAULT", status=503, zh="磁盘读写出错，未作任何改动。", en="The disk failed; nothing was changed.")
        return Refusal("FILE-OPEN", field="file", value=str(error.filename or ""), rule=error.strerror or kind, zh="文件或目录打不开。",
                       en="A file or folder cannot be opened.")
    if kind == "PartlyError":
        return Refusal("JOB-PARTLY", status=500, field="command", value=told, rule="again",
                       zh="部分工作没有完成，其余已经完成；可以重新运行。", en="Some of it failed, the rest is done; run it again.")
    return Refusal("CLI-FAULT", status=500, field="command", value=kind, rule="XIMU_DEBUG=1",
                   zh=f"系统出错（{kind}），未完成的改动已撤销；用 XIMU_DEBUG=1 查看详情。",
                   en=f"Something went wrong ({kind}) and was undone; XIMU_DEBUG=1 shows the details.")


def _of_database(told: str) -> Refusal:
    if "no such table" in told or "no such column" in told or "does not exist" in told:
        return Refusal("DB-EMPTY", status=503, field="database", value=told, rule="ximu up",
                       zh="数据库尚未建立或版本较旧；请先运行 ximu up。", en="The database is not set up or is older; run ximu up first.")
    if "locked" in told or "busy" in told:
        return Refusal("DB-BUSY", status=503, zh="数据库繁忙，请稍后重试。", en="The database is busy; please try again.")
    if "full" in told or "No space" in told:
        return _full()
    return Refusal("DB-AWAY", status=503, field="database", value=told, rule="ximu doctor",
                   zh="数据库不可用；请运行 ximu doctor 查看原因。", en="The database cannot be used; ximu doctor tells why.")


def _full() -> Refusal:
    return Refusal("DISK-FULL", status=507, zh="存储空间不足，未作任何改动。", en="The disk is full; nothing was changed.")
