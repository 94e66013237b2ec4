"""Where a command works: the settings file, what the arguments put in its place, and the table and verifier that come of it."""

from __future__ import annotations

import functools
import os
import pathlib
import re
from dataclasses import dataclass
from typing import Callable, Dict, Optional, TypeVar

from sqlalchemy.engine import Engine

from poterne import Error, Keyring, Settings, Verifier
from poterne.admin.console import Console, Stop
from poterne.admin.language import Say
from poterne.admin.table import Table, engine

_T = TypeVar("_T")

DEFAULT_NAME = "poterne.conf"

_PASSWORD_FILE = "database_password_file"

SYSTEM_FILE = pathlib.Path("/etc/poterne") / DEFAULT_NAME


@dataclass(frozen=True)
class Given:
    """What the arguments say."""

    config: Optional[str] = None
    database: Optional[str] = None
    keyring: Optional[str] = None
    table: Optional[str] = None
    account_column: Optional[str] = None
    record_column: Optional[str] = None
    application: Optional[str] = None

    def values(self, say: Say) -> Dict[str, str]:
        """Those that stand in the place of settings, by their names."""
        values = {
            "application": self.application,
            "database": None if self.database is None else address(self.database, say),
            "keyring": None if self.keyring is None else place(self.keyring),
            "table": self.table,
            "account_column": self.account_column,
            "record_column": self.record_column,
        }
        return {name: value for name, value in values.items() if value is not None}


class Site:
    """The settings, and what is made of them when a command asks for it first."""

    def __init__(self, console: Console, given: Given) -> None:
        self.console, self.given = console, given

    @functools.cached_property
    def path(self) -> Optional[pathlib.Path]:
        """The settings file; None if there is none."""
        return self._named() or self._found()

    @functools.cached_property
    def settings(self) -> Settings:
        given = self.given.values(self.console.say)
        base = self._base
        if base is None:
            return self.checked(lambda: parsed(given, self.language), None)
        if not given:
            return base
        values = {name: base.value(name) for name in Settings.names()}
        if "database" in given:
            values.pop("database_password_file", None)
        values.update(given)
        return self.checked(lambda: parsed({name: value for name, value in values.items() if value}, self.language), None)

    @functools.cached_property
    def keyring(self) -> Keyring:
        settings = self.settings
        return self.checked(lambda: settings.open_keyring(credentials=credentials(), language=self.language), self.keyring_path)

    @functools.cached_property
    def keyring_path(self) -> str:
        return self.settings.keyring_path(credentials=credentials(), language=self.language)

    @functools.cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.keyring, self.settings.application, policy=self.settings.policy)

    @functools.cached_property
    def table(self) -> Table:
        return table_of(self.settings, self._password(), self.console.say)

    @property
    def language(self) -> str:
        return self.console.say.language

    @functools.cached_property
    def _base(self) -> Optional[Settings]:
        """The settings as the file has them. With a database, keyring and application in the arguments none is needed."""
        path = self.path
        if path is not None:
            return self.checked(lambda: Settings.open(path, language=self.language), str(path))
        if {"application", "database", "keyring"} <= set(self.given.values(self.console.say)):
            return None
        say = self.console.say
        raise Stop(
            say(
                "There is no settings file: neither {name} here nor {system}. Name it by --config or POTERNE_CONFIG, or begin with: poterne init",
                "Aucun fichier de réglages : ni {name} ici, ni {system}. L’indiquer par --config ou POTERNE_CONFIG, ou commencer par : poterne init",
                name=DEFAULT_NAME,
                system=SYSTEM_FILE,
            )
        )

    def _password(self) -> Optional[str]:
        base = self._base
        if base is None or self.given.database is not None:
            return None
        return self.checked(lambda: base.database_password(credentials=credentials(), language=self.language), _PASSWORD_FILE)

    def checked(self, read: Callable[[], _T], name: Optional[str]) -> _T:
        """Reads settings or keys; what is wrong with them ends the command, with the file's name."""
        try:
            return read()
        except Error as error:
            message = self._owned_by(error, name) or self._open_to_others(error) or str(error.args[1])
        raise Stop(message if name is None else f"{name}: {message}", 1)

    def _owned_by(self, error: Error, name: Optional[str]) -> Optional[str]:
        """Who meets somebody else's files is the wrong user: with another owner the application would not read them any more."""
        path = self._path_of(name)
        if os.name != "posix" or path is None or not re.search(r"\bchown\b", str(error.args[1])):
            return None
        import pwd

        try:
            number = os.stat(path).st_uid
            owner = pwd.getpwuid(number).pw_name
        except OSError:
            return None
        except KeyError:
            owner = f"#{number}"
        if number in (0, os.geteuid()):
            return None
        return self.console.say(
            "The file belongs to {owner}. Leave it so, since the application reads it, and run this as that user: runuser -u {owner} -- poterne …",
            "Le fichier appartient à {owner}. Ne pas en changer le propriétaire, car l’application le lit ; lancer la commande sous cet utilisateur : runuser -u {owner} -- poterne …",
            owner=owner,
        )

    def _path_of(self, name: Optional[str]) -> Optional[str]:
        if name != _PASSWORD_FILE:
            return name
        return self._base.value(_PASSWORD_FILE) if self._base is not None else None

    def _open_to_others(self, error: Error) -> Optional[str]:
        """The library's text speaks to programs, which have another way; whoever types a command has chmod."""
        if "Keyring::parse" not in str(error.args[1]) and "Keyring.parse" not in str(error.args[1]):
            return None
        if "not a regular file" in str(error.args[1]):
            return self.console.say("This is not a file: look at the setting keyring.", "Ce n’est pas un fichier : voir le réglage keyring.")
        return self.console.say(
            "Group or others can read the keyring. chmod 600 it; if somebody may have read it, change the key too: poterne key --help",
            "Le groupe ou d’autres peuvent lire le trousseau : chmod 600. Si quelqu’un a pu le lire, changer aussi la clé : poterne key --help",
        )

    def _named(self) -> Optional[pathlib.Path]:
        named = self.given.config or os.environ.get("POTERNE_CONFIG")
        return pathlib.Path(named) if named else None

    def _found(self) -> Optional[pathlib.Path]:
        """The file here, if it is this user's own: root in a folder of somebody else does not take what lies there."""
        here = pathlib.Path(DEFAULT_NAME)
        # In a folder that this user may not read, nothing is this user's own.
        if _is_there(here):
            if os.name != "posix" or here.stat().st_uid == os.geteuid():
                return here.absolute()
            self.console.note(
                self.console.say(
                    "{name} in this folder belongs to another user and is not read. To read it all the same: --config {name}",
                    "Le fichier {name} de ce dossier appartient à un autre utilisateur : il n’est pas lu. Pour le lire : --config {name}",
                    name=DEFAULT_NAME,
                )
            )
        try:
            return SYSTEM_FILE if SYSTEM_FILE.exists() else None
        except PermissionError:
            raise Stop(
                self.console.say(
                    "This user may not look into {folder}. Run the command as the user of the application that reads {path}, or name another file by --config.",
                    "Cet utilisateur n’a pas accès à {folder}. Lancer la commande sous l’utilisateur de l’application qui lit {path}, ou indiquer un autre fichier par --config.",
                    folder=SYSTEM_FILE.parent,
                    path=SYSTEM_FILE,
                )
            ) from None


