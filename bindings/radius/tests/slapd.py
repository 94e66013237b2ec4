"""A directory of its own: OpenLDAP in a folder of this test, on a free port of the loopback address."""

from __future__ import annotations

import pathlib
import socket
import subprocess
import time
from typing import Optional

from radius_server import USER, as_user, own

BASE = "ou=people,dc=example,dc=org"
GROUPS = "ou=groups,dc=example,dc=org"
# What the reader may not see.
HIDDEN = "ou=hidden,dc=example,dc=org"
READER, READER_PASSWORD = "cn=radius,ou=services,dc=example,dc=org", "the reader's password"


class Slapd:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir()
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        (folder / "data").mkdir()
        (folder / "slapd.conf").write_text(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n"
            f"modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload ppolicy\npidfile {folder}/pid\n"
            f'database mdb\nsuffix "dc=example,dc=org"\nrootdn "cn=admin,dc=example,dc=org"\nrootpw administrator\ndirectory {folder}/data\n'
            "maxsize 10485760\noverlay ppolicy\nppolicy_hash_cleartext\n"
            f'access to dn.subtree="{HIDDEN}" by * none\n'
            'access to attrs=userPassword by anonymous auth by * none\naccess to * by dn="' + READER + '" read by anonymous auth by * none\n'
        )
        self.process: Optional[subprocess.Popen[bytes]] = None
        own(folder)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*as_user(), "/usr/sbin/slapd", "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h", f"ldap://127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                assert self.process.poll() is None, "slapd ended"
                time.sleep(0.05)
        raise AssertionError("slapd does not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def fill(self) -> None:
        self.add(
            "dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n"
            "dn: ou=people,dc=example,dc=org\nobjectClass: organizationalUnit\nou: people\n\n"
            f"dn: {GROUPS}\nobjectClass: organizationalUnit\nou: groups\n\n"
            f"dn: {HIDDEN}\nobjectClass: organizationalUnit\nou: hidden\n\n"
            "dn: ou=services,dc=example,dc=org\nobjectClass: organizationalUnit\nou: services\n\n"
            f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: radius\nuserPassword: {READER_PASSWORD}\n\n"
        )

    def person(self, uid: str, password: bytes, *, rdn: Optional[str] = None) -> str:
        """The distinguished name."""
        import base64

        name = f"{rdn or f'uid={uid}'},{BASE}"
        self.add(
            f"dn: {name}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n"
            f"userPassword:: {base64.b64encode(password).decode()}\n\n"
        )
        return name

    def group(self, name: str, *members: str) -> None:
        self.add(f"dn: {name}\nobjectClass: groupOfNames\n" + "".join(f"member: {each}\n" for each in members) + "\n")

    def add(self, ldif: str) -> None:
        self._run("ldapadd", ldif)

    def modify(self, ldif: str) -> None:
        self._run("ldapmodify", ldif)

    def _run(self, tool: str, ldif: str) -> None:
        subprocess.run(
            [tool, "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", "cn=admin,dc=example,dc=org", "-w", "administrator"],
            input=ldif, text=True, check=True, capture_output=True,
        )
