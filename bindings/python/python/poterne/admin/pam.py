"""`poterne doctor --pam SERVICE`: whether the service's stack lets nobody in without a code, and spends none without the password.

Linux-PAM runs the lines of a stack one after the other, and what each comes to decides how it goes on. So the stack is played, for a wrong
password, a right one and a refused code: what matters is not how a line is written but what is reached behind it. What our own
lines say, the module itself is asked.
"""

from __future__ import annotations

import datetime
import glob
import grp
import os
import pathlib
import pwd
import re
import time
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from poterne import Error, Settings
from poterne.admin import pam_module
from poterne.admin.console import AMBER, GREEN, RED
from poterne.admin.language import Say
from poterne.admin.pam_module import Said

# Where Linux-PAM looks for a service.
FOLDERS = (pathlib.Path("/etc/pam.d"), pathlib.Path("/usr/lib/pam.d"))

SUCCESS, IGNORE = "success", "ignore"

# What a module that checks passwords may say to a wrong one, or to a user that it does not know.
FAILURES = ("auth_err", "user_unknown", "authinfo_unavail", "maxtries", "perm_denied", "acct_expired", "cred_insufficient")

# Modules that check no password, and what they say. `None`: it depends on what they are asked, so that both is tried.
NEUTRAL: Dict[str, Optional[str]] = {
    "pam_permit": SUCCESS,
    "pam_deny": "auth_err",
    **dict.fromkeys(("pam_cap", "pam_echo", "pam_env", "pam_faildelay", "pam_gnome_keyring", "pam_group", "pam_keyinit", "pam_mount", "pam_warn"), IGNORE),
    **dict.fromkeys(
        ("pam_access", "pam_faillock", "pam_listfile", "pam_localuser", "pam_nologin", "pam_rootok", "pam_securetty", "pam_shells", "pam_succeed_if", "pam_tally2", "pam_time", "pam_wheel"),
        None,
    ),
}

CONTROLS = {
    "required": "success=ok new_authtok_reqd=ok ignore=ignore default=bad",
    "requisite": "success=ok new_authtok_reqd=ok ignore=ignore default=die",
    "sufficient": "success=done new_authtok_reqd=done default=ignore",
    "optional": "success=ok new_authtok_reqd=ok default=ignore",
}


# The users as whom the hosts of a service load the module, where that is known.
HOSTS: Dict[str, Tuple[str, ...]] = {
    **dict.fromkeys(("cockpit", "cron", "login", "ocserv", "openvpn", "sshd", "su", "su-l", "sudo", "sudo-i", "systemd-user"), ("root",)),
    **dict.fromkeys(("freeradius", "radiusd"), ("freerad", "radiusd")),
}


class Unreadable(Exception):
    """A file of the stack is missing or wrong: Linux-PAM lets nobody in by it."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line of type `auth`, its controls spelled out."""

    place: str
    control: str
    actions: Dict[str, str]
    module: str
    arguments: Tuple[str, ...]
    substack: Sequence["Line"] = ()

    @property
    def name(self) -> str:
        return os.path.basename(self.module).split(".")[0]

    @property
    def mode(self) -> str:
        """Of the lines of poterne."""
        return self.arguments[0] if self.name == "pam_poterne" and self.arguments else ""

    @property
    def checks_code(self) -> bool:
        return self.name == "pam_poterne" and self.mode != "split"

    @property
    def checks_password(self) -> bool:
        return not self.substack and self.name not in NEUTRAL and self.name != "pam_poterne"

    @property
    def is_conditional(self) -> bool:
        return self.name in NEUTRAL and NEUTRAL[self.name] is None

    def action(self, said: str) -> str:
        return self.actions.get(said, self.actions.get("default", "bad"))


