"""Moving in from a real Keycloak: people log in there with their codes, its realm is exported, and they go on here."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Iterator

from admin.installation import Home
from admin.test_moving_software import keycloak_user, moved, settle
from admin.test_tokens import oathtool, use
from poterne import Secret

REALM = "departement"

# The characters are the key, unless the credential says base32.
CLOCK, COUNTS, BASE32 = "DJ1zXAmxHHVZpDDE0FvP", "EJ1zXAmxHHVZpDDE0FvP", "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"


def kc(folder: pathlib.Path) -> str:
    return str(folder / "bin" / "kc.sh")


@contextlib.contextmanager
def running(folder: pathlib.Path) -> Iterator[str]:
    """A Keycloak in this folder, on a free port of this machine alone, with what lies in data/import."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    log = folder / "log"
    with open(log, "wb") as file:
        server = subprocess.Popen(
            [kc(folder), "start-dev", "--http-host=127.0.0.1", f"--http-port={port}", "--import-realm"], stdout=file, stderr=file, stdin=subprocess.DEVNULL
        )
    try:
        while b"Listening on" not in log.read_bytes():
            assert server.poll() is None, log.read_text(errors="replace")
            time.sleep(1)
        yield f"http://127.0.0.1:{port}"
    finally:
        # The script becomes the server.
        server.terminate()
        server.wait(60)


def logs_in(base: str, user: str, code: str) -> bool:
    form = {"grant_type": "password", "client_id": "test", "username": user, "password": "s3cret", "totp": code}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base}/realms/{REALM}/protocol/openid-connect/token", urllib.parse.urlencode(form).encode()) as answer:
            return "access_token" in json.load(answer)
    except urllib.error.HTTPError:
        return False


def test_the_realm_export_of_a_real_keycloak(lite: Home, tmp_path: pathlib.Path) -> None:
    distribution = os.environ.get("POTERNE_KEYCLOAK")
    assert distribution, "POTERNE_KEYCLOAK is not set: run these tests by bindings/python/tests/run moving"
    folder = tmp_path / "keycloak"
    shutil.copytree(distribution, folder)
    users = [
        keycloak_user("a.clock", CLOCK),
        keycloak_user("b.counts", COUNTS, subType="hotp"),
        keycloak_user("c.base32", BASE32, secretEncoding="BASE32", algorithm="HmacSHA256", digits=8),
    ]
    for user in users:
        user["credentials"][0] = {"type": "password", "value": "s3cret"}
        user.update(email=f"{user['username']}@example.org", emailVerified=True, firstName="A", lastName="B")
    (folder / "data" / "import").mkdir(parents=True)
    (folder / "data" / "import" / f"{REALM}-realm.json").write_text(
        json.dumps(
            {
                "realm": REALM,
                "enabled": True,
                "sslRequired": "none",
                "clients": [{"clientId": "test", "enabled": True, "publicClient": True, "directAccessGrantsEnabled": True}],
                "users": users,
            }
        )
    )
    clock, counts = CLOCK.encode().hex(), COUNTS.encode().hex()
    counted = oathtool("--hotp", "--counter=0", window=5, key=counts)
    with running(folder) as base:
        now = settle()
        code = oathtool("--totp", now=now, key=clock)[0]
        assert logs_in(base, "a.clock", code) and not logs_in(base, "a.clock", code)
        assert logs_in(base, "b.counts", counted[1]) and not logs_in(base, "b.counts", counted[1])
        text = Secret.from_base32(BASE32).to_bytes().hex()
        assert logs_in(base, "c.base32", oathtool("--totp=sha256", "--digits=8", now=now, key=text)[0])
    file = tmp_path / "export.json"
    subprocess.run([kc(folder), "export", "--optimized", "--realm", REALM, "--file", str(file)], check=True, capture_output=True, timeout=200)
    result = moved(lite, "keycloak", str(file))
    assert (result["moved"], result["trouble"]) == (3, 0)
    # Keycloak does not export which code was used: all that it can have accepted by now is used.
    assert use(lite, "a.clock", code, now) in ("refused.replayed", "refused.clock_behind")
    at = time.time()
    assert use(lite, "a.clock", oathtool("--totp", now=at, key=clock)[0], at) == "refused.replayed"
    assert use(lite, "a.clock", oathtool("--totp", now=at + 60, key=clock)[0], at + 60) == "accepted.otp"
    assert use(lite, "b.counts", counted[1], at) == "refused.replayed" and use(lite, "b.counts", counted[0], at) == "refused.wrong_code"
    assert use(lite, "b.counts", counted[2], at) == "accepted.otp"
    assert use(lite, "c.base32", oathtool("--totp=sha256", "--digits=8", now=at + 60, key=text)[0], at + 60) == "accepted.otp"
