"""The tokens of an administration: in stock, handed out, and back.

A token in stock is a sealed record whose account is `serial:` and its serial number. Handed out, its record is renamed to its holder's
account, and a revoked record without a secret stays under the serial number: so a second delivery of the same file finds it, and a token
that comes back is known. It does not say who has it: the receipt does.

A time-based token that comes back waits until the codes that its last holder saw are dead, also for a resynchronization (semantics 4.10,
8.3). The end of that time stands in the sealed record, and no date elsewhere: a token that was in use is suspended, with a temporary
code that nobody is told and that expires then; one that was never confirmed is not valid before. `forget` drops the first, as any code
that has expired.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

import poterne
from poterne import (
    Authenticator,
    CodeSet,
    Error,
    ErrorKind,
    MissingAuthenticator,
    MovingFactor,
    OtpauthContent,
    OtpauthUri,
    Policy,
    Secret,
    State,
    Status,
    Verifier,
)
from poterne.admin.caller import moment
from poterne.admin.console import Stop
from poterne.admin.serial import MAX_SERIAL_LEN, PREFIX, account_of, is_serial, serial_of
from poterne.admin.site import Site

# In the order of the list.
STANDINGS = ("new", "returned", "waiting", "loose", "ended", "out", "unreadable")


@dataclass(frozen=True)
class Item:
    """A token of the inventory."""

    serial: str
    record: str
    standing: str
    status: Optional[Status] = None
    until: Optional[int] = None
    """The end of its time of waiting."""


class Stock:
    """The inventory of a table."""

    def __init__(self, site: Site, now: Optional[float] = None) -> None:
        self.site, self.say = site, site.console.say
        self.now = time.time() if now is None else now

    def serial(self, typed: str) -> str:
        """A serial number as it stands on the token, checked."""
        say, serial = self.say, typed.strip()
        serial = serial_of(serial) if is_serial(serial) else serial
        if not serial or len(serial.encode(errors="replace")) > MAX_SERIAL_LEN or not serial.isprintable():
            raise Stop(
                say(
                    "A serial number has 1 to {most} characters, none of them invisible. Look at what was typed.",
                    "Un numéro de série a de 1 à {most} caractères, sans caractère invisible. Vérifier la saisie.",
                    most=MAX_SERIAL_LEN,
                ),
                2,
            )
        return serial

    def items(self) -> Iterator[Item]:
        for batch in self.site.table.beginning(PREFIX):
            for account, record in batch:
                yield self._item(account, record)

    def item(self, serial: str) -> Optional[Item]:
        record = self.site.table.column.load(account_of(serial))
        return None if record is None else self._item(account_of(serial), record)

    def known(self, serial: str) -> Item:
        """A token of the inventory; any other ends the command."""
        found = self.item(serial)
        if found is None:
            raise Stop(
                self.say(
                    "There is no token {serial}. Capitals count: look at the token. For the list: poterne tokens stock",
                    "Il n’y a pas de jeton {serial}. Les majuscules comptent : regarder le jeton. Pour la liste : poterne tokens stock",
                    serial=serial,
                )
            )
        return found

    def available(self, serial: str) -> Item:
        """A token that can be handed out now; any other ends the command with what to do."""
        say, found = self.say, self.known(serial)
        if found.standing in ("new", "returned"):
            return found
        if found.standing == "waiting":
            raise Stop(
                say(
                    "{serial} cannot be handed out before {moment}: codes that were seen before could still be used. Nothing was changed. Take"
                    " another token meanwhile: poterne tokens stock",
                    "{serial} ne peut être remis avant le {moment} : des codes vus auparavant pourraient encore servir. Rien n’a été modifié."
                    " En attendant, prendre un autre jeton : poterne tokens stock",
                    serial=serial,
                    moment=moment(say, found.until or 0),
                )
            )
        if found.standing == "loose":
            raise Stop(
                say(
                    "{serial} was used, and nothing tells since when it is back. Nothing was changed. To begin its time of waiting now:"
                    " poterne tokens return serial:{serial} {serial}",
                    "{serial} a déjà servi et rien ne dit depuis quand il est revenu. Rien n’a été modifié. Pour commencer son délai"
                    " maintenant : poterne tokens return serial:{serial} {serial}",
                    serial=serial,
                )
            )
        if found.standing == "out":
            raise Stop(
                say(
                    "{serial} is handed out. Nothing was changed. If it is here, take it back first: poterne tokens return ACCOUNT {serial}",
                    "{serial} est déjà remis à quelqu’un. Rien n’a été modifié. S’il est ici, le reprendre d’abord : poterne tokens return"
                    " COMPTE {serial}",
                    serial=serial,
                )
            )
        if found.standing == "ended":
            raise Stop(
                say(
                    "The validity of {serial} is over: nobody could log in with it. Nothing was changed. If the token still works, import its"
                    " file anew: poterne tokens import --ignore-dates --replace",
                    "La validité de {serial} est terminée : personne ne pourrait se connecter avec. Rien n’a été modifié. Si le jeton fonctionne"
                    " encore, importer de nouveau son fichier : poterne tokens import --ignore-dates --replace",
                    serial=serial,
                )
            )
        raise Stop(
            say(
                "The record of {serial} cannot be decrypted with this keyring: tell the operators.",
                "L’enregistrement de {serial} est indéchiffrable avec ce trousseau : prévenir l’exploitation.",
                serial=serial,
            )
        )

    def hand_out(self, item: Item, account: str) -> None:
        """Gives the token's record to an account that has none. Raises `Refused` (CONFLICT) if somebody was quicker."""
        verifier, name = self.site.verifier, account_of(item.serial)
        record = item.record
        if item.status is not None and item.status.state is State.SUSPENDED:
            record = _stored(verifier.credential(name, record).resume().record)
            record = _stored(verifier.credential(name, record).end_codes(CodeSet.BOTH).record)
        rename = verifier.credential(name, record).rename(account)
        rows = self.site.table.rename([(name, account, item.record, rename.record)], added=[(name, self._mark(name))])
        rename.outcome(rows)

    def resynchronize(self, item: Item, first: str, second: str) -> Item:
        """Two codes of a counter-based token that came back: all before them are used then. Stored before it is handed out."""
        account = account_of(item.serial)
        self.site.table.column.apply(self.site.verifier, account, lambda credential: credential.resynchronize(first, second))
        return self.known(item.serial)

    def take_back(self, account: str, record: str, status: Status, serial: str) -> Optional[int]:
        """Puts a token that an account has into the stock; the end of its time of waiting, if it has one. Its counter, its drift and the
        last code that was used go along; recovery and temporary codes, and the count of wrong codes, do not.
        """
        name, until = account_of(serial), self._until(status)
        new = self._unconfirmed(account, record, status, until) if status.state is State.PENDING else self._used(account, record, status, until)
        if account == name:
            rows = self.site.table.column.swap(name, record, new)
            if rows != 1:
                raise Stop(self.say("{serial} was changed at the same moment. Repeat the command.", "{serial} a été modifié au même moment. Relancer la commande.", serial=serial))
            return until
        rename, mark = self.site.verifier.credential(account, new).rename(name), self.site.table.column.load(name)
        rows = self.site.table.rename([(account, name, record, rename.record)], removed=[] if mark is None else [(name, mark)])
        rename.outcome(rows)
        return until

    def content(self, account: str, record: str) -> OtpauthContent:
        """The secret and parameters of a token that was never confirmed: afterwards no call returns them (semantics 8.1)."""
        # The policy is about what apps honor. A token is what it is.
        lenient = Verifier(self.site.keyring, self.site.settings.application, policy=Policy(allow_incompatible=True, allow_short_secret=True))
        return OtpauthUri.parse(lenient.credential(account, record).otpauth_uri("poterne", "token", now=self.now).as_str())

    def _item(self, account: str, record: str) -> Item:
        serial = serial_of(account)
        try:
            status = self.site.verifier.credential(account, record).inspect(now=self.now)
        except Error:
            return Item(serial, record, "unreadable")
        standing, until = _standing(status, self.now)
        return Item(serial, record, standing, status, until)

    def _until(self, status: Status) -> Optional[int]:
        """Semantics 8.3: as long as a code lives, and longer for two codes in a row. A counter-based code lives for ever: its token wants
        two codes when it is handed out.
        """
        if status.time_step is None:
            return None
        policy = self.site.settings.policy
        lifetime = policy.code_lifetime(Authenticator.TOKEN, status.time_step)
        return math.ceil(self.now) + max(lifetime, policy.max_drift * status.time_step + 300)

    def _used(self, account: str, record: str, status: Status, until: Optional[int]) -> str:
        def credential(present: str) -> poterne.StoredCredential:
            return self.site.verifier.credential(account, present)

        record = _stored(credential(record).unlock().record)
        record = _stored(credential(record).end_codes(CodeSet.BOTH).record)
        if until is None:
            return _stored(credential(record).resume().record)
        # The code itself is thrown away unread: its date is all that it is for.
        attempt = credential(record).temporary_code(MissingAuthenticator.SUSPEND, expiry=until, uses=1, now=self.now)
        return _stored(attempt.record)

    def _unconfirmed(self, account: str, record: str, status: Status, until: Optional[int]) -> str:
        content = self.content(account, record)
        lenient = Verifier(self.site.keyring, self.site.settings.application, policy=Policy(allow_short_secret=True))
        parameters = content.parameters
        parameters["authenticator"] = Authenticator.TOKEN
        parameters["not_after"] = status.not_after
        begins = [each for each in (status.not_before, until) if each is not None]
        parameters["not_before"] = max(begins) if begins else None
        if status.t0:
            parameters["t0"] = status.t0
        # A counter-based code lives for ever: as one that was used, the token wants two codes of its next holder.
        state = State.ACTIVE if until is None else State.PENDING
        attempt = lenient.import_credential(account, content.secret, state=state, drift=status.drift, now=self.now, **parameters)
        return _stored(attempt.record)

    def _mark(self, name: str) -> str:
        """What stays in the row of a serial number while the token is handed out: a revoked record, of which the secret is erased."""
        imported = self.site.verifier.import_credential(name, Secret.generate(), authenticator=Authenticator.TOKEN)
        return _stored(self.site.verifier.credential(name, imported.record).revoke().record)


def _standing(status: Status, now: float) -> Tuple[str, Optional[int]]:
    if status.state is State.REVOKED:
        return "out", None
    if status.not_after is not None and status.not_after < now:
        return "ended", None
    if status.not_before is not None and status.not_before > now:
        return "waiting", status.not_before
    if status.state is State.PENDING:
        return "new", None
    if status.state is State.SUSPENDED:
        code = status.temporary_code
        return ("returned", None) if code is None else ("waiting", code.expiry)
    # Counter-based, it wants two codes. Time-based, it was renamed by hand.
    return ("returned" if status.moving_factor is MovingFactor.COUNTER else "loose"), None


def _stored(record: Optional[str]) -> str:
    """Of an attempt that always changes the record."""
    if record is None:
        raise Error(ErrorKind.STATE, "there is nothing to change on this record")
    return record


def free_row(site: Site, person: str) -> Optional[str]:
    """The person's first row behind the first one that has no record (semantics 9.8); None if all have one."""
    _, *others = poterne.rows_of_person(person)
    taken = site.table.records(others)
    return next((row for row in others if row not in taken), None)
