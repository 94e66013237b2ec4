"""The manual's own commands, in a mount namespace: /etc, /opt, /run and /var/log are this test's, and nothing of the machine changes."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from typing import List

import poterne
import poterne.sql
import sqlalchemy
from client import ACCEPT, REJECT, Client
from people import People
from radius_server import HERE, free_port

ROOT = HERE.parents[2]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def commands() -> List[str]:
    """The blocks of the manual; what fetches packages and asks systemd is left out."""
    section = (HERE.parent / "MANUAL.md").read_text().split("## Installing it", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.S)
    assert len(blocks) == 6, section
    kept = [re.sub(r"(?m)^(apt-get|systemctl) .*\n", "", block) for block in blocks]
    assert sum(len(block) for block in blocks) - sum(len(block) for block in kept) > 100
    return kept



def test_the_french_manual_has_the_same_commands() -> None:
    """What one of them tells root to type is what the other does, and what the test below types."""
    folder = HERE.parent
    typed, listed = (re.findall(r"```sh\n(.*?)```", (folder / name).read_text(), re.S) for name in ("LISEZMOI.md", "MANUAL.md"))
    known = {line.strip() for block in listed for line in block.splitlines()} | {line.strip() for line in (folder / "MANUAL.md").read_text().splitlines()}
    lines = [line.strip() for block in typed for line in block.splitlines()]
    assert len(lines) > 5 and [line for line in lines if line not in known] == []
    # The control.
    assert "install -d -m 777 -o freerad -g freerad /etc/poterne" not in known


class Installed:
    """The machine of the manual, while its server runs."""

    def __init__(self, folder: pathlib.Path, pid: int) -> None:
        self.folder, self.pid = folder, pid

    def run(self, *arguments: str, status: int = 0, command: str = "poterne") -> str:
        """As root types it, in a folder that the server's user may not read."""
        private = self.folder / "root"
        private.mkdir(mode=0o700, exist_ok=True)
        ran = subprocess.run(
            ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", "sh", "-c", 'cd "$0" && exec "$@"', private, command, *arguments],
            capture_output=True, text=True, env={"PATH": PATH, "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL,
        )
        assert ran.returncode == status, f"{arguments}: {ran.stdout}{ran.stderr}"
        return ran.stdout + ran.stderr

    @property
    def keyring(self) -> poterne.Keyring:
        return poterne.Keyring.parse(pathlib.Path(f"/proc/{self.pid}/root/etc/poterne/poterne.keys").read_text())


def test_installed_by_the_manual(people: People) -> None:
    assert os.geteuid() == 0, "the manual's commands are for root, who can hide them in a mount namespace: run the tests as root"
    install, own, users, certificate, start, change = commands()
    port = free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    # A database of its own: the keys are changed.
    with people.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text("DROP DATABASE IF EXISTS installed"))
        connection.execute(sqlalchemy.text("CREATE DATABASE installed"))
    own = own.replace("db.example/vpn", f"127.0.0.1:{people.port}/installed")
    # The databases of the tests flush nothing to the disk, which the report says.
    assert own.endswith("\npoterne doctor\n")
    own = own.replace("\npoterne doctor\n", "\npoterne doctor || [ $? -eq 2 ]\n")
    script = f"""
set -eu
mount -t tmpfs tmpfs {folder}/layers 2>/dev/null || {{ mkdir {folder}/layers; mount -t tmpfs tmpfs {folder}/layers; }}
for each in etc opt run usr/local var/log; do
    mkdir -p {folder}/layers/$each/upper {folder}/layers/$each/work
    mount -t overlay overlay -o lowerdir=/$each,upperdir={folder}/layers/$each/upper,workdir={folder}/layers/$each/work /$each
done
cd {ROOT}
{install}
(
cd /etc/freeradius/poterne
sed -i 's/^listen_address = .*/listen_address = 127.0.0.1/; s/^listen_port = .*/listen_port = {port}/; s/^poterne_passwords = .*/poterne_passwords = users/' local.conf
sed -i 's/ipaddr = 192.0.2.1/ipaddr = 127.0.0.1/' clients.conf
)
{own}
(
{users}
)
(
{certificate}
openssl verify -purpose sslserver -CAfile ca.pem server.pem
rm ca.key
)
{start}
. /etc/default/freeradius
cp /etc/freeradius/poterne/secrets.conf {folder}/secrets.conf
install -d -o freerad -g freerad /run/freeradius
exec setpriv --reuid freerad --regid freerad --clear-groups freeradius -f $FREERADIUS_OPTIONS -l stdout
"""
    with open(folder / "output", "wb") as output:
        # The system's Python, as root has it.
        process = subprocess.Popen(
            ["unshare", "--mount", "bash", "-c", script], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env={"PATH": PATH, "LANG": "C.UTF-8"}
        )
    assert process.stdin is not None
    process.stdin.write(b"poterne\n")
    process.stdin.close()
    try:
        for _ in range(1200):
            said = (folder / "output").read_text()
            if "Ready to process requests" in said:
                break
            assert process.poll() is None, said
            time.sleep(0.1)
        assert re.findall(r"(?m)^wrong +(.*)$", said) == ["durability  fsync = off"], said
        assert "Configuration appears to be OK" in said and "server.pem: OK" in said, said
        secret = re.findall('"([0-9a-f]{64})"', (folder / "secrets.conf").read_text())[0].encode()
        use(Installed(folder, process.pid), people, port, secret, change)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(folder)
    assert not pathlib.Path("/etc/freeradius/poterne").exists() and not pathlib.Path("/usr/local/bin/poterne").exists()


