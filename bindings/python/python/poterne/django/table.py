"""The store: `poterne.sql.Column` over a Django database, on connections of its own.

A swap that joined the request's transaction would be undone with it, and the used code would be good again. So the store opens its
own, as Django would, and keeps a few of them.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import os
import threading
import time
from collections import deque
from contextvars import ContextVar
from typing import Any, Deque, Iterator, List, Optional, Tuple

from django.db import connections

from poterne import Error, ErrorKind, Refusal, Refused
from poterne.django.conf import configuration
from poterne.sql import Column

# Between two logins; a firewall forgets idle connections after some minutes.
_IDLE_SECONDS = 60

# A login swaps up to three times. Inside a transaction of SQLite, most waits are for that.
_LOCK_SECONDS, _SHORT_SECONDS = 2, 0.2

_INSIDE = (
    "the call is inside transaction.atomic (ATOMIC_REQUESTS, an atomic view, or a TestCase), and SQLite locks the whole file: mark the view"
    " transaction.non_atomic_requests, leave the block first, or test with TransactionTestCase"
)


def column() -> Column:
    """The store, for a request or command that is about to use it. Refuses to work where it cannot."""
    if _is_inside.get():
        return _column(_SHORT_SECONDS)
    refuse_transaction()
    return _column(_LOCK_SECONDS)


def refuse_transaction() -> None:
    """On SQLite the swap would wait for the transaction that it is called in, for six seconds, and then be a Conflict.

    Other databases lock rows: the transaction around the call has none of this table.
    """
    if _is_blocking():
        raise Error(ErrorKind.STORE, _INSIDE)


@contextlib.contextmanager
def inside_transaction() -> Iterator[None]:
    """For callers that cannot leave it. SQLite then needs WAL, and a transaction that has written nothing: what blocks the swap is an
    error that says so, at once, and not a Conflict.
    """
    if not _is_blocking():
        yield
        return
    with connections[configuration().database].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            raise Error(ErrorKind.STORE, _INSIDE + ". With WAL (PRAGMA journal_mode = WAL) one that has only read would do")
    token = _is_inside.set(True)
    try:
        yield
    except Refused as refused:
        if refused.refusal is Refusal.CONFLICT:
            raise Error(ErrorKind.STORE, _INSIDE + ". This transaction has written before, or somebody else was writing") from None
        raise
    finally:
        _is_inside.reset(token)


def _is_blocking() -> bool:
    connection = connections[configuration().database]
    return connection.vendor == "sqlite" and connection.in_atomic_block


@functools.lru_cache(maxsize=None)
def _column(seconds: float) -> Column:
    found = configuration()
    pool = Pool(found.database, found.connections, seconds)
    _pools.append(pool)
    return Column(
        connect=pool.take,
        give_back=pool.give_back,
        paramstyle=pool.paramstyle,
        table=found.table,
        account=found.account_column,
        record=found.record_column,
    )


def close() -> None:
    """Ends the kept connections, with their stores."""
    while _pools:
        _pools.pop().close()
    _column.cache_clear()


class Pool:
    """Connections of the driver, opened by Django's own settings for the database."""

    def __init__(self, alias: str, size: int, lock_seconds: float) -> None:
        self._alias, self._size, self._lock_seconds = alias, size, lock_seconds
        self._idle: Deque[Tuple[float, Any]] = deque()
        self._lock = threading.Lock()
        self._process = os.getpid()

    @property
    def paramstyle(self) -> str:
        driver: Any = getattr(connections[self._alias], "Database")
        return str(driver.paramstyle) if self.vendor != "oracle" else "named"

    @property
    def vendor(self) -> str:
        return connections[self._alias].vendor

    def take(self) -> Any:
        while True:
            idle = self._pop()
            if idle is None:
                return self._open()
            since, connection = idle
            if time.monotonic() - since < _IDLE_SECONDS and self._is_alive(connection):
                return connection
            _close(connection)

    def give_back(self, connection: Any) -> None:
        # SQLite opens a file faster than it finds out what a kept one has locked.
        if self.vendor != "sqlite" and not _is_closed(connection):
            with self._lock:
                if len(self._idle) < self._size and self._process == os.getpid():
                    self._idle.append((time.monotonic(), connection))
                    return
        _close(connection)

    def close(self) -> None:
        while (idle := self._pop()) is not None:
            _close(idle[1])

    def _pop(self) -> Optional[Tuple[float, Any]]:
        with self._lock:
            if self._process != os.getpid():
                # The parent's: two processes on one connection would mix their answers. Closing it would end the parent's too.
                _ABANDONED.extend(self._idle)
                self._idle.clear()
                self._process = os.getpid()
            return self._idle.pop() if self._idle else None

    def _open(self) -> Any:
        # Not the thread's own: that one belongs to the request.
        wrapper = connections.create_connection(self._alias)
        wrapper.settings_dict = settings = copy.deepcopy(wrapper.settings_dict)
        # Django's pool is for requests: one that logs in would take two connections of it.
        settings["OPTIONS"].pop("pool", None)
        if wrapper.vendor == "sqlite":
            settings["OPTIONS"]["timeout"] = self._lock_seconds
        connection = wrapper.get_new_connection(wrapper.get_connection_params())
        statement = _LOCK_TIMEOUTS.get(wrapper.vendor)
        if statement is not None:
            cursor = connection.cursor()
            cursor.execute(statement)
            cursor.close()
            connection.commit()
        return connection

    def _is_alive(self, connection: Any) -> bool:
        """A server that was started again since then ends the connection, not the login."""
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM dual" if self.vendor == "oracle" else "SELECT 1")
            cursor.fetchall()
            cursor.close()
            connection.rollback()
        except Exception:
            return False
        return True


def _is_closed(connection: Any) -> bool:
    """psycopg and psycopg2 say `closed`, MySQL's drivers `open`."""
    return bool(getattr(connection, "closed", False)) or getattr(connection, "open", True) in (False, 0)


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:
        # It is of no use any more, and what it did is committed or lost.
        pass


_LOCK_TIMEOUTS = {
    "postgresql": f"SET lock_timeout = '{_LOCK_SECONDS}s'",
    "mysql": f"SET SESSION innodb_lock_wait_timeout = {_LOCK_SECONDS}",
}

_is_inside: ContextVar[bool] = ContextVar("poterne_inside_transaction", default=False)

_pools: List[Pool] = []

# What a fork has left here: kept, so that no destructor says goodbye to the parent's server.
_ABANDONED: Deque[Tuple[float, Any]] = deque()
