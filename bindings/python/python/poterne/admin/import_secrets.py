"""`poterne import-secrets`: moving in from another system."""

from __future__ import annotations

import pathlib
import sys
import time
from collections import Counter
from typing import Callable, Dict, List, Optional

import click

from poterne import Algorithm
from poterne.admin import database_fault, sealed
from poterne.admin.console import INTERRUPTED, Stop
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.moving import accounts, django_otp, foreign, google_authenticator, graph, keycloak, otpauth, privacyidea, secrets_csv, usersfile
from poterne.admin.moving.database import Database
from poterne.admin.moving.found import MAX_BYTES, Source, UnreadableSource
from poterne.admin.moving.lines import bounded
from poterne.admin.moving.move import Move, Result, Wishes
from poterne.admin.options import shared, yes
from poterne.admin.site import Site, address

KINDS = ("otpauth", "csv", "usersfile", "google-authenticator", "django-otp", "privacyidea", "keycloak", "graph")

_HASHES = {"sha1": Algorithm.SHA1, "sha256": Algorithm.SHA256, "sha512": Algorithm.SHA512}

SHOWN = 200


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "import-secrets",
        help=say(
            """Moves employees in from another system, with the secrets of their phones and tokens: nobody scans anything again. Counters, the
            last code that was used and a token's drift come along where the source has them. Where it does not, all codes up to now count as
            used. KIND is one of

            \b
                otpauth               otpauth URIs, one a line
                csv                   CSV with a line of titles; --encoding base32 or hex
                usersfile             liboath and pam_oath
                google-authenticator  a .google_authenticator with --for ACCOUNT, or a folder of homes
                django-otp            its database
                privacyidea           pi.cfg, or its database with --key-file
                keycloak              kc.sh export --realm NAME --file FILE
                graph                 JSON of a vendor for Entra, of assigned tokens

            The titles of a CSV are account and secret, and if there are such columns, type (totp or hotp), hash (SHA1, SHA256 or SHA512), digits,
            time_step, counter (the next one) and last_step (the time step that was used last); other columns are passed over.

            Stop the other system, look first, then move:

            \b
                poterne import-secrets django-otp postgresql+psycopg://site@localhost/site --rehearse
                poterne import-secrets django-otp postgresql+psycopg://site@localhost/site
                gpg -d secrets.csv.gpg | poterne import-secrets csv - --encoding base32 --yes

            Whoever has a record keeps it, so the command can be run again. Lines that cannot be moved are named, without their secrets.
            """,
            """Reprend les agents d’un autre système, avec les secrets de leurs téléphones et jetons : personne ne scanne rien de nouveau. Le
            compteur, le dernier code utilisé et la dérive d’un jeton sont repris si la source les contient. Sinon, tous les codes jusqu’à
            maintenant comptent comme utilisés. TYPE est l’un de

            \b
                otpauth               URI otpauth, un par ligne
                csv                   CSV avec une ligne de titres ; --encoding base32 ou hex
                usersfile             liboath et pam_oath
                google-authenticator  un .google_authenticator avec --for COMPTE, ou un dossier de dossiers personnels
                django-otp            sa base de données
                privacyidea           pi.cfg, ou sa base avec --key-file
                keycloak              kc.sh export --realm NOM --file FICHIER
                graph                 JSON d’un fournisseur pour Entra, jetons attribués

            Les titres d’un CSV sont compte et secret, et le cas échéant type (totp ou hotp), algorithme (SHA1, SHA256 ou SHA512), chiffres, pas,
            compteur (le prochain) et dernier pas (le dernier pas de temps utilisé), ou leurs noms anglais ; les autres colonnes sont ignorées.

            Arrêter l’autre système, vérifier d’abord, reprendre ensuite :

            \b
                poterne import-secrets django-otp postgresql+psycopg://site@localhost/site --rehearse
                poterne import-secrets django-otp postgresql+psycopg://site@localhost/site
                gpg -d secrets.csv.gpg | poterne import-secrets csv - --encoding base32 --yes

            Qui a un enregistrement le garde : la commande peut être relancée. Les lignes non reprises sont nommées, sans leur secret.
            """,
        ),
    )
    @click.argument("kind", metavar=say("KIND", "TYPE"))
    @click.argument("source", metavar=say("FILE|-|ADDRESS", "FICHIER|-|ADRESSE"))
    @click.option("--rehearse", is_flag=True, help=say("Checks everything and writes nothing.", "Vérifie tout, n’écrit rien."))
    @click.option(
        "--accounts",
        "account_list",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FILE", "FICHIER"),
        help=say("CSV of two columns: the account there, the account here. Others are not moved.", "CSV à deux colonnes : compte là-bas, compte ici. Les autres ne sont pas repris."),
    )
    @click.option("--encoding", type=click.Choice(list(secrets_csv.ENCODINGS)), help=say("Of the secrets of a CSV.", "Des secrets d’un CSV."))
    @click.option("--hash", "hash_name", type=click.Choice(list(_HASHES)), default="sha1", show_default=True, help=say("Of lines of a CSV that name none.", "Des lignes d’un CSV qui n’en ont pas."))
    @click.option("--digits", type=click.IntRange(6, 8), default=6, show_default=True, help=say("Of lines of a CSV or usersfile that name none.", "Des lignes d’un CSV ou usersfile qui n’en ont pas."))
    @click.option("--time-step", type=click.IntRange(30, 120), default=30, show_default=True, help=say("Of lines of a CSV that name none.", "Des lignes d’un CSV qui n’en ont pas."))
    @click.option("--issuer", metavar=say("NAME", "NOM"), help=say("Takes the otpauth URIs of this issuer alone.", "Ne prend que les URI otpauth de cet émetteur."))
    @click.option("--for", "one_account", metavar=say("ACCOUNT", "COMPTE"), help=say("Whose .google_authenticator it is.", "Titulaire du .google_authenticator."))
    @click.option("--users", "users_table", default="auth_user", show_default=True, metavar=say("TABLE", "TABLE"), help=say("The table of Django's users.", "Table des utilisateurs de Django."))
    @click.option("--username", default="username", show_default=True, metavar=say("COLUMN", "COLONNE"), help=say("Its column with the account.", "Sa colonne avec le compte."))
    @click.option(
        "--key-file",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FILE", "FICHIER"),
        help=say("The key file of privacyIDEA, PI_ENCFILE. Its password, if it has one, is asked for.", "Fichier de clés de privacyIDEA, PI_ENCFILE. Son mot de passe éventuel est demandé."),
    )
    @click.option(
        "--password-fd",
        type=int,
        metavar=say("NUMBER", "NUMÉRO"),
        help=say("Reads the password of the source's database from this file descriptor, then the key file's.", "Lit sur ce descripteur le mot de passe de la base source, puis celui du fichier de clés."),
    )
    @click.option("--beside", "is_beside", is_flag=True, help=say("A second authenticator of a person gets a row of its own.", "Un second authentifiant d’une personne reçoit sa propre ligne."))
    @click.option(
        "--zero",
        type=click.Choice(["unused", "unknown"]),
        help=say(
            "Counters that are 0 were never used; or nobody knows, and their holders confirm them with two codes.",
            "Les compteurs à 0 n’ont jamais servi ; ou personne ne le sait, et deux codes les confirmeront.",
        ),
    )
    @click.option(
        "--clock-is-right",
        "is_clock_right",
        is_flag=True,
        help=say(
            "Moves those whose last used code is of a time to come, as the source says.",
            "Reprend ceux dont le dernier code utilisé est dans le futur, selon la source.",
        ),
    )
    @click.option("--replace", "is_replaced", is_flag=True, help=say("Moves those too who have a record here, which ends.", "Reprend aussi qui a un enregistrement ici, lequel prend fin."))
    @click.option("--each", "has_each", is_flag=True, help=say("Names every line, not only those to look at.", "Nomme chaque ligne, pas seulement celles à examiner."))
    @yes(say)
    @shared(say, has_json=True)
    def import_secrets(
        site: Site,
        kind: str,
        source: str,
        rehearse: bool,
        account_list: Optional[pathlib.Path],
        encoding: Optional[str],
        hash_name: str,
        digits: int,
        time_step: int,
        issuer: Optional[str],
        one_account: Optional[str],
        users_table: str,
        username: str,
        key_file: Optional[pathlib.Path],
        password_fd: Optional[int],
        is_beside: bool,
        zero: Optional[str],
        is_clock_right: bool,
        is_replaced: bool,
        has_each: bool,
        is_sure: bool,
    ) -> int:
        if kind not in KINDS:
            raise Stop(foreign.named(kind, say) or say("The kinds are: {kinds}", "Les types sont : {kinds}", kinds=", ".join(KINDS)), 2)
        if kind == "csv" and encoding is None:
            raise Stop(
                say(
                    "Say how the secrets are written: --encoding base32, or --encoding hex. It cannot be told by looking at them.",
                    "Indiquer l’écriture des secrets : --encoding base32 ou --encoding hex. Elle ne se devine pas.",
                ),
                2,
            )
        reader = _Reader(site, source, password_fd)
        declared = secrets_csv.Declared(encoding or "", _HASHES[hash_name], digits, time_step)
        readers: Dict[str, Callable[[], Source]] = {
            "otpauth": lambda: otpauth.read(reader.content(), say, issuer=issuer),
            "csv": lambda: secrets_csv.read(reader.content(), say, declared),
            "usersfile": lambda: usersfile.read(reader.content(), say, digits=digits),
            "google-authenticator": lambda: reader.google_authenticator(one_account),
            "django-otp": lambda: reader.django_otp(users_table, username),
            "privacyidea": lambda: reader.privacyidea(key_file),
            "keycloak": lambda: reader.keycloak(),
            "graph": lambda: graph.read(reader.content(), say),
        }
        try:
            found = readers[kind]()
            mapped = None if account_list is None else accounts.read(bounded(account_list, say), say)
        except UnreadableSource as error:
            raise Stop(str(error)) from None
        sealed.refuse_other_keyring(site)
        wishes = Wishes(is_replaced, is_beside, zero or "", mapped, is_clock_right)
        return _run(site, Move(site, wishes), found, rehearse=rehearse, is_sure=is_sure, has_each=has_each)

    return [import_secrets]