@dataclass
class Play:
    """A run of the stack. `says` is what each module comes to."""

    says: Callable[[Line], str]
    reached: List[Line] = field(default_factory=list)
    impression: str = "none"
    status: str = "perm_denied"

    @property
    def is_in(self) -> bool:
        """Whether somebody is let in."""
        return self.impression == "positive" and self.status == SUCCESS

    def run(self, lines: Sequence[Line]) -> None:
        at = 0
        while at < len(lines):
            line, at = lines[at], at + 1
            if line.substack:
                # What ends a substack ends it alone: the lines behind it are reached even after a `requisite` of it has failed.
                self.run(line.substack)
                continue
            self.reached.append(line)
            said = self.says(line)
            action = line.action(said)
            if action in ("ok", "done"):
                if said != IGNORE and (self.impression == "none" or (self.impression == "positive" and self.status == SUCCESS)):
                    self.impression = "positive" if said == SUCCESS else self.impression
                    self.status = said
                if action == "done" and self.impression == "positive":
                    return
            elif action in ("bad", "die"):
                if self.impression != "negative":
                    self.impression, self.status = "negative", "perm_denied" if said == IGNORE else said
                if action == "die":
                    return
            elif action == "reset":
                self.impression, self.status = "none", "perm_denied"
            elif action.isdigit():
                at += int(action)
                if at > len(lines):
                    self.impression, self.status = "negative", "perm_denied"


def read(service: str, folders: Sequence[pathlib.Path] = FOLDERS) -> List[Line]:
    """The lines of type `auth` of a service, those of included files in their place."""
    if not re.fullmatch(r"[\w.-]+", service):
        raise Unreadable(service)
    for folder in folders:
        for name in (service.lower(), "other"):
            if (folder / name).is_file():
                return list(_lines(folder / name, folders, 0))
    raise Unreadable(str(folders[0] / service))


def _lines(path: pathlib.Path, folders: Sequence[pathlib.Path], depth: int) -> Iterator[Line]:
    # Linux-PAM's own limit.
    if depth > 16:
        raise Unreadable(str(path))
    try:
        text = path.read_text(errors="surrogateescape")
    except OSError as error:
        raise Unreadable(str(path)) from error
    number, kept = 0, ""
    for raw in text.split("\n"):
        number += 1
        kept += re.sub(r"(?<!\\)#.*", "", raw)
        if kept.endswith("\\"):
            kept = kept[:-1] + " "
            continue
        words, kept = re.findall(r"\[(?:[^\]\\]|\\.)*\]|\S+", kept), ""
        if not words:
            continue
        if words[0] == "@include" and len(words) == 2:
            yield from _lines(_found(words[1], folders), folders, depth + 1)
            continue
        if words[0].lstrip("-").lower() != "auth":
            continue
        place = f"{path}:{number}"
        if len(words) < 3:
            raise Unreadable(place)
        control, module = words[1].lower(), words[2]
        if control == "include":
            yield from _lines(_found(module, folders), folders, depth + 1)
            continue
        if control == "substack":
            inner = list(_lines(_found(module, folders), folders, depth + 1))
            yield Line(place, control, {}, module, (), inner)
            continue
        spelled = control[1:-1] if control.startswith("[") else CONTROLS.get(control)
        if spelled is None or any("=" not in word for word in spelled.split()):
            raise Unreadable(place)
        actions = dict(word.split("=", 1) for word in spelled.split())
        yield Line(place, control, actions, module, tuple(word[1:-1] if word.startswith("[") else word for word in words[3:]))


