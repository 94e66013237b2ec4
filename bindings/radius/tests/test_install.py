"""The README's own commands, in a mount namespace: /etc, /opt, /run and /var/log are this test's, and nothing of the machine changes."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from client import ACCEPT, REJECT, Client
from people import People
from radius_server import HERE, free_port
from test_challenge import log_in

ROOT = HERE.parents[2]


def commands() -> list[str]:
    """The blocks of the README; what fetches packages and asks systemd is left out."""
    section = (HERE.parent / "README.md").read_text().split("## Installing it", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.S)
    assert len(blocks) == 3, section
    kept = [re.sub(r"(?m)^(apt-get|systemctl) .*\n", "", block) for block in blocks]
    assert sum(len(block) for block in blocks) - sum(len(block) for block in kept) > 100
    return kept


def test_installed_by_the_readme(people: People) -> None:
    assert os.geteuid() == 0, "the README's commands are for root, who can hide them in a mount namespace: run the tests as root"
    install, own, start = commands()
    port = free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    conf = people.text().replace(str(people.keys), "/etc/poterne/poterne.keys").replace(str(people.folder), "/etc/poterne")
    (folder / "poterne.conf").write_text(conf)
    (folder / "users").write_bytes(people.users_file())
    script = f"""
set -eu
mount -t tmpfs tmpfs {folder}/layers 2>/dev/null || {{ mkdir {folder}/layers; mount -t tmpfs tmpfs {folder}/layers; }}
for each in etc opt run var/log; do
    mkdir -p {folder}/layers/$each/upper {folder}/layers/$each/work
    mount -t overlay overlay -o lowerdir=/$each,upperdir={folder}/layers/$each/upper,workdir={folder}/layers/$each/work /$each
done
cd {ROOT}
{install}
cd /etc/freeradius/poterne
sed -i 's/^listen_address = .*/listen_address = 127.0.0.1/; s/^listen_port = .*/listen_port = {port}/; s/^poterne_passwords = .*/poterne_passwords = users/' local.conf
sed -i 's/ipaddr = 192.0.2.1/ipaddr = 127.0.0.1/' clients.conf
install -m 640 -g freerad {folder}/users passwords/users/users
mkdir -p /etc/poterne
cp {people.keys} {people.folder}/database_password {folder}/poterne.conf /etc/poterne
{own}
chown freerad: /etc/poterne/database_password
{start}
. /etc/default/freeradius
cp secrets.conf {folder}/secrets.conf
install -d -o freerad -g freerad /run/freeradius
echo ready >{folder}/ready
exec setpriv --reuid freerad --regid freerad --clear-groups freeradius -f $FREERADIUS_OPTIONS -l stdout
"""
    with open(folder / "output", "wb") as output:
        process = subprocess.Popen(["unshare", "--mount", "bash", "-c", script], stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(600):
            said = (folder / "output").read_text()
            if "Ready to process requests" in said:
                break
            assert process.poll() is None, said
            time.sleep(0.1)
        secret = re.findall('"([0-9a-f]{64})"', (folder / "secrets.conf").read_text())[0].encode()
        person = people.fresh()
        with Client(port, secret) as client:
            assert client.ask(person.user, b"wrong").code == REJECT
            assert log_in(client, person, person.code()).code == ACCEPT
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        shutil.rmtree(folder)
    assert not pathlib.Path("/etc/freeradius/poterne").exists()
