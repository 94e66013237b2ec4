"""Puts the tokens of a manufacturer's file into the stock: in batches, none twice, and the same result when it is run again."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import poterne
from poterne import Attempt, Error, State, TokenEntry
from poterne.admin import future
from poterne.admin.console import Progress
from poterne.admin.in_use import InUse
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.moving.found import Found, Trouble, reason
from poterne.admin.serial import account_of
from poterne.admin.site import Site
from poterne.admin.stock import Stock
from poterne.admin.table import BATCH


@dataclass(frozen=True)
class Delivered:
    """A token of a file, whichever reader it is from."""

    place: str
    serial: str
    token: "TokenEntry | Found"
    not_after: Optional[int] = None
    account: Optional[str] = None
    """To whom the file assigns it."""

    def sealed(self, site: Site, now: float) -> Attempt[None]:
        """Pending, with the drift and the last step of the file."""
        account, token = account_of(self.serial), self.token
        if isinstance(token, TokenEntry):
            return token.import_credential(site.verifier, account, state=State.PENDING, now=now)
        return site.verifier.import_credential(
            account,
            token.secret,
            state=State.PENDING,
            now=now,
            authenticator=token.authenticator,
            algorithm=token.algorithm,
            digits=token.digits,
            time_step=token.time_step,
        )


@dataclass(frozen=True)
class Result:
    """What came of a token: stored, replaced, there, or trouble."""

    place: str
    serial: str
    verdict: str
    text: str = ""
    account: Optional[str] = None


class Delivery:
    """One run."""

    def __init__(self, site: Site, *, is_replaced: bool, is_clock_right: bool = False) -> None:
        self.site, self.is_replaced, self.is_clock_right, self.say = site, is_replaced, is_clock_right, site.console.say
        self.now = time.time()
        self.stock = Stock(site, self.now)
        self.in_use = InUse(site)
        self.results: List[Result] = []
        self.is_interrupted = False

    def refuse(self, troubles: Sequence[Trouble]) -> None:
        self.results += [Result(each.place, each.there, "trouble", each.text) for each in troubles]

    def run(self, delivered: Sequence[Delivered], stop: Interruptible, progress: Progress, *, is_stored: bool) -> None:
        # Two runs that lock in one order do not block each other.
        ordered = sorted(delivered, key=lambda each: each.serial)
        for start in range(0, len(ordered), BATCH):
            if stop.is_asked:
                self.is_interrupted = True
                return
            batch = ordered[start : start + BATCH]
            self._one_batch(batch, is_stored=is_stored)
            progress.advance(len(batch))

    def counts(self) -> "Counter[str]":
        return Counter({"stored": 0, "replaced": 0, "there": 0, "trouble": 0}) + Counter(result.verdict for result in self.results)

    def _one_batch(self, batch: Sequence[Delivered], *, is_stored: bool) -> None:
        batch = [each for each in batch if self._is_name(each)]
        records = self.site.table.records([account_of(each.serial) for each in batch])
        changes: List[Tuple[str, Optional[str], str]] = []
        sealed: List[Delivered] = []
        lowered = set()
        for each in batch:
            old = records.get(account_of(each.serial))
            if self._is_over(each) or (old is not None and not self._may_replace(each)):
                continue
            try:
                record = each.sealed(self.site, self.now).record
                assert record is not None
                repaired = future.repaired(self.site, account_of(each.serial), record, self.now)
            except Error as error:
                self._tell(each, "trouble", reason(self.say, error))
                continue
            if repaired is not None:
                if not self.is_clock_right:
                    self._tell(each, "trouble", future.refusal(self.say))
                    continue
                lowered.add(each.serial)
            twin = self.in_use.twin(account_of(each.serial), record)
            if twin is not None:
                self._refuse_twin(each, twin)
                continue
            changes.append((account_of(each.serial), old, repaired or record))
            sealed.append(each)
        stored = self.in_use.store(changes) if is_stored else [1] * len(changes)
        for each, (_, old, _), rows in zip(sealed, changes, stored):
            if isinstance(rows, str):
                self._refuse_twin(each, rows)
            elif rows == 1:
                self._tell(each, "stored" if old is None else "replaced", future.remark(self.say) if each.serial in lowered else "")
            else:
                self._tell(each, "trouble", self.say("was changed at the same moment: run the command again", "modifié au même moment : relancer la commande"))

    def _is_name(self, each: Delivered) -> bool:
        """Before a database is asked, of which some take a name that is none for a failure of their own."""
        try:
            poterne.rows_of_person(account_of(each.serial))
        except Error as error:
            self._tell(each, "trouble", reason(self.say, error))
            return False
        return True

    def _is_over(self, each: Delivered) -> bool:
        if each.not_after is None or each.not_after >= self.now:
            return False
        self._tell(
            each,
            "trouble",
            self.say(
                "its validity ended before today, as the file says. If the token still shows codes: --ignore-dates",
                "sa validité est déjà terminée, selon le fichier. Si le jeton affiche encore des codes : --ignore-dates",
            ),
        )
        return True

    def _refuse_twin(self, each: Delivered, twin: str) -> None:
        self._tell(each, "trouble", has_secret_of(self.say, twin))

    def _may_replace(self, each: Delivered) -> bool:
        """Nothing that somebody has, or had: its counter and last code would be lost."""
        item = self.stock.item(each.serial)
        if item is not None and self.is_replaced and item.status is not None and item.status.state is State.PENDING:
            return True
        if item is not None and self.is_replaced:
            self._tell(each, "trouble", self.say("has been handed out or used, and stays", "a déjà été remis ou utilisé : conservé"))
        else:
            self._tell(each, "there")
        return False

    def _tell(self, each: Delivered, verdict: str, text: str = "") -> None:
        self.results.append(Result(each.place, each.serial, verdict, text, each.account))


def has_secret_of(say: Say, twin: str) -> str:
    """Why a token is not stored: the account that has its secret."""
    return say(
        "has the secret of {twin}, which has a record: the same token under two names? Look at the device, and ask the manufacturer",
        "a le secret de {twin}, qui a un enregistrement : le même jeton sous deux noms ? Regarder l’appareil, et interroger le fabricant",
        twin=twin,
    )
