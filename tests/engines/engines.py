"""The engines that the checks run on: each gives stores, one for each node of the application, and what its faults need.

What logs in is the package as it is given out: `poterne.sql.Column` over the engine's driver, and a store of ten lines where there is
no SQL.
"""

from __future__ import annotations

import base64
import gc
import http.client
import json
import pathlib
import sys
import threading
from typing import Any, Callable, Dict, List, Optional

import poterne
from poterne.admin import deadline
from poterne.sql import Column
from servers import Etcd, Firebird, Mariadb, Network, Pgbouncer, Postgresql, Server, free_port, wait_until

SECONDS = 3
APPLICATION = "engines"
STEP = 30
# A second in the middle of a step.
BEGIN = 1_800_000_015

TABLES = {
    "postgresql": "CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))",
    "mariadb": "CREATE TABLE poterne (account VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,"
    " record VARCHAR(504) CHARACTER SET ascii COLLATE ascii_bin) ENGINE = InnoDB",
    "firebird": "CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))",
}


class Kept:
    """A connection of its own for each thread, and a new one once it is broken: a pool that takes nothing from the processor."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect, self._local = connect, threading.local()

    def lend(self) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None or _is_closed(connection):
            connection = self._local.connection = self._connect()
        return connection

    def take(self, _connection: Any) -> None:
        """Nothing to do: it stays the thread's. What is broken has been closed."""


def _is_closed(connection: Any) -> bool:
    # psycopg2 and psycopg tell by a property, PyMySQL by `open`, firebird-driver by a call.
    if hasattr(connection, "open"):
        return not connection.open
    closed = connection.is_closed() if hasattr(connection, "is_closed") else connection.closed
    return bool(closed)


def column(connect: Callable[[], Any], paramstyle: str) -> Column:
    kept = Kept(connect)
    return Column(connect=kept.lend, give_back=kept.take, paramstyle=paramstyle)


