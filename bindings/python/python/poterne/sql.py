"""A store over the database that the application already has: one table, two columns, any DB-API driver.

    store = Column(engine)                                          # a SQLAlchemy engine
    store = Column(connect=pool.connection, paramstyle="pyformat")  # or a pool of psycopg
    store = Column(connect=pool.getconn, give_back=pool.putconn, paramstyle="pyformat")  # or a pool of psycopg2

Each load and each swap has a connection and a transaction of its own. So a later rollback of the application never takes an
accepted code back. On psycopg and psycopg2, whose autocommit costs nothing to switch, each is a single statement that commits
itself, unless the connection has an isolation level of its own.

Give the store a small pool of its own, as the manual says: in a shared pool, requests that hold a connection while they log in wait
for each other. The store is tested on SQLite, PostgreSQL (psycopg, psycopg2) and MariaDB (PyMySQL). For other engines and drivers it
relies on their documentation.
"""

from __future__ import annotations

import copy
import re
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from poterne._enums import ErrorKind
from poterne._errors import Error, description, unavailable
from poterne._poterne import Verifier, database, is_conflict
from poterne._store import Store

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

__all__ = ["Column"]


class Column(Store):
    """The column that holds the records: `table.record`, found by `table.account`.

    `table` may be qualified (`schema.poterne`). Names have letters, digits and underscores only; they are not quoted. Pass an
    `engine`, or `connect` with the driver's `paramstyle`. Each load and each swap calls `connect`, which returns

    - a new DB-API connection, which is closed afterwards:

        Column(connect=lambda: sqlite3.connect("application.sqlite", timeout=2), paramstyle=sqlite3.paramstyle)

    - or a context manager of a connection, such as `pool.connection` of psycopg;
    - or, with `give_back`, a connection that is passed to that function afterwards, such as `pool.putconn` of psycopg2. A
      connection that may be broken is closed first.
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
        # What the driver's exceptions do not tell about the database, the engine does.
        self._product: Optional[str] = None
        if engine is not None:
            if give_back is not None:
                raise TypeError("an engine takes its connections back by itself")
            connect, paramstyle, self._product = _of_engine(engine, paramstyle)
            give_back = _close
        elif paramstyle is None:
            raise TypeError("give the driver's paramstyle, such as sqlite3.paramstyle")
        if connect is None or paramstyle not in _PLACEHOLDERS:
            raise Error(ErrorKind.ARGUMENT, "a paramstyle is qmark, numeric, named, format or pyformat")
        if give_back is None and getattr(connect, "__name__", "") == "getconn":
            # To close what a pool has lent does not give it back: after as many logins as it has connections it is empty.
            raise TypeError("give the pool's connections back: give_back=pool.putconn")
        self._connect, self._give_back = connect, give_back
        # Whether a statement may commit itself.
        self._is_alone = True
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
        """Returns the stored record; None if there is no row, or no record in it. Semantics 7.2."""
        with self._transaction(self._is_alone) as transaction:
            rows = transaction.select(self._select, {"account": account})
        transaction.raise_failure()
        if len(rows) > 1:
            raise Error(ErrorKind.ROWS, "the account has several rows: the table needs a primary key on it")
        record = rows[0][0] if rows else None
        if record is not None and not isinstance(record, str):
            raise Error(ErrorKind.STORE, "the record's column does not hold text: make it VARCHAR(504)")
        return record

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        """Replaces `old` with `new`, commits, and returns 1, or 0 if another record is stored. Without `old` it stores the
        account's first record. If the account has a row without a record, it uses that row, otherwise a new one. Semantics 7.2,
        8.9.
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
            there = self.load(account)
            if there is None:
                raise
        # Spaces or nothing are no record (semantics 3.0).
        return 0 if there.strip(" ") else self._write(self._update, {**first, "old": there})

    def swap_all(self, changes: Sequence[Tuple[str, Optional[str], str]]) -> List[int]:
        """Makes many swaps, `(account, old, new)` each, in one transaction, and returns the rows of each. For runs over a whole table,
        where a commit for each record is what takes the time. Each swap still compares: a login that was quicker is 0 rows.

        If the transaction as a whole does not pass, because somebody else was in the way or an account has its first record already,
        each swap is made again by itself. Keep the number small, a few hundred: logins of these accounts wait until the commit, and on
        SQLite all do. Sorted by account, two such runs do not block each other.
        """
        with self._transaction(is_alone=False) as transaction:
            rows = transaction.write_all(
                [
                    (self._insert if old is None else self._update, _values(account, old, new))
                    for account, old, new in changes
                ]
            )
        if transaction.is_conflict or transaction.has_failed:
            return [self.swap(account, old, new) for account, old, new in changes]
        return rows

    def check(self, verifier: Verifier, account: str) -> None:
        """Checks that this table swaps, compares, commits and keeps, as `Verifier.check_store`. Call it when the application
        starts.

        `account` is an account kept for this check, with a revoked record, or any account that has a record. The check takes two
        connections at once: one does not see what the other has not committed. Semantics 7.9.
        """
        lent = self._lend()
        try:
            other = self._lend()
            is_one = _driver(other.connection) is _driver(lent.connection)
            _quietly(lambda: other.give_back(None))
            if is_one:
                raise Error(ErrorKind.STORE, "there is only one connection for all, and the check needs two: nothing is proven")
            second = copy.copy(self)
            second._connect, second._give_back = lambda: lent.connection, lambda _: None
            verifier.check_store(account, store=self, second=second)
        finally:
            _quietly(lambda: lent.give_back(None))

    def _lend(self) -> _Lent:
        try:
            return _Lent(self._connect, self._give_back)
        except Exception as failure:
            error = failure if isinstance(failure, Error) else _no_connection(failure)
        raise error

    def _transaction(self, is_alone: bool) -> _Transaction:
        return _Transaction(self._connect, self._give_back, self._product, is_alone)

    def _write(self, statement: _Statement, values: Dict[str, str]) -> int:
        with self._transaction(self._is_alone) as transaction:
            rows = transaction.write(statement, values)
        if transaction.is_warned:
            # Perhaps by a trigger, which speaks at every login. A COMMIT of its own tells the two apart.
            self._is_alone = False
        elif transaction.is_refused:
            # By the statement or by its commit, which are not the same (semantics 7.2). Nothing was stored.
            with self._transaction(is_alone=False) as transaction:
                rows = transaction.write(statement, values)
            if not (transaction.is_conflict or transaction.has_failed):
                self._is_alone = False
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
    """A connection of its own, for one statement, which commits itself with `is_alone` and where that costs nothing. A failure is
    kept, without the driver's text, and raised when the connection is given back.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        give_back: Optional[Callable[[Any], object]],
        product: Optional[str],
        is_alone: bool,
    ) -> None:
        self._connect, self._way_back, self._product, self._is_alone = connect, give_back, product, is_alone
        self._lent: Optional[_Lent] = None
        self._failure: Optional[Error] = None
        # Whether autocommit was switched on, and is to be switched off again.
        self._is_switched = False
        # Whether it was committed, so that nothing is left to roll back.
        self._is_over = False
        self.is_conflict = False
        # Of a statement that commits itself: it came with a warning; the server has answered it with an error.
        self.is_warned = self.is_refused = False

    def __enter__(self) -> _Transaction:
        try:
            self._lent = _Lent(self._connect, self._way_back)
            if _is_inside_transaction(self._lent.connection):
                self._failure = Error(ErrorKind.STORE, _INSIDE)
                lent, self._lent = self._lent, None
                # It belongs to somebody else: neither roll it back nor close it. What a pool has lent goes back to it.
                if lent.is_of_pool:
                    lent.give_back(self._failure)
            elif self._is_alone and _can_commit_alone(_driver(self._connection)):
                _driver(self._connection).autocommit = self._is_switched = True
        except Exception as failure:
            if self._failure is None:
                self._failure = failure if isinstance(failure, Error) else _no_connection(failure)
        return self

    def __exit__(self, kind: Any, failure: Optional[BaseException], traceback: Any) -> bool:
        is_caught = isinstance(failure, Exception)
        if isinstance(failure, Exception):
            self.is_conflict = self.is_conflict or _is_conflict(failure, self._product, self._connection)
            self.is_refused = self.is_refused and not self.is_conflict
            message = "the database did not answer as it should: refuse the login and look at the database's log"
            self._failure = failure if isinstance(failure, Error) else unavailable(failure, message)
        if self._lent is not None:
            self._end(self._lent, is_usable=failure is None or (is_caught and (self.is_conflict or self.is_refused)))
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
        (rows,) = self.write_all([(statement, values)])
        return rows

    def write_all(self, statements: Sequence[Tuple[_Statement, Dict[str, str]]]) -> List[int]:
        """The rows of each; all of them are committed, or none."""
        none = [0] * len(statements)
        if self._failure is not None or not statements:
            return none
        with _Notices(self._connection) as notices:
            cursor = self._connection.cursor()
            notices.begin(cursor)
            rows = []
            for statement, values in statements:
                try:
                    cursor.execute(notices.aloud(statement.text), statement.bound(values))
                except Exception as failure:
                    if notices.is_autocommit:
                        # The answer to its commit may be lost with the connection (semantics 7.2).
                        self.is_conflict = bool(getattr(_driver(self._connection), "closed", False))
                        self.is_refused = self._is_switched and not self.is_conflict and _is_answer(failure)
                    raise
                rows.append(_counted(cursor.rowcount))
            cursor.close()
            notices.end_statement()
            if not any(rows):
                return rows
            try:
                self._connection.commit()
            except Exception:
                # Failed, or its answer was lost (semantics 7.2): the next try reads what is really stored.
                self.is_conflict = True
                raise
            self._is_over = True
            if notices.has_warning():
                # Committed here, and lost if the standby that did not confirm it takes over.
                self.is_conflict, self.is_warned = True, notices.is_autocommit
                return none
            return rows

    @property
    def has_failed(self) -> bool:
        return self._failure is not None

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _end(self, lent: _Lent, *, is_usable: bool) -> None:
        """Ends what is left of the transaction, and gives the connection back. A pool must not hand out again what is broken."""
        is_rolled_back = False
        try:
            if not self._is_over:
                lent.connection.rollback()
            if self._is_switched:
                _driver(lent.connection).autocommit = False
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


class _Notices:
    """What PostgreSQL says while it commits, by psycopg and psycopg2. Of other drivers nothing is heard."""

    def __init__(self, connection: Any) -> None:
        self._driver = _driver(connection)
        self._has_handlers = _has_handlers(self._driver)
        # psycopg2's list, or what stands for it meanwhile.
        self._texts: Optional[List[Any]] = None
        self._theirs: Any = None
        self._states: List[Optional[str]] = []
        # Without a transaction the statement is its own COMMIT.
        self.is_autocommit = getattr(self._driver, "autocommit", None) is True

    def __enter__(self) -> _Notices:
        if self._has_handlers:
            self._driver.add_notice_handler(self._hear)
        elif _has_texts(self._driver):
            self._theirs = self._driver.notices
            if isinstance(self._theirs, list):
                self._texts, self._theirs = self._theirs, list(self._theirs)
                self._texts.clear()
            else:
                self._texts = self._driver.notices = []
        return self

    def __exit__(self, kind: Any, failure: Optional[BaseException], traceback: Any) -> None:
        if self._has_handlers:
            _quietly(lambda: self._driver.remove_notice_handler(self._hear))
        elif self._texts is not None and isinstance(self._theirs, list):
            self._texts[:0] = self._theirs
        elif self._texts is not None:
            self._driver.notices = self._theirs
            for text in self._texts:
                self._theirs.append(text)

    def begin(self, cursor: Any) -> None:
        """A warning arrives whatever the application has set. psycopg2 tells no SQLSTATE, so nothing less than a warning may."""
        if self._is_heard and not self.is_autocommit:
            cursor.execute("SET LOCAL client_min_messages = warning")

    def aloud(self, text: str) -> str:
        """The same for a statement that commits itself: it sets what the server tells, in its own transaction."""
        if self._is_heard and self.is_autocommit:
            return f"{text} RETURNING set_config('client_min_messages', 'warning', true)"
        return text

    @property
    def _is_heard(self) -> bool:
        return self._has_handlers or self._texts is not None

    def end_statement(self) -> None:
        """What a trigger said is not COMMIT's."""
        if not self.is_autocommit:
            self._states.clear()
            if self._texts is not None:
                self._texts.clear()

    def has_warning(self) -> bool:
        """Whether the commit may be lost (semantics 7.2). What tells no SQLSTATE is taken for such a warning."""
        return bool(self._texts) or any(
            state is None or is_conflict("postgresql", state, None) for state in self._states
        )

    def _hear(self, diagnostic: Any) -> None:
        self._states.append(diagnostic.sqlstate)


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


