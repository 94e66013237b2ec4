"""`poterne init`: keyring, settings, table, and a first check."""

from __future__ import annotations

import pathlib
import re
from datetime import date
from typing import Dict, List, Optional

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from poterne import Error, ErrorKind, Keyring, Settings
from poterne.admin import files, probe, sealed
from poterne.admin.console import Console, Stop
from poterne.admin.language import Say
from poterne.admin.options import language, told
from poterne.admin.site import DEFAULT_NAME, Given, Site, address, credentials, parsed, place, table_of
from poterne.admin.table import Table


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "init",
        help=say(
            """Makes a keyring, a settings file and the table, and tries to write there.

            What is there already is kept: run it again after a mistake. On a second server nothing is made: copy the keyring and the
            settings, then run `poterne doctor`.

            \b
            In a folder of your own, with SQLite:
                poterne init --application grand-angle
            With the application's PostgreSQL; the password stands in a file of mode 0600:
                poterne init --application grand-angle --config /etc/poterne/poterne.conf \\
                    --db postgresql+psycopg://poterne@db/grand_angle \\
                    --set database_password_file=/etc/poterne/database.password --set issuer=Département
            """,
            """Crée un trousseau de clés, un fichier de réglages et la table, puis fait un premier essai.

            Ce qui existe est conservé : on peut relancer la commande après une erreur. Sur un deuxième serveur, ne rien créer : copier le
            trousseau et les réglages, puis lancer `poterne doctor`.

            \b
            Dans un dossier à soi, avec SQLite :
                poterne init --application grand-angle
            Avec le PostgreSQL de l’application ; le mot de passe est dans un fichier en mode 0600 :
                poterne init --application grand-angle --config /etc/poterne/poterne.conf \\
                    --db postgresql+psycopg://poterne@db/grand_angle \\
                    --set database_password_file=/etc/poterne/base.motdepasse --set issuer=Département
            """,
        ),
    )
    @click.option(
        "--application",
        metavar=say("NAME", "NOM"),
        help=say(
            "The name that is sealed into every record: the same on all servers, forever. Asked for if it is not given.",
            "Nom scellé dans chaque enregistrement : le même sur tous les serveurs, pour toujours. Demandé s’il manque.",
        ),
    )
    @click.option(
        "--config",
        metavar=say("FILE", "FICHIER"),
        help=say("The settings file to write. Default: ./poterne.conf.", "Fichier de réglages à écrire. Par défaut : ./poterne.conf."),
    )
    @click.option(
        "--db",
        "database",
        metavar=say("ADDRESS", "ADRESSE"),
        help=say(
            "The address of the database, or the file of a SQLite database. Default: poterne.sqlite beside the settings.",
            "Adresse de la base, ou fichier d’une base SQLite. Par défaut : poterne.sqlite à côté des réglages.",
        ),
    )
    @click.option(
        "--keyring",
        metavar=say("FILE", "FICHIER"),
        help=say(
            "The keyring to make or to use. Default: poterne.keys beside the settings.",
            "Trousseau à créer ou à utiliser. Par défaut : poterne.keys à côté des réglages.",
        ),
    )
    @click.option("--table", metavar=say("NAME", "NOM"), help=say("Default: poterne.", "Par défaut : poterne."))
    @click.option("--account", "account_column", metavar=say("COLUMN", "COLONNE"), help=say("Its column with the account.", "Colonne du compte."))
    @click.option(
        "--record", "record_column", metavar=say("COLUMN", "COLONNE"), help=say("Its column with the record.", "Colonne de l’enregistrement.")
    )
    @click.option(
        "--set",
        "others",
        multiple=True,
        metavar=say("NAME=VALUE", "NOM=VALEUR"),
        help=say("Any other setting, as the file names it.", "Tout autre réglage, sous le nom qu’il a dans le fichier."),
    )
    @language(say)
    def init(
        application: Optional[str],
        config: Optional[str],
        database: Optional[str],
        keyring: Optional[str],
        table: Optional[str],
        account_column: Optional[str],
        record_column: Optional[str],
        others: List[str],
    ) -> None:
        console = Console(say)
        path = pathlib.Path(config or DEFAULT_NAME).absolute()
        given = Given(str(path), database, keyring, table, account_column, record_column, application)
        if path.exists():
            site = Site(console, given)
            _keep(site, path, others)
        else:
            if not path.parent.is_dir():
                raise Stop(say("There is no folder {path}.", "Le dossier {path} n’existe pas.", path=path.parent))
            site = Site(console, Given(str(path)))
            _write(console, path, _values(console, path, given, others))
        with told(site):
            _make_table(site)
        _advise(site, path)

    return [init]