class _Reader:
    """The source: a file, standard input, a folder or a database."""

    def __init__(self, site: Site, source: str, password_fd: Optional[int]) -> None:
        self.say, self.console, self.source = site.console.say, site.console, source
        self._passwords = [] if password_fd is None else self.console.secrets(2, password_fd)

    def content(self) -> bytes:
        if self.source == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            content = bounded(pathlib.Path(self.source), self.say)
        if len(content) > MAX_BYTES:
            raise UnreadableSource(self.say("The source has more than {size} MB.", "La source dépasse {size} Mo.", size=MAX_BYTES >> 20))
        refusal = foreign.recognized(content, self.say)
        if refusal is not None:
            raise UnreadableSource(refusal)
        return content

    def google_authenticator(self, account: Optional[str]) -> Source:
        path = pathlib.Path(self.source)
        if self.source != "-" and path.is_dir():
            return google_authenticator.read_folder(path, self.say)
        if account is None:
            raise Stop(self.say("Say whose file this is: --for ACCOUNT", "Indiquer à qui est ce fichier : --for COMPTE"), 2)
        return google_authenticator.read(self.content(), self.say, account)

    def keycloak(self) -> Source:
        path = pathlib.Path(self.source)
        if self.source == "-" or not path.is_dir():
            return keycloak.read(self.content(), self.say)
        # kc.sh export --dir, with users in files of their own.
        source, files = Source(), sorted(path.glob("*-users-*.json"))
        if len({file.name.rpartition("-users-")[0] for file in files}) > 1:
            raise UnreadableSource(keycloak.several_realms(self.say))
        for file in files:
            found = keycloak.read(bounded(file, self.say), self.say)
            source.found += found.found
            source.troubles += found.troubles
            source.ignored.update(found.ignored)
        return source

    def django_otp(self, users: str, username: str) -> Source:
        with Database(address(self.source, self.say), self._password(), self.say) as database:
            return django_otp.read(database, self.say, users=users, username=username)

    def privacyidea(self, key_file: Optional[pathlib.Path]) -> Source:
        privacyidea.need_cryptography(self.say)
        url, password = self.source, None
        if url.endswith(".cfg"):
            # With its password in it, which is a secret of that file's owner.
            url, of_config = privacyidea.configured(pathlib.Path(url), self.say)
            key_file = key_file or of_config
        else:
            url, password = address(url, self.say), self._password()
        if key_file is None:
            raise Stop(self.say("Name the key file of privacyIDEA: --key-file FILE", "Indiquer le fichier de clés de privacyIDEA : --key-file FICHIER"), 2)
        keys = bounded(key_file, self.say)
        unlock = self._key_password() if privacyidea.is_encrypted(keys) else None
        key = privacyidea.token_key(keys, unlock, self.say)
        with Database(url, password, self.say) as database:
            return privacyidea.read(database, key, self.say)

    def _password(self) -> Optional[str]:
        """None if the database wants none, or asks in its own way."""
        return self._passwords[0] or None if self._passwords else None

    def _key_password(self) -> str:
        if self._passwords:
            return self._passwords[1]
        return self.console.secret(self.say("Password of the key file: ", "Mot de passe du fichier de clés : "))