def _is_there(path: pathlib.Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False


def parsed(values: Dict[str, str], language: str) -> Settings:
    """Settings that are in no file: what is wrong with them is said without the number of a line, which nobody could look up."""
    try:
        return Settings.parse(Settings.render(values, language=language), language=language)
    except Error as error:
        kind, message = error.kind, re.sub("^(line|ligne) [0-9]+[ \N{NO-BREAK SPACE}]?: ", "", str(error.args[1]))
    raise Error(kind, message)


def table_of(settings: Settings, password: Optional[str], say: Say) -> Table:
    """The table that the settings name."""
    made = engine_of(settings.database, password, say)
    return Table(made, table=settings.table, account=settings.account_column, record=settings.record_column)


def engine_of(url: str, password: Optional[str], say: Say) -> Engine:
    """An engine, or what is missing or wrong, for the administrator."""
    try:
        return engine(url, password)
    except ModuleNotFoundError as missing:
        raise Stop(
            say(
                "The driver of this database is not installed: pip install {driver}",
                "Le pilote de cette base n’est pas installé : pip install {driver}",
                driver=_PACKAGES.get(missing.name or "", missing.name),
            )
        ) from None
    except Error:
        raise Stop(
            say(
                "The address of the database is not one that SQLAlchemy knows, such as postgresql+psycopg://USER@SERVER/DATABASE: look at"
                " --db, or at the setting database.",
                "L’adresse de la base n’est pas de celles que connaît SQLAlchemy, comme postgresql+psycopg://UTILISATEUR@SERVEUR/BASE : voir"
                " --db, ou le réglage database.",
            )
        ) from None


def credentials() -> Optional[str]:
    """systemd's folder. Whoever starts the command may set it: the command has no rights that they do not have."""
    return os.environ.get("CREDENTIALS_DIRECTORY") or None


def address(database: str, say: Say) -> str:
    """A database's address; what is not one is the file of a SQLite database."""
    if "://" in database:
        if re.search("://[^/@]*:[^@]+@", database):
            raise Stop(
                say(
                    "A password on the command line is seen by every user of this machine, and stays in the history: change it. Put the"
                    " new one into a file of mode 0600, and name that by the setting database_password_file.",
                    "Un mot de passe dans les arguments est visible de tous les utilisateurs de cette machine et reste dans l’historique :"
                    " il faut le changer. Mettre le nouveau dans un fichier en mode 0600, désigné par le réglage database_password_file.",
                ),
                2,
            )
        return database
    if database.startswith("file:"):
        # SQLite's own form, with its options.
        path, sign, options = database[len("file:") :].partition("?")
        return f"sqlite:///{pathlib.Path(path).absolute()}{sign}{options}"
    return f"sqlite:///{pathlib.Path(database).absolute()}"


def place(keyring: str) -> str:
    """The path of a keyring, as the settings want it. A shell has perhaps put in systemd's folder already."""
    folder = credentials()
    prefix = "$CREDENTIALS_DIRECTORY/"
    if keyring.startswith(prefix):
        return keyring
    path = pathlib.Path(keyring).absolute()
    return prefix + path.name if folder and path.parent == pathlib.Path(folder) else str(path)


# Packages whose name is not the module's.
_PACKAGES = {"psycopg2": "psycopg2-binary", "psycopg": "'psycopg[binary]'", "MySQLdb": "mysqlclient", "pymysql": "PyMySQL"}
