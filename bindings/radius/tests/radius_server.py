"""A FreeRADIUS of its own: the configuration that is given out, in a folder of this test, on a free port of the loopback address."""

from __future__ import annotations

import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from typing import Dict, List, Optional, Sequence, Tuple

HERE = pathlib.Path(__file__).resolve().parent
RADDB = HERE.parent / "raddb"

# Where the server is: the machine's own, or another version unpacked in a folder.
ROOT = os.environ.get("POTERNE_RADIUS_ROOT", "")

SECRET = b"a-secret-of-the-tests-0123456789"

def version() -> Tuple[int, ...]:
    said = subprocess.run([*_libraries(), f"{ROOT}/usr/sbin/freeradius", "-v"], capture_output=True, text=True, check=True).stdout
    return tuple(int(each) for each in re.findall(r"FreeRADIUS Version (\d+)\.(\d+)\.(\d+)", said)[0])


# The server drops root's rights, as Debian's unit does.
USER = "freerad" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


_READY = "Ready to process requests"


def free_port() -> int:
    """Free for TCP and UDP."""
    while True:
        with socket.socket() as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            stream.bind(("127.0.0.1", 0))
            port = int(stream.getsockname()[1])
            try:
                datagrams.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server:
    """`settings` replaces values of local.conf; `edits` are pairs of text in a file of the configuration and `module_edits` in the module, for
    controls.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        poterne_settings: pathlib.Path,
        *,
        edits: Optional[Dict[str, List[tuple[str, str]]]] = None,
        module_edits: Sequence[tuple[str, str]] = (),
        waits: bool = False,
        clock: Optional[str] = None,
        zone: Optional[str] = None,
        **settings: str,
    ) -> None:
        self.folder, self.port = folder, free_port()
        self.raddb = folder / "raddb"
        shutil.copytree(RADDB, self.raddb)
        # A copy, as of an installation: one of the checkout may be older than the package, which is a fault.
        module = self._module(module_edits)
        site = os.environ["POTERNE_RADIUS_SITE"]
        values = {
            "raddbdir": str(self.raddb),
            "listen_address": "127.0.0.1",
            "listen_port": str(self.port),
            "poterne_settings": str(poterne_settings),
            "poterne_python_path": f'"/usr/lib/python3.11:/usr/lib/python3.11/lib-dynload:{site}:{module}:/usr/lib/python3/dist-packages"',
            "server_user": USER,
            "server_group": USER if os.geteuid() == 0 else _group(),
            "logdir": str(folder),
            "run_dir": str(folder),
            **settings,
        }
        for name, value in values.items():
            self.edit("local.conf", rf"(?m)^{name} = .*$", f"{name} = {value}")
        (self.raddb / "secrets.conf").write_text(f'fortigate_secret = "{SECRET.decode()}"\n')
        self.edit("clients.conf", r"(?m)^(\s*ipaddr = ).*$", r"\g<1>127.0.0.1")
        for file, pairs in (edits or {}).items():
            for old, new in pairs:
                self.edit(file, re.escape(old), new.replace("\\", r"\\"))
        # The tests refuse often; one of them waits.
        if not waits:
            self.edit("radiusd.conf", "reject_delay = 1", "reject_delay = 0")
        # As faketime writes it: +1h.
        if ROOT:
            self.edit("radiusd.conf", "(?m)^libdir = ", f"libdir = {ROOT}")
        self._environment = [*_libraries(), *(faked(clock) if clock else []), *([f"TZ={zone}"] if zone else [])]
        self.process: Optional[subprocess.Popen[bytes]] = None

    def edit(self, file: str, pattern: str, new: str) -> None:
        path = self.raddb / file
        text, count = re.subn(pattern, new, path.read_text())
        assert count == 1, f"{file}: {count} places for {pattern}"
        path.write_text(text)

    def _module(self, edits: Sequence[tuple[str, str]]) -> pathlib.Path:
        text = (HERE.parent / "poterne_radius.py").read_text()
        for old, new in edits:
            assert text.count(old) == 1, f"{text.count(old)} places for {old}"
            text = text.replace(old, new)
        folder = self.folder / "module"
        folder.mkdir()
        (folder / "poterne_radius.py").write_text(text)
        return folder

    @property
    def log(self) -> str:
        file = self.folder / "radius.log"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text(errors="replace")

    def start(self, *options: str) -> Server:
        ready = self.log.count(_READY)
        self.run(*options)
        for _ in range(600):
            if self.log.count(_READY) > ready:
                return self
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended: {self.output}{self.log}"
            time.sleep(0.05)
        raise AssertionError(f"the server does not start: {self.output}{self.log}")

    def run(self, *options: str) -> None:
        own(self.folder)
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                [*as_user(), *self._environment, f"{ROOT}/usr/sbin/freeradius", "-f", "-d", str(self.raddb),
                 *(["-D", f"{ROOT}/usr/share/freeradius"] if ROOT else []), *options],
                stdout=output, stderr=subprocess.STDOUT, cwd=self.folder,
            )

    def reload(self) -> None:
        """As Debian's unit does. FreeRADIUS looks at nothing if none of its own files is younger, nor twice within some seconds."""
        assert self.process is not None
        for file in self.raddb.rglob("*"):
            os.utime(file, (time.time() + 2, time.time() + 2))
        said = self.log.count("HUP")
        self.process.send_signal(signal.SIGHUP)
        for _ in range(100):
            if self.log.count("HUP") > said:
                break
            time.sleep(0.05)
        time.sleep(0.5)
        assert "Ignoring" not in self.log, self.log

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            code, self.process = self.process.returncode, None
            # rlm_python3 of 3.2.1 ends in an abort, once everything is answered.
            assert code in ((0, -signal.SIGABRT) if number == signal.SIGTERM else (-number,)), f"the server ended by {code}: {self.output}"

    def memory(self) -> int:
        """Bytes that the process holds in memory."""
        assert self.process is not None
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024


def _libraries() -> List[str]:
    return ["env", *([f"LD_LIBRARY_PATH={ROOT}/usr/lib/freeradius"] if ROOT else [])]


def faked(clock: str) -> List[str]:
    """Not by the command `faketime`, which would stand between the server and its signals."""
    (library,) = pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    return [f"LD_PRELOAD={library}", f"FAKETIME={clock}"]


def as_user() -> List[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]


def own(folder: pathlib.Path) -> None:
    """The server's user owns what the server reads."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{USER}:{USER}", str(folder)], check=True)


def _group() -> str:
    import grp

    return grp.getgrgid(os.getegid()).gr_name



def certificate(folder: pathlib.Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "server.key", "-out", folder / "server.pem",
         "-days", "2", "-subj", "/CN=radius.test", "-addext", "subjectAltName=DNS:radius.test"],
        check=True, capture_output=True,
    )
