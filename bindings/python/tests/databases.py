"""The databases that the tests run on: SQLite in a file, and the servers of `tests/databases`."""

from __future__ import annotations

import os
import sqlite3
from typing import Any, Dict, Optional

import psycopg
import pymysql
import sqlalchemy
from sqlalchemy.engine import Engine

TABLES = {
    "sqlite": "CREATE TABLE {} (account TEXT NOT NULL {}, record TEXT)",
    "postgresql": "CREATE TABLE {} (account VARCHAR(255) NOT NULL {}, record VARCHAR(504))",
    "mariadb": "CREATE TABLE {} (account VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL {},"
    " record VARCHAR(504) CHARACTER SET ascii COLLATE ascii_bin) ENGINE = InnoDB",
}


class Database:
    """One database, at one isolation level. `port` stands for another place where the server can be reached."""

    def __init__(self, kind: str, isolation: Optional[str] = None, file: str = "") -> None:
        self.kind, self.isolation, self.file = kind, isolation, file
        self.port = 0 if kind == "sqlite" else _port(f"POTERNE_{kind.upper()}_PORT")

    def connect(self, port: Optional[int] = None) -> Any:
        """A connection of the driver."""
        port = self.port if port is None else port
        if self.kind == "sqlite":
            return sqlite3.connect(self.file, timeout=1)
        if self.kind == "postgresql":
            level = (self.isolation or "READ COMMITTED").lower().replace(" ", "\\ ")
            options = f"-c lock_timeout=1s -c default_transaction_isolation={level}"
            return psycopg.connect(f"host=127.0.0.1 port={port} user=poterne password=poterne dbname=poterne", options=options)
        return pymysql.connect(
            host="127.0.0.1", port=port, user="poterne", password="poterne", database="poterne", charset="utf8mb4",
            init_command="SET SESSION innodb_lock_wait_timeout = 1",
        )

    def engine(self, port: Optional[int] = None, **options: Any) -> Engine:
        port = self.port if port is None else port
        login = f"poterne:poterne@127.0.0.1:{port}/poterne"
        if self.kind == "sqlite":
            return sqlalchemy.create_engine(f"sqlite:///{self.file}", connect_args={"timeout": 1}, **options)
        if self.kind == "postgresql":
            connect: Dict[str, Any] = {"options": "-c lock_timeout=1s"}
            url, options = f"postgresql+psycopg://{login}", {"isolation_level": self.isolation, **options}
        else:
            connect = {"init_command": "SET SESSION innodb_lock_wait_timeout = 1"}
            url = f"mysql+pymysql://{login}?charset=utf8mb4"
        return sqlalchemy.create_engine(url, connect_args=connect, **options)

    def run(self, *statements: str) -> Any:
        """Runs and commits; the rows of the last one, if it has some."""
        connection = self.connect()
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else None
            connection.commit()
            return rows
        finally:
            connection.close()

    def create(self, table: str = "poterne", key: str = "PRIMARY KEY") -> None:
        self.run(f"DROP TABLE IF EXISTS {table}", TABLES[self.kind].format(table, key))

    @property
    def paramstyle(self) -> str:
        return {"sqlite": "qmark", "postgresql": "pyformat", "mariadb": "format"}[self.kind]


def _port(variable: str) -> int:
    port = os.environ.get(variable)
    assert port, f"{variable} is not set: run these tests under tests/databases"
    return int(port)


BACKENDS = {
    "sqlite": ("sqlite", None),
    "postgresql-read-committed": ("postgresql", "READ COMMITTED"),
    "postgresql-repeatable-read": ("postgresql", "REPEATABLE READ"),
    "postgresql-serializable": ("postgresql", "SERIALIZABLE"),
    "mariadb": ("mariadb", None),
}
