"""`poterne report` and `missing`: who has an authenticator. Counts and states, never a date of use."""

from __future__ import annotations

import time
from collections import Counter
from typing import Dict, List, Optional, Set, TextIO, Tuple

import click

import poterne
from poterne import Authenticator, Error, ErrorKind, State, Status, Verifier
from poterne.admin.console import Stop
from poterne.admin.language import Say
from poterne.admin.options import shared
from poterne.admin.serial import is_serial
from poterne.admin.site import Site
from poterne.admin.sweep import batches
from poterne.admin.table import Table

# In the order of the report. A pending record past its date is expired, whatever its state says.
STATES = ("active", "pending", "expired", "suspended", "revoked", "ended", "unreadable")


def standing(status: Status, now: float) -> str:
    """The word for a credential: its state, unless a date has passed."""
    if status.state is State.PENDING and status.confirm_by is not None and status.confirm_by < now:
        return "expired"
    if status.state is not State.REVOKED and status.not_after is not None and status.not_after < now:
        return "ended"
    return status.state.name.lower()


def named(say: Say, word: str) -> str:
    return {
        "active": say("active", "actif"),
        "pending": say("pending: not confirmed yet", "en attente de confirmation"),
        "expired": say("expired: a new letter is needed", "expiré : nouvelle lettre nécessaire"),
        "suspended": say("suspended", "suspendu"),
        "revoked": say("revoked", "révoqué"),
        "ended": say("past its validity", "validité dépassée"),
        "unreadable": say("cannot be decrypted with this keyring", "indéchiffrable avec ce trousseau"),
        "none": say("not enrolled", "non enrôlé"),
    }[word]


def census(table: Table, verifier: Verifier, now: float) -> "Counter[str]":
    """The counts of a table, by the names that `--json` has."""
    counts: Counter[str] = Counter({name: 0 for name in (*STATES, "records", "stock", "locked", "tokens", "weak_secrets", "to_reseal", "unknown_key")})
    for batch in batches(table):
        for account, record in batch:
            counts["records"] += 1
            try:
                status = verifier.credential(account, record).inspect(now=now)
            except Error as error:
                counts["unreadable"] += 1
                counts["unknown_key"] += error.kind is ErrorKind.UNKNOWN_KEY
                continue
            if is_serial(account):
                # Nobody's: it would count as somebody who has not confirmed.
                counts["stock"] += 1
                counts["to_reseal"] += status.needs_reseal
                continue
            counts[standing(status, now)] += 1
            counts["locked"] += status.is_locked
            counts["tokens"] += status.authenticator is Authenticator.TOKEN
            counts["weak_secrets"] += status.is_secret_weak
            counts["to_reseal"] += status.needs_reseal
    return counts


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "report",
        help=say(
            "Counts the records by their state. It names nobody, and says nothing of who logs in when.",
            "Compte les enregistrements par état. Ne nomme personne et ne dit rien des dates de connexion.",
        ),
    )
    @shared(say, has_json=True)
    def report(site: Site) -> None:
        counts = census(site.table, site.verifier, time.time())
        rows = [(named(say, state), str(counts[state])) for state in STATES]
        rows += [
            (say("tokens of the inventory, in stock or handed out", "jetons de l’inventaire, en stock ou remis"), str(counts["stock"])),
            (say("records in all", "total des enregistrements"), str(counts["records"])),
            (say("of these locked", "dont bloqués"), str(counts["locked"])),
            (say("on hardware tokens", "sur jeton matériel"), str(counts["tokens"])),
            (say("secrets of less than 16 bytes", "secrets de moins de 16 octets"), str(counts["weak_secrets"])),
            (say("to reseal", "à resceller"), str(counts["to_reseal"])),
        ]
        site.console.table((say("state", "état"), say("records", "enregistrements")), rows)
        site.console.json(dict(counts))

    @click.command(
        "missing",
        help=say(
            """Lists the accounts without an active authenticator, and their state: for a reminder.

            The table knows only those who were enrolled once. To find the others too, give the list of all who should be: one account
            a line, as it is stored.

            \b
                poterne missing --of everybody.txt
                poterne missing --state expired
            """,
            """Liste les comptes sans authentifiant actif, et leur état : pour une relance.

            La table ne connaît que les personnes déjà enrôlées. Pour trouver aussi les autres, fournir la liste complète : un compte par
            ligne, tel qu’il est enregistré.

            \b
                poterne missing --of agents.txt
                poterne missing --state expired
            """,
        ),
    )
    @click.option(
        "--of",
        "everybody",
        type=click.File("r", encoding="utf-8-sig", errors="strict"),
        metavar=say("FILE", "FICHIER"),
        help=say("The accounts that should have one; - is standard input.", "Comptes concernés ; - pour l’entrée standard."),
    )
    @click.option(
        "--state",
        type=click.Choice(["none", *(state for state in STATES if state != "active")]),
        help=say("Only those in this state.", "Seulement les comptes dans cet état."),
    )
    @shared(say, has_json=True)
    def missing(site: Site, everybody: Optional[TextIO], state: Optional[str]) -> None:
        wanted = None if everybody is None else accounts_of(everybody, say)
        found = without(site.table, site.verifier, wanted, time.time())
        rows = [(account, word) for account, word in found if state in (None, word)]
        site.console.table((say("account", "compte"), say("state", "état")), [(account, named(say, word)) for account, word in rows])
        site.console.note(say("{count:#account|accounts}", "{count:#compte|comptes}", count=len(rows)))
        site.console.json([{"account": account, "state": word} for account, word in rows])

    return [report, missing]


def without(table: Table, verifier: Verifier, wanted: Optional[List[str]], now: float) -> List[Tuple[str, str]]:
    """The persons none of whose rows is active (semantics 9.8), each with the word for the first row."""
    words: Dict[str, str] = {}
    active: Set[str] = set()
    for batch in batches(table):
        for account, record in batch:
            if is_serial(account):
                continue
            try:
                word = standing(verifier.credential(account, record).inspect(now=now), now)
            except Error:
                word = "unreadable"
            person, row = poterne.person_and_row(account)
            if word == "active":
                active.add(person)
            elif row == 1 or person not in words:
                words[person] = word
    asked = sorted(words) if wanted is None else wanted
    return [(account, words.get(account, "none")) for account in asked if account not in active]


def accounts_of(file: TextIO, say: Say) -> List[str]:
    """One account a line, each once; blank lines do not count."""
    try:
        lines = [line.strip() for line in file]
    except UnicodeDecodeError:
        raise Stop(
            say(
                "{name} is not UTF-8: save it as UTF-8. An account must be spelled as it is stored.",
                "{name} n’est pas en UTF-8 : l’enregistrer en UTF-8. Un compte s’écrit tel qu’il est enregistré.",
                name=file.name,
            )
        ) from None
    return list(dict.fromkeys(line for line in lines if line))