class EtcdStore(poterne.Store):
    """A compare-and-swap that is no SQL: etcd's transaction compares the value."""

    def __init__(self, port: int) -> None:
        self.port, self._local = port, threading.local()

    def _post(self, path: str, body: Dict[str, Any]) -> Any:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        except Exception:
            connection.close()
            raise
        if answer.status != 200:
            # Without a leader, or a request that took too long.
            raise OSError(f"etcd: {answer.status}")
        return json.loads(text)

    def load(self, account: str) -> Optional[str]:
        # A read of etcd is linearizable unless one asks for less.
        found = self._post("/v3/kv/range", {"key": _coded(account)}).get("kvs")
        return base64.b64decode(found[0]["value"]).decode() if found else None

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        key = _coded(account)
        compare = (
            {"key": key, "target": "CREATE", "create_revision": "0"}
            if old is None
            else {"key": key, "target": "VALUE", "value": _coded(old)}
        )
        put = {"request_put": {"key": key, "value": _coded(new)}}
        try:
            answer = self._post("/v3/kv/txn", {"compare": [compare], "success": [put]})
        except OSError:
            # The answer was lost, or there was none: the next try reads what is stored.
            return 0
        return 1 if answer.get("succeeded") else 0


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Naive(poterne.Store):
    """The control: a swap that writes whatever is there."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def load(self, account: str) -> Optional[str]:
        found: Optional[str] = self._store.load(account)
        return found

    def swap(self, account: str, old: Optional[str], new: str) -> int:
        for _ in range(100):
            there = self._store.load(account)
            if there == new or self._store.swap(account, there, new) == 1:
                return 1
        return 0


class Engine:
    """One engine with its servers."""

    name = ""
    # Of the names of accounts.
    tag = ""

    def __init__(self, folder: pathlib.Path) -> None:
        folder.chmod(0o755)
        self.folder = folder
        self.servers: List[Server] = []
        self.network: Optional[Network] = None
        # Of the people who log in while faults come.
        self.load: Any = None

    def start(self) -> None:
        raise NotImplementedError

    def store(self, node: int) -> Any:
        """That of a node of the application; each call makes connections of its own."""
        raise NotImplementedError

    def settle(self, stores: List[Any], account: str) -> None:
        """Waits until all nodes have the first record of an account."""
        for store in stores:
            wait_until(lambda: store.load(account), f"{account} is on all nodes", 10)

    def end(self) -> None:
        for server in self.servers:
            server.end()
        if self.network is not None:
            self.network.end()


class OnePostgresql(Engine):
    name = "PostgreSQL"

    def start(self) -> None:
        self.one = Postgresql(self.folder / "pg")
        self.servers.append(self.one)
        self.one.create()
        self.one.sql(TABLES["postgresql"], database="poterne")

    def store(self, node: int) -> Any:
        return column(self.one.connect, "pyformat")


class BehindPgbouncer(OnePostgresql):
    name = "PostgreSQL behind PgBouncer in transaction mode"

    def start(self) -> None:
        super().start()
        self.pools = [Pgbouncer(self.folder / f"pool{number}", self.one) for number in range(2)]
        for pool in self.pools:
            self.servers.append(pool)
            pool.start()

    def store(self, node: int) -> Any:
        return column(self.pools[node % 2].connect, "pyformat")


class SynchronousPair(Engine):
    """A primary and a standby that confirms each commit. The application follows the primary."""

    name = "PostgreSQL with a synchronous standby"

    def start(self) -> None:
        self.network = Network()
        self.pair = [Postgresql(self.folder / name, self.network.join(), name) for name in ("a", "b")]
        self.servers += self.pair
        self.primary, self.standby = self.pair
        self.primary.create()
        self.primary.sql(TABLES["postgresql"], database="poterne")
        self.follow()

    def follow(self) -> None:
        """The standby is a copy of the primary, and confirms."""
        self.standby.copy_from(self.primary)
        self.primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{self.standby.name}'", "SELECT pg_reload_conf()")
        self.wait_for_standby()

    def wait_for_standby(self) -> None:
        wait_until(lambda: self.primary.is_followed_by(self.standby), "the standby follows")
        wait_until(
            lambda: self.primary.sql("SELECT sync_state FROM pg_stat_replication") == [("sync",)], "the standby confirms"
        )

    def fail_over(self) -> None:
        """The primary is gone for good; its standby takes over, and gets a standby of its own."""
        self.primary.kill()
        self.primary, self.standby = self.standby, self.primary
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        self.primary.promote()

    def store(self, node: int) -> Any:
        return column(lambda: self.primary.connect(), "pyformat")


class OneMariadb(Engine):
    name = "MariaDB"

    def start(self) -> None:
        self.one = Mariadb(self.folder / "maria")
        self.servers.append(self.one)
        self.one.create()
        self.one.start()
        self.one.set_up()
        self.one.sql(TABLES["mariadb"])

    def store(self, node: int) -> Any:
        return column(self.one.connect, "format")


class Galera(Engine):
    """Nodes that all write."""

    name = "Galera, two nodes"

    def start(self) -> None:
        self.network = Network()
        places = [self.network.join() for _ in range(3)]
        addresses = [place.address for place in places]
        self.nodes = [Mariadb(self.folder / f"g{number}", place, addresses) for number, place in enumerate(places)]
        self.servers += self.nodes
        self.up = 0
        first = self.nodes[0]
        first.create()
        first.is_first = True
        self.grow()
        first.is_first = False
        first.set_up()
        first.sql(TABLES["mariadb"])
        self.grow()

    def grow(self) -> None:
        """One node more: it takes all there is from another."""
        node = self.nodes[self.up]
        if self.up:
            node.data.mkdir()
            node.own(node.data)
        node.start()
        self.up += 1
        wait_until(lambda: node.status("wsrep_cluster_size") == str(self.up), f"Galera has {self.up} nodes")

    def store(self, node: int) -> Any:
        return column(self.nodes[node % self.up].connect, "format")


class OneFirebird(Engine):
    """Its garbage is collected where nobody logs in. What firebird-driver releases clears the status of its thread, so that an error
    which a collection comes behind is told without its codes: an update conflict would be an outage, for a right code."""

    name = "Firebird"

    def start(self) -> None:
        gc.disable()
        self.one = Firebird(self.folder / "firebird")
        self.servers.append(self.one)
        self.one.create()
        self.one.sql(TABLES["firebird"])

    def store(self, node: int) -> Any:
        return column(self.one.connect, "qmark")

    def settle(self, stores: List[Any], account: str) -> None:
        super().settle(stores, account)
        gc.collect()

    def end(self) -> None:
        super().end()
        gc.enable()


class EtcdCluster(Engine):
    name = "etcd"

    def start(self) -> None:
        peers = {f"e{number}": free_port() for number in range(3)}
        self.members = [Etcd(self.folder / name, name, peers) for name in peers]
        self.servers += self.members
        for member in self.members:
            member.start(wait=False)
        for member in self.members:
            member.wait()

    def store(self, node: int) -> Any:
        return EtcdStore(self.members[node % 3].port)


ENGINES: Dict[str, Any] = {
    "postgresql": OnePostgresql,
    "pgbouncer": BehindPgbouncer,
    "synchronous": SynchronousPair,
    "mariadb": OneMariadb,
    "galera": Galera,
    "firebird": OneFirebird,
    "etcd": EtcdCluster,
}


def prepare() -> None:
    """A server that stands still answers nothing: psycopg2 looks at the clock itself, as the guide says."""
    deadline.of_driver("psycopg2", SECONDS)
    # firebird-driver, when it clears away the statements of a connection that is closed or lost, says that they are gone.
    told = sys.unraisablehook
    sys.unraisablehook = lambda event: None if _is_firebird(event) else told(event)


def _is_firebird(event: Any) -> bool:
    return event.exc_type.__module__.startswith("firebird.") or "__stmt_deleted" in repr(event.object)


def secret(account: str) -> bytes:
    return f"secret of {account}".encode().ljust(20, b".")[-20:]


def code(account: str, now: int) -> str:
    return poterne.totp(secret(account), now)


def enroll(verifier: poterne.Verifier, store: Any, account: str, now: int = BEGIN - 10 * STEP, **more: Any) -> None:
    record = verifier.import_credential(account, secret(account), now=now, **more).record
    assert record is not None
    if store.swap(account, None, record) != 1:
        raise AssertionError(f"the record of {account} was not stored")


def submit(verifier: poterne.Verifier, store: Any, account: str, submitted: str, now: int) -> str:
    """What the login came to, as a code: accepted.*, refused.*, or error.*"""
    try:
        return verifier.login(account, submitted, store=store, now=now).code
    except poterne.Refused as refused:
        return refused.code
    except poterne.Error as error:
        return f"error.{error.kind.name.lower()}: {error}"
