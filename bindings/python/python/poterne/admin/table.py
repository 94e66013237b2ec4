"""The table, by SQLAlchemy: what `poterne.sql.Column` does for one account, and what a whole table needs besides.

SQLAlchemy's own exceptions show every parameter, records among them: none leaves this module.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Optional, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.sql.elements import quoted_name

from poterne import Error, ErrorKind
from poterne._errors import unavailable
from poterne.admin import deadline
from poterne.sql import Column, _is_conflict

# One transaction's worth: on SQLite every login waits as long as a batch takes.
BATCH = 500

# Before the path of a SQLite database that has options.
_URI = "file:"

MAX_ACCOUNT_LEN, RECORD_LEN = 255, 504

# An account, its record (None if it has none yet) and its new record.
Change = Tuple[str, Optional[str], str]


class Table:
    """One table. `column` has its loads and swaps: `table.column.apply(verifier, account, lambda credential: credential.unlock())`."""

    def __init__(self, engine: Engine, *, table: str, account: str, record: str) -> None:
        self.engine = engine
        self.column = Column(engine, table=table, account=account, record=record)
        schema, _, name = table.rpartition(".")
        self.name = table
        # Not quoted, as Column does not quote them: the two must mean the same table.
        self._table = sa.Table(
            quoted_name(name, False),
            sa.MetaData(),
            sa.Column(quoted_name(account, False), _account_type(engine), primary_key=True),
            sa.Column(quoted_name(record, False), _record_type(engine), nullable=False),
            schema=quoted_name(schema, False) if schema else None,
            mysql_engine="InnoDB",
            mariadb_engine="InnoDB",
        )
        self._account, self._record = self._table.columns

    def exists(self) -> bool:
        with self._quiet():
            return bool(sa.inspect(self.engine).has_table(self._folded(self._table.name), schema=self._schema()))

    def claim_file(self) -> None:
        """Makes the file of a new SQLite database so that nobody else reads it: SQLite itself takes the mode that everybody's files
        have, at its first connection. Its journals take the file's.
        """
        file = self._file()
        if file:
            with contextlib.suppress(FileExistsError):
                os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def is_new_file(self) -> bool:
        """Whether the database is a SQLite file that is not there yet: to connect would make it, for everybody to read."""
        file = self._file()
        return file is not None and not os.path.exists(file)

    def create(self) -> None:
        """Creates the table, unless it is there."""
        with self._quiet():
            self._table.create(self.engine, checkfirst=True)
            if self.engine.dialect.name == "sqlite":
                # Readers and the writer do not wait for each other.
                with self.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode = WAL")

    def columns(self) -> Tuple[Any, Any]:
        """The types of the account's and the record's column, as the database tells them; None for a column that is not there."""
        with self._quiet():
            found = sa.inspect(self.engine).get_columns(self._folded(self._table.name), schema=self._schema())
        types = {each["name"].lower(): each["type"] for each in found}
        return types.get(str(self._account.name).lower()), types.get(str(self._record.name).lower())

    def is_unique(self) -> bool:
        """Whether the database allows one row an account."""
        name, schema = self._folded(self._table.name), self._schema()
        with self._quiet():
            inspector = sa.inspect(self.engine)
            keys: List[Sequence[Optional[str]]] = [inspector.get_pk_constraint(name, schema=schema).get("constrained_columns") or []]
            keys += [each["column_names"] for each in inspector.get_unique_constraints(name, schema=schema)]
            keys += [each["column_names"] for each in inspector.get_indexes(name, schema=schema) if each["unique"]]
        return any([str(each).lower() for each in key] == [str(self._account.name).lower()] for key in keys if key)

    def count(self) -> int:
        """How many rows there are."""
        return int(self._ask(sa.select(sa.func.count()).select_from(self._table))[0][0])

    def rows(self, after: Optional[str] = None, batch: int = BATCH) -> Iterator[List[Tuple[str, Optional[str]]]]:
        """All rows, in batches, in the order of the accounts. Each batch is read by itself: no transaction is held in between, and a
        row that is added meanwhile behind the present one is read too.
        """
        while True:
            query = sa.select(self._account, self._record).order_by(self._account).limit(batch)
            if after is not None:
                query = query.where(self._account > after)
            rows = [(str(account), record) for account, record in self._ask(query)]
            if rows:
                yield rows
            if len(rows) < batch:
                return
            after = rows[-1][0]

    def records(self, accounts: Sequence[str]) -> Dict[str, str]:
        """The records of these accounts, at most a batch of them."""
        query = sa.select(self._account, self._record).where(self._account.in_(accounts))
        return {str(account): record for account, record in self._ask(query) if record is not None}

    def beginning(self, prefix: str) -> Iterator[List[Tuple[str, str]]]:
        """The rows with a record whose account begins so, in batches. Not by the order of the accounts: a collation may leave the signs in
        a prefix out.
        """
        after: Optional[str] = None
        while True:
            query = sa.select(self._account, self._record).where(self._account.startswith(prefix, autoescape=True))
            query = query.order_by(self._account).limit(BATCH)
            if after is not None:
                query = query.where(self._account > after)
            rows = [(str(account), record) for account, record in self._ask(query)]
            # LIKE of SQLite and of some collations does not tell capitals.
            yield [(account, record) for account, record in rows if account.startswith(prefix) and record is not None]
            if len(rows) < BATCH:
                return
            after = rows[-1][0]

    def spelled(self, account: str) -> List[str]:
        """The accounts that the database takes for this one, as it stores them."""
        return [str(row[0]) for row in self._ask(sa.select(self._account).where(self._account == account))]

    def delete(self, account: str, record: str) -> int:
        """Deletes a row if it holds this record still; the number of rows."""
        statement = sa.delete(self._table).where(self._account == account, self._record == record)
        with self._quiet(), self.engine.begin() as connection:
            return connection.execute(statement).rowcount

    def rename(
        self,
        rows: Sequence[Tuple[str, str, str, str]],
        *,
        removed: Sequence[Tuple[str, str]] = (),
        added: Sequence[Tuple[str, str]] = (),
    ) -> int:
        """Gives rows other accounts, in one transaction: account, new account, record and new record of each. Before, the rows `removed`
        go, and behind them the rows `added` come, account and record each. Returns 1, or 0 if one of them holds another record by now or
        an account is taken: then all stay as they were.
        """
        with self._quiet():
            try:
                with self.engine.begin() as connection:
                    for account, record in removed:
                        gone = sa.delete(self._table).where(self._account == account, self._record == record)
                        if connection.execute(gone).rowcount != 1:
                            connection.rollback()
                            return 0
                    for account, new_account, old, new in rows:
                        statement = sa.update(self._table).where(self._account == account, self._record == old)
                        if connection.execute(statement.values({self._account: new_account, self._record: new})).rowcount != 1:
                            connection.rollback()
                            return 0
                    for account, record in added:
                        connection.execute(sa.insert(self._table).values({self._account: account, self._record: record}))
            except IntegrityError:
                return 0
        return 1

    def swap_all_since(self, mark: Tuple[str, str, str], changes: Sequence[Change]) -> Optional[List[int]]:
        """Swaps a row that marks a state of the table, and then many others, in one transaction: at most a batch. Returns the rows of the
        others. None if the mark has changed; nothing, if somebody else was in the way or an account has got its first record: then all stay
        as they were.
        """
        with self._quiet():
            try:
                with self.engine.begin() as connection:
                    # First of all: of two such transactions the second waits here, and reads what the first has committed.
                    if self._swap(connection, mark) != 1:
                        connection.rollback()
                        return None
                    self._store_first(connection, [(account, new) for account, old, new in changes if old is None])
                    return [1 if old is None else self._swap(connection, (account, old, new)) for account, old, new in changes]
            except DBAPIError as failure:
                cause = failure.orig
                if isinstance(failure, IntegrityError) or (isinstance(cause, Exception) and _is_conflict(cause, self.engine.dialect.name, None)):
                    return []
                raise

    def _swap(self, connection: Connection, change: Tuple[str, str, str]) -> int:
        account, old, new = change
        statement = sa.update(self._table).where(self._account == account, self._record == old).values({self._record: new})
        return connection.execute(statement).rowcount

    def _store_first(self, connection: Connection, first: Sequence[Tuple[str, str]]) -> None:
        """The first records of accounts, in rows that have none or in new ones."""
        empty = sa.select(sa.func.count()).where(self._account.in_([account for account, _ in first]), self._record.is_(None))
        if first and connection.execute(empty).scalar():
            fill = sa.update(self._table).where(self._record.is_(None))
            filled = [connection.execute(fill.where(self._account == account).values({self._record: new})).rowcount for account, new in first]
            first = [each for each, rows in zip(first, filled) if not rows]
        if first:
            connection.execute(sa.insert(self._table), [{self._account.key: account, self._record.key: new} for account, new in first])

    def seconds(self) -> Optional[float]:
        """The database's clock; None if it is this machine's own, or not known how to ask."""
        expression = _CLOCKS.get(self.engine.dialect.name)
        if expression is None:
            return None
        return float(self._ask(sa.text(f"SELECT {expression}"))[0][0])

    def isolation(self) -> str:
        with self._quiet(), self.engine.connect() as connection:
            return str(connection.get_isolation_level())

    def setting(self, query: str) -> str:
        """One value of the server, as text."""
        return str(self._ask(sa.text(query))[0][0])

    def options(self) -> Dict[str, Any]:
        """What the dialect tells of the table, such as MariaDB's engine."""
        with self._quiet():
            return dict(sa.inspect(self.engine).get_table_options(self._folded(self._table.name), schema=self._schema()))

    def triggers(self) -> int:
        """How many triggers are on the table; 0 where it is not known how to ask."""
        query = _TRIGGERS.get(self.engine.dialect.name)
        if query is None:
            return 0
        return int(self._ask(sa.text(query).bindparams(name=self._folded(self._table.name)))[0][0])

    def _ask(self, query: Any) -> Sequence[Any]:
        with self._quiet(), self.engine.connect() as connection:
            return connection.execute(query).fetchall()

    def _file(self) -> Optional[str]:
        """The file of a SQLite database; None for another one."""
        file = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        return None if file is None else file[len(_URI) :] if file.startswith(_URI) else file

    def _schema(self) -> Optional[str]:
        schema = self._table.schema
        return None if schema is None else self._folded(schema)

    def _folded(self, name: object) -> str:
        """The name as the inspector wants it: what is not quoted is lower case there, on every dialect."""
        return str(name) if self.engine.dialect.name in ("sqlite", "mysql", "mariadb", "mssql") else str(name).lower()

    def _quiet(self) -> ContextManager[None]:
        return quiet("the database did not answer as it should: look at its journal")


