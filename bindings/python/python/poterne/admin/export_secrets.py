"""`poterne export-secrets`: moving out to another system (semantics 8.13)."""

from __future__ import annotations

import os
import pathlib
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Dict, List, Optional, Set, Tuple

import click

from poterne import Error, ErrorKind, State, person_and_row
from poterne._poterne import move_out_pskc, move_out_uris_in_clear, moving_out_sentence
from poterne.admin import files, sealed
from poterne.admin.console import Stop, explained
from poterne.admin.enrollment import issuer_of
from poterne.admin.interrupt import told
from poterne.admin.language import Say
from poterne.admin.moving.found import Source, UnreadableSource
from poterne.admin.moving.lines import bounded, lines_of
from poterne.admin.options import shared
from poterne.admin.site import Site
from poterne.admin.sweep import batches
from poterne.admin.token_import import file_key

# Of lines that name an account.
SHOWN = 200


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "export-secrets",
        help=say(
            """Moves out: writes the secrets of all records, or of the listed accounts, into a new FILE, for another system. Whoever reads it can
            make everybody's codes. It is an encrypted PSKC file (RFC 6030), under a password or a key that goes another way than the file.

            A sentence has to be typed, on a terminal. Pending and active records go along, with counter, drift and dates of validity;
            suspended and revoked ones do not. Nothing changes here: switch this system off for these accounts before the other one takes
            the first login. One secret in two systems is one code for two logins.

            \b
                poterne export-secrets move.pskcxml
                poterne export-secrets move.pskcxml --accounts accounts.txt --key-file move.key
            """,
            """Prépare le passage à un autre système : écrit dans un nouveau FICHIER les secrets de tous les enregistrements, ou ceux des comptes
            listés. Qui le lit peut calculer les codes de chacun. C’est un fichier PSKC chiffré (RFC 6030), protégé par un mot de passe ou
            une clé, à transmettre par une autre voie que le fichier.

            Une phrase est à saisir, sur un terminal. Sont repris les enregistrements en attente et actifs, avec compteur, dérive et dates de
            validité ; ni les suspendus ni les révoqués. Rien ne change ici : mettre ces comptes hors service dans ce système avant la
            première connexion à l’autre. Un secret dans deux systèmes, c’est un code valable deux fois.

            \b
                poterne export-secrets transfert.pskcxml
                poterne export-secrets transfert.pskcxml --accounts comptes.txt --key-file transfert.cle
            """,
        ),
    )
    @click.argument("file", metavar=say("FILE", "FICHIER"))
    @click.option(
        "--accounts",
        "account_list",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("LIST", "LISTE"),
        help=say(
            "A text file of accounts, one a line: only these, with all authenticators of each person.",
            "Fichier texte de comptes, un par ligne : seulement ceux-ci, avec tous les authentifiants de chaque personne.",
        ),
    )
    @click.option(
        "--key-file",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FILE", "FICHIER"),
        help=say(
            "Instead of a password: a pre-shared key of 32 random bytes, in hexadecimal.",
            "À la place du mot de passe : clé partagée de 32 octets aléatoires, en hexadécimal.",
        ),
    )
    @click.option(
        "--password-fd",
        type=int,
        metavar=say("NUMBER", "NUMÉRO"),
        help=say("Reads the password of the file from this file descriptor.", "Lit le mot de passe du fichier sur ce descripteur."),
    )
    @click.option(
        "--otpauth-in-clear",
        "is_in_clear",
        is_flag=True,
        help=say(
            "Writes otpauth URIs instead, one a line, NOT ENCRYPTED: only for a system that does not read PSKC. They lack drift, last code and"
            " validity.",
            "Écrit plutôt des URI otpauth, un par ligne, NON CHIFFRÉS : seulement pour un système qui ne lit pas PSKC. Sans dérive, dernier"
            " code ni validité.",
        ),
    )
    @shared(say, has_json=True)
    def export_secrets(
        site: Site,
        file: str,
        account_list: Optional[pathlib.Path],
        key_file: Optional[pathlib.Path],
        password_fd: Optional[int],
        is_in_clear: bool,
    ) -> int:
        if [key_file is not None, password_fd is not None, is_in_clear].count(True) > 1:
            raise Stop(
                say(
                    "Give one of --key-file, --password-fd and --otpauth-in-clear.",
                    "Indiquer une seule des options --key-file, --password-fd et --otpauth-in-clear.",
                ),
                2,
            )
        path = _free(file, say)
        if not sys.stdin.isatty():
            raise Stop(
                say(
                    "There is no terminal. The secrets of records leave only if somebody types a sentence on one. Nothing was written.",
                    "Pas de terminal. Les secrets ne sortent que si quelqu’un y saisit une phrase. Rien n’a été écrit.",
                )
            )
        key = None if key_file is None else file_key(key_file, say)
        listed = None if account_list is None else _listed(account_list, say)
        sealed.refuse_other_keyring(site)
        moving = _Moving(site, path, _chosen(site, listed))
        moving.run(key, password_fd, is_in_clear=is_in_clear)
        return moving.tell()

    return [export_secrets]


