"""`poterne doctor`: what an operator needs to know before the first login, and when employees complain."""

from __future__ import annotations

import getpass
import hashlib
import itertools
import os
import pathlib
import stat
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional

import click
import sqlalchemy as sa

from poterne import Error, ErrorKind, Keyring, Refusal, Refused
from poterne.admin import clock, database_fault, people, probe, radius
from poterne.admin.console import AMBER, GREEN, RED, Stop
from poterne.admin.language import Say
from poterne.admin.options import shared
from poterne.admin.site import Site
from poterne.admin.table import MAX_ACCOUNT_LEN, RECORD_LEN, Table

# What monitoring expects of a check.
EXIT_CODES = {GREEN: 0, AMBER: 1, RED: 2}

COULD_NOT_LOOK = 3

# Where the systemd unit keeps the time of its last run.
STAMP = pathlib.Path("/var/lib/poterne") / clock.LAST_FORGET


@dataclass(frozen=True)
class Finding:
    """A line of the report. `name` and `facts` are what `--json` has."""

    color: str
    name: str
    title: str
    text: str
    advice: str = ""
    facts: Dict[str, Any] = field(default_factory=dict)


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "doctor",
        help=say(
            """Looks at keyring, settings, table, clock and records, and says what to do. Run it on each server, as the application's user,
            before the first login and when employees complain.

            It names nobody, unless asked for one ACCOUNT. On the table it writes one row of its own, poterne-probe, with which nobody can
            log in.

            The exit code is that of monitoring: 0 good, 1 to look at, 2 wrong, 3 it could not look.

            \b
                poterne doctor
                poterne doctor --fingerprint 1a2b-3c4d-5e6f-7a8b     the one that another server has printed
                poterne doctor --pam sshd                            with the lines of /etc/pam.d/sshd
                poterne doctor --radius                              with /etc/freeradius/poterne, as the server's user
                poterne doctor a.martin
            """,
            """Examine le trousseau, les réglages, la table, l’horloge et les enregistrements, et dit quoi faire. À lancer sur chaque
            serveur, sous l’utilisateur de l’application, avant la première connexion et en cas de plaintes.

            Ne nomme personne, sauf si un COMPTE est demandé. Écrit dans la table une seule ligne, la sienne, poterne-probe, avec laquelle
            personne ne peut se connecter.

            Le code de retour est celui de la supervision : 0 bon, 1 à voir, 2 erreur, 3 examen impossible.

            \b
                poterne doctor
                poterne doctor --fingerprint 1a2b-3c4d-5e6f-7a8b     celle qu’affiche un autre serveur
                poterne doctor --pam sshd                            avec les lignes de /etc/pam.d/sshd
                poterne doctor --radius                              avec /etc/freeradius/poterne, sous l’utilisateur du serveur
                poterne doctor a.martin
            """,
        ),
    )
    @click.argument("account", required=False, metavar=say("[ACCOUNT]", "[COMPTE]"))
    @click.option(
        "--fingerprint",
        metavar=say("HEX", "EMPREINTE"),
        help=say("The settings' fingerprint of another server, to compare.", "Empreinte des réglages d’un autre serveur, à comparer."),
    )
    @click.option(
        "--keyring-fingerprint",
        metavar=say("HEX", "EMPREINTE"),
        help=say("The keyring's fingerprint of another server, to compare.", "Empreinte du trousseau d’un autre serveur, à comparer."),
    )
    @click.option(
        "--pam",
        "service",
        metavar=say("SERVICE", "SERVICE"),
        help=say(
            "A service of PAM: whether a wrong password can spend a code there, whether a code can be left out, and whether the module refuses everybody. Run it as the user of the service's host: root for sshd.",
            "Un service PAM : un mauvais mot de passe peut-il y consommer un code, un code peut-il y manquer, le module refuse-t-il tout le monde. À lancer sous l’utilisateur de l’hôte du service : root pour sshd.",
        ),
    )
    @click.option(
        "--radius",
        "directory",
        is_flag=False,
        flag_value=radius.DIRECTORY,
        metavar=say("[DIRECTORY]", "[DOSSIER]"),
        help=say(
            "A configuration of FreeRADIUS: whether anybody gets in without a code, and what it writes. Default: {default}.",
            "Une configuration de FreeRADIUS : peut-on entrer sans code, qu’écrit-elle. Par défaut : {default}.",
            default=radius.DIRECTORY,
        ),
    )
    @shared(say, has_json=True)
    def doctor(
        site: Site,
        account: Optional[str],
        fingerprint: Optional[str],
        keyring_fingerprint: Optional[str],
        service: Optional[str],
        directory: Optional[str],
    ) -> int:
        try:
            site.settings
            is_readable = True
        except Stop as stop:
            site.console.note(stop.message)
            is_readable = False
            if service is None:
                site.console.json({"result": "unknown"})
                return COULD_NOT_LOOK
        found: List[Finding] = []
        doctor_of_site = Doctor(site, fingerprint, keyring_fingerprint)
        findings = itertools.chain(
            doctor_of_site.findings(account) if is_readable else (),
            # Its lines may name settings of their own.
            () if service is None else doctor_of_site.stack(service),
            () if directory is None or not is_readable else doctor_of_site.server(pathlib.Path(directory)),
        )
        for finding in findings:
            site.console.light(finding.color, finding.title, finding.text, finding.advice)
            found.append(finding)
        code = max(EXIT_CODES[finding.color] for finding in found)
        if not is_readable and code < EXIT_CODES[RED]:
            code = COULD_NOT_LOOK
        site.console.json(
            {
                "result": {0: GREEN, 1: AMBER, 2: RED, COULD_NOT_LOOK: "unknown"}[code],
                "checks": [
                    {"name": each.name, "color": each.color, "text": each.text, "advice": each.advice, **each.facts} for each in found
                ],
            }
        )
        return code

    return [doctor]