def _of_engine(engine: Any, paramstyle: Optional[str]) -> Tuple[Callable[[], Any], str, str]:
    from sqlalchemy.engine import Engine

    if not isinstance(engine, Engine):
        raise TypeError("give the Engine, not a Connection or a Session: the swap needs a transaction of its own")
    if paramstyle is not None:
        raise TypeError("the engine knows its paramstyle")
    # Not through SQLAlchemy's own connection: the texts of its exceptions hold the statement's values.
    return engine.raw_connection, engine.dialect.paramstyle, engine.dialect.name


def _values(account: str, old: Optional[str], new: str) -> Dict[str, str]:
    values = {"account": account, "new": new}
    return values if old is None else {**values, "old": old}


def _counted(rows: Any) -> int:
    if not isinstance(rows, int) or rows < 0:
        raise Error(ErrorKind.ROWS, "the driver does not say how many rows were updated: use another one")
    if rows > 1:
        raise Error(ErrorKind.ROWS, "several rows were updated: the table needs a primary key on the account")
    return rows


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
        raise Error(ErrorKind.ARGUMENT, "the name of a table or column has letters, digits and underscores only")
    return name


def _driver(connection: Any) -> Any:
    """The driver's own connection, of an engine's."""
    return getattr(connection, "dbapi_connection", connection)


