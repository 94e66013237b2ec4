"""The options that every command has, and how a command is run."""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Iterator, List, Optional, TypeVar

import click

from poterne import Error, ErrorKind
from poterne.admin import database_fault
from poterne.admin.console import Console, Stop
from poterne.admin.language import LANGUAGES, Say
from poterne.admin.site import Given, Site

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Characters: more than a sentence has.
_WHOLE = 1_000


def shared(say: Say, *, has_json: bool = False) -> Callable[[_Function], _Function]:
    """Adds the options that every command has. The function gets the site as its first argument.

        @click.command("report", help=say("Counts.", "Décompte."))
        @shared(say, has_json=True)
        def report(site: Site) -> None: ...
    """
    options = [
        click.option(
            "--config",
            metavar=say("FILE", "FICHIER"),
            help=say(
                "The settings file. Default: POTERNE_CONFIG, ./poterne.conf, /etc/poterne/poterne.conf.",
                "Fichier de réglages. Par défaut : POTERNE_CONFIG, ./poterne.conf, /etc/poterne/poterne.conf.",
            ),
        ),
        click.option(
            "--db",
            "database",
            metavar=say("ADDRESS", "ADRESSE"),
            help=say(
                "Instead of the settings: the address of the database, or the file of a SQLite database.",
                "À la place du réglage : adresse de la base, ou fichier d’une base SQLite.",
            ),
        ),
        click.option(
            "--keyring",
            metavar=say("FILE", "FICHIER"),
            help=say(
                "Instead of the settings: the keyring, or '$CREDENTIALS_DIRECTORY/NAME'.",
                "À la place du réglage : trousseau de clés, ou « $CREDENTIALS_DIRECTORY/NOM ».",
            ),
        ),
        click.option("--application", metavar=say("NAME", "NOM"), help=say("Instead of the settings.", "À la place du réglage.")),
        click.option("--table", metavar=say("NAME", "NOM"), help=say("Instead of the settings.", "À la place du réglage.")),
        click.option(
            "--account",
            "account_column",
            metavar=say("COLUMN", "COLONNE"),
            help=say("Its column with the account.", "Colonne du compte."),
        ),
        click.option(
            "--record",
            "record_column",
            metavar=say("COLUMN", "COLONNE"),
            help=say("Its column with the record.", "Colonne de l’enregistrement."),
        ),
    ]
    if has_json:
        options.append(
            click.option("--json", "is_json", is_flag=True, help=say("Prints one line of JSON.", "Affiche une ligne de JSON."))
        )

    def decorate(function: _Function) -> _Function:
        @functools.wraps(function)
        def run(
            config: str | None,
            database: str | None,
            keyring: str | None,
            application: str | None,
            table: str | None,
            account_column: str | None,
            record_column: str | None,
            is_json: bool = False,
            **rest: Any,
        ) -> Any:
            given = Given(config, database, keyring, table, account_column, record_column, application)
            site = Site(Console(say, is_json=is_json), given)
            with told(site):
                return function(site, **rest)

        decorated: Any = language(say)(run)
        for option in reversed(options):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def not_an_account(say: Say) -> str:
    return say(
        "An account’s name has 1 to 255 bytes, without control characters. Look at what was typed.",
        "Un nom de compte a de 1 à 255 octets, sans caractère de contrôle. Vérifier la saisie.",
    )


@contextlib.contextmanager
def told(site: Site) -> Iterator[None]:
    """Says what is wrong with the table or with a name, where an error of the library speaks to developers."""
    say = site.console.say
    try:
        yield
        return
    except Error as error:
        message = database_fault.reason(site, error)
        if message is None and error.kind is ErrorKind.ARGUMENT and str(error.args[1]).startswith("an account's name"):
            message = not_an_account(say)
        if message is None:
            raise
    raise Stop(message)


class Group(click.Group):
    """Lists its commands in the order in which they are used, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> List[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """With whole sentences: click cuts them at the end of the line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(_WHOLE)) for name, command in self.commands.items()])



def language(say: Say) -> Callable[[_Function], _Function]:
    """`--lang` was read before the arguments were parsed; here it is accepted and described."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=say("Language. Default: the locale's.", "Langue. Par défaut : celle du système."),
    )


def yes(say: Say, text: Optional[str] = None) -> Callable[[_Function], _Function]:
    """The answer to the confirmation, for scripts."""
    return click.option(
        "--yes",
        "is_sure",
        is_flag=True,
        help=text or say("Does not ask.", "Ne pose pas de question."),
    )
