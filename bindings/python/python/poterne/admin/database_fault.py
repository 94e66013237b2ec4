"""Why the database refused: told by looking at it, because the driver's own text may hold a record."""

from __future__ import annotations

import contextlib
import pathlib
import re
import shutil
from typing import Iterator, Optional

from poterne import Error, ErrorKind
from poterne.admin.console import Stop, explained
from poterne.admin.site import Site

# SQLite, PostgreSQL, MySQL and MariaDB, as poterne's error has them.
_READ_ONLY = re.compile(r"SQLITE_READONLY|SQLSTATE 25006|error (1290|1792|1836)\b")
_NOT_ALLOWED = re.compile(r"SQLSTATE 42501|error (1142|1143|1044)\b")


@contextlib.contextmanager
def repeatable(site: Site) -> Iterator[None]:
    """Around a run that does the rest when it is repeated: it says so, if the database fails in its middle."""
    try:
        yield
    except Error as error:
        raise Stop(repeated(site, error)) from None


def repeated(site: Site, error: Error) -> str:
    """What is wrong, and that the same command goes on."""
    say = site.console.say
    again = say(
        "What is done stays, nothing is half done. Run the same command again: it goes on.",
        "Ce qui est fait reste acquis, rien n’est à moitié fait. Relancer la même commande : elle reprend.",
    )
    found = reason(site, error)
    if found is not None:
        return f"{found}\n{again}"
    full = ""
    address = site.settings.database
    if error.kind is ErrorKind.STORE and address.startswith("sqlite"):
        file = pathlib.Path("/" + address.partition(":////")[2].partition("?")[0])
        if file.exists() and shutil.disk_usage(file.parent).free < 1_000_000:
            full = say("The disk of the database is full.\n", "Le disque de la base est plein.\n")
    return f"{full}{explained(say, error)}\n{again}"


def reason(site: Site, error: Error) -> Optional[str]:
    """What is wrong, and what to do. None if the error is of another kind, or the database really does not answer."""
    if error.kind is not ErrorKind.STORE:
        return None
    say, settings, text = site.console.say, site.settings, str(error.args[1])
    name = settings.table
    if _READ_ONLY.search(text):
        return say(
            "The database is read-only here. Give the address of the primary, or the right to write. See: poterne doctor",
            "La base est en lecture seule ici. Indiquer l’adresse du serveur principal, ou donner le droit d’écrire. Voir : poterne doctor",
        )
    if _NOT_ALLOWED.search(text):
        return say(
            "The database's user has no right to do this to the table {name}: it needs SELECT, INSERT, UPDATE and DELETE.",
            "L’utilisateur de la base n’a pas ce droit sur la table {name} : il lui faut SELECT, INSERT, UPDATE et DELETE.",
            name=name,
        )
    try:
        if not site.table.exists():
            return say(
                "The database has no table {name} (setting table). Create it: poterne init; or correct the setting, or the address of the database.",
                "La base n’a pas de table {name} (réglage table). La créer : poterne init ; ou corriger le réglage, ou l’adresse de la base.",
                name=name,
            )
        found = site.table.columns()
    except Error:
        return None
    for column, setting, kind in zip((settings.account_column, settings.record_column), ("account_column", "record_column"), found):
        if kind is None:
            return say(
                "There is no column {column} in the table {name} (setting {setting}). See: poterne doctor",
                "La table {name} n’a pas de colonne {column} (réglage {setting}). Voir : poterne doctor",
                column=column,
                name=name,
                setting=setting,
            )
    return None