def _free(file: str, say: Say) -> pathlib.Path:
    """A name that no file has: nothing is overwritten, and no terminal or pipe gets a secret."""
    path = pathlib.Path(file)
    if file == "-":
        raise Stop(say("The secrets go into a file alone: name one.", "Les secrets ne vont que dans un fichier : en indiquer un."), 2)
    if os.path.lexists(path):
        raise Stop(_taken(path, say))
    if not path.absolute().parent.is_dir():
        raise Stop(say("There is no folder {folder}.", "Le dossier {folder} n’existe pas.", folder=path.absolute().parent))
    return path


def _taken(path: pathlib.Path, say: Say) -> str:
    return say(
        "{file} is there already and is not overwritten. Name a new file. Nothing was written.",
        "{file} existe déjà et n’est pas remplacé. Indiquer un nouveau fichier. Rien n’a été écrit.",
        file=path,
    )


def _listed(path: pathlib.Path, say: Say) -> List[str]:
    source = Source()
    try:
        listed = [line for _, line in lines_of(bounded(path, say), say, source)]
    except UnreadableSource as error:
        raise Stop(f"{path}: {error}") from None
    if source.troubles:
        raise Stop(f"{path}: {source.troubles[0].place}: {source.troubles[0].text}")
    if not listed:
        raise Stop(say("{file} names no account.", "{file} ne contient aucun compte.", file=path))
    return listed


def _chosen(site: Site, listed: Optional[List[str]]) -> List[Tuple[str, str]]:
    """The rows to move. A listed account that has none stops the command: whoever is left out by a slip of the pen is locked out there."""
    say = site.console.say
    rows = [row for batch in batches(site.table) for row in batch]
    if listed is not None:
        wanted, met = set(listed), set[str]()
        chosen = []
        for account, record in rows:
            named = {account, person_and_row(account)[0]} & wanted
            met |= named
            if named:
                chosen.append((account, record))
        _refuse_unknown(site, wanted - met)
        rows = chosen
    if not rows:
        raise Stop(say("The table {name} has no record.", "La table {name} n’a aucun enregistrement.", name=site.table.name))
    return rows


def _refuse_unknown(site: Site, unknown: Set[str]) -> None:
    if not unknown:
        return
    names = sorted(unknown)
    shown = ", ".join(names[:SHOWN]) + ("…" if len(names) > SHOWN else "")
    raise Stop(
        site.console.say(
            "Accounts without a record in the table {name}: {accounts}. Correct the list. Nothing was written.",
            "Comptes sans enregistrement dans la table {name} : {accounts}. Corriger la liste. Rien n’a été écrit.",
            name=site.table.name,
            accounts=shown,
        )
    )


@dataclass(frozen=True)
class _LeftOut:
    account: str
    kind: str
    text: str


