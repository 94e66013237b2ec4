"""`poterne temporary-codes`: many at once, for the first week of a roll-out or a day without the telephone network."""

from __future__ import annotations

import csv
import os
import pathlib
import time
from typing import Dict, List, Set, TextIO, Tuple

import click

from poterne import Error, ErrorKind, MissingAuthenticator, Refused
from poterne.admin import sealed
from poterne.admin.console import Stop
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.options import shared, yes
from poterne.admin.people import accounts_of
from poterne.admin.site import Site

BATCH = 100

DAY = 86_400


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "temporary-codes",
        help=say(
            """Issues a temporary code for each account of a list, and writes them to a new CSV file of mode 0600: account and code. The
            authenticator stays in use. A code that an account had is void.

            Accounts that are not enrolled, pending or revoked get none: a code is for somebody who has an authenticator, and not at hand.
            They are counted, and `poterne missing` lists them.

            After an interruption run it again with the same file: who is in it gets no second code. Delete the file once they are told.
            """,
            """Délivre un code temporaire à chaque compte d’une liste et les écrit dans un nouveau fichier CSV en mode 0600 : compte et code.
            L’authentifiant reste en service. Un code antérieur du même compte est annulé.

            Les comptes non enrôlés, en attente ou révoqués n’en reçoivent pas : un code s’adresse à qui a un authentifiant, sans l’avoir sous
            la main. Ils sont comptés, et `poterne missing` les liste.

            Après une interruption, relancer avec le même fichier : qui y figure ne reçoit pas de second code. Supprimer le fichier une fois
            les codes transmis.
            """,
        ),
    )
    @click.option(
        "--of",
        "accounts",
        required=True,
        type=click.File("r", encoding="utf-8-sig"),
        metavar=say("FILE", "FICHIER"),
        help=say("One account a line; - is standard input.", "Un compte par ligne ; - pour l’entrée standard."),
    )
    @click.option("--to", "path", required=True, metavar=say("FILE", "FICHIER"), help=say("The CSV file to write.", "Fichier CSV à écrire."))
    @click.option("--days", default=7, show_default=True, type=click.IntRange(1, 30), help=say("Days that they are valid.", "Durée de validité, en jours."))
    @click.option("--uses", default=10, show_default=True, type=click.IntRange(1, 50), help=say("Logins with each.", "Nombre de connexions par code."))
    @yes(say)
    @shared(say, has_json=True)
    def temporary_codes(site: Site, accounts: TextIO, path: str, days: int, uses: int, is_sure: bool) -> int:
        wanted = accounts_of(accounts, say)
        sealed.refuse_other_keyring(site)
        done = _written(pathlib.Path(path), say)
        rest = [account for account in wanted if account not in done]
        site.console.confirm(
            say(
                "Issue a code for each of these accounts: {count}? Days that a code is valid: {days}; logins with it: {uses}.",
                "Délivrer un code à chacun de ces comptes : {count} ? Validité d’un code, en jours : {days} ; connexions : {uses}.",
                count=len(rest),
                days=days,
                uses=uses,
            ),
            is_given=is_sure,
        )
        counts = _issue(site, rest, pathlib.Path(path), time.time() + days * DAY, uses)
        site.console.print(
            say(
                "{issued} issued, {without} without an authenticator in use, {conflicts} to repeat, {failed} that cannot be decrypted",
                "délivrés : {issued} ; sans authentifiant en service : {without} ; à reprendre : {conflicts} ; indéchiffrables avec ce trousseau : {failed}",
                **counts,
            )
        )
        site.console.json(counts)
        return 0 if counts["issued"] + counts["without"] == len(rest) else 1

    return [temporary_codes]


def _written(path: pathlib.Path, say: Say) -> Set[str]:
    """The accounts that have their code in the file; a line that was cut off has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Stop(say("{path} holds codes, and others can read it: chmod 600 it.", "{path} contient des codes et d’autres peuvent le lire : chmod 600.", path=path))
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        os.truncate(path, len(whole.encode("utf-8")))
    return {row[0] for row in csv.reader(whole.splitlines()) if len(row) == 2}


def _issue(site: Site, accounts: List[str], path: pathlib.Path, expiry: float, uses: int) -> Dict[str, int]:
    counts = {"issued": 0, "without": 0, "conflicts": 0, "failed": 0}
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", newline="") as file, Interruptible() as stop:
        writer = csv.writer(file, lineterminator="\n")
        with site.console.progress(site.console.say("codes", "codes"), len(accounts)) as progress:
            for start in range(0, len(accounts), BATCH):
                batch = accounts[start : start + BATCH]
                writer.writerows(_one_batch(site, batch, expiry, uses, counts))
                # On the disk before the next batch: at worst these are issued once more.
                file.flush()
                os.fsync(file.fileno())
                progress.advance(len(batch))
                if stop.is_asked:
                    break
    return counts


def _one_batch(site: Site, accounts: List[str], expiry: float, uses: int, counts: Dict[str, int]) -> List[Tuple[str, str]]:
    changes, attempts = [], []
    for account in accounts:
        record = site.table.column.load(account)
        try:
            attempt = site.verifier.credential(account, record).temporary_code(MissingAuthenticator.KEEP, expiry=int(expiry), uses=uses)
        except Error as error:
            counts["without" if error.kind is ErrorKind.STATE else "failed"] += 1
            continue
        if attempt.record is not None:
            changes.append((account, record, attempt.record))
            attempts.append(attempt)
    codes = []
    for (account, _, _), attempt, rows in zip(changes, attempts, site.table.column.swap_all(changes)):
        try:
            codes.append((account, attempt.outcome(rows)))
            counts["issued"] += 1
        except Refused:
            counts["conflicts"] += 1
    return codes
