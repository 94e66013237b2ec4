"""`poterne manual`: the pages of section 1, of the same texts as the help."""

from __future__ import annotations

import inspect
import pathlib
from typing import Iterator, List, Tuple

import click

import poterne
from poterne.admin import usage
from poterne.admin.console import Console
from poterne.admin.language import LANGUAGES, Say
from poterne.admin.options import language


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "manual",
        help=say(
            """Writes the manual page poterne(1), in English and in French, into a FOLDER such as /usr/local/share/man. Then: man poterne""",
            """Écrit la page de manuel poterne(1), en anglais et en français, dans un DOSSIER comme /usr/local/share/man. Ensuite : man poterne""",
        ),
    )
    @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=pathlib.Path), metavar=say("FOLDER", "DOSSIER"))
    @language(say)
    def manual(folder: pathlib.Path) -> None:
        console = Console(say)
        for tag in LANGUAGES:
            section = folder / ("man1" if tag == "en" else f"{tag}/man1")
            section.mkdir(parents=True, exist_ok=True)
            file = section / "poterne.1"
            file.write_text(page(tag), encoding="utf-8")
            console.done(str(file))

    return [manual]


def page(tag: str) -> str:
    """The page in one language."""
    # Built of all commands, this one among them.
    from poterne.admin.cli import build

    say, group = Say(tag), build(tag)
    lines = [
        f'.TH POTERNE 1 "" "poterne {poterne.__version__}" "{say("Administration", "Administration")}"',
        f".SH {say('NAME', 'NOM')}",
        say(
            "poterne \\- one-time codes for the applications of an administration",
            "poterne \\- codes à usage unique pour les applications d’une administration",
        ),
        f".SH {say('SYNOPSIS', 'SYNOPSIS')}",
        say(".B poterne\n.I COMMAND\n[\\fIARGUMENTS\\fR]", ".B poterne\n.I COMMANDE\n[\\fIARGUMENTS\\fR]"),
        ".SH DESCRIPTION",
        *_text(group.help or ""),
        f".SH {say('COMMANDS', 'COMMANDES')}",
    ]
    context = click.Context(group, info_name="poterne")
    for path, command in _each(group, ("poterne",)):
        lines += _command(say, path, command, context)
    lines += [
        f".SH {say('EXIT STATUS', 'CODE DE RETOUR')}",
        *_listed(
            [
                ("0", say("Done.", "Fait.")),
                ("1", say("Not done, or done in part: the message says what, and what to do.", "Non fait, ou fait en partie : le message dit quoi, et que faire.")),
                ("2", say("The arguments are wrong.", "Les arguments sont incorrects.")),
                ("130", say("Interrupted.", "Interrompu.")),
            ]
        ),
        *_text(
            say(
                "The exit code of doctor is that of monitoring: 0 good, 1 to look at, 2 wrong, 3 it could not look.",
                "Le code de retour de doctor est celui de la supervision : 0 bon, 1 à voir, 2 erreur, 3 examen impossible.",
            )
        ),
        f".SH {say('ENVIRONMENT', 'ENVIRONNEMENT')}",
        *_listed(
            [
                ("POTERNE_CONFIG", say("The settings file.", "Fichier de réglages.")),
                ("CREDENTIALS_DIRECTORY", say("The folder of systemd's credentials, for the keyring.", "Dossier des « credentials » de systemd, pour le trousseau.")),
                ("LC_ALL, LC_MESSAGES, LANG", say("The language, unless --lang names one.", "Langue, à défaut de --lang.")),
            ]
        ),
        f".SH {say('FILES', 'FICHIERS')}",
        *_listed([("./poterne.conf, /etc/poterne/poterne.conf", say("The settings file, in this order.", "Fichier de réglages, dans cet ordre."))]),
    ]
    return "\n".join(lines) + "\n"


def _each(group: click.Group, path: Tuple[str, ...]) -> Iterator[Tuple[Tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _each(command, (*path, name))


def _command(say: Say, path: Tuple[str, ...], command: click.Command, parent: click.Context) -> List[str]:
    context = click.Context(command, info_name=" ".join(path[1:]), parent=parent)
    pieces = " ".join(command.collect_usage_pieces(context))
    lines = [f".SS {_escaped(' '.join(path))} {_escaped(pieces)}".rstrip(), *_text(command.help or "")]
    options = [usage.described(say, *found) for parameter in command.params if (found := parameter.get_help_record(context)) is not None]
    if options:
        lines += _listed(options)
    return lines


def _listed(pairs: List[Tuple[str, str]]) -> List[str]:
    lines: List[str] = []
    for name, text in pairs:
        lines += [".TP", f".B {_escaped(name)}", _escaped(text)]
    return lines


def _text(help_text: str) -> List[str]:
    """Paragraphs as click reads them: \\b before lines that stay as they are."""
    lines: List[str] = []
    for paragraph in inspect.cleandoc(help_text).split("\n\n"):
        kept = paragraph.split("\n")
        if kept[0].strip() == "\b":
            lines += [".PP", ".nf", *(_escaped(line) for line in kept[1:]), ".fi"]
        else:
            lines += [".PP", _escaped(" ".join(line.strip() for line in kept))]
    return lines


def _escaped(text: str) -> str:
    """No character of a text is a request of roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text
