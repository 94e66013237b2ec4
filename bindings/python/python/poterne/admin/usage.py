"""The words of click and of the system, which have them in English alone: of an option in the help, of arguments that are wrong, and of files
that cannot be read or written. click's catalogs of translations are not installed with it.
"""

from __future__ import annotations

import difflib
import errno
import os
import re
from typing import Iterable, List, Optional, Tuple

import click

from poterne.admin.language import Say

# Of these click has no classes of their own, or has them in its newest versions only.
_NO_COMMAND = re.compile(r"No such command '(.*)'\.")
_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)
# Of a group without a command; before click 8.2 that is no error.
_NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())

_RANGE = re.compile(r"\[([0-9]+)<=x<=([0-9]+)\]")
_BOUNDS = re.compile(r"\[default: ([^;\]]+); ([0-9]+)<=x<=([0-9]+)\]")


def described(say: Say, name: str, text: str) -> Tuple[str, str]:
    """An option of the help. click writes [default: 2; 1<=x<=30], in English and for programmers."""
    number = say("NUMBER", "NOMBRE")
    text = text.replace("Show this message and exit.", say("Shows this help.", "Affiche cette aide."))
    text = _BOUNDS.sub(say(r"(\2 to \3, by default \1)", r"(\2 à \3, par défaut \1)"), text)
    text = _RANGE.sub(say(r"(\1 to \2)", r"(\1 à \2)"), text).replace("[required]", say("[required]", "[obligatoire]"))
    return (
        name.replace("INTEGER RANGE", number).replace("INTEGER", number),
        text.replace("[default: ", say("[default: ", "[par défaut : ")),
    )


def wrong(say: Say, error: click.UsageError) -> str:
    """What is wrong, and where the help is."""
    if isinstance(error, _NO_ARGUMENTS):
        # Its text is the help.
        return str(error.message)
    help_of = error.ctx.command_path if error.ctx is not None else "poterne"
    return say("{what}\nSee: {command} --help", "{what}\nVoir : {command} --help", what=_what(say, error), command=help_of)


def reason(say: Say, error: OSError) -> str:
    """Why the system refuses a file, and what to do."""
    if error.errno == errno.ENOENT:
        return say("there is no such file or folder; look at the spelling", "ce fichier ou ce dossier n’existe pas ; vérifier l’orthographe")
    if error.errno in (errno.EACCES, errno.EPERM):
        return say(
            "this user may not read or write it; run the command as a user who may, or name another place",
            "cet utilisateur n’a pas le droit de le lire ou de l’écrire ; lancer la commande sous un utilisateur qui l’a, ou indiquer un autre emplacement",
        )
    if error.errno == errno.EISDIR:
        return say("this is a folder; name a file", "c’est un dossier ; indiquer un fichier")
    if error.errno == errno.ENOTDIR:
        return say("a part of this path is a file, not a folder; look at it", "une partie de ce chemin est un fichier, non un dossier ; le vérifier")
    if error.errno == errno.EEXIST:
        return say("it is there already; name another one", "il existe déjà ; en indiquer un autre")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return say("there is no room left; make some", "il n’y a plus de place ; en libérer")
    if error.errno == errno.EROFS:
        return say("this disk is read-only; name another place", "ce disque est en lecture seule ; indiquer un autre emplacement")
    return error.strerror or type(error).__name__


def of_system(say: Say, error: OSError) -> str:
    """A refusal of the system in the middle of a command. The file's name is no secret."""
    why = reason(say, error)
    if error.filename is None:
        return say("The system refuses: {why}. Nothing more was done.", "Refus du système : {why}. Arrêt.", why=why)
    return say("{name}: {why}. Nothing more was done.", "{name} : {why}. Arrêt.", name=os.fsdecode(error.filename), why=why)


def _what(say: Say, error: click.UsageError) -> str:
    message = error.message
    if isinstance(error, click.NoSuchOption):
        known = [name for param in _params(error) for name in (*param.opts, *param.secondary_opts) if name.startswith("-")]
        return say("There is no option {name}.", "L’option {name} n’existe pas.", name=error.option_name) + _meant(say, error.option_name, known)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return say("{name} is missing.", "Il manque {name}.", name=_name(error.param))
    if isinstance(error, click.BadParameter) and error.param is not None:
        return say("{name}: {wanted}.", "{name} : {wanted}.", name=_name(error.param), wanted=_wanted(say, error.param, error))
    if isinstance(error, click.BadOptionUsage):
        option = next((param for param in _params(error) if error.option_name in (*param.opts, *param.secondary_opts)), None)
        if isinstance(option, click.Option) and option.is_flag:
            return say("{name} takes no value.", "{name} ne prend pas de valeur.", name=error.option_name)
        value = "" if option is None or option.metavar is None else f" {option.metavar}"
        return say("A value is missing: {name}{value}", "Il manque une valeur : {name}{value}", name=error.option_name, value=value)
    if found := _NO_COMMAND.match(message):
        group = None if error.ctx is None else error.ctx.command
        commands = list(group.commands) if isinstance(group, click.Group) else []
        return say("There is no command {name}.", "La commande {name} n’existe pas.", name=found[1]) + _meant(say, found[1], commands)
    if found := _TOO_MANY.fullmatch(message):
        return say(
            "More was given than is wanted: {given}. A name with spaces stands between quotes.",
            "Il y a trop d’arguments : {given}. Un nom qui contient des espaces se met entre guillemets droits.",
            given=found[1],
        )
    return message


def _wanted(say: Say, param: click.Parameter, error: click.BadParameter) -> str:
    """What stands there instead, by the parameter's type. What was given is not repeated: whoever typed it sees it."""
    kind = param.type
    if isinstance(kind, click.Choice):
        return say("one of {values}", "une valeur parmi {values}", values=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange) and None not in (kind.min, kind.max):
        return say("a number from {least} to {most}", "un nombre de {least} à {most}", least=kind.min, most=kind.max)
    if isinstance(kind, click.types.IntParamType):
        return say("a whole number", "un nombre entier")
    if isinstance(kind, click.DateTime):
        return say("a day, written as 2026-12-31", "une date, écrite comme 2026-12-31")
    refused = error.__context__
    if isinstance(kind, click.File) and isinstance(refused, OSError):
        return f"{os.fsdecode(refused.filename)}{say(': ', ' : ')}{reason(say, refused)}"
    if isinstance(kind, click.Path) and not kind.file_okay:
        return say("a folder that is there already; make it first: mkdir FOLDER", "un dossier qui existe déjà ; le créer d’abord : mkdir DOSSIER")
    return error.message


def _name(param: click.Parameter) -> str:
    """An option as it is typed, an argument as the help names it."""
    if isinstance(param, click.Option):
        value = "" if param.is_flag or param.metavar is None else f" {param.metavar}"
        return f"{param.opts[0]}{value}"
    return (param.metavar or param.human_readable_name).strip("[]")


def _params(error: click.UsageError) -> List[click.Parameter]:
    return [] if error.ctx is None else error.ctx.command.get_params(error.ctx)


def _meant(say: Say, given: str, known: Iterable[str]) -> str:
    """The name that this may have been."""
    near: Optional[str] = next(iter(difflib.get_close_matches(given, list(known), 1)), None)
    return "" if near is None else " " + say("Is it {name}?", "Serait-ce {name} ?", name=near)