@contextlib.contextmanager
def quiet(message: str) -> Iterator[None]:
    """Raises what a database refuses as poterne's error with this message: without SQLAlchemy's, not even as its cause."""
    error: Optional[Error] = None
    try:
        yield
    except Error:
        raise
    except Exception as failure:
        error = unavailable(failure, message)
    if error is not None:
        raise error


def engine(url: str, password: Optional[str], *, connect_seconds: int = 5, answer_seconds: Optional[int] = None, **pool: Any) -> Engine:
    """An engine for the command, and for ready-made hosts: short waits, and no value in any message. `pool` is SQLAlchemy's. With
    `answer_seconds`, for a process that does nothing else, a frozen server is given up after so long.

    Raises an `Error` of kind ARGUMENT if SQLAlchemy does not know the database, or its driver knows no such limit; ModuleNotFoundError if
    the driver is not installed.
    """
    try:
        address = make_url(url)
        if password is not None:
            address = address.set(password=password)
        if address.get_backend_name() == "sqlite" and address.database and "mode" in address.query:
            # SQLite reads its own options, such as mode=ro, only so; SQLAlchemy would warn of them, with a line of its source.
            address = address.set(database=f"{_URI}{address.database}").update_query_dict({"uri": "true"})
        arguments = _connect(address, connect_seconds)
        if answer_seconds is not None:
            arguments.update(deadline.of_driver(address.get_driver_name(), answer_seconds))
        made = sa.create_engine(address, hide_parameters=True, connect_args=arguments, **pool)
    except LookupError as unknown:
        endless, made = unknown.args[0], None
    except (ArgumentError, NoSuchModuleError):
        # Their texts hold the address.
        endless, made = None, None
    if made is None and endless is not None:
        message = f"the driver {endless} may wait for a frozen server forever: write postgresql+psycopg2 or mysql+pymysql in the setting `database`"
        raise Error(ErrorKind.ARGUMENT, message)
    if made is None:
        raise Error(ErrorKind.ARGUMENT, "SQLAlchemy does not know this kind of database: look at the setting `database`")
    for statement in _AT_CONNECT.get(made.dialect.name, ()):
        sa.event.listen(made, "connect", _runs(statement))
    return made