def keyring_fingerprint(keyring: Keyring) -> str:
    """Sixteen hexadecimal digits over the ids, the checks and which key is primary, without the keys: two keyrings with one id and
    another key differ.
    """
    hashed = hashlib.sha256()
    for line in sorted(keyring.to_text().splitlines()[1:]):
        fields = line.split()
        # KEY_ID [primary] KEY CHECK (semantics 13); the check is no secret.
        hashed.update(" ".join((fields[0], *fields[1:-2], fields[-1])).encode() + b"\n")
    digits = hashed.hexdigest()[:16]
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


class Doctor:
    """The checks, in the order in which one needs the other."""

    def __init__(self, site: Site, fingerprint: Optional[str], keyring: Optional[str]) -> None:
        self.site, self.say = site, site.console.say
        self._expected, self._expected_keyring = fingerprint, keyring

    def findings(self, account: Optional[str]) -> Iterator[Finding]:
        say = self.say
        yield self.settings()
        keyring = self.keyring()
        yield keyring
        database = self.database()
        yield database
        if database.color == RED:
            yield from self.clock(None)
            return
        table = self.site.table
        if not table.exists():
            yield Finding(
                RED,
                "table",
                "table",
                say("{name} does not exist", "{name} n’existe pas", name=table.name),
                say("Create it: poterne init", "La créer : poterne init"),
            )
            yield from self.clock(table)
            return
        yield from self.guarded("columns", say("columns", "colonnes"), self.columns)
        if keyring.color != RED:
            yield from self.guarded("swap", say("writing", "écriture"), self.swap)
            yield from self.guarded("collation", say("spelling", "orthographe"), self.collation)
        yield from self.guarded("transactions", say("transactions", "transactions"), self.transactions)
        yield from self.guarded("durability", say("durability", "pérennité"), self.durability)
        yield from self.clock(table)
        yield from self.nightly()
        if keyring.color != RED:
            yield from self.guarded("records", say("records", "enregistrements"), self.records)
            if account is not None:
                yield from self.guarded("account", say("account {name}", "compte {name}", name=account), lambda: self.account(account))

    def stack(self, service: str) -> Iterator[Finding]:
        """The lines of a service of PAM."""
        # Where there is no PAM, Python has no list of users either.
        from poterne.admin import pam

        try:
            path = self.site.path
        except Stop:
            path = None
        faults = list(pam.faults(self.say, service, path))
        for fault in faults:
            yield Finding(fault.color, "pam", fault.place, fault.text, fault.advice, {"service": service, "place": fault.place})
        if not faults:
            text = self.say(
                "no code without the password, nobody in without a code", "pas de code sans le mot de passe, personne sans code"
            )
            yield Finding(GREEN, "pam", f"pam {service}", text, "", {"service": service})

    def server(self, directory: pathlib.Path) -> Iterator[Finding]:
        """The configuration of a FreeRADIUS."""
        faults = list(radius.faults(self.say, directory.absolute(), self.site.path))
        for fault in faults:
            yield Finding(fault.color, "radius", fault.place, fault.text, fault.advice, {"place": fault.place})
        if not faults:
            text = self.say("nobody in without a code, and no record of who was here", "personne sans code, aucune trace des passages")
            yield Finding(GREEN, "radius", f"radius {directory}", text)

    def guarded(self, name: str, title: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
        """A check that the database does not let end is wrong itself, and the others go on."""
        try:
            yield from look()
        except Error as error:
            yield Finding(RED, name, title, str(error.args[1]), self.explained(error))

    def explained(self, error: Error) -> str:
        return database_fault.reason(self.site, error) or error.kind.message(self.say.language)

    def settings(self) -> Finding:
        say, settings = self.say, self.site.settings
        where = str(self.site.path or say("the arguments", "les arguments"))
        text = say("{where}, fingerprint {value}", "{where}, empreinte {value}", where=where, value=settings.fingerprint)
        facts = {"fingerprint": settings.fingerprint}
        if self._expected is not None and self._expected.lower() != settings.fingerprint:
            advice = say(
                "The other server's is {other}: application, table or policy differ. Compare the two files.",
                "Celle de l’autre serveur est {other} : l’application, la table ou la politique diffère. Comparer les deux fichiers.",
                other=self._expected,
            )
            return Finding(RED, "settings", say("settings", "réglages"), text, advice, facts)
        open_folder = None if self.site.path is None else _open_folder(str(self.site.path))
        if open_folder is not None:
            advice = say(
                "Others can put another file in its place: chmod go-w {folder}",
                "D’autres peuvent y mettre un autre fichier : chmod go-w {folder}",
                folder=open_folder,
            )
            return Finding(RED, "settings", say("settings", "réglages"), text, advice, facts)
        return Finding(GREEN, "settings", say("settings", "réglages"), text, "", facts)

    def keyring(self) -> Finding:
        say, title = self.say, self.say("keyring", "trousseau")
        try:
            keyring = self.site.keyring
        except Stop as stop:
            advice = say(
                "Run doctor as the application's user. The file belongs to that user, mode 0600: chown USER FILE; chmod 600 FILE",
                "Lancer doctor sous l’utilisateur de l’application. Le fichier lui appartient, en mode 0600 : chown UTILISATEUR FICHIER ; chmod 600 FICHIER",
            )
            return Finding(RED, "keyring", title, stop.message, advice)
        value = keyring_fingerprint(keyring)
        facts = {"keys": sorted(keyring.key_ids), "primary": keyring.primary_key_id, "fingerprint": value}
        text = say(
            "{path}, read by {user} and nobody else; keys {keys}, primary {primary}, fingerprint {value}",
            "{path}, lu par {user} et personne d’autre ; clés {keys}, principale {primary}, empreinte {value}",
            path=self.site.keyring_path,
            user=_user(),
            keys=", ".join(map(str, sorted(keyring.key_ids))),
            primary=keyring.primary_key_id,
            value=value,
        )
        if self._expected_keyring is not None and self._expected_keyring.lower() != value:
            advice = say(
                "The other server's is {other}: the keyrings differ. Records that one of them seals may not open on the other.",
                "Celle de l’autre serveur est {other} : les trousseaux diffèrent. Ce que l’un scelle peut ne pas s’ouvrir sur l’autre.",
                other=self._expected_keyring,
            )
            return Finding(RED, "keyring", title, text, advice, facts)
        open_folder = _open_folder(self.site.keyring_path)
        if open_folder is not None:
            advice = say(
                "Others can put another keyring in its place: chmod go-w {folder}",
                "D’autres peuvent y mettre un autre trousseau : chmod go-w {folder}",
                folder=open_folder,
            )
            return Finding(RED, "keyring", title, text, advice, facts)
        if not _permissions_are_checked():
            text = say(
                "{path}, WHO ELSE CAN READ IT IS NOT CHECKED on this system; keys {keys}, primary {primary}, fingerprint {value}",
                "{path}, QUI D’AUTRE PEUT LE LIRE N’EST PAS VÉRIFIÉ sur ce système ; clés {keys}, principale {primary}, empreinte {value}",
                path=self.site.keyring_path,
                keys=", ".join(map(str, sorted(keyring.key_ids))),
                primary=keyring.primary_key_id,
                value=value,
            )
            advice = say(
                "Let the application's account read it, and no other: icacls FILE /reset, then icacls FILE /inheritance:r /grant:r ACCOUNT:R. Look at what is left: icacls FILE",
                "N’en donner la lecture qu’au compte de l’application : icacls FICHIER /reset, puis icacls FICHIER /inheritance:r /grant:r COMPTE:R. Vérifier ce qui reste : icacls FICHIER",
            )
            return Finding(AMBER, "keyring", title, text, advice, facts)
        return Finding(GREEN, "keyring", title, text, "", facts)

    def database(self) -> Finding:
        say, title = self.say, self.say("database", "base")
        try:
            engine = self.site.table.engine
            with engine.connect() as connection:
                version = ".".join(map(str, connection.dialect.server_version_info or ()))
        except Stop as stop:
            return Finding(RED, "database", title, stop.message)
        except Exception as failure:
            # Its text may hold the address; the driver's own text under it tells why, and no record was sent yet.
            reason = str(getattr(failure, "orig", None) or type(failure).__name__).strip().splitlines()
            advice = say(
                "Is the server up, and do address, user and password hold? See the settings database and database_password_file.",
                "Le serveur répond-il ? L’adresse, l’utilisateur et le mot de passe sont-ils bons ? Voir database et database_password_file.",
            )
            return Finding(RED, "database", title, say("no connection: {reason}", "pas de connexion : {reason}", reason=reason[0] if reason else ""), advice)
        pool = type(engine.pool).__name__
        text = say(
            "{name} {version} by {driver}; the command's own pool is a {pool}. The application's store wants a small pool of its own.",
            "{name} {version} par {driver} ; réserve de la commande : {pool}. Le stockage de l’application veut une petite réserve de connexions à lui.",
            name=engine.dialect.name,
            version=version,
            driver=engine.dialect.driver,
            pool=pool,
        )
        return Finding(GREEN, "database", title, text, "", {"product": engine.dialect.name, "version": version, "pool": pool})

    def columns(self) -> Iterator[Finding]:
        say, table = self.say, self.site.table
        account, record = table.columns()
        settings = self.site.settings
        for name, found, wanted in (
            (settings.account_column, account, MAX_ACCOUNT_LEN),
            (settings.record_column, record, RECORD_LEN),
        ):
            key = "account_column" if name == settings.account_column else "record_column"
            title = say("column {name}", "colonne {name}", name=name)
            if found is None:
                advice = say("Name it in the settings: {key}", "L’indiquer dans les réglages : {key}", key=key)
                yield Finding(RED, key, title, say("does not exist", "n’existe pas"), advice)
                continue
            yield self._column(key, title, found, wanted)
        if not table.is_unique():
            yield Finding(
                RED,
                "unique",
                say("key", "clé"),
                say("the database allows two rows for one account", "la base admet deux lignes pour un compte"),
                say("Make the account the primary key: two rows are two second factors.", "Faire du compte la clé primaire : deux lignes sont deux seconds facteurs."),
            )

    def _column(self, key: str, title: str, found: Any, wanted: int) -> Finding:
        say, length = self.say, getattr(found, "length", None)
        shown = str(found)
        facts = {"type": shown, "length": length}
        if isinstance(found, sa.types.LargeBinary) or not isinstance(found, sa.types.String):
            advice = say("Make it VARCHAR({wanted}).", "En faire VARCHAR({wanted}).", wanted=wanted)
            return Finding(RED, key, title, say("{type} holds no text", "{type} ne contient pas du texte", type=shown), advice, facts)
        if isinstance(found, sa.types.CHAR) or type(found).__name__ == "NCHAR":
            color = RED if length != RECORD_LEN or key == "account_column" else GREEN
            advice = say("It pads with spaces: make it VARCHAR({wanted}).", "Elle complète par des espaces : en faire VARCHAR({wanted}).", wanted=wanted)
            return Finding(color, key, title, shown, "" if color == GREEN else advice, facts)
        if length is not None and length < wanted:
            color = RED if key == "record_column" else AMBER
            advice = (
                say("A record has {wanted} characters: make it VARCHAR({wanted}).", "Un enregistrement a {wanted} caractères : en faire VARCHAR({wanted}).", wanted=wanted)
                if color == RED
                else say("Longer accounts cannot be enrolled.", "Les comptes plus longs ne peuvent pas être enrôlés.")
            )
            return Finding(color, key, title, say("{type}, too narrow", "{type}, trop étroite", type=shown), advice, facts)
        return Finding(GREEN, key, title, shown, "", facts)

    def swap(self) -> Iterator[Finding]:
        say, title = self.say, self.say("writing", "écriture")
        try:
            probe.check(self.site.table, self.site.verifier)
        except Refused as refused:
            if refused.refusal is not Refusal.CONFLICT:
                raise
            advice = say("Is somebody else running doctor? Run it again.", "Quelqu’un d’autre lance-t-il doctor ? Recommencer.")
            yield Finding(AMBER, "swap", title, say("others wrote the test record all the time: nothing is proven", "d’autres écrivaient sans cesse l’enregistrement d’essai : rien n’est prouvé"), advice)
            return
        except Error as error:
            yield Finding(RED, "swap", title, str(error.args[1]), self.explained(error))
            return
        yield Finding(GREEN, "swap", title, say("test record written and read back", "vérifiée par un essai"))

    def collation(self) -> Iterator[Finding]:
        say, table = self.say, self.site.table
        title = say("spelling", "orthographe")
        if table.spelled(probe.PROBE.upper()):
            yield Finding(
                AMBER,
                "collation",
                title,
                say("the database takes A.MARTIN for a.martin", "la base confond A.MARTIN et a.martin"),
                say(
                    "A record opens under its stored spelling only. Look the account up first and use what is stored, or give the column a binary collation.",
                    "Un enregistrement ne s’ouvre que sous l’orthographe enregistrée. Chercher d’abord le compte et reprendre ce qui est enregistré, ou donner à la colonne une collation binaire.",
                ),
                {"case_sensitive": False},
            )
        else:
            yield Finding(GREEN, "collation", title, say("accounts are compared by their letters' case", "les comptes sont comparés à la casse près"), "", {"case_sensitive": True})

    def transactions(self) -> Iterator[Finding]:
        say, isolation = self.say, self.site.table.isolation()
        title, facts = say("transactions", "transactions"), {"isolation": isolation}
        if isolation in ("AUTOCOMMIT", "READ UNCOMMITTED") and self.site.table.engine.dialect.name != "sqlite":
            yield Finding(
                AMBER,
                "transactions",
                title,
                isolation,
                say("Use READ COMMITTED: a swap wants a transaction of its own.", "Utiliser READ COMMITTED : l’échange veut sa propre transaction."),
                facts,
            )
            return
        yield Finding(
            GREEN, "transactions", title, say("{level}; the store commits each swap itself", "{level} ; le stockage valide lui-même chaque échange", level=isolation), "", facts
        )

    def durability(self) -> Iterator[Finding]:
        """What would take back a swap that was committed, or change it."""
        say, table = self.say, self.site.table
        title = say("durability", "pérennité")
        bad = list(_not_durable(table, say))
        for name, text, advice in bad:
            yield Finding(RED, name, title, text, advice)
        if not bad:
            yield Finding(GREEN, "durability", title, say("nothing seen that would lose or alter a swap", "rien qui perde ou modifie un échange"))

    def clock(self, table: Optional[Table]) -> Iterator[Finding]:
        say, now = self.say, clock.shown(time.time())
        title = say("clock", "horloge")
        ntp = clock.ntp()
        if ntp is None:
            yield Finding(
                AMBER,
                "ntp",
                title,
                say("{now}; neither timedatectl nor chronyc tells whether it is right", "{now} ; ni timedatectl ni chronyc ne dit si elle est juste", now=now),
                say("Compare it with a watch. In a container, look at the host.", "La comparer à une montre. Dans un conteneur, voir l’hôte."),
            )
        elif not ntp.is_synchronized:
            yield Finding(
                RED,
                "ntp",
                title,
                say("{now}; {source} says that it is not synchronized", "{now} ; selon {source}, elle n’est pas synchronisée", now=now, source=ntp.source),
                say("Start NTP: timedatectl set-ntp true", "Activer NTP : timedatectl set-ntp true"),
            )
        else:
            off = abs(ntp.seconds or 0)
            color = GREEN if off < clock.AMBER_SECONDS else AMBER if off < clock.RED_SECONDS else RED
            yield Finding(color, "ntp", title, say("{now}, kept by NTP", "{now}, réglée par NTP", now=now), "", {"seconds": ntp.seconds})
        if table is None:
            return
        try:
            ahead = clock.against_database(table)
        except Error as error:
            yield Finding(AMBER, "database_clock", title, str(error.args[1]))
            return
        if ahead is None:
            return
        color = GREEN if abs(ahead) < clock.AMBER_SECONDS else AMBER if abs(ahead) < clock.RED_SECONDS else RED
        text = say(
            "{seconds:.0f} seconds {side} the database's clock",
            "{seconds:.0f} secondes {side} sur l’horloge de la base",
            seconds=abs(ahead),
            side=say("ahead of", "d’avance") if ahead > 0 else say("behind", "de retard"),
        )
        advice = say("One of the two is wrong: set it. Then see: poterne repair-clock --help", "L’une des deux est fausse : la régler. Voir ensuite : poterne repair-clock --help")
        yield Finding(color, "database_clock", title, text, "" if color == GREEN else advice, {"seconds": round(ahead, 1)})

    def nightly(self) -> Iterator[Finding]:
        say, title = self.say, self.say("nightly run", "exécution nocturne")
        try:
            last = clock.read_stamp(clock.stamp_path(None) or STAMP)
        except OSError:
            return
        if last is None:
            return
        age = time.time() - last
        text = clock.age(say, age) if age >= 0 else clock.shown(last)
        if -300 <= age <= 2 * clock.DAY:
            yield Finding(GREEN, "nightly", title, text)
        else:
            yield Finding(AMBER, "nightly", title, text, say("Look at: systemctl status poterne-forget.timer", "Voir : systemctl status poterne-forget.timer"))

    def records(self) -> Iterator[Finding]:
        say, title = self.say, self.say("records", "enregistrements")
        counts = people.census(self.site.table, self.site.verifier, time.time())
        facts = dict(counts)
        if counts["unknown_key"]:
            yield Finding(
                RED,
                "unknown_key",
                title,
                say("sealed under a key that this server lacks: {count}", "scellés avec une clé absente de ce serveur : {count}", count=counts["unknown_key"]),
                say("Copy the keyring of a server that has it: their owners cannot log in here.", "Copier le trousseau d’un serveur qui l’a : ces personnes ne peuvent pas se connecter ici."),
            )
        if counts["unreadable"] > counts["unknown_key"]:
            yield Finding(
                RED,
                "unreadable",
                title,
                say("cannot be decrypted with this keyring: {count}", "indéchiffrables avec ce trousseau : {count}", count=counts["unreadable"] - counts["unknown_key"]),
                say(
                    "Damaged, or moved from another account or application; or this is another keyring with the same key id. To see which: poterne forget --names",
                    "Abîmés, ou déplacés d’un autre compte ou d’une autre application ; ou trousseau différent ayant le même numéro de clé. Pour les voir : poterne forget --names",
                ),
            )
        for name, text, advice in (
            ("to_reseal", say("to reseal: {count}", "à resceller : {count}", count=counts["to_reseal"]), "poterne reseal"),
            ("expired", say("pending past their date: {count}", "en attente, délai dépassé : {count}", count=counts["expired"]), "poterne missing --state expired"),
            (
                "locked",
                say("locked: {count}", "bloqués : {count}", count=counts["locked"]),
                say("Many at once is somebody who guesses. One by one: the help desk.", "Beaucoup à la fois : quelqu’un essaie des codes. Au cas par cas : le service d’assistance."),
            ),
        ):
            if counts[name]:
                yield Finding(AMBER, name, title, text, advice, {"count": counts[name]})
        text = say(
            "{records} in all, {active} active, {pending} pending",
            "au total : {records}, actifs : {active}, en attente : {pending}",
            records=counts["records"],
            active=counts["active"],
            pending=counts["pending"],
        )
        yield Finding(GREEN, "records", title, text, "", facts)

    def account(self, account: str) -> Iterator[Finding]:
        say, site = self.say, self.site
        title = say("account {name}", "compte {name}", name=account)
        stored = site.table.spelled(account)
        if not stored:
            yield Finding(AMBER, "account", title, people.named(say, "none"), say("Look at the spelling: it is that of the table.", "Vérifier l’orthographe : c’est celle de la table."))
            return
        if account not in stored:
            yield Finding(RED, "account", title, say("is stored as {name}", "est enregistré sous {name}", name=stored[0]), say("Use that spelling.", "Utiliser cette orthographe."))
            return
        try:
            status = site.verifier.credential(account, site.table.column.load(account)).inspect()
        except Error as error:
            yield Finding(RED, "account", title, str(error.args[1]), error.kind.message(say.language))
            return
        word = people.standing(status, time.time())
        parts = [people.named(say, word)]
        if status.is_locked:
            parts.append(say("locked", "bloqué"))
        if status.wait_seconds:
            parts.append(say("has to wait {seconds} s", "doit attendre {seconds} s", seconds=status.wait_seconds))
        if status.temporary_code is not None:
            parts.append(say("has a temporary code", "a un code temporaire"))
        parts.append(say("recovery codes left: {count}", "codes de secours restants : {count}", count=status.recovery_codes_left))
        color = GREEN if word == "active" and not status.is_locked else AMBER
        yield Finding(color, "account", title, ", ".join(parts), "", {"state": word, "locked": status.is_locked})


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.geteuid())


