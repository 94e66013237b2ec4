"""The same portal with its own TOTP, to compare with."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from typing import Any, Dict, Tuple

from client import Client
from department import Department, Employee
from hosts.lemonldap import LemonLdap


class OwnTotp(LemonLdap):
    name = "own-totp"
    has_second_factor = False
    extra: Dict[str, Any] = {
        "available2F": "TOTP", "totp2fActivation": 1, "totp2fDigits": 6, "totp2fInterval": 30, "totp2fRange": 1,
        # Where the portal looks for the device: here the table of people has it, and not the persistent session.
        "dbiExportedVars": {"uid": "uid", "mail": "mail", "_2fDevices": "devices"},
    }

    def _people(self, department: Department) -> None:
        super()._people(department)
        with sqlite3.connect(self._folder / "people.sqlite") as people:
            people.execute("ALTER TABLE people ADD devices TEXT")

    def give(self, one: Employee) -> None:
        """The phone that poterne knows, also in the portal's own way: the secret in clear."""
        secret = base64.b32encode(one.secret).decode().lower()
        devices = json.dumps([{"type": "TOTP", "name": "phone", "epoch": 1, "_secret": secret}])
        with sqlite3.connect(self._folder / "people.sqlite") as people:
            people.execute("UPDATE people SET devices = ? WHERE uid = ?", (devices, one.name))


def password(client: Client, one: Employee) -> str:
    """To the page that asks for the code: its token."""
    status, text, _ = client.ask("POST", "/", client.form(one.name, one.password))
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert status == 200 and token and "totp2fcheck" in text, (status, text[:300])
    return token[1]


def code(client: Client, token: str, submitted: str) -> Tuple[int, str, str]:
    return client.ask("POST", "/totp2fcheck", {"token": token, "code": submitted})