def _values(console: Console, path: pathlib.Path, given: Given, others: List[str]) -> Dict[str, str]:
    """The settings of a new file."""
    say = console.say
    values = {
        "language": say.language,
        "database": address(str(path.parent / "poterne.sqlite"), say),
        "keyring": place(str(path.parent / "poterne.keys")),
        **given.values(say),
    }
    for other in others:
        name, sign, value = other.partition("=")
        if not sign:
            raise Stop(say("--set wants NAME=VALUE.", "--set attend NOM=VALEUR."), 2)
        values[name.strip()] = value.strip()
    if "application" not in values:
        console.note(
            say(
                "The application's name is sealed into every record. It can never be changed: take a short one, such as grand-angle.",
                "Le nom de l’application est scellé dans chaque enregistrement. Il ne pourra jamais changer : en choisir un court, comme grand-angle.",
            )
        )
        values["application"] = _application(console)
    return values


def _application(console: Console) -> str:
    """The name that is typed: asked back once if it is easily written in two ways, because it is the same on all servers, forever."""
    say = console.say
    while True:
        name = console.line(say("Name of the application: ", "Nom de l’application : ")).strip()
        if not name:
            continue
        if re.fullmatch("[a-z0-9][a-z0-9._-]*", name) or console.ask(
            say(
                "“{name}” has capitals, spaces or signs, which must be typed alike on every server, forever. Keep it?",
                "« {name} » comporte des majuscules, des espaces ou des signes, à saisir à l’identique sur tous les serveurs, pour toujours. Le garder ?",
                name=name,
            )
        ):
            return name


def _write(console: Console, path: pathlib.Path, values: Dict[str, str]) -> None:
    """The keyring first: a settings file without one would be half an installation."""
    say = console.say
    try:
        settings = parsed(values, say.language)
        text = Settings.render(values, language=say.language)
    except Error as error:
        raise Stop(str(error.args[1]), 2) from None
    unanswered: Optional[Error] = None
    if not settings.value("keyring").startswith("$"):
        try:
            _make_fitting_keyring(console, settings)
        except Error as error:
            if error.kind is not ErrorKind.STORE:
                raise
            # The next run asks it again, and makes the keyring then.
            unanswered = error
    try:
        files.create(path, text)
    except FileExistsError:
        raise Stop(
            say("Somebody has just written {path}: run poterne init again.", "{path} vient d’être écrit par quelqu’un d’autre : relancer poterne init.", path=path)
        ) from None
    console.done(say("settings: {path}", "réglages : {path}", path=path))
    if unanswered is not None:
        raise unanswered


def _make_fitting_keyring(console: Console, settings: Settings) -> None:
    """A keyring, once it is known that no record waits for the one that is missing: beside them a new one, perhaps under the same
    number, would look like a keyring that fits.
    """
    if not pathlib.Path(settings.value("keyring")).exists():
        password = settings.database_password(credentials=credentials(), language=console.say.language)
        _refuse_orphans(console, table_of(settings, password, console.say), settings.value("keyring"))
    make_keyring(console, settings.value("keyring"))


def _refuse_orphans(console: Console, table: Table, path: str) -> None:
    if table.is_new_file():
        return
    try:
        if not table.exists():
            return
        keys = sealed.keys_of(table)
        probe_record = table.column.load(probe.PROBE)
        if not keys and probe_record is not None:
            # Nobody's, and under a key that is lost: a new one takes its place.
            table.delete(probe.PROBE, probe_record)
    finally:
        table.engine.dispose()
    if keys:
        say = console.say
        raise Stop(
            say(
                "The keyring {path} is missing, and {records} of the table {name} cannot be decrypted without key {keys}. Nothing was made: a"
                " new keyring would not open them. Restore the keyring from its backup, or copy it from another server, and run"
                " poterne init again.",
                "Le trousseau {path} manque, et {records} de la table {name} sont indéchiffrables sans la clé {keys}. Rien n’a été créé : un"
                " nouveau trousseau ne les ouvrirait pas. Restaurer le trousseau depuis sa sauvegarde, ou le copier depuis un autre"
                " serveur, puis relancer poterne init.",
                path=path,
                records=sealed.records(say, sum(keys.values())),
                name=table.name,
                keys=sealed.shown(keys),
            )
        )