def _permissions_are_checked() -> bool:
    """Whether `Keyring.open` refuses a file that others can read: on Windows it looks at no access control list."""
    return os.name == "posix"


def _open_folder(path: str) -> Optional[pathlib.Path]:
    """The file's folder, if others can put another file there."""
    if os.name != "posix":
        return None
    folder = pathlib.Path(path).parent
    mode = folder.stat().st_mode
    return folder if mode & 0o022 and not mode & stat.S_ISVTX else None


def _not_durable(table: Table, say: Say) -> Iterator[tuple[str, str, str]]:
    """Settings of the server that answer before the log is on disk, and what stands in the way of the swap."""
    product = table.engine.dialect.name
    if product == "postgresql":
        for name in ("fsync", "synchronous_commit"):
            if table.setting(f"SHOW {name}") == "off":
                yield name, f"{name} = off", _committed(say)
        if table.setting("SELECT pg_is_in_recovery()") in ("True", "t", "true"):
            yield "replica", say("this is a replica", "c’est un réplica"), _primary(say)
    elif product in ("mysql", "mariadb"):
        if table.setting("SELECT @@innodb_flush_log_at_trx_commit") != "1":
            yield "flush", "innodb_flush_log_at_trx_commit", _committed(say)
        if table.setting("SELECT @@read_only") not in ("0", "OFF"):
            yield "replica", say("the server is read-only", "le serveur est en lecture seule"), _primary(say)
        kind = table.options().get(f"{product}_engine")
        if kind is not None and str(kind).lower() != "innodb":
            yield "engine", f"ENGINE = {kind}", say("It has no transactions: ENGINE = InnoDB.", "Sans transactions : ENGINE = InnoDB.")
    triggers = table.triggers()
    if triggers:
        yield (
            "triggers",
            say("triggers on the table: {count}", "déclencheurs sur la table : {count}", count=triggers),
            say(
                "One that changes the record breaks the swap; one that copies it keeps what `forget` erases. Remove them.",
                "Celui qui modifie l’enregistrement casse l’échange ; celui qui le copie garde ce que « forget » efface. Les supprimer.",
            ),
        )


def _committed(say: Say) -> str:
    return say("A crash takes back the last commits, and used codes are good again: switch it on.", "Une panne annule les dernières validations et des codes utilisés redeviennent bons : l’activer.")


def _primary(say: Say) -> str:
    return say("Give the address of the primary.", "Indiquer l’adresse du serveur principal.")
