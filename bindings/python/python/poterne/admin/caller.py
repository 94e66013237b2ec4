"""The person who calls: their rows, and what the help desk may see of them."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Callable, ContextManager, Dict, List, Optional, Tuple, TypeVar

import poterne
from poterne import Attempt, Authenticator, Error, ErrorKind, State, Status, StoredCredential, TemporaryStatus
from poterne.admin.console import Stop
from poterne.admin.interrupt import told
from poterne.admin.language import Say
from poterne.admin.people import named, standing
from poterne.admin.options import not_an_account
from poterne.admin.serial import is_serial, serial_of
from poterne.admin.site import Site

_T = TypeVar("_T")

# The states in which codes can be issued and ended, and the authenticator put out of use (semantics 8.6).
WORKING = (State.ACTIVE, State.SUSPENDED)


class Caller:
    """One account, whose owner calls."""

    def __init__(self, site: Site, account: str, say: Optional[Say] = None) -> None:
        self.site, self.console, self.say = site, site.console, say or site.console.say
        self.account = self._as_stored(_checked(self.say, account.strip()))

    def apply(self, make: Callable[[StoredCredential], Attempt[_T]]) -> _T:
        """Makes a change and stores it."""
        with self.told_to_look():
            return self.site.table.column.apply(self.site.verifier, self.account, make)

    def told_to_look(self) -> ContextManager[None]:
        """While a change is stored, nobody can tell whether Ctrl-C came before it or after."""
        return told(
            self.say(
                "Interrupted while the change was stored. See whether it was made: poterne show {account}",
                "Interrompu pendant l’enregistrement. Vérifier si la modification a été faite : poterne show {account}",
                account=self.account,
            )
        )

    def load(self) -> Optional[str]:
        return self.site.table.column.load(self.account)

    def status(self, *allowed: State) -> Status:
        """The status of an enrolled account; any other ends the call with what to do instead."""
        record = self.load()
        if record is None:
            raise Stop(
                self.say(
                    "{account} is not enrolled. Look at the spelling; if it is right: poterne new-phone {account}",
                    "{account} n’est pas enrôlé. Vérifier l’orthographe ; si elle est exacte : poterne new-phone {account}",
                    account=self.account,
                )
            )
        status = self.site.verifier.credential(self.account, record).inspect(now=time.time())
        if allowed and status.state not in allowed:
            raise Stop(self._not_possible(status))
        return status

    def all_rows(self) -> List[Tuple[str, str]]:
        """The rows of somebody whose account changes or ends: an unknown one is nobody to give a phone to."""
        rows = self.rows()
        if not rows:
            raise Stop(
                self.say(
                    "{account} is not enrolled: there is nothing to change. Look at the spelling.",
                    "{account} n’est pas enrôlé : rien à modifier. Vérifier l’orthographe.",
                    account=self.account,
                )
            )
        return rows

    def rows(self) -> List[Tuple[str, str]]:
        """The rows of this person that hold a record: a phone and a token are two (semantics 9.8)."""
        person, _ = poterne.person_and_row(self.account)
        records = self.site.table.records(poterne.rows_of_person(person))
        return sorted(records.items())

    def _as_stored(self, account: str) -> str:
        """Some databases find an account in another spelling, but its record opens under its own alone."""
        stored = self.site.table.spelled(account)
        if not stored or account in stored:
            return account
        self.console.note(self.say("{account} is stored as {stored}", "{account} est enregistré sous {stored}", account=account, stored=stored[0]))
        return stored[0]

    def _not_possible(self, status: Status) -> str:
        say, account = self.say, self.account
        if status.state is State.PENDING:
            return say(
                "{account} has not confirmed an authenticator yet. Nothing was changed. To set up a phone: poterne new-phone {account}",
                "{account} n’a encore confirmé aucun authentifiant. Rien n’a été modifié. Pour installer un téléphone : poterne new-phone {account}",
                account=account,
            )
        if status.state is State.REVOKED:
            return say(
                "{account} is revoked, to keep its owner out. Nothing was changed. If they are to come back, delete the record first:"
                " poterne gone {account} --delete",
                "{account} est révoqué : cette personne ne doit plus entrer. Rien n’a été modifié. Si elle revient, supprimer d’abord"
                " l’enregistrement : poterne gone {account} --delete",
                account=account,
            )
        if status.state is State.SUSPENDED:
            return say(
                "{account} is out of use: its codes are refused. Nothing was changed. If the {phone} is back: poterne found {account}. If there is a new"
                " phone: poterne new-phone {account}",
                "{account} est hors d’usage : ses codes sont refusés. Rien n’a été modifié. Si le {phone} est retrouvé : poterne found {account}. S’il y"
                " a un nouveau téléphone : poterne new-phone {account}",
                account=account,
                phone=device(say, status),
            )
        return say(
            "{account} is not suspended, and nothing else stops it. Nothing was changed.",
            "{account} n’est pas suspendu. Rien n’a été modifié.",
            account=account,
        )


def _checked(say: Say, account: str) -> str:
    """An account that the library takes."""
    if not account:
        raise Stop(say("The account is empty.", "Le compte est vide."), 2)
    if is_serial(account):
        raise Stop(
            say(
                "{account} is a token of the inventory, not a person. See: poterne tokens stock {serial}",
                "{account} est un jeton de l’inventaire, non une personne. Voir : poterne tokens stock {serial}",
                account=account,
                serial=serial_of(account),
            ),
            2,
        )
    try:
        poterne.rows_of_person(poterne.person_and_row(account)[0])
    except Error:
        raise Stop(not_an_account(say), 2) from None
    return account


def described(say: Say, status: Status, now: float) -> List[Tuple[str, str]]:
    """What the help desk reads of an account: name and value. No date of use, no secret."""
    word = standing(status, now)
    rows = [
        (say("state", "état"), _state(say, word, status)),
        (
            say("authenticator", "authentifiant"),
            say("app on a phone", "application sur téléphone") if status.authenticator is Authenticator.APP else say("hardware token", "jeton matériel"),
        ),
    ]
    if status.is_locked:
        rows.append((say("attempts", "essais"), say("locked after {count}", "bloqué après {count}", count=wrong_codes(say, status.failures))))
    elif status.wait_seconds:
        rows.append(
            (
                say("attempts", "essais"),
                say(
                    "{count}; the next attempt is possible in {wait}",
                    "{count} ; prochain essai possible dans {wait}",
                    count=wrong_codes(say, status.failures),
                    wait=span(say, status.wait_seconds),
                ),
            )
        )
    elif status.failures:
        rows.append((say("attempts", "essais"), say("{count}, no wait", "{count}, sans attente", count=wrong_codes(say, status.failures))))
    if word in ("active", "suspended"):
        rows.append((say("recovery codes", "codes de secours"), say("{count} left", "{count:#restant|restants}", count=status.recovery_codes_left)))
    if status.temporary_code is not None:
        rows.append(
            (
                say("temporary code", "code temporaire"),
                running(say, status.temporary_code),
            )
        )
    return rows


def facts(status: Status, now: float) -> Dict[str, object]:
    """The same for `--json`."""
    temporary = status.temporary_code
    return {
        "state": standing(status, now),
        "authenticator": status.authenticator.name.lower(),
        "locked": status.is_locked,
        "failures": status.failures,
        "wait_seconds": status.wait_seconds,
        "recovery_codes_left": status.recovery_codes_left,
        "temporary_code": None if temporary is None else {"expiry": temporary.expiry, "uses_left": temporary.uses_left},
        "confirm_by": status.confirm_by,
    }


def advice(say: Say, account: str, status: Status, now: float) -> str:
    """The call that this state suggests; empty if there is nothing to do."""
    word = standing(status, now)
    if status.is_locked:
        return say("If they call about it: poterne locked {account}", "Si l’agent appelle à ce sujet : poterne locked {account}", account=account)
    if status.wait_seconds:
        return say("If they call about it: poterne wait {account}", "Si l’agent appelle à ce sujet : poterne wait {account}", account=account)
    if word == "suspended":
        return say(
            "If the {phone} is back: poterne found {account}. If there is a new phone: poterne new-phone {account}",
            "Si le {phone} est retrouvé : poterne found {account}. S’il y a un nouveau téléphone : poterne new-phone {account}",
            account=account,
            phone=device(say, status),
        )
    if word == "pending" and status.authenticator is Authenticator.TOKEN:
        return say(
            "To put the token into use at the desk, with two codes that it shows: poterne token {account}",
            "Pour mettre le jeton en service au guichet, avec deux codes qu’il affiche : poterne token {account}",
            account=account,
        )
    if word in ("pending", "expired"):
        return say("To set up the phone at the desk: poterne new-phone {account}", "Pour installer le téléphone au guichet : poterne new-phone {account}", account=account)
    return ""


def unreadable(say: Say, error: Error) -> str:
    """Why a record does not open, and who has to know."""
    if error.kind is ErrorKind.UNKNOWN_KEY:
        return say("sealed under a key that this keyring does not have: tell the operators", "scellé avec une clé absente de ce trousseau : prévenir l’exploitation")
    return say("cannot be decrypted with this keyring: tell the operators", "indéchiffrable avec ce trousseau : prévenir l’exploitation")


def standstill(caller: Caller, status: Status) -> str:
    """Why no code is judged now, and what to do first; empty if one is."""
    say, account = caller.say, caller.account
    if status.is_locked:
        return say("{account} is locked: no code is looked at. First: poterne locked {account}", "{account} est bloqué : aucun code n’est examiné. D’abord : poterne locked {account}", account=account)
    if status.wait_seconds:
        return say(
            "{account} has to wait {wait}: until then no code is looked at. Wait, or: poterne wait {account}",
            "{account} doit attendre {wait} : d’ici là, aucun code n’est examiné. Attendre, ou : poterne wait {account}",
            account=account,
            wait=span(say, status.wait_seconds),
        )
    return ""


def running(say: Say, code: TemporaryStatus) -> str:
    """A temporary code that is valid."""
    return say(
        "valid until {moment}, {logins} left" if code.uses_left != 1 else "valid until {moment}, one login left",
        "valable jusqu’au {moment}, reste {logins}",
        moment=moment(say, code.expiry),
        logins=logins(say, code.uses_left),
    )


def device(say: Say, status: Status) -> str:
    """What the employee holds in the hand; a masculine word in French."""
    return say("phone", "téléphone") if status.authenticator is Authenticator.APP else say("token", "jeton")


def wrong_codes(say: Say, count: int) -> str:
    return say("{count:#wrong code|wrong codes}", "{count:#code incorrect|codes incorrects}", count=count)


def logins(say: Say, count: int) -> str:
    return say("{count:#login|logins}", "{count:#connexion|connexions}", count=count)


def moment(say: Say, seconds: float) -> str:
    """A time of this place, as people say it."""
    there = datetime.fromtimestamp(seconds)
    return say(f"{there:%Y-%m-%d %H:%M}", f"{there:%d/%m/%Y à %H h %M}")


def span(say: Say, seconds: int) -> str:
    """How long, as people say it."""
    if seconds == 1:
        return say("1 second", "1 seconde")
    if seconds <= 90:
        return say("{count} seconds", "{count} secondes", count=seconds)
    return say("{count} minutes", "{count} minutes", count=-(-seconds // 60))


def _state(say: Say, word: str, status: Status) -> str:
    if word == "pending" and status.confirm_by is not None:
        return say(
            "waits for its first code, until {moment}", "attend son premier code, jusqu’au {moment}", moment=moment(say, status.confirm_by)
        )
    if word == "active":
        return say("active: it works", "actif : il fonctionne")
    if word == "suspended":
        return say("suspended: codes of the authenticator are refused", "suspendu : les codes de l’authentifiant sont refusés")
    if word == "revoked":
        return say("revoked: nobody gets in", "révoqué : plus aucun accès")
    return named(say, word)