def _run(site: Site, move: Move, found: Source, *, rehearse: bool, is_sure: bool, has_each: bool) -> int:
    console, say = site.console, site.console.say
    planned = move.plan(found)
    if not rehearse:
        console.confirm(
            say(
                "{count:#authenticator|authenticators} of another system will be stored here. Is that system stopped? A code that it accepts from now on would count"
                " here once more. Go on?",
                "{count:#authentifiant d’un autre système va être enregistré|authentifiants d’un autre système vont être enregistrés} ici. Ce système est-il arrêté ? Un code qu’il accepterait"
                " désormais servirait ici une seconde fois. Continuer ?",
                count=len(planned),
            ),
            is_given=is_sure,
        )
    # The time of the question is not that of the move.
    move.now = time.time()
    with database_fault.repeatable(site), Interruptible() as stop, console.progress(say("moving in", "reprise"), len(planned)) as progress:
        move.run(planned, stop, progress, is_stored=not rehearse)
    return _told(site, move, found, rehearse=rehearse, has_each=has_each)


def _told(site: Site, move: Move, found: Source, *, rehearse: bool, has_each: bool) -> int:
    console, say = site.console, site.console.say
    counts = Counter(result.verdict for result in move.results)
    looked_at = [result for result in move.results if has_each or result.verdict == "trouble" or result.text]
    shown = looked_at if has_each else looked_at[:SHOWN]
    header = (say("where", "où"), say("account", "compte"), say("what", "quoi"))
    console.table(header, [(result.place, result.account, _worded(say, result, rehearse=rehearse)) for result in shown])
    if len(looked_at) > len(shown):
        console.note(say("and {count} more: --each names all", "et {count} de plus : --each nomme tout", count=len(looked_at) - len(shown)))
    for what, count in sorted(found.ignored.items()):
        console.note(say("not moved: {count} {what}", "non repris : {count} {what}", count=count, what=_ignored(say, what)))
    if move.has_unknown_use:
        console.note(
            say(
                "The source does not tell which codes were used: those of now and of the next moment count as used. Who logs in at once waits a minute.",
                "La source ne dit pas quels codes ont servi : ceux de maintenant et du moment suivant comptent comme utilisés. Qui se connecte aussitôt attend une minute.",
            )
        )
    if move.in_use is not None and (remark := move.in_use.remark(say)):
        console.note(remark)
    console.print(
        say(
            "{moved} would be moved, {replaced} replaced, {there} have a record and would keep it, {trouble} not moved"
            if rehearse
            else "{moved} moved, {replaced} replaced, {there} had a record and keep it, {trouble} not moved",
            "à reprendre : {moved} ; à remplacer : {replaced} ; ont un enregistrement et le garderaient : {there} ; non repris : {trouble}"
            if rehearse
            else "repris : {moved} ; remplacés : {replaced} ; avaient un enregistrement et le gardent : {there} ; non repris : {trouble}",
            **{name: counts[name] for name in ("moved", "replaced", "there", "trouble")},
        )
    )
    console.json(
        {
            **{name: counts[name] for name in ("moved", "replaced", "there", "trouble")},
            "unreadable": 0 if move.in_use is None else move.in_use.unreadable,
            "ignored": dict(found.ignored),
            "rehearsed": rehearse,
            "lines": [{"place": each.place, "account": each.account, "verdict": each.verdict, "text": each.text} for each in move.results],
        }
    )
    if move.is_interrupted:
        console.note(say("Interrupted. What is stored stays: run it again.", "Interrompu. Ce qui est enregistré le reste : relancer la commande."))
        return INTERRUPTED
    return 1 if counts["trouble"] else 0