def make_keyring(console: Console, path: str) -> None:
    """A new keyring, unless there is one. None is ever overwritten: it may be the only one that opens the records."""
    say = console.say
    if pathlib.Path(path).exists():
        Site(console, Given()).checked(lambda: Keyring.open(path), path)
        console.done(say("keyring: {path}, which was there", "trousseau de clés : {path}, déjà présent", path=path))
        return
    keyring = Keyring.generate(int(date.today().strftime("%Y%m%d")))
    try:
        files.create(path, keyring.to_text())
    except FileExistsError:
        Keyring.open(path)
    console.done(
        say("keyring: {path}, key {key}, mode 0600", "trousseau de clés : {path}, clé {key}, mode 0600", path=path, key=keyring.primary_key_id)
    )


def _keep(site: Site, path: pathlib.Path, others: List[str]) -> None:
    """A second run goes on with what the first one wrote, and does not write over it."""
    say = site.console.say
    kept = site.checked(lambda: Settings.open(path, language=site.language), str(path))
    asked = site.given.values(say)
    for other in others:
        name, _, value = other.partition("=")
        asked[name.strip()] = value.strip()
    for name, value in asked.items():
        same = kept.value(name) == value if name != "database" else kept.database == _shown(value)
        if not same:
            raise Stop(
                say(
                    "{path} is there, with another value for {name}. Edit the file, or write another one: --config FILE",
                    "{path} existe, avec une autre valeur pour {name}. Modifier ce fichier, ou en écrire un autre : --config FICHIER",
                    path=path,
                    name=name,
                )
            )
    site.given = Given(str(path))
    site.console.done(say("settings: {path}, which were there", "réglages : {path}, déjà présents", path=path))
    if not kept.value("keyring").startswith("$"):
        _make_fitting_keyring(site.console, kept)


def _shown(database: str) -> str:
    try:
        made = make_url(database)
    except ArgumentError:
        return database
    return made.set(password=None).render_as_string(hide_password=False) if made.password else database


def _make_table(site: Site) -> None:
    say, table = site.console.say, site.table
    table.claim_file()
    was_there = table.exists()
    table.create()
    sealed.refuse_other_keyring(site)
    probe.check(table, site.verifier)
    site.console.done(
        say(
            "table {name}: {state}, test record written and read back",
            "table {name} : {state}, écriture vérifiée par un essai",
            name=table.name,
            state=say("there already", "déjà présente") if was_there else say("created", "créée"),
        )
    )


def _advise(site: Site, path: pathlib.Path) -> None:
    say, console = site.console.say, site.console
    keyring = site.settings.value("keyring")
    console.print()
    console.print(
        say(
            "Back up, in two places that nobody reaches both of:\n"
            "  1. the keyring {keyring}: on paper in a safe, or in a vault. Not with the database, not in a repository, not by mail.\n"
            "     Without it every record is lost, and everybody enrolls anew. Whoever has it and the table can compute codes.\n"
            "  2. the database, as you do today. It holds no secret that opens without the keyring.\n"
            "The settings {path} can be written again.\n"
            "\n"
            "On each other server: copy the keyring and the settings (mode 0600, owned by the application's user), then\n"
            "  poterne doctor --fingerprint {fingerprint}",
            "À sauvegarder, en deux endroits que personne ne peut atteindre tous les deux :\n"
            "  1. le trousseau de clés {keyring} : sur papier dans un coffre, ou dans un coffre-fort numérique. Ni avec la base, ni dans un\n"
            "     dépôt, ni par messagerie. Sans lui, tous les enregistrements sont perdus et chacun doit s’enrôler de nouveau. Qui détient\n"
            "     le trousseau et la table peut calculer les codes.\n"
            "  2. la base de données, comme aujourd’hui. Elle ne contient aucun secret lisible sans le trousseau.\n"
            "Les réglages {path} peuvent être réécrits.\n"
            "\n"
            "Sur chaque autre serveur : copier le trousseau et les réglages (mode 0600, propriétaire : l’utilisateur de l’application), puis\n"
            "  poterne doctor --fingerprint {fingerprint}",
            keyring=keyring,
            path=path,
            fingerprint=site.settings.fingerprint,
        )
    )