def _has_handlers(driver: Any) -> bool:
    """Whether it is a connection of psycopg."""
    return hasattr(driver, "add_notice_handler")


def _has_texts(driver: Any) -> bool:
    """Whether it is a connection of psycopg2."""
    return hasattr(driver, "notices") and hasattr(driver, "get_transaction_status")


def _can_commit_alone(driver: Any) -> bool:
    """Whether autocommit is off, and is a flag that these two drivers keep to themselves. What they would send with BEGIN needs a
    BEGIN.
    """
    if getattr(driver, "autocommit", None) is not False or not (_has_handlers(driver) or _has_texts(driver)):
        return False
    with_begin = ("isolation_level", "read_only", "readonly", "deferrable")
    return all(getattr(driver, name, None) is None for name in with_begin)


def _is_inside_transaction(connection: Any) -> bool:
    """Whether somebody has begun a transaction on it, as far as the driver tells."""
    driver = _driver(connection)
    if getattr(driver, "in_transaction", False) is True:
        # sqlite3 with autocommit=False begins the next transaction at once: that one is nobody's.
        return getattr(driver, "autocommit", None) is not False
    # Of these two alone: what others call so may ask the server.
    info = getattr(driver, "info", None) if _has_handlers(driver) or _has_texts(driver) else None
    status = getattr(info, "transaction_status", 0)
    if isinstance(status, int) and status != 0:
        return True
    flags = getattr(driver, "server_status", 0)
    return isinstance(flags, int) and bool(flags & _MYSQL_IN_TRANSACTION)


