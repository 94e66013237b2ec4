"""Keycloak with the provider of bindings/keycloak: nodes that share poterne's table and keyring, and nothing else of ours.

Each node has its own database, and its own sessions (`--cache=local`): what one knows of a sign-in, the other does not. What is slow
is kept in target/keycloak: the unpacked distribution with the provider built into it, and a dump of a database with its realm.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import inspect
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from department import Department
from hosts import Host, put_to_sleep
from playwright.sync_api import Page

root = pathlib.Path(__file__).resolve().parents[3]
provider = root / "bindings/keycloak"
work = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "keycloak"
realm = "departement"
version = "26.7.3"


def run(*command, **options) -> str:
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def distribution() -> pathlib.Path:
    """Keycloak with the two jars in it, built. Once for the same jars."""
    # The jar of poterne is one of the artifacts that a run has made before.
    run(provider / "build", env={**os.environ, "POTERNE_ARTIFACTS": "made"})
    jars = sorted((work / "providers").glob("*.jar"))
    assert len(jars) == 2, jars
    key = hashlib.sha256(b"".join(jar.read_bytes() for jar in jars)).hexdigest()[:16]
    built = work / f"built-{key}"
    if not built.exists():
        for old in work.glob("built-*"):
            shutil.rmtree(old)
        making = work / "making"
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(work / f"keycloak-{version}", making)
        for jar in jars:
            shutil.copy(jar, making / "providers")
        run(making / "bin/kc.sh", "build", "--db=postgres", "--features=step-up-authentication-saml", env=environment())
        making.rename(built)
    return built


def environment(**more: str) -> dict[str, str]:
    # A name with an accent is an argument: without a locale, Java takes it for ASCII.
    kept = {"LANG": "C.UTF-8"} | {name: os.environ[name] for name in ("PATH", "HOME", "JAVA_HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, **more}


class Admin:
    """The administrator's interface of a node."""

    def __init__(self, base: str):
        self.base, self._token, self._until = base, "", 0.0

    @property
    def token(self) -> str:
        """A new one when half of its minute is over: a test may take longer."""
        if time.monotonic() >= self._until:
            form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin"}
            place = f"{self.base}/realms/master/protocol/openid-connect/token"
            with urllib.request.urlopen(place, urllib.parse.urlencode(form).encode()) as answer:
                given = json.load(answer)
            self._token, self._until = given["access_token"], time.monotonic() + given["expires_in"] / 2
        return self._token

    def __call__(self, method: str, path: str, body=None):
        request = urllib.request.Request(f"{self.base}/admin/realms{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None


class Service:
    """A small service that signs its users in by OpenID Connect, with each of the nodes: /0/..., /1/..."""

    def __init__(self):
        self.nodes: list[str] = []
        self.sessions: dict[str, dict] = {}
        self.states: dict[str, int] = {}
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                service.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request) -> None:
        url = urllib.parse.urlsplit(request.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        _, number, action, *_ = (*url.path.split("/"), "", "")
        if not number.isdigit() or int(number) >= len(self.nodes):
            return self.send(request, 404, "nothing here")
        node = int(number)
        if action == "login":
            state = secrets.token_urlsafe()
            self.states[state] = node
            more = {name: query[name] for name in ("kc_action", "acr_values", "ui_locales", "prompt") if name in query}
            return self.redirect(request, self.protocol(node, "auth") + "?" + urllib.parse.urlencode(
                {"client_id": "service", "response_type": "code", "scope": "openid", "state": state, "redirect_uri": self.uri(node), **more}))
        if action == "callback":
            if self.states.pop(query.get("state", ""), None) != node:
                return self.send(request, 400, "not a state of ours")
            if "code" not in query:
                return self.send(request, 403, f"no: {query.get('error')}")
            claims = self.exchange(node, query["code"]) | {"kc_action_status": query.get("kc_action_status")}
            name = secrets.token_urlsafe()
            self.sessions[name] = claims
            return self.redirect(request, f"/{node}/", f"service{node}={name}; HttpOnly; Path=/")
        cookies = dict(part.strip().split("=", 1) for part in request.headers.get("Cookie", "").split(";") if "=" in part)
        claims = self.sessions.get(cookies.get(f"service{node}", ""))
        if action == "logout":
            self.sessions.pop(cookies.get(f"service{node}", ""), None)
            if not claims:
                return self.redirect(request, f"/{node}/")
            return self.redirect(request, self.protocol(node, "logout") + "?" + urllib.parse.urlencode(
                {"id_token_hint": claims["id_token"], "post_logout_redirect_uri": f"{self.base}/{node}/"}))
        said = {name: value for name, value in (claims or {}).items() if name != "id_token"}
        self.send(request, 200, json.dumps(said))

    def uri(self, node: int) -> str:
        return f"{self.base}/{node}/callback"

    def protocol(self, node: int, what: str) -> str:
        return f"{self.nodes[node]}/realms/{realm}/protocol/openid-connect/{what}"

    def exchange(self, node: int, code: str) -> dict:
        """The claims of the token for a code, its signature checked."""
        form = {"grant_type": "authorization_code", "client_id": "service", "code": code, "redirect_uri": self.uri(node)}
        with urllib.request.urlopen(self.protocol(node, "token"), urllib.parse.urlencode(form).encode()) as answer:
            token = json.load(answer)["id_token"]
        head, body, signature = token.split(".")
        with urllib.request.urlopen(self.protocol(node, "certs")) as answer:
            keys = json.load(answer)["keys"]
        header = json.loads(decode(head))
        key = next(key for key in keys if key["kid"] == header["kid"] and key["alg"] == header["alg"] == "RS256")
        public = rsa.RSAPublicNumbers(int.from_bytes(decode(key["e"])), int.from_bytes(decode(key["n"]))).public_key()
        public.verify(decode(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        claims = json.loads(decode(body))
        assert claims["iss"] == f"{self.nodes[node]}/realms/{realm}" and claims["aud"] == "service", claims
        return claims | {"id_token": token}

    def send(self, request, status: int, text: str) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "text/plain; charset=utf-8")
        request.end_headers()
        request.wfile.write(text.encode())

    def redirect(self, request, to: str, cookie: str = "") -> None:
        request.send_response(302)
        request.send_header("Location", to)
        if cookie:
            request.send_header("Set-Cookie", cookie)
        request.end_headers()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Keycloak(Host):
    """The nodes. `options` are those of the provider, `no_record="enroll"`; `each` has those of one node only."""

    name = "keycloak"

    def __init__(self, each: tuple[dict[str, str], ...] = (), **options: str):
        self.options, self.each = options, each
        self.processes: list[subprocess.Popen] = []
        self.logs: list[pathlib.Path] = []
        self.service: Service | None = None
        self.bases: list[str] = []

    def start(self, department: Department, nodes: int) -> list[str]:
        self.site = department
        self.options = {
            "no_record": "enroll", "confirm_at_first_login": "true", "noticed_failures": "1",
            "ticket_seconds": str(department.ticket_seconds), **self.options,
        }
        self.folder = pathlib.Path(department.folder) / "keycloak"
        self.folder.mkdir()
        built = distribution()
        self.service = Service()
        made_by = (provider / "second-step").read_bytes() + inspect.getsource(Keycloak.prepare).encode() + version.encode()
        dump = work / f"realm-{hashlib.sha256(made_by).hexdigest()[:16]}.sql"
        if not dump.exists():
            self.database(0)
            self.node(0, built)
            self.ready(0)
            self.prepare(0, built)
            made = self.postgresql("pg_dump", "--no-owner", self.database_of(0))
            dump.with_suffix(".part").write_text(made, encoding="utf-8")
            dump.with_suffix(".part").rename(dump)
            self.end(self.processes.pop())
            self.logs.pop()
            self.bases.pop()
            self.postgresql("dropdb", self.database_of(0))
        for number in range(nodes):
            self.database(number)
            self.postgresql("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, self.database_of(number))
            self.node(number, built)
        for number in range(nodes):
            self.ready(number)
            self.users(number)
        self.service.nodes = list(self.bases)
        return self.bases

    # The databases of Keycloak itself, beside the one of poterne. They are not behind what a test stops.

    def database_of(self, number: int) -> str:
        return f"keycloak{number}"

    @property
    def port(self) -> str:
        return os.environ["POTERNE_POSTGRESQL_PORT"]

    def postgresql(self, tool: str, *arguments) -> str:
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))[-1]
        return run(found, "-h", "127.0.0.1", "-p", self.port, "-U", "poterne", *arguments, env=environment(PGPASSWORD="poterne"))

    def database(self, number: int) -> None:
        where = f"host=127.0.0.1 port={self.port} user=poterne password=poterne dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.database_of(number)} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {self.database_of(number)}")

    # The processes.

    def node(self, number: int, built: pathlib.Path) -> None:
        home = self.folder / f"node{number}"
        if not home.exists():
            # Files of their own in nothing but what they write.
            run("cp", "-al", built, home)
            shutil.rmtree(home / "data", ignore_errors=True)
        port = free_port()
        settings = {
            "keyring": str(self.site.keyring), "application": self.site.application, "issuer": "Département",
            "db-url": f"jdbc:postgresql://{self.site.host}:{self.site.port}/{self.site.database}", "db-username": self.site.user,
            **self.options, **(self.each[number] if number < len(self.each) else {}),
        }
        secret = {
            "KC_DB_PASSWORD": "poterne", "KC_SPI_AUTHENTICATOR__POTERNE__DB_PASSWORD": self.site.password,
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin",
        }
        log = self.folder / f"node{number}-{len(self.logs)}.log"
        with log.open("w") as output:
            self.processes.append(subprocess.Popen(
                [home / "bin/kc.sh", "start", "--optimized", "--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={port}",
                 "--hostname-strict=false", "--cache=local", f"--db-url=jdbc:postgresql://127.0.0.1:{self.port}/{self.database_of(number)}",
                 "--db-username=poterne", *(f"--spi-authenticator--poterne--{name.replace('_', '-')}={value}" for name, value in settings.items())],
                env=environment(**secret, JAVA_OPTS_APPEND="-XX:TieredStopAtLevel=1" if nodes_start_quickly else ""),
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True))
        self.logs.append(log)
        self.bases.append(f"http://127.0.0.1:{port}")

    def ready(self, number: int) -> None:
        deadline = time.monotonic() + 240
        while True:
            try:
                with urllib.request.urlopen(f"{self.bases[number]}/realms/master") as answer:
                    assert answer.status == 200
                    return
            except OSError:
                if self.processes[number].poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"Keycloak does not start:\n{self.logs[number].read_text()[-8000:]}") from None
                time.sleep(0.3)

    def prepare(self, number: int, built: pathlib.Path) -> None:
        """The realm, as the manual makes it."""
        admin = Admin(self.bases[number])
        admin("POST", "", {
            "realm": realm, "enabled": True, "displayName": "Département", "internationalizationEnabled": True,
            "supportedLocales": ["en", "fr"], "defaultLocale": "en", "sslRequired": "none", "bruteForceProtected": True,
            "eventsListeners": [], "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)",
            "attributes": {"acr.loa.map": json.dumps({"mfa": 2}), "acr.uri.map": json.dumps({"mfa": "https://refeds.org/profile/mfa"})},
        })
        env = environment(KCADM=str(built / "bin/kcadm.sh"), HOME=str(self.folder))
        run(built / "bin/kcadm.sh", "config", "credentials", "--server", self.bases[number], "--realm", "master", "--user", "admin",
            "--password", "admin", env=env)
        run(provider / "second-step", realm, env=env)
        # The token of before lasts a minute, and each kcadm.sh is a virtual machine.
        admin = Admin(self.bases[number])
        admin("POST", f"/{realm}/clients", {
            "clientId": "service", "publicClient": True, "redirectUris": ["*"], "standardFlowEnabled": True,
            "directAccessGrantsEnabled": False, "attributes": {"post.logout.redirect.uris": "*"},
        })
        # The same without the second step: what the second step costs is the difference.
        admin("POST", f"/{realm}/clients", {
            "clientId": "password-only", "publicClient": True, "redirectUris": ["*"], "standardFlowEnabled": True,
            "authenticationFlowBindingOverrides": {
                "browser": next(flow["id"] for flow in admin("GET", f"/{realm}/authentication/flows") if flow["alias"] == "browser")},
        })

    def users(self, number: int) -> None:
        admin = Admin(self.bases[number])
        # Keycloak's own rules for names refuse some that a directory may have.
        profile = admin("GET", f"/{realm}/users/profile")
        for attribute in profile["attributes"]:
            if attribute["name"] == "username":
                attribute["validations"] = {"length": {"min": 1, "max": 255}}
        admin("PUT", f"/{realm}/users/profile", profile)
        users = [self.user(account, password) for account, password in self.site.accounts.items()]
        admin("POST", f"/{realm}/partialImport", {"ifResourceExists": "FAIL", "users": users})

    @staticmethod
    def user(account: str, password: str) -> dict:
        return {
            "username": account, "enabled": True, "email": f"{secrets.token_hex(8)}@example.org", "emailVerified": True,
            "firstName": "A", "lastName": "B", "credentials": [{"type": "password", "value": password, "temporary": False}]}

    # What the scenario of all hosts does.

    def number(self, base: str) -> int:
        return self.bases.index(base)

    def password_page(self, page: Page, base: str, account: str, password: str | None = None, **more: str) -> None:
        page.context.clear_cookies()
        query = f"?{urllib.parse.urlencode(more)}" if more else ""
        page.goto(f"{self.service.base}/{self.number(base)}/login{query}")
        page.fill("#username", account)
        page.fill("#password", self.site.accounts[account] if password is None else password)
        with page.expect_navigation():
            page.click("#kc-login")

    def signed_in(self, page: Page) -> str | None:
        """As whom the service knows the browser. What Keycloak tells before it goes on stays on the screen."""
        if "/login-actions/" in page.url and page.locator("#poterne-notice").count() and page.locator("#poterne-submit").count():
            put_to_sleep(page)
            page.context.request.post(page.get_attribute("form[method=post]", "action") or "", form={"step": "accepted"})
        for number in range(len(self.bases)):
            said = page.context.request.get(f"{self.service.base}/{number}/").json()
            if said:
                return str(said["preferred_username"])
        return None

    def claims(self, page) -> dict | None:
        if not page.url.startswith(self.service.base):
            return None
        return json.loads(page.inner_text("body")) if page.inner_text("body").startswith("{") else None

    def own_page(self, page: Page, base: str) -> None:
        page.goto(f"{self.service.base}/{self.number(base)}/login?kc_action=poterne")

    def sign_out(self, page: Page, base: str) -> None:
        page.goto(f"{self.service.base}/{self.number(base)}/logout")

    def log(self) -> str:
        return "".join(log.read_text(encoding="utf-8", errors="replace") for log in self.logs)

    def stop(self) -> None:
        if "POTERNE_KEYCLOAK_LOG" in os.environ:
            pathlib.Path(os.environ["POTERNE_KEYCLOAK_LOG"]).write_text(self.log(), encoding="utf-8")
        for process in self.processes:
            self.end(process)
        if self.service:
            self.service.stop()

    @staticmethod
    def end(process: subprocess.Popen) -> None:
        if process.poll() is None:
            # The shell of kc.sh has become the virtual machine.
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


# Less work for the compiler, for nodes that live for minutes; measurements of time leave it out.
nodes_start_quickly = "POTERNE_KEYCLOAK_MEASURE" not in os.environ


HOST = Keycloak
