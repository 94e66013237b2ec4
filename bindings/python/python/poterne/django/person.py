"""A user's rows in the table, and what is done with them: each call is one of the library's (semantics 9.8)."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

import poterne
from poterne import Accepted, Attempt, CodeSet, Confirmed, Refusal, Refused, State, Status, StoredCredential
from poterne.django.conf import configuration, verifier
from poterne.django.models import Record
from poterne.django.table import column

_T = TypeVar("_T")


class Person:
    """The rows of one user: at most three, named by the server, never by the request."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.account = configuration().account(user)
        self.accounts = poterne.rows_of_person(self.account)

    @classmethod
    def of_account(cls, account: str) -> Optional[Person]:
        """The user whose account this is; None if there is none, or if users are found by a function."""
        model, found = get_user_model(), configuration()
        unique = {str(field.name) for field in model._meta.concrete_fields if getattr(field, "unique", False)}
        for name in sorted({found.account_field or str(model.USERNAME_FIELD), *unique}):
            try:
                users = list(model._default_manager.filter(**{name: account})[:2])
            except (FieldError, ValidationError, DataError, ValueError, TypeError):
                # An attribute that is no field, or a field that holds no such text.
                continue
            if len(users) == 1 and found.account(users[0]) == account:
                try:
                    return cls(users[0])
                except poterne.ArgumentError:
                    # A name that no person can have, such as one that ends in #2: there is no record of it.
                    return None
        return None

    def records(self) -> Dict[int, str]:
        """The records by their row, 1 to 3."""
        rows = Record.objects.using(configuration().database).filter(account__in=self.accounts).values_list("account", "record")
        # None, empty or spaces only is no record: a table of users has a column for those who come later (semantics 3.0).
        present = sorted((account, record) for account, record in rows if record and record.strip())
        # A collation that folds would find somebody else's.
        return {self.accounts.index(account) + 1: record for account, record in present if account in self.accounts}

    def has_record(self) -> bool:
        return bool(self.records())

    def statuses(self, records: Optional[Dict[int, str]] = None) -> Dict[int, Status]:
        now = time.time()
        found = self.records() if records is None else records
        return {row: verifier().credential(self.accounts[row - 1], record).inspect(now=now) for row, record in found.items()}

    @sensitive_variables("code")
    def log_in(self, code: str, row: int) -> Accepted:
        return verifier().login(self.accounts[row - 1], code, store=column())

    def apply(self, row: int, make: Callable[[StoredCredential], Attempt[_T]]) -> _T:
        return column().apply(verifier(), self.accounts[row - 1], make)

    def apply_to_all(self, make: Callable[[StoredCredential], Attempt[_T]], *states: State) -> int:
        """Goes over all rows in one of these states; the number of rows. What is for the whole person is for each of them."""
        rows = [row for row, status in self.statuses().items() if not states or status.state in states]
        for row in rows:
            self.apply(row, make)
        return len(rows)

    def enroll(self, row: int) -> str:
        """A pending record. It stays out of the table until it is confirmed: an enrollment that is given up leaves nothing behind."""
        with verifier().enroll(self.accounts[row - 1]) as enrollment:
            # What no app could show is an error now, not on the page.
            enrollment.otpauth_uri(configuration().issuer, configuration().label(self.user))
            return enrollment.record

    def uri(self, row: int, pending: str) -> poterne.OtpauthUri:
        return verifier().credential(self.accounts[row - 1], pending).otpauth_uri(configuration().issuer, configuration().label(self.user))

    @sensitive_variables("code", "attempt")
    def confirm(self, row: int, pending: str, old: Optional[str], code: str) -> Tuple[Confirmed, str]:
        """The first code of a new authenticator, and the record that was stored. Without `old` it is the row's first, otherwise it takes the
        place of that.
        """
        account, store = self.accounts[row - 1], column()
        if old is not None:
            replacement = verifier().replace(account, code, old=old, pending=pending)
            record = replacement.record
            return replacement.outcome(0 if record is None else store.swap(account, old, record)), record or ""
        attempt = verifier().credential(account, pending).confirm(code)
        record = attempt.record
        # A wrong code is counted in a record that nobody has stored: who types it has just been shown the secret.
        if record is None or verifier().credential(account, record).inspect().state is not State.ACTIVE:
            return attempt.outcome(0 if record is None else 1), ""
        return attempt.outcome(store.swap(account, None, record)), record

    def recovery_codes(self) -> Tuple[str, ...]:
        """New ones, on the first row alone; the former ones end."""
        return self.apply(1, lambda credential: credential.recovery_codes(configuration().policy.recovery_codes or None))

    def recovery_codes_of(self, digest: str) -> Optional[Tuple[str, ...]]:
        """New ones, if the first row still has the record of this digest; otherwise None, and nothing is changed."""
        record = self.records().get(1)
        if record is None or not constant_time_compare(digest, self.digest(record)):
            return None
        attempt = verifier().credential(self.accounts[0], record).recovery_codes(configuration().policy.recovery_codes or None)
        new = attempt.record
        try:
            return attempt.outcome(0 if new is None else column().swap(self.accounts[0], record, new))
        except Refused:
            return None

    def digest(self, record: str) -> str:
        """By which a session knows a record again, without holding it."""
        return salted_hmac("poterne.django.record", f"{self.account}\0{record}", algorithm="sha256").hexdigest()

    def keep_recovery_codes_on_first_row(self, row: int) -> None:
        if row != 1:
            self.apply(row, lambda credential: credential.end_codes(CodeSet.RECOVERY))


def is_conflict(refused: Refused) -> bool:
    return refused.refusal is Refusal.CONFLICT


def devices(statuses: Dict[int, Status]) -> List[int]:
    """The rows to choose from on the code page: a revoked one is nobody's device."""
    return [row for row, status in statuses.items() if status.state is not State.REVOKED]