def _is_conflict(failure: Exception, product: Optional[str], connection: Any) -> bool:
    """Whether somebody else was in the way, and the next try may pass: the library says so, by the driver's codes."""
    # Neither ours nor Python's own is the database's: an OSError has numbers too.
    if isinstance(failure, Error) or type(failure).__module__ == "builtins":
        return False
    product = product or _product(failure, connection)
    state, codes = _codes(failure)
    return is_conflict(product, state, None) or any(is_conflict(product, None, code) for code in codes)


def _is_answer(failure: Exception) -> bool:
    """Whether the server has refused a statement, not given up: what took too long is not tried once more."""
    state, _ = _codes(failure)
    return state is not None and not state.startswith(_OPERATOR_INTERVENTION)


def _product(failure: Exception, connection: Any) -> str:
    """The database that a driver is for, by the driver's name."""
    for each in type(failure).__mro__:
        driver = each.__module__.partition(".")[0]
        if driver == "pyodbc":
            try:
                return str(connection.getinfo(_SQL_DBMS_NAME))
            except Exception:
                return ""
        product = _DRIVERS.get(driver, driver)
        if database(product) != "other":
            return product
    return ""


def _codes(failure: Exception) -> Tuple[Optional[str], List[int]]:
    """The SQLSTATE and the vendor's numbers that an exception tells."""
    first = failure.args[0] if failure.args else None
    gds = getattr(failure, "gds_codes", None)
    states = [
        getattr(failure, "sqlstate", None),  # psycopg, MySQL Connector, firebird-driver
        getattr(failure, "pgcode", None),  # psycopg2
        first,  # pyodbc
    ]
    numbers = [
        getattr(failure, "errno", None),  # MySQL Connector
        getattr(failure, "sqlite_errorcode", None),
        getattr(failure, "sqlcode", None),  # firebird-driver
        *(gds if isinstance(gds, tuple) else ()),  # the same
        _oracle(first),
        first,  # PyMySQL, mysqlclient, pymssql
        _in_words(failure) if _TELLS_IN_WORDS else None,
    ]
    state = next((each for each in states if isinstance(each, str) and len(each) == 5), None)
    return state, [each for each in numbers if isinstance(each, int) and -(2**31) <= each < 2**31]