def use(machine: Installed, people: People, port: int, secret: bytes, change: str) -> None:
    """What the manual and the guide have root type, and a login after each: the server is never restarted."""
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://poterne:poterne@127.0.0.1:{people.port}/installed")
    store, seed = poterne.sql.Column(engine), os.urandom(20)
    first = poterne.Verifier(machine.keyring, "vpn")
    record = first.import_credential("a.test", seed, counter=0).record
    assert record is not None
    store.insert("a.test", record)
    password, codes = b"a password for the trial", (poterne.hotp(seed, number).encode() for number in range(9))

    with Client(port, secret) as client:

        def logs_in(code: bytes) -> bool:
            return client.ask(b"a.test", code, client.ask(b"a.test", password).state).code == ACCEPT

        assert client.ask(b"a.test", b"wrong").code == REJECT
        assert logs_in(next(codes))
        said = machine.run("doctor", "--radius", status=2)
        assert "nobody in without a code, and no record of who was here" in said, said
        assert "a.test" in machine.run("show", "a.test")
        # Root itself is told whose the files are, and not to take them.
        for status, *arguments in ((3, "doctor"), (1, "key", "add"), (1, "show", "a.test")):
            said = machine.run(*map(str, arguments), status=int(status), command="/opt/poterne/bin/poterne")
            assert "The file belongs to freerad." in said and "runuser -u freerad" in said and "chown it" not in said, said
        # The four steps.
        (old,) = machine.keyring.key_ids
        for line in change.splitlines():
            machine.run(*line.split()[1:])
        (new,) = set(machine.keyring.key_ids) - {old}
        assert logs_in(next(codes))
        machine.run("key", "promote", str(new), "--only-server")
        assert logs_in(next(codes))
        machine.run("reseal")
        machine.run("key", "remove", str(old), "--only-server", "--yes")
        assert list(machine.keyring.key_ids) == [new] and logs_in(next(codes))
        # "I lost my phone."
        said = machine.run("lost", "a.test", "--yes")
        assert not logs_in(next(codes))
        (temporary,) = set(re.findall(r"\b(?:[0-9A-Z]{4}-)+[0-9A-Z]{4}\b|\b[0-9A-Z]{5}-[0-9A-Z-]+\b", said))
        assert logs_in(temporary.encode())
    engine.dispose()
