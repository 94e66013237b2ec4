"""Real database servers in folders of their own, for tests that kill them, stop them and cut them off.

Each is a process of an unprivileged user, who ends with this one. Those of a cluster have a network namespace each, joined by a bridge
in one more: nothing of them is on the machine's own network, and they are asked through their Unix sockets. They flush nothing to
the disk if they can be told so: what is killed is a process, never the machine, whose cache remains.
"""

from __future__ import annotations

import atexit
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Sequence


class Trouble(Exception):
    """A server does not do what a test needs of it: no verdict about logins."""


def free_port() -> int:
    """Below the range from which the system takes the ports of clients: one of these could have it while its server is down."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(first // 2, first), 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise Trouble("no port is free")


def wait_until(holds: Callable[[], object], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    reason: Optional[Exception] = None
    while time.monotonic() < end:
        try:
            if holds():
                return
            reason = None
        except Exception as failure:
            reason = failure
        time.sleep(0.05)
    raise Trouble(f"{what}: not within {seconds:.0f} seconds ({reason!r})")


def run(*command: str, user: str = "", env: Optional[Dict[str, str]] = None, given: str = "") -> str:
    done = subprocess.run(
        [*_as(user), *command], input=given, text=True, capture_output=True, env={**os.environ, **(env or {})}, cwd="/"
    )
    if done.returncode:
        raise Trouble(f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _as(user: str) -> List[str]:
    """A server that root starts becomes another user; with whoever starts it, it ends."""
    change = []
    if user and os.geteuid() == 0:
        change = ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--init-groups"]
    return ["setpriv", *change, "--pdeathsig", "KILL", "--"]


class Network:
    """A bridge, and a namespace for each node of a cluster. All of it is gone when its processes are."""

    def __init__(self) -> None:
        self._hub = self._namespace()
        self._nodes: List[subprocess.Popen[bytes]] = []
        self._inside(self._hub, "ip", "link", "add", "bridge", "type", "bridge")
        self._inside(self._hub, "ip", "link", "set", "bridge", "up")

    def join(self) -> "Place":
        number = len(self._nodes) + 1
        node = self._namespace()
        self._nodes.append(node)
        port = f"port{number}"
        # From inside the hub: the machine's own namespace gets no interface, not even for a moment.
        self._inside(self._hub, "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(node.pid))
        self._inside(self._hub, "ip", "link", "set", port, "master", "bridge", "up")
        self._inside(node, "ip", "link", "set", "lo", "up")
        self._inside(node, "ip", "address", "add", f"10.0.0.{number}/24", "dev", "eth0")
        self._inside(node, "ip", "link", "set", "eth0", "up")
        return Place(self, node, port, f"10.0.0.{number}")

    def set(self, port: str, state: str) -> None:
        self._inside(self._hub, "ip", "link", "set", port, state)

    def end(self) -> None:
        for each in [*self._nodes, self._hub]:
            each.kill()
            each.wait()

    @staticmethod
    def _namespace() -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([*_as(""), "unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{process.pid}/ns/net") != own, "a network namespace (root may make one)", 10)
        return process

    @staticmethod
    def _inside(process: "subprocess.Popen[bytes]", *command: str) -> None:
        run("nsenter", "--target", str(process.pid), "--net", *command)


class Place:
    """Where a node is: its namespace, its address, its cable."""

    def __init__(self, network: Network, process: "subprocess.Popen[bytes]", port: str, address: str) -> None:
        self._network, self._process, self._port, self.address = network, process, port, address

    @property
    def enter(self) -> List[str]:
        return ["nsenter", "--target", str(self._process.pid), "--net", "--"]

    def cut(self) -> None:
        self._network.set(self._port, "down")

    def join(self) -> None:
        self._network.set(self._port, "up")


class Server:
    """One server. `start` waits until it answers."""

    user = "nobody"

    def __init__(self, folder: pathlib.Path, place: Optional[Place] = None) -> None:
        self.folder, self.place = folder, place
        folder.mkdir(parents=True)
        # Unix sockets have short paths, and their folders are open to this program.
        folder.chmod(0o755)
        self.own(folder)
        self.log = folder / "log"
        self.process: Optional[subprocess.Popen[bytes]] = None
        self.is_frozen = False

    def own(self, path: pathlib.Path) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.user)
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def environment(self) -> Dict[str, str]:
        return {}

    def ask(self) -> object:
        """Whether it answers: raises, or is false, if it does not."""
        raise NotImplementedError

    def start(self, wait: bool = True) -> None:
        self.launch()
        if wait:
            self.wait()

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*(self.place.enter if self.place else []), *_as(self.user), *self.command()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", **self.environment()},
            )

    def wait(self, seconds: float = 60) -> None:
        def answers() -> object:
            if self.process is None or self.process.poll() is not None:
                raise Trouble("it has ended")
            return self.ask()

        try:
            wait_until(answers, f"{type(self).__name__} answers", seconds)
        except Trouble as trouble:
            raise Trouble(f"{trouble}\n{self.tail()}") from None

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _family(self) -> List[int]:
        """The process and its children, parents first."""
        found, todo = [], [self.process.pid] if self.process else []
        while todo:
            pid = todo.pop(0)
            found.append(pid)
            try:
                todo += [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            except OSError:
                pass
        return found

    def _signal(self, number: int) -> None:
        for pid in self._family():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self) -> None:
        """All of it at once: nothing is written any more."""
        if self.process is not None and self.process.poll() is None:
            # Stopped first, so that none of them notices the end of another.
            self._signal(signal.SIGSTOP)
            self._signal(signal.SIGKILL)
            self.process.wait()
        self.is_frozen = False

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)
        self.is_frozen = False

    end = kill


class Postgresql(Server):
    """Alone, a primary, or its standby."""

    user = "postgres"

    def __init__(self, folder: pathlib.Path, place: Optional[Place] = None, name: str = "one") -> None:
        super().__init__(folder, place)
        self.name, self.data = name, folder / "data"
        self.port = 5432 if place else free_port()

    @staticmethod
    def program(name: str) -> str:
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
        if not folders:
            raise Trouble("there is no PostgreSQL server: install the Debian package postgresql")
        return str(folders[-1] / name)

    def create(self) -> None:
        run(
            self.program("initdb"), "-D", str(self.data), "-U", "poterne", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            user=self.user,
        )
        with (self.data / "pg_hba.conf").open("a") as file:
            # From the other nodes, whose network is theirs alone.
            file.write("host all all 10.0.0.0/24 trust\nhost replication all 10.0.0.0/24 trust\n")
        self.start()
        self.sql("ALTER ROLE poterne SET lock_timeout = '2s'", "CREATE DATABASE poterne")

    def copy_from(self, primary: "Postgresql") -> None:
        """Becomes a standby of it."""
        shutil.rmtree(self.data, ignore_errors=True)
        assert self.place and primary.place
        # Behind a cable that was cut, the first try may meet what the kernel still believes of it.
        wait_until(lambda: self._reaches(primary), f"{self.name} reaches {primary.name}")
        run(
            *self.place.enter, *_as(self.user), self.program("pg_basebackup"), "-D", str(self.data), "-R", "-X", "stream",
            "-c", "fast", "--no-sync",
            "-d", f"host={primary.place.address} port=5432 user=poterne application_name={self.name} connect_timeout=2",
        )
        self.start()

    def _reaches(self, primary: "Postgresql") -> bool:
        assert self.place and primary.place
        ask = [*self.place.enter, self.program("pg_isready"), "-q", "-h", primary.place.address, "-p", "5432", "-t", "2"]
        return subprocess.run(ask).returncode == 0

    def command(self) -> Sequence[str]:
        settings = {
            "listen_addresses": self.place.address if self.place else "127.0.0.1", "fsync": "off", "max_connections": "120",
            "deadlock_timeout": "100ms", "shared_buffers": "16MB", "wal_keep_size": "64MB", "max_wal_size": "64MB", "min_wal_size": "32MB",
            "wal_sender_timeout": "2s", "wal_receiver_timeout": "2s", "wal_retrieve_retry_interval": "200ms", "autovacuum": "off",
            "restart_after_crash": "off",
        }
        options = [each for name, value in settings.items() for each in ("-c", f"{name}={value}")]
        return [self.program("postgres"), "-D", str(self.data), "-p", str(self.port), "-k", str(self.folder), *options]

    def connect(self, database: str = "poterne") -> Any:
        return _by_socket(self.folder, self.port, database)

    def sql(self, *statements: str, database: str = "postgres") -> Any:
        connection = self.connect(database)
        try:
            connection.autocommit = True
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def ask(self) -> object:
        return self.sql("SELECT 1")

    def promote(self) -> None:
        self.sql("SELECT pg_promote(wait => false)")
        wait_until(lambda: self.sql("SELECT NOT pg_is_in_recovery()")[0][0], "the standby is promoted")

    def is_followed_by(self, standby: "Postgresql") -> bool:
        """Whether the standby has all that is here."""
        rows = self.sql(
            f"SELECT pg_current_wal_lsn() <= replay_lsn FROM pg_stat_replication WHERE application_name = '{standby.name}'"
            " AND state = 'streaming'"
        )
        return bool(rows) and rows[0][0] is True


class Pgbouncer(Server):
    """A pool before a server, in transaction mode."""

    user = "postgres"

    def __init__(self, folder: pathlib.Path, server: Postgresql) -> None:
        super().__init__(folder)
        self.port, self.server = free_port(), server
        (folder / "users").write_text('"poterne" ""\n')
        (folder / "pgbouncer.ini").write_text(
            "[databases]\n"
            f"poterne = host={server.folder} port={server.port} user=poterne\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir = {folder}\n"
            f"auth_type = trust\nauth_file = {folder}/users\npool_mode = transaction\ndefault_pool_size = 8\nmax_client_conn = 300\n"
            "server_login_retry = 1\nquery_timeout = 0\n"
        )

    def command(self) -> Sequence[str]:
        return ["pgbouncer", str(self.folder / "pgbouncer.ini")]

    def connect(self) -> Any:
        return _by_socket(self.folder, self.port, "poterne")

    def ask(self) -> object:
        self.connect().close()
        return True


def _by_socket(folder: pathlib.Path, port: int, database: str) -> Any:
    """A server's, or a pool's: both have the folder of their socket."""
    import psycopg2

    return psycopg2.connect(host=str(folder), port=port, user="poterne", dbname=database, connect_timeout=2)


class Mariadb(Server):
    """Alone, or a node of Galera."""

    user = "mysql"

    def __init__(self, folder: pathlib.Path, place: Optional[Place] = None, cluster: Sequence[str] = ()) -> None:
        super().__init__(folder, place)
        self.data, self.cluster, self.is_first = folder / "data", cluster, False
        self.port = 3306 if place else free_port()

    def create(self) -> None:
        run(
            "mariadb-install-db", "--no-defaults", f"--datadir={self.data}", "--auth-root-authentication-method=normal", "--skip-test-db",
            "--innodb-log-file-size=8M", user=self.user, env={"PATH": f"{os.environ['PATH']}:/usr/sbin", "TMPDIR": str(self.folder)},
        )

    def set_up(self) -> None:
        self.sql("CREATE DATABASE poterne", database=None)

    def command(self) -> Sequence[str]:
        command = [
            "mariadbd", "--no-defaults", f"--datadir={self.data}", f"--tmpdir={self.folder}", f"--port={self.port}",
            f"--bind-address={self.place.address if self.place else '127.0.0.1'}", f"--socket={self.folder}/socket",
            f"--pid-file={self.folder}/pid", "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync",
            "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M", "--innodb-lock-wait-timeout=2", "--max-connections=200",
            "--character-set-server=utf8mb4", "--skip-log-bin", "--performance-schema=OFF",
        ]
        if self.cluster:
            assert self.place
            addresses = "" if self.is_first else ",".join(self.cluster)
            command += [
                "--wsrep-on=ON", "--wsrep-provider=/usr/lib/galera/libgalera_smm.so", "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2", f"--wsrep-cluster-address=gcomm://{addresses}", "--wsrep-cluster-name=poterne",
                f"--wsrep-node-address={self.place.address}", f"--wsrep-node-name=node{self.place.address[-1]}", "--wsrep-sst-method=rsync",
                "--wsrep-provider-options=evs.keepalive_period=PT0.2S;evs.inactive_check_period=PT0.2S;evs.suspect_timeout=PT3S;"
                "evs.inactive_timeout=PT5S;evs.install_timeout=PT5S;gcache.size=8M;gcache.page_size=8M;pc.recovery=false",
            ]
        return command

    def connect(self, database: Optional[str] = "poterne") -> Any:
        import pymysql

        # Not by the address, where a namespace is in between.
        return pymysql.connect(
            unix_socket=f"{self.folder}/socket", user="root", database=database, charset="utf8mb4", connect_timeout=2, read_timeout=4,
            write_timeout=4,
        )

    def sql(self, *statements: str, database: Optional[str] = "poterne") -> Any:
        connection = self.connect(database)
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall()
            connection.commit()
            return rows
        finally:
            connection.close()

    def ask(self) -> object:
        if not self.cluster:
            return self.sql("SELECT 1", database=None)
        # Part of a majority, and as far as the others.
        return self.status("wsrep_ready") == "ON" and self.status("wsrep_local_state_comment") == "Synced"

    def status(self, name: str) -> str:
        rows = self.sql(f"SHOW STATUS LIKE '{name}'", database=None)
        return str(rows[0][1]) if rows else ""


class Firebird(Server):
    user = "firebird"
    _loading = threading.Lock()

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.file = folder / "poterne.fdb"
        for part in next(pathlib.Path("/usr/lib").glob("*/firebird/3.0")).iterdir():
            (folder / part.name).symlink_to(part)
        for name in ("firebird.conf", "databases.conf"):
            (folder / name).unlink(missing_ok=True)
        (folder / "firebird.conf").write_text(
            f"RemoteServicePort = {self.port}\nRemoteBindAddress = 127.0.0.1\nServerMode = Super\nAuthServer = Srp\nAuthClient = Srp\n"
            "WireCrypt = Enabled\nDeadlockTimeout = 1\n"
        )
        (folder / "databases.conf").write_text(
            # Its users are in the database itself, not in the machine's.
            f"poterne = {self.file}\n{{\n  SecurityDatabase = {self.file}\n}}\n"
        )

    def environment(self) -> Dict[str, str]:
        return {"FIREBIRD": str(self.folder), "FIREBIRD_LOCK": str(self.folder), "FIREBIRD_TMP": str(self.folder)}

    def create(self) -> None:
        # Without a server: this process is the engine.
        run(
            "isql-fb", "-q", "-user", "SYSDBA", user=self.user, env=self.environment(),
            given="CREATE DATABASE 'poterne' DEFAULT CHARACTER SET UTF8; COMMIT;"
            " CREATE USER SYSDBA PASSWORD 'poterne'; COMMIT; EXIT;",
        )
        self.start()

    def command(self) -> Sequence[str]:
        return ["/usr/sbin/firebird", "-p", str(self.port)]

    def connect(self) -> Any:
        from firebird.driver import TPB, Isolation, connect, core, get_api  # type: ignore[import-untyped]

        # The first connection loads the client library: a second thread must not meet what is half there. And at its end the driver
        # shuts down connections whose server was killed, and the process may crash.
        with self._loading:
            get_api()
            atexit.unregister(core._api_shutdown)
        connection = connect(f"127.0.0.1/{self.port}:poterne", user="SYSDBA", password="poterne", charset="UTF8")
        # What the guide says: read committed, and a wait of two seconds.
        tpb = TPB(isolation=Isolation.READ_COMMITTED_RECORD_VERSION, lock_timeout=2).get_buffer()
        # The transaction that the connection has already would go on with the driver's own: wait for ever.
        connection.default_tpb = connection.main_transaction.default_tpb = tpb
        return connection

    def sql(self, *statements: str) -> Any:
        connection = self.connect()
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
        finally:
            connection.close()

    def ask(self) -> object:
        self.connect().close()
        return True


class Etcd(Server):
    """A member of a cluster of its own, or of several: 3.4. In 3.5.0 to 3.5.2 a member that was killed under load may come back without
    what the others have (etcd's postmortem "v3.5 data inconsistency"), which the faults find as acceptances that are lost."""

    def __init__(self, folder: pathlib.Path, name: str, peers: Dict[str, int]) -> None:
        super().__init__(folder)
        self.name, self.peers, self.port = name, peers, free_port()

    def command(self) -> Sequence[str]:
        own = f"http://127.0.0.1:{self.peers[self.name]}"
        return [
            "etcd", "--name", self.name, "--data-dir", str(self.folder / "data"),
            "--listen-client-urls", f"http://127.0.0.1:{self.port}", "--advertise-client-urls", f"http://127.0.0.1:{self.port}",
            "--listen-peer-urls", own, "--initial-advertise-peer-urls", own, "--initial-cluster-state", "new",
            "--initial-cluster", ",".join(f"{name}=http://127.0.0.1:{port}" for name, port in self.peers.items()),
            "--heartbeat-interval", "100", "--election-timeout", "1000", "--log-level", "error",
        ]

    def ask(self) -> object:
        from engines import EtcdStore

        return EtcdStore(self.port).load("nobody") is None


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    print(f"tests/engines: {text}", file=sys.stderr, flush=True)
    sys.exit(1)
