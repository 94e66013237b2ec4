"""A real VPN: ocserv asks PAM, and openconnect types the password, the device and the code."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import socket
import subprocess
import time
from typing import Iterator

from conftest import ACCOUNT, ONE_FIELD, PASSWORD, PROMPT, Log, Site, code
from test_sshd import REST, covered

import poterne

TOKEN = b"\2" * 20


@contextlib.contextmanager
def ocserv(site: Site, *stack: str) -> Iterator[int]:
    folder = site.folder / "ocserv"
    folder.mkdir()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    (folder / "ocserv.conf").write_text(
        f'auth = "pam"\nlisten-host = 127.0.0.1\ntcp-port = {port}\nrun-as-user = root\nrun-as-group = root\nsocket-file = {folder}/socket\n'
        f"server-cert = {certificate}\nserver-key = {key}\nisolate-workers = false\ndevice = vpns\nipv4-network = 192.0.2.0\n"
        f"ipv4-netmask = 255.255.255.0\npid-file = {folder}/pid\nmax-ban-score = 0\n"
    )
    with covered(folder, "/etc/pam.d") as services, (folder / "output").open("wb") as output:
        site.stack(*stack, *REST, service="ocserv")
        shutil.copy(site.stacks / "ocserv", services / "ocserv")
        server = subprocess.Popen(["/usr/sbin/ocserv", "-f", "-d", "1", "-c", folder / "ocserv.conf"], stdout=output, stderr=output, cwd=folder)
        try:
            while not (folder / "pid").exists():
                assert server.poll() is None, (folder / "output").read_text()
                time.sleep(0.05)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def log_in(site: Site, port: int, *answers: str) -> bool:
    """Whether there is a session. No tunnel is opened."""
    certificate: pathlib.Path = site.folder / "ocserv" / "certificate.pem"
    command = f"openssl x509 -in {certificate} -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64"
    pin = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout.strip()
    ran = subprocess.run(
        ["openconnect", "--authenticate", "--non-inter", "--passwd-on-stdin", "--servercert", f"pin-sha256:{pin}", "-u", ACCOUNT, f"https://127.0.0.1:{port}"],
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.returncode == 0 and "COOKIE='" in ran.stdout


def test_ocserv_asks_for_the_code_behind_the_password(site: Site, log: Log) -> None:
    site.enroll()
    site.enroll(ACCOUNT + "#2", TOKEN, authenticator=poterne.Authenticator.TOKEN)
    with ocserv(site, *PROMPT) as port:
        typed = code()
        assert log_in(site, port, PASSWORD, typed) and log.codes() == []
        assert not log_in(site, port, PASSWORD, typed) and "refused.replayed" in log.codes()
        assert not log_in(site, port, "wrong", code(1)) and log.codes() == []
        assert log_in(site, port, PASSWORD, "2", code(secret=TOKEN)) and log.codes() == []


def test_ocserv_with_one_field(sqlite_site: Site, log: Log) -> None:
    site = sqlite_site
    site.enroll()
    with ocserv(site, *ONE_FIELD) as port:
        assert log_in(site, port, PASSWORD + code()) and log.codes() == []
        assert not log_in(site, port, PASSWORD + code()) and log.codes() == ["refused.replayed"]