def _ignored(say: Say, what: str) -> str:
    """What is counted and not moved; a kind of token is its own name."""
    return {
        "scratch codes": say("scratch codes", "codes à gratter"),
        "static tokens": say("static tokens: issue recovery codes", "codes statiques : délivrer des codes de secours"),
        "recovery-authn-codes": say("sets of recovery codes: issue new ones", "jeux de codes de secours : en délivrer de nouveaux"),
        "URIs of other issuers": say("URIs of other issuers", "URI d’autres émetteurs"),
        "unconfirmed devices": say("devices that were never confirmed", "appareils jamais confirmés"),
        "devices of inactive users": say("devices of inactive users", "appareils d’utilisateurs inactifs"),
        "otp of disabled users": say("authenticators of disabled users", "authentifiants d’utilisateurs désactivés"),
        "tokens out of use": say("tokens that are disabled, locked or revoked", "jetons désactivés, bloqués ou révoqués"),
        "tokens that were never confirmed": say("tokens that were never confirmed", "jetons jamais confirmés"),
        "tokens of nobody": say("tokens of nobody: import them into the stock", "jetons non attribués : les importer en stock"),
    }.get(what, what)


def _worded(say: Say, result: Result, *, rehearse: bool) -> str:
    if result.verdict == "trouble":
        return result.text
    word = {
        "moved": say("would be moved", "à reprendre") if rehearse else say("moved", "repris"),
        "replaced": say("would be replaced", "à remplacer") if rehearse else say("replaced", "remplacé"),
        "there": say("has a record, which stays", "a un enregistrement, qui reste"),
    }[result.verdict]
    return f"{word}; {result.text}" if result.text else word

