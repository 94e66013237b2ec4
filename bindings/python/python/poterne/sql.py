"""A store over the database that the application already has: one table, two columns, any DB-API driver.

    store = Column(engine)                                          # a SQLAlchemy engine
    store = Column(connect=pool.connection, paramstyle="pyformat")  # or a pool of psycopg
    store = Column(connect=pool.getconn, give_back=pool.putconn, paramstyle="pyformat")  # or a pool of psycopg2

Each load and each swap has a connection and a transaction of its own, so that nothing which the application rolls back later
takes an accepted code back. Give the store a small pool of its own, see the README: requests that hold a connection of the same
pool while they log in wait for each other. Proven on SQLite, PostgreSQL (psycopg, psycopg2) and MariaDB (PyMySQL); for other
engines and drivers by their documentation only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from poterne._enums import ErrorKind
from poterne._errors import Error, description, unavailable
from poterne._poterne import Verifier
from poterne._store import Store

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

__all__ = ["Column"]


class Column(Store):
    """The column that holds the records: `table.record`, found by `table.account`.

    `table` may be qualified (`schema.poterne`). Names are letters, digits and underscores; they are not quoted. Give an `engine`,
    or `connect` with the driver's `paramstyle`. `connect` is called for each load and each swap, and returns

    - a new DB-API connection, which is closed afterwards:

        Column(connect=lambda: sqlite3.connect("application.sqlite", timeout=2), paramstyle=sqlite3.paramstyle)

    - or a context manager of a connection, such as `pool.connection` of psycopg;
    - or, with `give_back`, a connection that is given to that function afterwards, such as `pool.putconn` of psycopg2. A connection
      that may be broken is closed before.
    """

    def __init__(
        self,
        engine: Optional[Engine] = None,
        *,
        connect: Optional[Callable[[], Any]] = None,
        give_back: Optional[Callable[[Any], object]] = None,
        paramstyle: Optional[str] = None,
        table: str = "poterne",
        account: str = "account",
        record: str = "record",
    ) -> None:
        if (engine is None) == (connect is None):
            raise TypeError("give an engine, or connect with paramstyle")
        if engine is not None:
            if give_back is not None:
                raise TypeError("an engine takes its connections back by itself")
            connect, paramstyle = _of_engine(engine, paramstyle)
            give_back = _close
        elif paramstyle is None:
            raise TypeError("give the driver's paramstyle, such as sqlite3.paramstyle")
        if connect is None or paramstyle not in _PLACEHOLDERS:
            raise ValueError("a paramstyle is qmark, numeric, named, format or pyformat")
        if give_back is None and getattr(connect, "__name__", "") == "getconn":
            # To close what a pool has lent does not give it back: after as many logins as it has connections it is empty.
            raise TypeError("give the pool's connections back: give_back=pool.putconn")
        self._connect, self._give_back = connect, give_back
        table, account, record = _name(table, 3), _name(account, 1), _name(record, 1)
        statement = _Statement.maker(paramstyle)
        self._select = statement(f"SELECT {record} FROM {table} WHERE {account} = ", "account")
        self._update = statement(
            f"UPDATE {table} SET {record} = ", "new", f" WHERE {account} = ", "account", f" AND {record} = ", "old"
        )
        self._fill = statement(
            f"UPDATE {table} SET {record} = ", "new", f" WHERE {account} = ", "account", f" AND {record} IS NULL"
        )
        self._insert = statement(
            f"INSERT INTO {table} ({account}, {record}) VALUES (", "account", ", ", "new", ")"
        )

    def load(self, account: str) -> Optional[str]:
        """The stored record; None if there is no row, or no record in it."""
        with _Transaction(self._connect, self._give_back) as transaction:
            rows = transaction.select(self._select, {"account": account})
        transaction.raise_failure()
        if len(rows) > 1:
            raise Error(ErrorKind.ROWS, "the account has several rows: the table needs a primary key on it")
        record = rows[0][0] if rows else None
        if record is not None and not isinstance(record, str):
            raise Error(ErrorKind.STORE, "the record's column does not hold text: make it VARCHAR(504)")
        return record

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` by `new` and commits; 1, or 0 if something else is stored. Without `old` it stores the account's first
        record: in its row if that has none, else in a new one.
        """
        if old is not None:
            return self._write(self._update, {"account": account, "old": old, "new": new})
        first = {"account": account, "new": new}
        if self._write(self._fill, first) == 1:
            return 1
        try:
            return self._write(self._insert, first)
        except Error:
            # The database refused a second row for the account, or something else: a row tells which.
            if self.load(account) is not None:
                return 0
            raise

    def check(self, verifier: Verifier, account: str) -> None:
        """Proves at the start of an application that the swap compares, see `Verifier.check_store`. `account` has a record."""
        verifier.check_store(account, store=self)

    def _write(self, statement: _Statement, values: Dict[str, str]) -> int:
        with _Transaction(self._connect, self._give_back) as transaction:
            rows = transaction.write(statement, values)
        if transaction.is_conflict:
            return 0
        transaction.raise_failure()
        return rows


