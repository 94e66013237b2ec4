"""Service providers: an Apache with mod_auth_mellon (SAML) and mod_auth_openidc, and a portal that they trust."""

from __future__ import annotations

import os
import pathlib
import socket
import subprocess
import time
import urllib.request
from typing import Any, Dict, Optional

from department import Department
from hosts.lemonldap import LemonLdap

# What REFEDS calls a login with more than one factor.
MFA = "https://refeds.org/profile/mfa"

APACHE = """
ServerRoot {folder}
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
Mutex file:{folder}
Listen 127.0.0.1:{port}
ServerName 127.0.0.1:{port}
ErrorLog {folder}/error.log
LogLevel warn
DocumentRoot {folder}/pages
{modules}
{user}
<Directory {folder}/pages>
  Require all denied
</Directory>
# Without TLS a browser takes no cookie with SameSite=None.
SetEnvIf Request_URI . MELLON_DISABLE_SAMESITE=1
<Location /saml>
  MellonEnable info
  MellonEndpointPath /saml/mellon
  MellonSPPrivateKeyFile {folder}/urn_poterne_sp.key
  MellonSPCertFile {folder}/urn_poterne_sp.cert
  MellonSPMetadataFile {folder}/urn_poterne_sp.xml
  MellonIdPMetadataFile {folder}/idp.xml
  MellonAuthnContextClassRef {mfa}
  MellonUser uid
  Require all granted
</Location>
<Location /saml/page>
  MellonEnable auth
  AuthType Mellon
  Require valid-user
  Header set X-User "expr=%{{REMOTE_USER}}"
  Header set X-Mail "%{{MELLON_mail}}e"
</Location>
OIDCProviderMetadataURL {portal}/.well-known/openid-configuration
OIDCClientID rp
OIDCClientSecret {secret}
OIDCRedirectURI http://127.0.0.1:{port}/oidc/callback
OIDCCryptoPassphrase {secret}
OIDCScope "openid email"
OIDCRemoteUserClaim sub
OIDCSSLValidateServer Off
OIDCUnAutzAction 403
<Location /oidc>
  AuthType openid-connect
  Require claim acr:{mfa}
  Header set X-User "expr=%{{REMOTE_USER}}"
  Header set X-Acr "%{{OIDC_CLAIM_acr}}e"
</Location>
<Location /oidc/strict>
  AuthType openid-connect
  Require claim acr:other
</Location>
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Federation:
    def __init__(self, department: Department, called: str = "identity", **more: Any) -> None:
        self.folder = department.folder / f"apache-{called}"
        self._process: Optional[subprocess.Popen[bytes]] = None
        (self.folder / "pages/saml").mkdir(parents=True)
        (self.folder / "pages/oidc").mkdir()
        for page in ("saml/page", "oidc/page", "oidc/strict"):
            (self.folder / "pages" / page).write_text("<title>inside</title>")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        subprocess.run(
            ["mellon_create_metadata", "urn:poterne:sp", f"{self.base}/saml/mellon"], cwd=self.folder, check=True, capture_output=True
        )
        key = self._openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        public = self._openssl("pkey", "-pubout", text=key)
        secret = os.urandom(16).hex()

        class Identity(LemonLdap):
            name = called
            workers = 2
            extra: Dict[str, Any] = {
                "poterneAuthnContext": MFA,
                # With an issuer the portal's cookies are SameSite=None, which a browser takes over TLS alone.
                "sameSite": "Lax",
                "issuerDBSAMLActivation": 1,
                "samlServicePrivateKeySig": key, "samlServicePublicKeySig": public,
                "samlServiceSignatureMethod": "RSA_SHA256",
                "samlSPMetaDataXML": {"sp": {"samlSPMetaDataXML": (self.folder / "urn_poterne_sp.xml").read_text()}},
                "samlSPMetaDataExportedAttributes": {"sp": {"uid": "1;uid;;", "mail": "1;mail;;"}},
                "samlSPMetaDataOptions": {"sp": {"samlSPMetaDataOptionsNameIDFormat": "transient", "samlSPMetaDataOptionsSignSSOMessage": 1}},
                "issuerDBOpenIDConnectActivation": 1,
                "oidcServicePrivateKeySig": key, "oidcServicePublicKeySig": public, "oidcServiceKeyIdSig": "one",
                "oidcServiceAllowAuthorizationCodeFlow": 1,
                "oidcServiceMetaDataAuthnContext": {MFA: 4, "loa-2": 2},
                "oidcRPMetaDataExportedVars": {"rp": {"email": "mail"}},
                "oidcRPMetaDataOptions": {
                    "rp": {
                        "oidcRPMetaDataOptionsClientID": "rp", "oidcRPMetaDataOptionsClientSecret": secret,
                        "oidcRPMetaDataOptionsRedirectUris": f"{self.base}/oidc/callback",
                        "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256", "oidcRPMetaDataOptionsBypassConsent": 1,
                    }
                },
                **more,
            }

        self.portal = Identity()
        try:
            self._start(department, secret)
        except BaseException:
            self.stop()
            raise

    def _start(self, department: Department, secret: str) -> None:
        self.portal.start(department, nodes=1)
        with urllib.request.urlopen(self.portal.bases[0] + "/saml/metadata", timeout=30) as metadata:
            (self.folder / "idp.xml").write_bytes(metadata.read())
        names = "mpm_prefork authn_core authz_core authz_user headers setenvif auth_mellon auth_openidc"
        (self.folder / "apache.conf").write_text(
            APACHE.format(
                folder=self.folder, port=self.port, portal=self.portal.bases[0], secret=secret, mfa=MFA,
                modules="\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in names.split()),
                user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            )
        )
        for file in [self.folder, *self.folder.rglob("*")]:
            file.chmod(0o755 if file.is_dir() else 0o644)
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", self.folder / "apache.conf"], stdout=output, stderr=output, start_new_session=True
            )
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise AssertionError((self.folder / "output").read_text() + self.log())

    def _openssl(self, *arguments: str, text: str = "") -> str:
        return subprocess.run(["openssl", *arguments], input=text, check=True, capture_output=True, text=True).stdout

    def log(self) -> str:
        file = self.folder / "error.log"
        return file.read_text() if file.exists() else ""

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        self.portal.stop()