def _oracle(first: Any) -> Optional[int]:
    """The number behind ORA-, of oracledb and cx_Oracle. Errors of the driver itself have other letters."""
    full = getattr(first, "full_code", None)
    if isinstance(full, str):
        return int(full[4:]) if re.fullmatch("ORA-[0-9]{1,9}", full) else None
    code = getattr(first, "code", None)
    return code if isinstance(code, int) else None


def _in_words(failure: Exception) -> Optional[int]:
    """Before Python 3.11 sqlite3 tells no code. Its class and the words of SQLite itself are all there is, see sqlite3_errstr."""
    text = failure.args[0] if failure.args else None
    if type(failure).__module__ != "sqlite3" or type(failure).__name__ != "OperationalError" or not isinstance(text, str):
        return None
    if text == "database is locked":
        return _SQLITE_BUSY
    return _SQLITE_LOCKED if text.startswith("database table is locked") else None


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

# PostgreSQL manual, appendix A: the class of timeouts and of servers that end.
_OPERATOR_INTERVENTION = "57"

# Drivers whose name does not name the database.
_DRIVERS = {"psycopg": "postgresql", "psycopg2": "postgresql", "pg8000": "postgresql", "fdb": "firebird"}

# ODBC, SQLGetInfo.
_SQL_DBMS_NAME = 17

_TELLS_IN_WORDS = sys.version_info < (3, 11)

_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6
