"""`poterne doctor --radius DIRECTORY`: whether a FreeRADIUS configuration still is the one that was given out, where that matters.

Its files are read as FreeRADIUS reads them, and FreeRADIUS itself is asked whether it would start with them.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import pathlib
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple

from poterne.admin.console import AMBER, RED
from poterne.admin.language import Say
from poterne.admin.pam import Fault

# Where the manual puts it.
DIRECTORY = "/etc/freeradius/poterne"

# RFC 2865 section 3.
MIN_SECRET_LEN = 16

# Of FreeRADIUS's own files, of its documentation and of ours.
EXAMPLES = {"testing123", "testing123-1", "secret", "sharedsecret", "radius"}

# Modules that write who was here.
RECORDERS = ("detail", "linelog", "radutmp", "sradutmp", "unix", "sql", "sqlippool", "rediswho")

# What the verdict of the module becomes. With FreeRADIUS's defaults, the password's `ok` would be an answer.
PRIORITIES = {
    "poterne_end": {
        **dict.fromkeys(("ok", "handled"), "return"),
        **dict.fromkeys(("reject", "invalid", "notfound", "noop", "updated", "userlock"), "reject"),
        "fail": "1",
    },
    "poterne_module": {**dict.fromkeys(("reject", "invalid", "noop", "ok"), "reject"), "fail": "1", "updated": "1"},
}

YES = ("yes", "on", "true", "1")


class Unreadable(Exception):
    """A file of the configuration is missing or wrong."""


@dataclass
class Node:
    """A line of the configuration: a section, or a word perhaps with a value."""

    words: str
    place: str
    value: Optional[str] = None
    children: Optional[List["Node"]] = None

    @property
    def name(self) -> str:
        return self.words.split()[0]

    def sections(self, name: str) -> List["Node"]:
        return [each for each in self.children or () if each.children is not None and each.name == name]

    def section(self, words: str) -> Optional["Node"]:
        return next((each for each in self.children or () if each.children is not None and each.words == words), None)

    def pair(self, name: str) -> Optional["Node"]:
        # FreeRADIUS takes the last of them.
        return next((each for each in reversed(self.children or ()) if each.value is not None and each.words == name), None)

    def text(self, name: str) -> str:
        pair = self.pair(name)
        return "" if pair is None or pair.value is None else pair.value

    def all(self) -> Iterator["Node"]:
        for each in self.children or ():
            yield each
            yield from each.all()


@dataclass
class Reader:
    """Reads `radiusd.conf` and what it includes."""

    values: Dict[str, str] = field(default_factory=dict)

    def read(self, path: pathlib.Path) -> Node:
        root = Node("", str(path), children=[])
        self._read(path, [root], 0)
        return root

    def _read(self, path: pathlib.Path, open_sections: List[Node], depth: int) -> None:
        if depth > 16:
            raise Unreadable(str(path))
        try:
            lines = path.read_text(errors="surrogateescape").split("\n")
        except OSError as error:
            raise Unreadable(str(path)) from error
        begin = len(open_sections)
        for number, raw in enumerate(lines, 1):
            place = f"{path}:{number}"
            line = re.sub(r"""^((?:[^#"'\\]|\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*)#.*""", r"\1", raw).strip()
            if not line:
                continue
            included = re.fullmatch(r"\$(-?)INCLUDE\s+(\S+)", line)
            if included:
                self._include(path, included[2], included[1] == "-", open_sections, depth, place)
            elif line == "}":
                if len(open_sections) <= begin:
                    raise Unreadable(place)
                open_sections.pop()
            elif line.endswith("{"):
                section = Node(" ".join(line[:-1].split()), place, children=[])
                if not section.words:
                    raise Unreadable(place)
                self._last(open_sections).append(section)
                open_sections.append(section)
            else:
                self._last(open_sections).append(self._pair(line, place, len(open_sections)))
        if len(open_sections) != begin:
            raise Unreadable(open_sections[-1].place)

    def _pair(self, line: str, place: str, depth: int) -> Node:
        found = re.fullmatch(r"([^\s=:!<>+]+)\s*(?::=|\+=|-=|==|=)\s*(.*)", line)
        if not found:
            return Node(" ".join(line.split()), place)
        value = found[2].strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        value = self._expanded(value)
        if depth == 1:
            self.values[found[1]] = value
        return Node(found[1], place, value)

    def _include(self, path: pathlib.Path, name: str, is_optional: bool, open_sections: List[Node], depth: int, place: str) -> None:
        target = path.parent / self._expanded(name)
        if name.endswith("/") or target.is_dir():
            for each in sorted(target.iterdir()):
                if re.fullmatch(r"[A-Za-z0-9_.-]+", each.name) and each.is_file():
                    self._read(each, open_sections, depth + 1)
        elif target.exists() or not is_optional:
            if not target.exists():
                raise Unreadable(f"{place}: {target}")
            self._read(target, open_sections, depth + 1)

    def _expanded(self, value: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda found: self.values.get(found[1], found[0]), value)

    @staticmethod
    def _last(open_sections: List[Node]) -> List[Node]:
        children = open_sections[-1].children
        assert children is not None
        return children


def faults(say: Say, directory: pathlib.Path, settings: Optional[pathlib.Path]) -> Iterator[Fault]:
    """All that is wrong; nothing of a good configuration."""
    reader = Reader()
    try:
        root = reader.read(directory / "radiusd.conf")
    except Unreadable as unreadable:
        yield Fault(
            RED,
            str(unreadable),
            say("cannot be read, or is no configuration of FreeRADIUS", "illisible, ou pas une configuration de FreeRADIUS"),
            say(
                "Name the folder: poterne doctor --radius {default}. Run it as the server's user, or as root.",
                "Indiquer le dossier : poterne doctor --radius {default}. Lancer sous l’utilisateur du serveur, ou root.",
                default=DIRECTORY,
            ),
        )
        return
    yield from _started(say, directory)
    yield from _modes(say, directory, reader.values)
    yield from _clients(say, root)
    yield from _listens(say, root)
    yield from _logs(say, root)
    yield from _verdict(say, root)
    yield from _signed(say, root)
    yield from _waves(say, directory, reader.values)
    yield from _module(say, reader.values)
    yield from _files(say, directory, reader.values, settings)


def _started(say: Say, directory: pathlib.Path) -> Iterator[Fault]:
    program = shutil.which("freeradius", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        yield Fault(
            RED,
            "freeradius",
            say("is not installed", "n’est pas installé"),
            say("Run this report on the RADIUS server: apt-get install freeradius freeradius-python3", "Lancer ce rapport sur le serveur RADIUS : apt-get install freeradius freeradius-python3"),
        )
        return
    try:
        # Not into the server's log, which would then be root's.
        ran = subprocess.run([program, "-C", "-l", "stdout", "-d", str(directory)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    except subprocess.TimeoutExpired:
        ran = None
    if ran is None or ran.returncode != 0:
        # The line itself may hold anything, a secret too.
        said = "" if ran is None else ran.stdout.decode(errors="replace")
        place = re.search(r"(/\S+)\[(\d+)\]", said)
        yield Fault(
            RED,
            f"{place[1]}:{place[2]}" if place else str(directory),
            say("FreeRADIUS does not start with this configuration", "FreeRADIUS ne démarre pas avec cette configuration"),
            say("Its own words: freeradius -Cx -l stdout -d {folder}", "Ce qu’il en dit : freeradius -Cx -l stdout -d {folder}", folder=directory),
        )


def _modes(say: Say, directory: pathlib.Path, values: Dict[str, str]) -> Iterator[Fault]:
    private = {directory / "secrets.conf", pathlib.Path(values.get("private_key_file", directory / "server.key"))}
    advice = f"chown -R root:{values.get('server_group', 'freerad')} {directory}; chmod -R g-w,o= {directory}"
    folders = [pathlib.Path(folder) for folder, _, _ in os.walk(directory)]
    for path in [*folders, *(path for path in directory.rglob("*") if not path.is_dir()), *(path for path in private if directory not in path.parents)]:
        try:
            status = path.stat()
        except OSError:
            # FreeRADIUS itself has told of what it needs.
            continue
        if status.st_mode & 0o022:
            text = say("others can write it, and switch off the code", "d’autres peuvent y écrire et supprimer le code")
            yield Fault(RED, str(path), text, advice)
        elif path in private and status.st_mode & 0o007:
            text = say("others can read it", "d’autres peuvent le lire")
            yield Fault(RED, str(path), text, f"{advice}. " + say("Then change the secret.", "Puis changer le secret."))
        elif status.st_uid != 0:
            text = say("does not belong to root: the server can change its own configuration", "n’appartient pas à root : le serveur peut modifier sa propre configuration")
            yield Fault(AMBER, str(path), text, advice)
            return


def _clients(say: Say, root: Node) -> Iterator[Fault]:
    seen: Dict[str, str] = {}
    for client in root.sections("client"):
        secret, at = client.text("secret"), client.pair("secret")
        place = client.place if at is None else at.place
        if secret.lower() in EXAMPLES:
            yield _secret(say, place, say("the shared secret is an example’s", "le secret partagé est celui d’un exemple"))
        elif len(secret) < MIN_SECRET_LEN:
            yield _secret(say, place, say("the shared secret is shorter than {count} characters", "le secret partagé a moins de {count} caractères", count=MIN_SECRET_LEN))
        elif secret in seen:
            yield _secret(say, place, say("the shared secret is that of {other}, too", "le secret partagé est aussi celui de {other}", other=seen[secret]))
        seen.setdefault(secret, client.place)
        yield from _address(say, client)
        if client.text("require_message_authenticator").lower() not in YES:
            yield Fault(
                RED,
                client.place,
                say("requests need no Message-Authenticator: answers can be forged (CVE-2024-3596)", "les requêtes se passent de Message-Authenticator : une réponse peut être contrefaite (CVE-2024-3596)"),
                "require_message_authenticator = yes",
            )


def _secret(say: Say, place: str, text: str) -> Fault:
    return Fault(RED, place, text, say("Make one for each gateway: openssl rand -hex 32", "En créer un par passerelle : openssl rand -hex 32"))


def _address(say: Say, client: Node) -> Iterator[Fault]:
    named = next((client.text(name) for name in ("ipaddr", "ipv4addr", "ipv6addr") if client.text(name)), "")
    try:
        network = ipaddress.ip_network("0.0.0.0/0" if named == "*" else named, strict=False)
    except ValueError:
        # A name: FreeRADIUS looks it up when it starts.
        return
    if network.prefixlen < (24 if network.version == 4 else 64):
        yield Fault(
            RED if network.prefixlen == 0 else AMBER,
            client.place,
            say("requests are taken from everywhere in {network}", "les requêtes sont acceptées de tout {network}", network=network),
            say("Name the gateway's own address: ipaddr = 192.0.2.1", "Indiquer l’adresse de la passerelle : ipaddr = 192.0.2.1"),
        )


def _listens(say: Say, root: Node) -> Iterator[Fault]:
    for server in root.sections("server"):
        for listen in server.sections("listen"):
            if listen.text("type") in ("acct", "auth+acct", "coa"):
                yield Fault(
                    AMBER,
                    listen.place,
                    say("takes accounting: who is in, from where, since when", "reçoit la comptabilité : qui est connecté, d’où, depuis quand"),
                    "type = auth",
                )
            if listen.text("ipaddr") in ("*", "0.0.0.0", "::"):
                yield Fault(
                    AMBER,
                    listen.place,
                    say("listens on every address of this machine, port {port}", "écoute sur toutes les adresses de cette machine, port {port}", port=listen.text("port") or 1812),
                    say("In local.conf, name the one that the gateway reaches: listen_address", "Dans local.conf, indiquer celle qu’utilise la passerelle : listen_address"),
                )


def _logs(say: Say, root: Node) -> Iterator[Fault]:
    for log in root.sections("log"):
        for name in ("auth_badpass", "auth_goodpass"):
            pair = log.pair(name)
            if pair is not None and log.text(name).lower() in YES:
                yield Fault(RED, pair.place, say("the log has passwords, and codes behind them", "le journal contient des mots de passe, codes compris"), f"{name} = no")
        pair = log.pair("auth")
        if pair is not None and log.text("auth").lower() in YES:
            yield Fault(AMBER, pair.place, say("the log names who logs in, and from where", "le journal nomme qui se connecte, et d’où"), "auth = no")
    for modules in root.sections("modules"):
        for module in modules.children or ():
            if module.children is not None and module.name in RECORDERS:
                yield Fault(
                    AMBER,
                    module.place,
                    say("{name} writes who was here", "{name} écrit qui est passé", name=module.name),
                    say("Take it out, or name it in the register of processing.", "Le retirer, ou l’inscrire au registre des traitements."),
                )
    for server in root.sections("server"):
        for name in ("accounting", "preacct"):
            for section in server.sections(name):
                yield Fault(
                    AMBER,
                    section.place,
                    say("{name} keeps who was here", "{name} conserve qui est passé", name=name),
                    say("Take it out, or name it in the register of processing.", "Le retirer, ou l’inscrire au registre des traitements."),
                )


def _verdict(say: Say, root: Node) -> Iterator[Fault]:
    """Ways in without the module's word."""
    policies = {policy.words: policy for section in root.sections("policy") for policy in section.children or () if policy.children is not None}
    again = say("Take raddb/policy as it was given out.", "Reprendre raddb/policy tel que fourni.")
    for name, wanted in PRIORITIES.items():
        policy = policies.get(name)
        if policy is None:
            yield Fault(RED, root.place, say("the policy {name} is missing", "la règle {name} manque", name=name), again)
            continue
        module = policy.section("poterne")
        found = {} if module is None else {each.words: each.value for each in module.children or ()}
        wrong = sorted(code for code in wanted if found.get(code) != wanted[code])
        if wrong:
            text = say(
                "without the priority of {codes}, the password alone can be enough", "sans la priorité de {codes}, le mot de passe seul peut suffire", codes=", ".join(wrong)
            )
            yield Fault(RED, (module or policy).place, text, again)
        last = (policy.children or [Node("", "")])[-1]
        if name == "poterne_end" and last.words != "reject":
            yield Fault(RED, policy.place, say("does not end in reject", "ne se termine pas par reject"), again)
    for server in root.sections("server"):
        for section in server.sections("authenticate"):
            yield from _last_word(say, section)


def _last_word(say: Say, section: Node) -> Iterator[Fault]:
    for method in section.children or ():
        if method.words == "eap":
            # Its inner server has the last word.
            continue
        lines = method.children or []
        words = {each.words for each in [*method.all()]}
        if method.words == "Auth-Type poterne" and lines and lines[-1].words == "poterne_end" and words <= {"poterne_end", "poterne_check_password", "if (!&State)"}:
            continue
        yield Fault(
            RED,
            method.place,
            say("somebody can be let in here without a code", "on peut entrer ici sans code"),
            say("Only Auth-Type poterne stands here, and poterne_end is its last line.", "Seul Auth-Type poterne figure ici, et poterne_end en est la dernière ligne."),
        )


def _signed(say: Say, root: Node) -> Iterator[Fault]:
    signs = any(
        each.words == "&Message-Authenticator" and each.value == "0x00"
        for section in root.sections("policy")
        for policy in section.sections("poterne_sign")
        for each in policy.all()
    )
    for server in root.sections("server"):
        if not server.sections("listen"):
            # What is inside the tunnel is not sent.
            continue
        after = server.section("post-auth") or Node("post-auth", server.place, children=[])
        places: Sequence[Optional[Node]] = (after, after.section("Post-Auth-Type Challenge"), after.section("Post-Auth-Type REJECT"))
        if not signs or not all(place is not None and any(each.words == "poterne_sign" for each in place.children or ()) for place in places):
            yield Fault(
                RED,
                after.place,
                say("not every answer has a Message-Authenticator: gateways drop it", "toutes les réponses n’ont pas de Message-Authenticator : les passerelles les ignorent"),
                say("poterne_sign stands in post-auth, Challenge and REJECT.", "poterne_sign figure dans post-auth, Challenge et REJECT."),
            )


def _waves(say: Say, directory: pathlib.Path, values: Dict[str, str]) -> Iterator[Fault]:
    place, day = str(directory / "local.conf"), values.get("poterne_from", "")
    # The module refuses what is no day; days of this form are in the order of their letters.
    if day and day <= datetime.datetime.now(datetime.timezone.utc).date().isoformat():
        yield Fault(
            AMBER,
            place,
            say("{day} has come, and a clock that falls behind it lets in without a code", "le {day} est passé : une horloge remise avant cette date laisse entrer sans code", day=day),
            'poterne_from = ""',
        )
    if values.get("poterne_no_record") == "allow":
        yield Fault(
            AMBER,
            place,
            say("whoever has no record gets in by the password, and so whoever can delete one", "sans enregistrement le mot de passe suffit, donc aussi à qui peut en supprimer un"),
            say("When everybody is enrolled (poterne missing --of everybody.txt): poterne_no_record = refuse", "Quand tous sont enrôlés (poterne missing --of agents.txt) : poterne_no_record = refuse"),
        )


def _module(say: Say, values: Dict[str, str]) -> Iterator[Fault]:
    folders = [pathlib.Path(each) for each in values.get("poterne_python_path", "").split(":") if each]
    module = next((folder / "poterne_radius.py" for folder in folders if (folder / "poterne_radius.py").exists()), None)
    package = next((folder / "poterne" / "__init__.py" for folder in folders if (folder / "poterne" / "__init__.py").exists()), None)
    if module is None or package is None:
        yield Fault(
            RED,
            "poterne_python_path",
            say("{name} is in none of these folders", "{name} n’est dans aucun de ces dossiers", name="poterne_radius.py" if module is None else "poterne"),
            say("Look at local.conf, and at the installation in bindings/radius/MANUAL.md.", "Voir local.conf, et l’installation dans bindings/radius/MANUAL.md."),
        )
    elif module.stat().st_mtime < package.stat().st_mtime - 3600:
        yield Fault(
            AMBER,
            str(module),
            say("is older than the package beside it", "est plus ancien que le paquet voisin"),
            say("Copy it from the same version, and restart: cp bindings/radius/poterne_radius.py {folder}", "Le reprendre de la même version, puis redémarrer : cp bindings/radius/poterne_radius.py {folder}", folder=module.parent),
        )


def _files(say: Say, directory: pathlib.Path, values: Dict[str, str], settings: Optional[pathlib.Path]) -> Iterator[Fault]:
    # Here, since the command runs on systems without them.
    import grp
    import pwd

    named, user = values.get("poterne_settings", ""), values.get("server_user", "freerad")
    if settings is None or not (os.path.exists(named) and os.path.samefile(named, settings)):
        yield Fault(
            AMBER,
            str(directory / "local.conf"),
            say("the server reads {named}, which is not what this report looked at", "le serveur lit {named}, que ce rapport n’a pas examiné", named=named),
            say("Run: poterne doctor --config {named}", "Lancer : poterne doctor --config {named}", named=named),
        )
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        # FreeRADIUS itself has told.
        return
    groups = set(os.getgrouplist(user, entry.pw_gid)) | {group.gr_gid for group in grp.getgrall() if group.gr_name == values.get("server_group")}
    for path in [named, *_named_in(named)]:
        if not _can_read(pathlib.Path(path), entry.pw_uid, groups):
            yield Fault(
                RED,
                path,
                say("the server's user {user} cannot read it: nobody can log in", "l’utilisateur {user} du serveur ne peut pas le lire : personne ne peut se connecter", user=user),
                f"chown {user}: {path}; chmod 600 {path}",
            )


def _named_in(settings: str) -> Iterator[str]:
    """The files that the settings name, outside of systemd's folder."""
    try:
        lines = pathlib.Path(settings).read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = (part.strip() for part in line.partition("="))
        if name in ("keyring", "database_password_file") and value.startswith("/"):
            yield value


def _can_read(path: pathlib.Path, uid: int, groups: Set[int]) -> bool:
    for each, bits in (*((parent, 1) for parent in reversed(path.parents)), (path, 4)):
        try:
            status = each.stat()
        except FileNotFoundError:
            return False
        except OSError:
            # Not for whoever runs this report to see: the keyring's own check tells.
            return True
        if not _allows(status, uid, groups, bits):
            return False
    return True


def _allows(status: os.stat_result, uid: int, groups: Set[int], bits: int) -> bool:
    shift = 6 if status.st_uid == uid else 3 if status.st_gid in groups else 0
    return bool(stat.S_IMODE(status.st_mode) >> shift & bits)