class _Lent:
    """A connection, and the way back to where it came from."""

    def __init__(self, connect: Callable[[], Any], give_back: Optional[Callable[[Any], object]]) -> None:
        self.connection = connect()
        self._manager: Any = None
        self._give_back = give_back
        # Not the other way round: connections are context managers too, of transactions.
        if hasattr(self.connection, "cursor"):
            return
        if give_back is not None or not hasattr(self.connection, "__enter__"):
            raise Error(ErrorKind.STORE, "connect must return a DB-API connection, or a context manager of one")
        self._manager = self.connection
        self.connection = self._manager.__enter__()

    @property
    def is_of_pool(self) -> bool:
        return self._manager is not None or self._give_back is not None

    def discard(self) -> None:
        """So that its pool sees that it is closed."""
        if hasattr(self.connection, "invalidate"):
            self.connection.invalidate()
        else:
            self.connection.close()

    def give_back(self, failure: Optional[Error]) -> None:
        """With the failure, if it may be broken."""
        if self._manager is not None:
            self._manager.__exit__(None if failure is None else type(failure), failure, None)
        elif self._give_back is not None:
            self._give_back(self.connection)
        else:
            self.connection.close()


class _Transaction:
    """A connection of its own, for one statement. What fails is kept, without the driver's text, and raised when the connection is
    given back.
    """

    def __init__(self, connect: Callable[[], Any], give_back: Optional[Callable[[Any], object]]) -> None:
        self._connect, self._way_back = connect, give_back
        self._lent: Optional[_Lent] = None
        self._failure: Optional[Error] = None
        self.is_conflict = False

    def __enter__(self) -> _Transaction:
        try:
            self._lent = _Lent(self._connect, self._way_back)
            if _is_inside_transaction(self._lent.connection):
                self._failure = Error(ErrorKind.STORE, _INSIDE)
                lent, self._lent = self._lent, None
                # It belongs to somebody else: neither roll it back nor close it. What a pool has lent goes back to it.
                if lent.is_of_pool:
                    lent.give_back(self._failure)
        except Exception as failure:
            if self._failure is None:
                self._failure = failure if isinstance(failure, Error) else _no_connection(failure)
        return self

    def __exit__(self, kind: Any, failure: Optional[BaseException], traceback: Any) -> bool:
        is_caught = isinstance(failure, Exception)
        if isinstance(failure, Exception):
            self.is_conflict = self.is_conflict or _is_conflict(failure)
            message = "the database did not answer as it should: refuse the login and look at the database's journal"
            self._failure = failure if isinstance(failure, Error) else unavailable(failure, message)
        if self._lent is not None:
            self._end(self._lent, is_usable=failure is None or (is_caught and self.is_conflict))
        return is_caught

    @property
    def _connection(self) -> Any:
        return None if self._lent is None else self._lent.connection

    def select(self, statement: _Statement, values: Dict[str, str]) -> List[Tuple[Any, ...]]:
        """Two rows at most: the second is one too many."""
        if self._failure is not None:
            return []
        cursor = self._connection.cursor()
        cursor.execute(statement.text, statement.bound(values))
        rows = [tuple(row) for row in cursor.fetchmany(2)]
        cursor.close()
        return rows

    def write(self, statement: _Statement, values: Dict[str, str]) -> int:
        if self._failure is not None:
            return 0
        cursor = self._connection.cursor()
        cursor.execute(statement.text, statement.bound(values))
        rows = cursor.rowcount
        cursor.close()
        if not isinstance(rows, int) or rows < 0:
            raise Error(ErrorKind.ROWS, "the driver does not say how many rows were updated: use another one")
        if rows > 1:
            raise Error(ErrorKind.ROWS, "several rows were updated: the table needs a primary key on the account")
        if rows == 1:
            try:
                self._connection.commit()
            except Exception:
                # Failed, or its answer was lost (semantics 7.2): the next try reads what is really stored.
                self.is_conflict = True
                raise
        return rows

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _end(self, lent: _Lent, *, is_usable: bool) -> None:
        """Ends what is left of the transaction, and gives the connection back. A pool must not hand out again what is broken."""
        is_rolled_back = False
        try:
            lent.connection.rollback()
            is_rolled_back = True
        except Exception:
            # The connection is of no use any more, and nothing of ours is lost with it.
            pass
        finally:
            failure = None
            if not (is_usable and is_rolled_back):
                failure = self._failure or Error(ErrorKind.STORE, "the connection may be broken")
                _quietly(lent.discard)
            _quietly(lambda: lent.give_back(failure))