class _Moving:
    """The file, and what came of it."""

    def __init__(self, site: Site, path: pathlib.Path, rows: List[Tuple[str, str]]) -> None:
        self.site, self.console, self.say, self.path, self.rows = site, site.console, site.console.say, path, rows
        self.left_out: List[_LeftOut] = []
        self.pending, self.is_in_clear = 0, False

    def run(self, key: Optional[bytes], password_fd: Optional[int], *, is_in_clear: bool) -> None:
        self.is_in_clear = is_in_clear
        self._warn()
        password = None if is_in_clear or key is not None else self._password(password_fd)
        typed = self._sentence()
        site, content = self.site, bytearray()
        try:
            if is_in_clear:
                content, left = move_out_uris_in_clear(site.keyring, site.settings.application, typed, self.rows, issuer_of(site))
            else:
                secret = None if password is None else password.encode(errors="replace")
                file, left = move_out_pskc(site.keyring, site.settings.application, typed, self.rows, key=key, password=secret)
                content = bytearray(file.encode())
            self._sort(left)
            if len(left) < len(self.rows):
                self._write(content)
        except Error as error:
            raise Stop(self._refusal(error)) from None
        finally:
            content[:] = bytes(len(content))

    def tell(self) -> int:
        console, say = self.console, self.say
        console.table((say("account", "compte"), say("left out", "non repris")), [(each.account, each.text) for each in self.left_out[:SHOWN]])
        if len(self.left_out) > SHOWN:
            console.note(say("and {count} more: --json names all", "et {count} de plus : --json nomme tout", count=len(self.left_out) - SHOWN))
        moved = len(self.rows) - len(self.left_out)
        console.json(
            {
                "moved": moved,
                "pending": self.pending,
                "encrypted": not self.is_in_clear,
                "left_out": [{"account": each.account, "kind": each.kind, "text": each.text} for each in self.left_out],
            }
        )
        if not moved:
            console.note(say("No record can go along. Nothing was written.", "Aucun enregistrement ne peut être repris. Rien n’a été écrit."))
            return 1
        counts = Counter(each.kind for each in self.left_out)
        console.done(
            say(
                "{file}: {moved} moved, {pending} of them pending (the other system takes them for confirmed); left out: {revoked} revoked,"
                " {suspended} suspended, {others} others",
                "{file} : repris : {moved}, dont en attente : {pending} (confirmés, pour l’autre système) ; non repris : révoqués : {revoked} ;"
                " suspendus : {suspended} ; autres : {others}",
                file=self.path,
                moved=moved,
                pending=self.pending,
                revoked=counts["revoked"],
                suspended=counts["suspended"],
                others=len(self.left_out) - counts["revoked"] - counts["suspended"],
            )
        )
        console.print(self._next())
        # The revoked have nothing to take along.
        return 1 if len(self.left_out) > counts["revoked"] else 0

    def _warn(self) -> None:
        self.console.note(
            self.say(
                "{count:#record|records}: the secrets leave this system. Whoever has the file {protection} can log in as everybody in it.",
                "{count:#enregistrement|enregistrements} : les secrets vont sortir de ce système. Qui détient le fichier {protection} peut se connecter à la place de"
                " chacun.",
                count=len(self.rows),
                protection=self.say("alone, which is NOT ENCRYPTED,", "seul, NON CHIFFRÉ,")
                if self.is_in_clear
                else self.say("and its password or key", "et son mot de passe ou sa clé"),
            )
        )

    def _password(self, password_fd: Optional[int]) -> str:
        if password_fd is not None:
            return self.console.secret("", password_fd)
        password = self.console.secret(self.say("Password of the file, 12 characters or more: ", "Mot de passe du fichier, 12 caractères ou plus : "))
        if self.console.secret(self.say("Once more: ", "Encore une fois : ")) != password:
            raise Stop(self.say("The two are not the same. Nothing was written.", "Les deux saisies diffèrent. Rien n’a été écrit."))
        return password

    def _sentence(self) -> str:
        """Typed, never given: the norm has it in English alone."""
        self.console.note(self.say("If this is what you want, type this sentence:", "Pour le confirmer, saisir cette phrase, en anglais :"))
        self.console.note(f"  {moving_out_sentence()}")
        return self.console.line(self.say("Sentence: ", "Phrase : "))

    def _write(self, content: bytearray) -> None:
        interrupted = self.say(
            "Interrupted. If {file} is there, it holds the secrets: delete it or keep it safe.",
            "Interrompu. Si {file} existe, il contient les secrets : le supprimer ou le protéger.",
            file=self.path,
        )
        with told(interrupted):
            try:
                files.create(self.path, content)
            except FileExistsError:
                raise Stop(_taken(self.path, self.say)) from None

    def _sort(self, left: List[Tuple[int, Error]]) -> None:
        """Who goes along unconfirmed, and why others do not."""
        reasons: Dict[int, Error] = dict(left)
        for place, (account, record) in enumerate(self.rows):
            state = self._state(account, record)
            if place in reasons:
                self.left_out.append(self._reason(account, state, reasons[place]))
            else:
                self.pending += state is State.PENDING

    def _state(self, account: str, record: str) -> Optional[State]:
        try:
            return self.site.verifier.credential(account, record).inspect().state
        except Error:
            return None

    def _reason(self, account: str, state: Optional[State], error: Error) -> _LeftOut:
        say = self.say
        if error.kind is ErrorKind.STATE and state is State.REVOKED:
            return _LeftOut(account, "revoked", say("revoked", "révoqué"))
        if error.kind is ErrorKind.STATE and state is State.SUSPENDED:
            return _LeftOut(
                account,
                "suspended",
                say(
                    "suspended, which the file cannot say: poterne found {account}, then again",
                    "suspendu, ce que le fichier ne peut indiquer : poterne found {account}, puis recommencer",
                    account=account,
                ),
            )
        if state is None:
            return _LeftOut(account, "unreadable", error.kind.message(say.language))
        return _LeftOut(account, "unsuitable", say("the file cannot hold it ({reason})", "le fichier ne peut le contenir ({reason})", reason=error.args[1]))

    def _refusal(self, error: Error) -> str:
        if error.kind is ErrorKind.ARGUMENT:
            return self.say(
                "The sentence was not typed as it stands above. Nothing was written.",
                "La phrase saisie n’est pas celle indiquée ci-dessus. Rien n’a été écrit.",
            )
        if error.kind is ErrorKind.TOKEN_PASSWORD:
            return self.say(
                "The password is too short, or the key does not have 32 bytes ({reason}). Nothing was written.",
                "Mot de passe trop court, ou clé qui n’a pas 32 octets ({reason}). Rien n’a été écrit.",
                reason=error.args[1],
            )
        return explained(self.say, error)

    def _next(self) -> str:
        way = (
            self.say("1. Take the file to the other system by a way that nobody else can read.", "1. Transmettre le fichier à l’autre système par une voie que personne d’autre ne peut lire.")
            if self.is_in_clear
            else self.say(
                "1. Take the file and its password or key to the other system by two different ways.",
                "1. Transmettre le fichier d’une part, son mot de passe ou sa clé d’autre part, par deux voies différentes.",
            )
        )
        return way + self.say(
            "\n2. Before the other system takes the first login, switch this one off for these accounts: in the application, or for good by poterne"
            " gone ACCOUNT. One secret in two systems is one code for two logins.\n"
            "3. Delete the file once it is read there. As long as it exists, it stands in the register of processing activities.",
            "\n2. Avant la première connexion à l’autre système, mettre ces comptes hors service dans celui-ci : dans l’application, ou"
            " définitivement par poterne gone COMPTE. Un secret dans deux systèmes, c’est un code valable deux fois.\n"
            "3. Supprimer le fichier une fois lu là-bas. Tant qu’il existe, il figure au registre des activités de traitement.",
        )
