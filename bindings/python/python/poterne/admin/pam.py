"""`poterne doctor --pam SERVICE`: whether the service's stack lets nobody in without a code, and spends none without the password.

Linux-PAM runs the lines of a stack one after the other, and what each comes to decides how it goes on. So the stack is played, for a wrong
password, a right one and a refused code: what matters is not how a line is written but what is reached behind it.
"""

from __future__ import annotations

import datetime
import glob
import os
import pathlib
import re
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from poterne.admin.console import AMBER, RED
from poterne.admin.language import Say

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


class Unreadable(Exception):
    """A file of the stack is missing or wrong: Linux-PAM lets nobody in by it."""


@dataclass(frozen=True)
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
    """What is wrong with a stack."""

    color: str
    place: str
    text: str
    advice: str


def faults(say: Say, service: str, settings: Optional[pathlib.Path], folders: Sequence[pathlib.Path] = FOLDERS) -> Iterator[Fault]:
    """All that is wrong; nothing of a good stack."""
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
    yield from _spent(say, stack, lines, checks)
    yield from _let_in(say, stack, lines)
    yield from _split(say, lines, ours)
    yield from _days(say, ours)
    yield from _files(say, ours, settings)


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
    elif "without_password" in line.arguments:
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
    for knows in [*(line for line in lines if line.checks_password), None]:
        plays = [_played(stack, knows, conditional, SUCCESS) for conditional in _conditional(lines)]
        ends = [play.reached for play in plays if play.is_in]
        for reached in ends:
            if not any(line.checks_code for line in reached):
                # What depends on who asks may be meant, such as pam_rootok in the stack of su.
                is_always = not any(line.checks_code for other in ends for line in other)
                skipped[reached[-1].place] = RED if is_always else skipped.get(reached[-1].place, AMBER)
        for verdict in ("auth_err", "authinfo_unavail"):
            for conditional in _conditional(lines):
                play = _played(stack, knows, conditional, verdict)
                if play.is_in:
                    refused.update(line.place for line in play.reached if line.checks_code)
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
    for at in verifies:
        if not any(before < at for before in splits):
            yield Fault(
                RED,
                lines[at].place,
                say("no `split` stands before it: nobody can log in", "aucun « split » ne précède : personne ne peut se connecter"),
                say("Add before the password: auth requisite pam_poterne.so split", "Ajouter avant le mot de passe : auth requisite pam_poterne.so split"),
            )


def _days(say: Say, ours: Sequence[Line]) -> Iterator[Fault]:
    """A day from which codes are needed, and which has come."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    for line in ours:
        day = next((word[5:] for word in line.arguments if word.startswith("from=")), None)
        # The module refuses what is no day; days of this form are in the order of their letters.
        if day is not None and day <= today:
            yield Fault(
                AMBER,
                line.place,
                say("{day} has come, and a clock that falls behind it lets in without a code", "le {day} est passé : une horloge remise avant cette date laisse entrer sans code", day=day),
                say("Remove the option `from`.", "Retirer l’option « from »."),
            )


def _files(say: Say, ours: Sequence[Line], settings: Optional[pathlib.Path]) -> Iterator[Fault]:
    for line in ours:
        if not _installed(line.module):
            yield Fault(
                RED,
                line.place,
                say("{module} is not there: nobody can log in", "{module} n’existe pas : personne ne peut se connecter", module=line.module),
                say("Install it: bindings/pam/install", "L’installer : bindings/pam/install"),
            )
        named = next((word[9:] for word in line.arguments if word.startswith("settings=")), "/etc/poterne/poterne.conf")
        if settings is None or not (os.path.exists(named) and os.path.samefile(named, settings)):
            yield Fault(
                AMBER,
                line.place,
                say("it reads {named}, which is not what this report looked at", "elle lit {named}, que ce rapport n’a pas examiné", named=named),
                say("Run: poterne doctor --config {named}", "Lancer : poterne doctor --config {named}", named=named),
            )


def _installed(module: str) -> bool:
    if module.startswith("/"):
        return os.path.exists(module)
    return any(glob.glob(f"{folder}/security/{glob.escape(module)}") for folder in ("/lib/*", "/lib", "/lib64", "/usr/lib/*", "/usr/lib64"))


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

