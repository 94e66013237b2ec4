"""Services that take Keycloak's word: SAML with mod_auth_mellon. (OpenID Connect is in all other tests.)"""

import base64
import html
import pathlib
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
from conftest import keycloak

import poterne

MFA = "https://refeds.org/profile/mfa"


class Apache:
    """A page behind SAML, on a port of its own, which shows whom it was told and how they signed in."""

    def __init__(self, folder: pathlib.Path, base: str):
        self.folder, self.port = folder, keycloak.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.entity = f"{self.base}/mellon/metadata"
        (folder / "pages/mfa").mkdir(parents=True)
        keycloak.run("/usr/sbin/mellon_create_metadata", self.entity, f"{self.base}/mellon", cwd=folder)
        (self.key,), (self.certificate,), (self.metadata,) = (list(folder.glob(f"http*.{kind}")) for kind in ("key", "cert", "xml"))
        with urllib.request.urlopen(f"{base}/realms/{keycloak.realm}/protocol/saml/descriptor") as answer:
            (folder / "idp.xml").write_bytes(answer.read())
        (folder / "mime.types").write_text("text/html html\n")
        page = '<!--#echo var="MELLON_NAME_ID" -->|<!--#echo encoding="none" var="MELLON_SAML_RESPONSE" -->|'
        for where in ("pages", "pages/mfa"):
            (folder / where / "index.shtml").write_text(page)
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in (
            "mpm_event", "authz_core", "authz_user", "authn_core", "dir", "mime", "include", "auth_mellon"))
        (folder / "apache.conf").write_text(f"""
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{self.port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
TypesConfig {folder}/mime.types
DefaultRuntimeDir {folder}
{modules}
User www-data
Group www-data
DocumentRoot {folder}/pages
DirectoryIndex index.shtml
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory {folder}/pages>
    Options +Includes
    Require all granted
</Directory>
<Location />
    AuthType Mellon
    MellonEnable auth
    Require valid-user
    MellonEndpointPath /mellon
    MellonSPPrivateKeyFile {self.key}
    MellonSPCertFile {self.certificate}
    MellonSPMetadataFile {self.metadata}
    MellonIdPMetadataFile {folder}/idp.xml
    MellonSecureCookie On
    MellonSamlResponseDump On
</Location>
<Location /mfa>
    MellonAuthnContextClassRef "{MFA}"
</Location>
""")
        for path in (folder, *folder.parents):
            if path.stat().st_uid == 0 and path.name.startswith(("pytest", "site", "saml")):
                path.chmod(0o755)
        self.process = subprocess.Popen(["/usr/sbin/apache2", "-f", folder / "apache.conf", "-DFOREGROUND"])
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.base}/mellon/metadata").close()
                return
            except OSError:
                assert self.process.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.1)
        raise AssertionError("Apache does not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def apache(host, tmp_path_factory):
    assert shutil.which("/usr/sbin/apache2"), "install the Debian packages apache2-bin and libapache2-mod-auth-mellon"
    apache = Apache(tmp_path_factory.mktemp("saml"), host.bases[0])
    admin = keycloak.Admin(host.bases[0])
    request = urllib.request.Request(f"{host.bases[0]}/admin/realms/{keycloak.realm}/client-description-converter", apache.metadata.read_bytes())
    request.add_header("Authorization", f"Bearer {admin.token}")
    request.add_header("Content-Type", "application/xml")
    with urllib.request.urlopen(request) as answer:
        client = keycloak.json.load(answer)
    # The lasso of Debian 12 does not decrypt what Keycloak 26.7 encrypts.
    client["attributes"] |= {"saml.encrypt": "false", "saml_name_id_format": "username", "saml_force_name_id_format": "true"}
    admin("POST", f"/{keycloak.realm}/clients", client)
    yield apache
    apache.stop()


def shown(page, apache) -> tuple[str, str]:
    """The name that the service was told, and the way of signing in that the assertion names."""
    assert page.url.startswith(apache.base), page.url
    name, response, _ = page.content().split("<body>", 1)[1].split("|", 2)
    document = base64.b64decode(html.unescape(response)).decode()
    return name, re.search(r"AuthnContextClassRef>([^<]+)<", document)[1]


@pytest.mark.parametrize("path", ["/", "/mfa/"])
def test_saml_says_who_and_how(host, page, account, desk, apache, path):
    phone = desk.phone(account)
    page.goto(apache.base + path)
    page.fill("#username", account)
    page.fill("#password", host.site.accounts[account])
    page.click("#kc-login")
    assert page.locator("#poterne-code").count() == 1
    # The control: no assertion without a code.
    page.goto(apache.base + path)
    assert not page.url.startswith(apache.base)
    if page.locator("#username").count():
        page.fill("#username", account)
        page.fill("#password", host.site.accounts[account])
        page.click("#kc-login")
    page.fill("#poterne-code", phone.code())
    page.click("#poterne-submit")
    page.wait_for_url(apache.base + "/**")
    page.wait_for_load_state("networkidle")
    assert page.url == apache.base + path, (apache.folder / "error.log").read_text()[-2000:]
    assert shown(page, apache) == (account, MFA)


def test_the_link_of_the_intranet_opens_the_page_of_ones_own_devices(host, page, account, desk):
    """The manual's, for a client that every realm has."""
    phone = desk.phone(account)
    manual = (pathlib.Path(__file__).resolve().parents[1] / "MANUAL.md").read_text(encoding="utf-8")
    link = re.search(r"^https://idp\.example\.org/realms\S+$", manual, re.M)[0]
    base = host.bases[0]
    link = link.replace("https%3A%2F%2Fidp.example.org", urllib.parse.quote(base, safe="")).replace("https://idp.example.org", base)
    page.goto(link.replace("REALM", keycloak.realm))
    page.fill("#username", account)
    page.fill("#password", host.site.accounts[account])
    page.click("#kc-login")
    page.fill("#poterne-code", phone.code())
    page.click("#poterne-submit")
    assert page.locator("#poterne-new-phone").count() == 1 and page.locator("#poterne-new-recovery").count() == 1
    page.click("#poterne-back")
    page.wait_for_url(f"{base}/realms/{keycloak.realm}/account/**")


def test_the_manual_names_the_options():
    """All that the provider reads, and nothing else."""
    folder = pathlib.Path(__file__).resolve().parents[1]
    read = set(re.findall(r'(?:scope\.get(?:Int)?|required)\((?:scope, )?"(\w+)"', (folder / "src/main/java/io/github/poterne/keycloak/Settings.java").read_text()))
    read = {re.sub("([A-Z])", lambda letter: "-" + letter[1].lower(), name) for name in read}
    rows = re.search(r"^## Options$(.*?)^## ", (folder / "MANUAL.md").read_text(encoding="utf-8"), re.M | re.S)[1]
    named = {name for row in rows.splitlines() if row.startswith("| `") for name in re.findall("`([a-z-]+)`", row.split("|")[1])}
    policy = {option.name.lower().replace("_", "-") for option in poterne.PolicyOption} if hasattr(poterne, "PolicyOption") else {
        "max-failures", "recovery-codes", "confirm-at-first-login", "confirm-within-days", "ticket-seconds"}
    assert len(read) > 15 and named - policy == read, named ^ read


def test_second_step_that_stopped_half_way_says_how_to_begin_again(host, tmp_path):
    """It stops at its last command, with all else made."""
    built, realm = host.folder / "node0", "half"
    admin = keycloak.Admin(host.bases[0])
    admin("POST", "", {"realm": realm, "enabled": True, "sslRequired": "none"})
    # What starts twenty virtual machines starts them quickly.
    env = keycloak.environment(HOME=str(tmp_path), JAVA_OPTS_APPEND="-XX:TieredStopAtLevel=1 -Xshare:auto", KC_OPTS="-XX:TieredStopAtLevel=1")
    kcadm = built / "bin/kcadm.sh"
    keycloak.run(kcadm, "config", "credentials", "--server", host.bases[0], "--realm", "master", "--user", "admin", "--password", "admin", env=env)
    failing = tmp_path / "kcadm-failing"
    failing.write_text(f'#!/bin/sh\n[ "$1 $2" != "update realms/{realm}" ] || exit 1\nexec {kcadm} "$@"\n')
    failing.chmod(0o755)

    def second_step(with_this) -> subprocess.CompletedProcess:
        return subprocess.run([keycloak.provider / "second-step", realm], env={**env, "KCADM": str(with_this)}, text=True, capture_output=True)

    def flows() -> list[str]:
        return [flow["alias"] for flow in keycloak.Admin(host.bases[0])("GET", f"/{realm}/authentication/flows")]

    def bound() -> str:
        return keycloak.Admin(host.bases[0])("GET", f"/{realm}")["browserFlow"]

    stopped = second_step(failing)
    assert stopped.returncode == 1 and bound() == "browser" and "browser-poterne" in flows()
    command = stopped.stderr.split("Before another run: ")[1].strip()
    # The control: without it the name is taken, and nothing new is made.
    again = second_step(kcadm)
    assert again.returncode == 1 and "exists" in again.stderr and "Before another run" not in again.stderr
    keycloak.run(*command.split(), env=env)
    assert "browser-poterne" not in flows()
    done = second_step(kcadm)
    assert done.returncode == 0 and "The way back: " in done.stdout and "half-way" not in done.stderr, done.stderr
    assert bound() == "browser-poterne"
