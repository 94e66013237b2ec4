"""ocserv as a gateway, with the lines that the guide has for it, and openconnect as its client."""

from __future__ import annotations

import pathlib
import re
import subprocess
import time
from typing import List, Optional

from radius_server import HERE, SECRET, USER, Server, as_user, certificate, free_port, own

# It starts as root, if only in a namespace of its own; its workers drop that.
AS_ROOT = [] if as_user() else ["unshare", "--map-root-user"]
WORKER = USER if as_user() else "root"


def guide() -> List[str]:
    """The lines that the guide has for ocserv, the same in both languages."""
    blocks = []
    for name in ("vpn", "vpn_fr"):
        text = (HERE.parents[2] / "src" / "guide" / f"{name}.md").read_text()
        section = text.split("\n## ocserv", 1)[1].split("\n## ", 1)[0]
        blocks.append(re.findall(r"```text\n(.*?)```", section, re.S))
    assert len(blocks[0]) == 3 and blocks[0] == blocks[1], blocks
    return blocks[0]


class Ocserv:
    def __init__(self, folder: pathlib.Path, radius: Server) -> None:
        self.folder, self.port = folder, free_port()
        certificate(folder)
        auth, client, servers = guide()
        (folder / "servers").write_text(servers.replace("192.0.2.10", "127.0.0.1").replace("SECRET", SECRET.decode()))
        client = client.replace("192.0.2.10:1812", f"127.0.0.1:{radius.port}").replace("192.0.2.10", "127.0.0.1")
        (folder / "radiusclient.conf").write_text(client.replace("/etc/radcli/servers", f"{folder}/servers"))
        auth = auth.replace("/etc/radcli", str(folder))
        (folder / "ocserv.conf").write_text(
            f"{auth}listen-host = 127.0.0.1\ntcp-port = {self.port}\n"
            f"run-as-user = {WORKER}\nrun-as-group = {WORKER}\nsocket-file = {folder}/socket\n"
            f"server-cert = {folder}/server.pem\nserver-key = {folder}/server.key\nisolate-workers = false\ndevice = vpns\n"
            f"ipv4-network = 192.0.2.0\nipv4-netmask = 255.255.255.0\npid-file = {folder}/pid\nmax-ban-score = 0\n"
        )
        own(folder)
        self.process: Optional[subprocess.Popen[bytes]] = None

    def start(self) -> None:
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                [*AS_ROOT, "/usr/sbin/ocserv", "-f", "-d", "1", "-c", str(self.folder / "ocserv.conf")],
                stdout=output, stderr=subprocess.STDOUT, cwd=self.folder,
            )
        for _ in range(100):
            assert self.process.poll() is None, (self.folder / "output").read_text()
            if (self.folder / "pid").exists():
                return
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def log_in(self, user: str, *answers: bytes) -> Optional[str]:
        """The cookie of a session; None if there is none. No tunnel is opened."""
        pin = subprocess.run(
            f"openssl x509 -in {self.folder}/server.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64",
            shell=True, capture_output=True, text=True, check=True,
        ).stdout.strip()
        done = subprocess.run(
            ["openconnect", "--authenticate", "--non-inter", "--passwd-on-stdin", "--servercert", f"pin-sha256:{pin}", "-u", user,
             f"https://127.0.0.1:{self.port}"],
            input=b"".join(answer + b"\n" for answer in answers), capture_output=True, timeout=60,
        )
        said = done.stdout.decode()
        if done.returncode == 0 and "COOKIE='" in said:
            return said.split("COOKIE='")[1].split("'")[0]
        return None
