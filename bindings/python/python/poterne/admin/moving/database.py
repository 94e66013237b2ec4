"""The tables of another system, read and never written, by SQLAlchemy."""

from __future__ import annotations

import os
from typing import Any, ContextManager, Dict, Iterator, List, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from poterne.admin.language import Say
from poterne.admin.moving.found import UnreadableSource
from poterne.admin.site import engine_of
from poterne.admin.table import quiet


class Database:
    """One database. SQLAlchemy's exceptions show what was asked for: none leaves this class."""

    def __init__(self, url: str, password: Optional[str], say: Say) -> None:
        self._engine: Engine = engine_of(url, password, say)
        self._say = say
        file = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        if file and not os.path.isfile(file):
            # SQLite would make it.
            raise UnreadableSource(say("{file} is not a file.", "{file} n’est pas un fichier.", file=file))

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def has(self, table: str) -> bool:
        with self._quiet():
            return bool(sa.inspect(self._engine).has_table(table))

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Dict[str, Any]]:
        """All rows of a table, in the order of its first column."""
        named = sa.table(table, *(sa.column(each) for each in columns))
        query = sa.select(*named.columns).order_by(named.columns[columns[0]])
        read: List[Dict[str, Any]] = []
        with self._quiet(), self._engine.connect() as connection:
            read = [dict(zip(columns, row)) for row in connection.execute(query)]
        yield from read

    def need(self, tables: Sequence[str], system: str) -> None:
        missing = [table for table in tables if not self.has(table)]
        if missing:
            raise UnreadableSource(
                self._say(
                    "This database is not one of {system}: it has no table {table}.",
                    "Cette base n’est pas de {system} : elle n’a pas de table {table}.",
                    system=system,
                    table=", ".join(missing),
                )
            )

    def _quiet(self) -> ContextManager[None]:
        return quiet("the other system's database did not answer as it should: look at its address and rights")