def _found(name: str, folders: Sequence[pathlib.Path]) -> pathlib.Path:
    if name.startswith("/"):
        return pathlib.Path(name)
    return next((folder / name for folder in folders if (folder / name).is_file()), folders[0] / name)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a stack; or, in green, who needs no code by it."""

    color: str
    place: str
    text: str
    advice: str


def faults(say: Say, service: str, settings: Optional[pathlib.Path], folders: Sequence[pathlib.Path] = FOLDERS) -> Iterator[Fault]:
    """All that is wrong, and whoever gets in without a code; nothing of a stack by which nobody does."""
    try:
        stack = read(service, folders)
    except Unreadable as unreadable:
        yield Fault(
            RED,
            str(unreadable),
            say("cannot be read, or is no line of PAM", "illisible, ou pas une ligne de PAM"),
            say("Name a service of /etc/pam.d.", "Indiquer un service de /etc/pam.d."),
        )
        return
    lines = list(_flat(stack))
    ours = [line for line in lines if line.name == "pam_poterne"]
    checks = [line for line in ours if line.checks_code]
    if not checks:
        yield Fault(
            RED,
            service,
            say("no line checks a code", "aucune ligne ne vérifie de code"),
            say("Add: auth required pam_poterne.so prompt", "Ajouter : auth required pam_poterne.so prompt"),
        )
        return
    asked: Dict[Line, Said] = {}
    yield from _module(say, service, ours, settings, asked)
    yield from _spent(say, stack, lines, checks)
    yield from _let_in(say, stack, lines)
    yield from _split(say, lines, ours)
    yield from _twins(say, ours, asked)
    for line in checks:
        if line in asked:
            yield from _exceptions(say, line, asked[line].options, lines)


def _spent(say: Say, stack: Sequence[Line], lines: Sequence[Line], checks: Sequence[Line]) -> Iterator[Fault]:
    """Lines that are reached with a wrong password."""
    reached: List[Line] = []
    for failure in FAILURES:
        for conditional in _conditional(lines):
            play = Play(lambda line: failure if line.checks_password else _says(line, conditional, SUCCESS))
            play.run(stack)
            for line in play.reached:
                if line.checks_code and line not in reached:
                    reached.append(line)
                    yield from _reached(say, line, [before for before in play.reached[: play.reached.index(line)] if before.checks_password])


def _reached(say: Say, line: Line, before: Sequence[Line]) -> Iterator[Fault]:
    if before:
        yield Fault(
            RED,
            line.place,
            say("a wrong password spends a code: anybody can lock an account", "un mauvais mot de passe consomme un code : n’importe qui peut bloquer un compte"),
            say(
                "What checks the password must end the stack if it fails: `requisite`, not `{control}`, in {place}. Not in a substack: what ends it ends it alone.",
                "Ce qui vérifie le mot de passe doit arrêter la pile en cas d’échec : « requisite », et non « {control} », dans {place}. Pas dans un « substack », dont l’arrêt n’arrête que lui.",
                control=before[-1].control,
                place=before[-1].place,
            ),
        )
    elif "without_password" in line.arguments[1:]:
        yield Fault(
            AMBER,
            line.place,
            say("no password stands before the code, as without_password says", "aucun mot de passe avant le code, comme le dit without_password"),
            say(
                "Right only if the host has checked something before, such as a key: AuthenticationMethods publickey,keyboard-interactive",
                "Juste seulement si l’hôte a vérifié autre chose avant, une clé par exemple : AuthenticationMethods publickey,keyboard-interactive",
            ),
        )
    else:
        yield Fault(
            RED,
            line.place,
            say("no line before it checks a password", "aucune ligne précédente ne vérifie de mot de passe"),
            say("Put it behind the module that checks the password, which is `requisite`.", "La placer après le module qui vérifie le mot de passe, lui-même « requisite »."),
        )


def _let_in(say: Say, stack: Sequence[Line], lines: Sequence[Line]) -> Iterator[Fault]:
    """Ways in without a code, for a user whom all modules know, or one of them."""
    skipped: Dict[str, str] = {}
    refused: Set[str] = set()
    twice: Set[str] = set()
    gets_in = False
    for knows in [*(line for line in lines if line.checks_password), None]:
        plays = [_played(stack, knows, conditional, SUCCESS) for conditional in _conditional(lines)]
        ends = [play.reached for play in plays if play.is_in]
        for reached in ends:
            gets_in = True
            twice.update([line.place for line in reached if line.checks_code][1:])
            if not any(line.checks_code for line in reached):
                # What depends on who asks may be meant, such as pam_rootok in the stack of su.
                is_always = not any(line.checks_code for other in ends for line in other)
                skipped[reached[-1].place] = RED if is_always else skipped.get(reached[-1].place, AMBER)
        for verdict in ("auth_err", "authinfo_unavail"):
            for conditional in _conditional(lines):
                play = _played(stack, knows, conditional, verdict)
                if play.is_in:
                    refused.update(line.place for line in play.reached if line.checks_code)
    if not gets_in:
        yield Fault(
            RED,
            stack[0].place,
            say("nobody gets in by this stack, whatever the code", "personne n’entre par cette pile, quel que soit le code"),
            say("Look at the controls of its lines.", "Vérifier les contrôles de ses lignes."),
        )
    for place in sorted(twice):
        yield Fault(
            RED,
            place,
            say("a line before it has checked the code: this one finds it used", "une ligne précédente a vérifié le code : celle-ci le trouve utilisé"),
            say("Remove one of the two.", "Retirer l’une des deux."),
        )
    conditions = ", ".join(sorted({line.name for line in lines if line.is_conditional}))
    for place, color in sorted(skipped.items()):
        if color == RED:
            advice = say(
                "A module before the code must not be `sufficient` or `done`: make it `requisite`.",
                "Un module placé avant le code ne doit être ni « sufficient » ni « done » : le mettre « requisite ».",
            )
        else:
            advice = say(
                "That depends on {names}. Look whether it is meant.", "Cela dépend de {names}. Vérifier que c’est voulu.", names=conditions
            )
        yield Fault(color, place, say("the stack ends here, and lets in without a code", "la pile s’arrête ici et laisse entrer sans code"), advice)
    for place in sorted(refused):
        yield Fault(
            RED,
            place,
            say("a refused code is let in", "un code refusé laisse entrer"),
            say("Make this line `required`, without [...], `sufficient` or `optional`.", "Mettre cette ligne « required », sans [...], « sufficient » ni « optional »."),
        )


def _played(stack: Sequence[Line], knows: Optional[Line], failing: Tuple[str, ...], verdict: str) -> Play:
    """With the right password of a user whom the module `knows` knows, or every one."""

    def says(line: Line) -> str:
        if line.checks_password:
            return SUCCESS if knows is None or line is knows else "user_unknown"
        return _says(line, failing, verdict)

    play = Play(says)
    play.run(stack)
    return play


def _split(say: Say, lines: Sequence[Line], ours: Sequence[Line]) -> Iterator[Fault]:
    """`split` stands before the password, `verify` behind it, and one needs the other."""
    splits = [at for at, line in enumerate(lines) if line in ours and line.mode == "split"]
    verifies = [at for at, line in enumerate(lines) if line in ours and line.mode == "verify"]
    passwords = [at for at, line in enumerate(lines) if line.checks_password]
    for at in splits:
        if not any(later > at for later in verifies):
            yield Fault(
                RED,
                lines[at].place,
                say("no `verify` follows: the code is taken away and not checked", "aucun « verify » ne suit : le code est retiré sans être vérifié"),
                say("Add: auth required pam_poterne.so verify", "Ajouter : auth required pam_poterne.so verify"),
            )
        if any(before < at for before in passwords):
            yield Fault(
                RED,
                lines[at].place,
                say("the password is checked before the code is taken from it", "le mot de passe est vérifié avant que le code en soit retiré"),
                say("Put `split` before it.", "Placer « split » avant."),
            )
        for line in lines[at:]:
            if line.checks_password and not {"use_first_pass", "try_first_pass"} & set(line.arguments):
                yield Fault(
                    RED,
                    line.place,
                    say(
                        "it asks for the password again: who has one field cannot log in",
                        "elle redemande le mot de passe : qui n’a qu’un champ ne peut pas se connecter",
                    ),
                    say("Add the option use_first_pass.", "Ajouter l’option use_first_pass."),
                )
    for at in verifies:
        if not any(before < at for before in splits):
            yield Fault(
                RED,
                lines[at].place,
                say("no `split` stands before it: nobody can log in", "aucun « split » ne précède : personne ne peut se connecter"),
                say("Add before the password: auth requisite pam_poterne.so split", "Ajouter avant le mot de passe : auth requisite pam_poterne.so split"),
            )


def _twins(say: Say, ours: Sequence[Line], asked: Dict[Line, Said]) -> Iterator[Fault]:
    """`split` and `verify` with different options take different people for those who need a code, or different accounts."""
    both = [{name: value for name, value in asked[line].options.items() if name not in ("mode", "digits")} for line in ours if line in asked and line.mode != "prompt"]
    if any(options != both[0] for options in both[1:]):
        yield Fault(
            RED,
            next(line.place for line in ours if line.mode == "verify"),
            say("`split` and `verify` have different options", "« split » et « verify » n’ont pas les mêmes options"),
            say("Give both the same, `digits` apart.", "Leur donner les mêmes, « digits » excepté."),
        )


def _exceptions(say: Say, line: Line, options: Dict[str, str], lines: Sequence[Line]) -> Iterator[Fault]:
    """Who gets in without a code since the options say so."""
    if "from" in options:
        yield _day(say, line, int(options["from"]))
    if "no_record" in options:
        yield Fault(
            AMBER,
            line.place,
            say("those who were never enrolled get in by the password alone", "qui n’a jamais été enrôlé entre avec le seul mot de passe"),
            say(
                "Remove no_record=allow once everybody is enrolled: whoever can delete a row needs no code.",
                "Retirer no_record=allow quand tout le monde est enrôlé : qui peut supprimer une ligne n’a pas besoin de code.",
            ),
        )
    if "without_password" in options and any(before.checks_password for before in lines[: lines.index(line)]):
        yield Fault(
            AMBER,
            line.place,
            say("without_password, though a password is checked before it", "without_password, alors qu’un mot de passe est vérifié avant"),
            say("Remove the option: without it the module sees to it that a password was asked for.", "Retirer l’option : sans elle, le module s’assure qu’un mot de passe a été demandé."),
        )
    low, high = int(options.get("min_uid", 0)), int(options.get("max_uid", 2**32 - 1))
    if low > high:
        yield Fault(
            RED,
            line.place,
            say("no user has a number from {low} to {high}: nobody needs a code", "aucun utilisateur n’a de numéro entre {low} et {high} : personne n’a besoin de code", low=low, high=high),
            say("Correct min_uid and max_uid.", "Corriger min_uid et max_uid."),
        )
        return
    group = options.get("group")
    if group is not None and not _is_group(group):
        yield Fault(
            AMBER,
            line.place,
            say("the system knows no group {group}: everybody needs a code", "le système ne connaît pas de groupe {group} : tout le monde a besoin d’un code", group=group),
            say("Create the group, correct the name, or look at the directory: getent group {group}", "Créer le groupe, corriger le nom, ou voir l’annuaire : getent group {group}", group=group),
        )
        return
    outside = [] if group is None else [say("outside the group {group}", "hors du groupe {group}", group=group)]
    if (low, high) != (0, 2**32 - 1):
        outside.append(say("with a number outside {low} to {high}", "de numéro hors de {low} à {high}", low=low, high=high))
    if outside:
        who = say(" or ", " ou ").join(outside)
        yield Fault(
            GREEN,
            line.place,
            say("no code without the password; in without a code: users {who}", "pas de code sans le mot de passe ; sans code : les utilisateurs {who}", who=who),
            "",
        )


def _day(say: Say, line: Line, first: int) -> Fault:
    day = datetime.datetime.fromtimestamp(first, datetime.timezone.utc).date().isoformat()
    if time.time() < first:
        return Fault(
            AMBER,
            line.place,
            say("until {day} everybody gets in by the password alone", "jusqu’au {day}, tout le monde entre avec le seul mot de passe", day=day),
            say("From then on codes are needed, and the option `from` is to be removed.", "Ensuite le code est exigé, et l’option « from » est à retirer."),
        )
    return Fault(
        AMBER,
        line.place,
        say("{day} has come, and a clock that falls behind it lets in without a code", "le {day} est passé : une horloge remise avant cette date laisse entrer sans code", day=day),
        say("Remove the option `from`.", "Retirer l’option « from »."),
    )


def _is_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def _module(say: Say, service: str, ours: Sequence[Line], settings: Optional[pathlib.Path], asked: Dict[Line, Said]) -> Iterator[Fault]:
    """Why the module would refuse every login. Fills `asked`."""
    me, host = _user(os.geteuid()), _host(service)
    is_host = host in (None, me)
    for line in ours:
        path = _installed(line.module)
        if path is None:
            yield Fault(
                RED,
                line.place,
                say("{module} is not there: nobody can log in", "{module} n’existe pas : personne ne peut se connecter", module=line.module),
                say("Install it: bindings/pam/install", "L’installer : bindings/pam/install"),
            )
            continue
        said = pam_module.ask(path, line.arguments, is_host)
        if said is None:
            yield Fault(
                RED,
                line.place,
                say("{module} does not answer, or is another version's", "{module} ne répond pas, ou n’est pas de cette version", module=path),
                say("Install it again: bindings/pam/install", "L’installer de nouveau : bindings/pam/install"),
            )
            continue
        if not said.options:
            wrong = " ".join(pam_module.wrong(path, line.arguments)) or " ".join(line.arguments)
            yield Fault(
                RED,
                line.place,
                say("the module does not take {wrong}: it refuses every login", "le module n’accepte pas {wrong} : il refuse toute connexion", wrong=wrong or "-"),
                say("Correct it: the mode comes first, then the options of bindings/pam/MANUAL.md", "Corriger : d’abord le mode, puis les options de bindings/pam/MANUAL.md"),
            )
            continue
        asked[line] = said
        if said.fault is not None:
            yield _refusing(say, line, said, me)
        elif not is_host and _owner(said.options["settings"]) not in (None, "root", host):
            yield _of_somebody_else(say, line, said.options["settings"], str(host))
        elif settings is None or not _is_same(said.options["settings"], settings):
            named = said.options["settings"]
            yield Fault(
                AMBER,
                line.place,
                say("it reads {named}, which is not what this report looked at", "elle lit {named}, que ce rapport n’a pas examiné", named=named),
                say("Run: poterne doctor --config {named}", "Lancer : poterne doctor --config {named}", named=named),
            )
    if asked and (not is_host or (host is None and me != "root")):
        yield Fault(
            AMBER,
            service,
            say(
                "looked at as {me}; the host loads the module as {host}",
                "examiné sous {me} ; l’hôte charge le module sous {host}",
                me=me,
                host=host or say("root, unless it is one of the few that do not", "root, sauf rares exceptions"),
            ),
            say("Run doctor as {host}.", "Lancer doctor sous {host}.", host=host or say("the host's user", "l’utilisateur de l’hôte")),
        )


def _refusing(say: Say, line: Line, said: Said, me: str) -> Fault:
    """The module has refused to work as this user."""
    named, code = said.options["settings"], str(said.fault)
    if code in ("error.settings.owner", "error.keyring_file") and _owner(named) not in (None, "root", me):
        return _of_somebody_else(say, line, named, me)
    advice = say("Run: poterne doctor --config {named}", "Lancer : poterne doctor --config {named}", named=named)
    if code.startswith("error.settings."):
        try:
            Settings.open(named, language=say.language)
        except Error as error:
            advice = f"{named}: {error.args[1]}"
    text = say("the module refuses every login here: {code}", "le module refuse ici toute connexion : {code}", code=code)
    return Fault(RED, line.place, text, advice)


def _of_somebody_else(say: Say, line: Line, named: str, host: str) -> Fault:
    return Fault(
        RED,
        line.place,
        say(
            "{named} belongs to {owner}, and the host runs as {host}: the module refuses every login",
            "{named} appartient à {owner} et l’hôte tourne sous {host} : le module refuse toute connexion",
            named=named,
            owner=_owner(named),
            host=host,
        ),
        say(
            "Leave it to {owner}. Give this host a copy of settings and keyring that {host} owns, mode 0600, and name it on the line: settings=/etc/poterne-pam/poterne.conf",
            "Le laisser à {owner}. Donner à cet hôte une copie des réglages et du trousseau appartenant à {host}, en mode 0600, et l’indiquer sur la ligne : settings=/etc/poterne-pam/poterne.conf",
            owner=_owner(named),
            host=host,
        ),
    )


def _host(service: str) -> Optional[str]:
    """The user as whom the service's host loads the module; None if that is not known."""
    return next((name for name in HOSTS.get(service.lower(), ()) if _is_user(name)), None)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _owner(path: str) -> Optional[str]:
    """None if there is no such file, or this user may not look."""
    try:
        return _user(os.stat(path).st_uid)
    except OSError:
        return None


def _is_same(one: str, other: pathlib.Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _installed(module: str) -> Optional[str]:
    """The module's file; None if there is none."""
    if module.startswith("/"):
        return module if os.path.exists(module) else None
    found = (glob.glob(f"{folder}/security/{glob.escape(module)}") for folder in ("/lib/*", "/lib", "/lib64", "/usr/lib/*", "/usr/lib64"))
    return next((path for paths in found for path in paths), None)


def _flat(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        if line.substack:
            yield from _flat(line.substack)
        else:
            yield line


def _conditional(lines: Sequence[Line]) -> List[Tuple[str, ...]]:
    """What the modules that depend on what they are asked may say: each both ways, all at once if they are many."""
    names = sorted({line.name for line in lines if line.is_conditional})
    if len(names) > 6:
        return [(), tuple(names)]
    return [tuple(name for at, name in enumerate(names) if number >> at & 1) for number in range(2 ** len(names))]


def _says(line: Line, failing: Tuple[str, ...], verdict: str) -> str:
    if line.checks_code:
        return verdict
    if line.name == "pam_poterne":
        return IGNORE
    said = NEUTRAL[line.name]
    return said if said is not None else "auth_err" if line.name in failing else SUCCESS

