"""LemonLDAP::NG of Debian with bindings/lemonldap: each node has configuration, sessions and a cache of its own, under Starman."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from typing import Any, Dict, List, Optional

from department import Department
from hosts import Host
from playwright.sync_api import Page

HERE = pathlib.Path(__file__).resolve().parents[3]
SHARE = pathlib.Path("/usr/share/lemonldap-ng/portal")

# The portal as its node's process sees it. Apache does the two folders elsewhere.
APPLICATION = """
use Plack::Builder;
use Lemonldap::NG::Portal::Main;
my $portal = Lemonldap::NG::Portal::Main->run({ });
builder {
    enable 'Static', path => sub { s{^/static/}{} }, root => '%(static)s';
    enable 'Static', path => sub { s{^/javascript/}{} }, root => '/usr/share/javascript';
    $portal;
};
"""


class LemonLdap(Host):
    name = "lemonldap"
    # What is added to each node's configuration, and the workers of a node.
    extra: Dict[str, Any] = {}
    has_second_factor = True
    workers = 4
    # Starman's own: a worker ends itself behind so many.
    max_requests = 1000

    def start(self, department: Department, nodes: int) -> List[str]:
        self._folder = department.folder / self.name
        self._folder.mkdir()
        installed = self._folder / "installed"
        shutil.copytree(SHARE / "templates", installed / "templates")
        shutil.copytree(SHARE / "htdocs/static", installed / "static")
        subprocess.run(
            [HERE / "bindings/lemonldap/install"],
            check=True,
            env={
                **os.environ,
                "PERL": str(installed / "perl"),
                "TEMPLATES": str(installed / "templates/bootstrap"),
                "STATIC": str(installed / "static/common"),
            },
        )
        self._people(department)
        self._nodes = [Node(self, department, number) for number in range(nodes)]
        for node in self._nodes:
            node.wait()
        self.bases = [node.base for node in self._nodes]
        return self.bases

    def _people(self, department: Department) -> None:
        """The first factor: a table of names and passwords."""
        with sqlite3.connect(self._folder / "people.sqlite") as people:
            people.execute("CREATE TABLE people (uid TEXT PRIMARY KEY, password TEXT, mail TEXT)")
            people.executemany(
                "INSERT INTO people VALUES (?, ?, ?)", [(name, password, f"{name}@example.net") for name, password in department.accounts.items()]
            )

    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        page.context.clear_cookies()
        page.goto(base + "/")
        page.fill("input[name=user]", account)
        page.fill("input[name=password]", f"s3cret-{account}" if password is None else password)
        page.click("button[type=submit]")
        page.wait_for_load_state()

    def signed_in(self, page: Page) -> Optional[str]:
        # A key that was pressed may be on its way.
        for _ in range(15):
            for base in self.bases:
                answer = page.context.request.get(f"{base}/mysession/?whoami", headers={"Accept": "application/json"})
                if answer.ok and answer.json().get("result"):
                    page.wait_for_load_state()
                    return str(answer.json()["result"])
            page.wait_for_timeout(100)
        return None

    def own_page(self, page: Page, base: str) -> None:
        page.goto(base + "/2fregisters/poterne")
        page.wait_for_url(base + "/poterne")
        page.wait_for_load_state()

    def sign_out(self, page: Page, base: str) -> None:
        page.goto(base + "/?logout=1")

    def log(self) -> str:
        return "".join(node.log.read_text(errors="replace") for node in self._nodes)

    def stop(self) -> None:
        for node in getattr(self, "_nodes", []):
            node.stop()


class Node:
    def __init__(self, host: LemonLdap, department: Department, number: int) -> None:
        folder = host._folder / f"node{number}"
        for each in ("conf", "sessions/lock", "psessions/lock", "cache", "notifications"):
            (folder / each).mkdir(parents=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        installed = host._folder / "installed"
        (folder / "conf/lmConf-1.json").write_text(json.dumps({**configuration(host, folder, self.base), **host.extra}, indent=1))
        (folder / "lemonldap-ng.ini").write_text(
            f"[all]\nlogLevel = notice\n[configuration]\ntype = File\ndirName = {folder}/conf\n"
            f"localStorage = Cache::FileCache\nlocalStorageOptions = {{'namespace' => 'conf', 'cache_root' => '{folder}/cache'}}\n"
            f"[portal]\nstaticPrefix = /static\ntemplateDir = {installed}/templates\nlanguages = en, fr\n"
            + (f"poterneSettings = {department.settings}\n" if host.has_second_factor else "")
        )
        (folder / "portal.psgi").write_text(APPLICATION % {"static": installed / "static"})
        self.log = folder / "log"
        environment = {
            **os.environ,
            "LLNG_DEFAULTCONFFILE": str(folder / "lemonldap-ng.ini"),
            "PERL5LIB": str(installed / "perl"),
            "LD_LIBRARY_PATH": str(HERE / "target/artifacts/c/usr/local/lib"),
            "LANG": "C.UTF-8",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["starman", "--preload-app", "--workers", str(host.workers), "--max-requests", str(host.max_requests), "--listen", f"127.0.0.1:{port}", "--env", "deployment", folder / "portal.psgi"],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )

    def wait(self) -> None:
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.base + "/ping", timeout=20):
                    return
            except urllib.error.HTTPError as answer:
                raise AssertionError(f"the portal answers {answer.code}: {self.log.read_text(errors='replace')}") from None
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text(errors="replace"))

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)


def configuration(host: LemonLdap, folder: pathlib.Path, base: str) -> Dict[str, Any]:
    """What the manager of the portal would write."""
    factor = {
        "available2F": "Poterne",
        "available2FSelfRegistration": "Poterne",
        "poterne2fActivation": 1,
        "poterne2fSelfRegistration": 1,
        "poterne2fAccount": "uid",
        "poterne2fAuthnLevel": 4,
    }
    return {
        "cfgNum": 1, "cfgAuthor": "tests", "cfgDate": 1, "cfgVersion": "2.16.1",
        "portal": base + "/", "domain": "127.0.0.1", "cookieName": "lemonldap" + base.rsplit(":", 1)[1], "securedCookie": 0,
        "authentication": "DBI", "userDB": "Same", "passwordDB": "Null", "registerDB": "Null",
        "dbiAuthChain": f"dbi:SQLite:dbname={host._folder}/people.sqlite",
        "dbiAuthTable": "people", "dbiAuthLoginCol": "uid", "dbiAuthPasswordCol": "password",
        "dbiExportedVars": {"uid": "uid", "mail": "mail"}, "exportedVars": {},
        # Names as the tests have them.
        "userControl": "^.+$",
        "globalStorage": "Apache::Session::File",
        "globalStorageOptions": {
            "Directory": f"{folder}/sessions", "LockDirectory": f"{folder}/sessions/lock",
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        },
        "persistentStorage": "Apache::Session::File",
        "persistentStorageOptions": {"Directory": f"{folder}/psessions", "LockDirectory": f"{folder}/psessions/lock"},
        "localSessionStorage": "Cache::FileCache",
        "localSessionStorageOptions": {"namespace": "sessions", "cache_root": f"{folder}/cache", "default_expires_in": 600, "cache_depth": 3},
        # A token of the local cache has 16 random bits.
        "tokenUseGlobalStorage": 1,
        "loginHistoryEnabled": 0, "notification": 0, "portalSkin": "bootstrap", "portalSkinBackground": "", "whatToTrace": "uid",
        "macros": {}, "groups": {}, "locationRules": {"127.0.0.1": {"default": "accept"}}, "exportedHeaders": {}, "vhostOptions": {},
        "portalDisplayRegister": 0, "portalDisplayResetPassword": 0,
        **(factor if host.has_second_factor else {}),
    }


HOST = LemonLdap