class _Statement:
    """A statement whose values are bound, in a driver's way."""

    def __init__(self, paramstyle: str, parts: Sequence[str]) -> None:
        self._is_named = paramstyle in ("named", "pyformat")
        self._names = parts[1::2]
        placeholder = _PLACEHOLDERS[paramstyle]
        self.text = "".join(
            part if index % 2 == 0 else placeholder.format(name=part, number=index // 2 + 1)
            for index, part in enumerate(parts)
        )

    @classmethod
    def maker(cls, paramstyle: str) -> Callable[..., _Statement]:
        return lambda *parts: cls(paramstyle, parts)

    def bound(self, values: Dict[str, str]) -> Union[Dict[str, str], List[str]]:
        if self._is_named:
            return {name: values[name] for name in self._names}
        return [values[name] for name in self._names]


def _of_engine(engine: Any, paramstyle: Optional[str]) -> Tuple[Callable[[], Any], str]:
    from sqlalchemy.engine import Engine

    if not isinstance(engine, Engine):
        raise TypeError("give the Engine, no Connection and no Session: the swap needs a transaction of its own")
    if paramstyle is not None:
        raise TypeError("the engine knows its paramstyle")
    # Not through SQLAlchemy's own connection: the texts of its exceptions hold the statement's values.
    return engine.raw_connection, engine.dialect.paramstyle


def _close(connection: Any) -> None:
    connection.close()


def _quietly(end: Callable[[], object]) -> None:
    try:
        end()
    except Exception:
        # What a connection says at its end changes nothing: the transaction was committed, or it is lost.
        pass


def _no_connection(failure: Exception) -> Error:
    """Here the driver's exception stays, as the cause: operators need its text, and no record has been sent yet."""
    message = "there is no connection to the database: refuse the login and look at the cause"
    error = Error(ErrorKind.STORE, f"{message} ({description(failure)})")
    error.__cause__ = failure
    return error


def _name(name: str, parts: int) -> str:
    part = "[A-Za-z_][A-Za-z0-9_]{0,127}"
    if not isinstance(name, str) or not re.fullmatch(rf"{part}(?:\.{part}){{0,{parts - 1}}}", name, re.ASCII):
        raise ValueError("the name of a table or column has letters, digits and underscores only")
    return name


def _is_inside_transaction(connection: Any) -> bool:
    """Whether somebody has begun a transaction on it, as far as the driver tells."""
    driver = getattr(connection, "dbapi_connection", connection)
    if getattr(driver, "in_transaction", False) is True:
        # sqlite3 with autocommit=False begins the next transaction at once: that one is nobody's.
        return getattr(driver, "autocommit", None) is not False
    status = getattr(getattr(driver, "info", None), "transaction_status", 0)
    if isinstance(status, int) and status != 0:
        return True
    flags = getattr(driver, "server_status", 0)
    return isinstance(flags, int) and bool(flags & _MYSQL_IN_TRANSACTION)


def _is_conflict(failure: Exception) -> bool:
    """Whether somebody else was in the way, and the next try may pass: a serialization failure, a deadlock, a lock that did
    not come in time.
    """
    if isinstance(failure, Error):
        return False
    return any(code in _CONFLICTS for code in _codes(failure))


def _codes(failure: Exception) -> Iterator[Union[str, int]]:
    first = failure.args[0] if failure.args else None
    places = [
        getattr(failure, "sqlstate", None),  # psycopg
        getattr(failure, "pgcode", None),  # psycopg2
        getattr(failure, "errno", None),  # MySQL Connector
        getattr(first, "full_code", None),  # oracledb
        first,  # PyMySQL, mysqlclient: the number; pyodbc: the SQLSTATE; pymssql: the number
    ]
    for code in places:
        if isinstance(code, (str, int)):
            yield code
    busy = getattr(failure, "sqlite_errorcode", None)
    if isinstance(busy, int):
        yield f"sqlite {busy & 0xFF}"
    elif type(failure).__module__ == "sqlite3" and isinstance(first, str):
        # Before Python 3.11 sqlite3 says it in words only.
        if first.startswith("database is locked"):
            yield _SQLITE_BUSY
        elif first.startswith("database table is locked"):
            yield _SQLITE_LOCKED


_INSIDE = (
    "the connection is inside a transaction: give the store connections of its own. If they are, a hook of the pool has begun the"
    " transaction, such as a listener of SQLAlchemy's events connect or checkout: let the hook commit"
)

_PLACEHOLDERS = {
    "qmark": "?",
    "numeric": ":{number}",
    "named": ":{name}",
    "format": "%s",
    "pyformat": "%({name})s",
}

_MYSQL_IN_TRANSACTION = 1

_SQLITE_BUSY = "sqlite 5"

_SQLITE_LOCKED = "sqlite 6"

_CONFLICTS = frozenset(
    [
        # SQLSTATE: serialization failure, deadlock, lock not available.
        *("40001", "40P01", "55P03"),
        # MySQL and MariaDB: lock wait timeout, deadlock, record changed since it was read. SQL Server has its deadlock on 1205,
        # and lock timeout and snapshot conflict.
        *(1205, 1213, 1020, 1222, 3960),
        # Oracle: lock wait, deadlock, serialization, call timeout.
        *("ORA-30006", "ORA-00060", "ORA-08177", "ORA-01013"),
        # SQLite: busy, locked.
        *(_SQLITE_BUSY, _SQLITE_LOCKED),
    ]
)