def _connect(address: URL, seconds: int) -> dict[str, Any]:
    """How long to wait for the server, and for SQLite's lock."""
    driver = address.get_driver_name()
    if address.get_backend_name() == "sqlite":
        return {"timeout": 2}
    if driver in ("psycopg", "psycopg2", "pymysql", "mysqldb", "mariadbconnector"):
        return {"connect_timeout": seconds}
    return {}


# Logins wait two seconds for a lock; so does the command.
_AT_CONNECT = {
    "sqlite": ("PRAGMA synchronous = FULL",),
    "postgresql": ("SET lock_timeout = '2s'",),
    "mysql": ("SET SESSION innodb_lock_wait_timeout = 2",),
    "mariadb": ("SET SESSION innodb_lock_wait_timeout = 2",),
    "mssql": ("SET LOCK_TIMEOUT 2000",),
}

_TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(:name)",
    "postgresql": "SELECT count(*) FROM information_schema.triggers WHERE event_object_table = :name",
    "mysql": "SELECT count(*) FROM information_schema.triggers WHERE event_object_schema = database() AND event_object_table = :name",
    "mariadb": "SELECT count(*) FROM information_schema.triggers WHERE event_object_schema = database() AND event_object_table = :name",
}

_CLOCKS = {
    "postgresql": "extract(epoch FROM clock_timestamp())",
    "mysql": "UNIX_TIMESTAMP(NOW(6))",
    "mariadb": "UNIX_TIMESTAMP(NOW(6))",
    "mssql": "DATEDIFF_BIG(ms, '1970-01-01', SYSUTCDATETIME()) / 1000.0",
    "oracle": "(CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE) - DATE '1970-01-01') * 86400 FROM dual",
}


def _runs(statement: str) -> Callable[[Any, Any], None]:
    def run(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        # PostgreSQL takes back what a transaction has SET if it is rolled back.
        connection.commit()

    return run


def _account_type(engine: Engine) -> Any:
    """Compared byte for byte, whatever the database's own collation is."""
    return {
        "sqlite": sa.Text(),
        "mysql": sa.String(MAX_ACCOUNT_LEN, collation="utf8mb4_bin"),
        "mariadb": sa.String(MAX_ACCOUNT_LEN, collation="utf8mb4_bin"),
        "mssql": sa.Unicode(MAX_ACCOUNT_LEN, collation="Latin1_General_100_BIN2"),
    }.get(engine.dialect.name, sa.String(MAX_ACCOUNT_LEN))


def _record_type(engine: Engine) -> Any:
    return {
        "sqlite": sa.Text(),
        "mysql": sa.String(RECORD_LEN, collation="ascii_bin"),
        "mariadb": sa.String(RECORD_LEN, collation="ascii_bin"),
        "mssql": sa.String(RECORD_LEN, collation="Latin1_General_100_BIN2"),
    }.get(engine.dialect.name, sa.String(RECORD_LEN))
