"""What the help desk does when somebody calls: the acts of the guide (help_desk.md), each by the library's calls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from django.db import IntegrityError, connections, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.debug import sensitive_variables

from poterne import Authenticator, CodeSet, Error, MissingAuthenticator, Refusal, Refused, State, Status
from poterne.django.conf import configuration, verifier
from poterne.django.person import Person
from poterne.django.table import refuse_transaction

WORKING = (State.ACTIVE, State.SUSPENDED)

# A lost phone: until a new one is there.
LOST_DAYS, LOST_USES = 2, 10

_WHO = noop("It is certain who is calling: called back at the directory’s number, or seen.")


@dataclass(frozen=True)
class Act:
    name: str
    title: str
    effect: str
    say: str
    # Whether it is possible for a row of this state.
    is_for: Callable[[Status], bool]
    run: Callable[[Person, int, Mapping[str, str]], Optional[str]]
    is_for_one_row: bool = False
    has_code: bool = False
    identity: str = _WHO
    # A question of its own, that must be answered with yes, or may be.
    must: Optional[str] = None
    may: Optional[str] = None


def possible(statuses: Dict[int, Status]) -> List[Tuple[Act, List[int]]]:
    """The acts for this person, each with the rows that it is for."""
    found = [(act, [row for row, status in statuses.items() if act.is_for(status)]) for act in ACTS]
    return [(act, rows) for act, rows in found if rows and (act.name != "anew" or configuration().may_enroll)]


def described(status: Status) -> List[Tuple[str, str]]:
    """What the help desk reads of a row. No date of use, and no secret."""
    rows = [
        (_("state"), _(_STATES[_standing(status)])),
        (_("authenticator"), _("app on a phone") if status.authenticator is Authenticator.APP else _("hardware token")),
    ]
    count = {"count": status.failures, "seconds": status.wait_seconds}
    if status.is_locked:
        rows.append((_("attempts"), _("locked; wrong codes: %(count)s") % count))
    elif status.wait_seconds:
        rows.append((_("attempts"), _("wrong codes: %(count)s; seconds to wait: %(seconds)s") % count))
    elif status.failures:
        rows.append((_("attempts"), _("wrong codes: %(count)s, no wait") % count))
    if status.state in WORKING:
        rows.append((_("recovery codes left"), str(status.recovery_codes_left)))
    if status.temporary_code is not None:
        until = formats.date_format(timezone.localtime(datetime.fromtimestamp(status.temporary_code.expiry, tz=timezone.get_current_timezone())), "DATETIME_FORMAT")
        values = {"moment": until, "count": status.temporary_code.uses_left}
        rows.append((_("temporary code"), _("valid until %(moment)s, logins left: %(count)s") % values))
    return rows


def _standing(status: Status) -> str:
    """The state, unless a date has passed."""
    now = time.time()
    if status.state is State.PENDING and status.confirm_by is not None and status.confirm_by < now:
        return "expired"
    if status.state is not State.REVOKED and status.not_after is not None and status.not_after < now:
        return "ended"
    return status.state.name.lower()


_STATES = {
    "active": noop("active: it works"),
    "pending": noop("waits for its first code"),
    "expired": noop("expired: a new enrollment is needed"),
    "suspended": noop("suspended: codes of the authenticator are refused"),
    "revoked": noop("revoked: nobody gets in"),
    "ended": noop("past its validity"),
}


@sensitive_variables()
def _lost(person: Person, row: int, given: Mapping[str, str]) -> Optional[str]:
    if given.get("may"):
        # Before the new code: were it the other way round and the second step failed, nobody would have been told the code.
        _end(person, CodeSet.RECOVERY)
    expiry = int(time.time()) + LOST_DAYS * 86_400
    return person.apply(row, lambda credential: credential.temporary_code(MissingAuthenticator.SUSPEND, expiry=expiry, uses=LOST_USES))


@sensitive_variables()
def _forgotten(person: Person, row: int, given: Mapping[str, str]) -> Optional[str]:
    # Until midnight here: "today" is what the employee is told.
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime(tomorrow.year, tomorrow.month, tomorrow.day))
    return person.apply(row, lambda credential: credential.temporary_code(MissingAuthenticator.KEEP, expiry=int(midnight.timestamp()) - 1, uses=1))


def _suspend(person: Person, row: int, given: Mapping[str, str]) -> None:
    person.apply(row, lambda credential: credential.suspend())


def _found(person: Person, row: int, given: Mapping[str, str]) -> None:
    if person.statuses()[row].temporary_code is not None:
        person.apply(row, lambda credential: credential.end_codes(CodeSet.TEMPORARY))
    person.apply(row, lambda credential: credential.resume())


def _unlock(person: Person, row: int, given: Mapping[str, str]) -> None:
    person.apply_to_all(lambda credential: credential.unlock(), State.PENDING, *WORKING)


def _end_codes(person: Person, row: int, given: Mapping[str, str]) -> None:
    _end(person, CodeSet.BOTH)


def _revoke(person: Person, row: int, given: Mapping[str, str]) -> None:
    person.apply_to_all(lambda credential: credential.revoke())


def _anew(person: Person, row: int, given: Mapping[str, str]) -> None:
    """Only the record that was looked at: one that was stored meanwhile stays."""
    refuse_transaction()
    found = configuration()
    for each, record in person.records().items():
        where = f"WHERE {found.account_column} = %s AND {found.record_column} = %s"
        values = [person.accounts[each - 1], record]
        try:
            # A row of a table of users is the user: the record goes, and they stay.
            rows = _written(f"UPDATE {found.table} SET {found.record_column} = NULL {where}", values)
        except IntegrityError:
            # The column takes no NULL: the row is the record's own.
            rows = _written(f"DELETE FROM {found.table} {where}", values)
        if rows != 1:
            raise Refused(Refusal.CONFLICT)


def _written(statement: str, values: List[str]) -> int:
    """The number of rows. A statement that fails spoils no transaction around it."""
    database = configuration().database
    with transaction.atomic(using=database), connections[database].cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _end(person: Person, codes: CodeSet) -> None:
    person.apply_to_all(lambda credential: credential.end_codes(codes), *WORKING)


def statuses(person: Person) -> Tuple[Dict[int, Status], List[int]]:
    """What opens, and the rows that do not."""
    found: Dict[int, Status] = {}
    unreadable: List[int] = []
    for row, record in person.records().items():
        try:
            found[row] = verifier().credential(person.accounts[row - 1], record).inspect()
        except Error:
            unreadable.append(row)
    return found, unreadable


ACTS = (
    Act(
        "lost",
        noop("Phone lost or stolen: temporary code"),
        noop("The codes of the phone will be refused. A temporary code is issued for two days and ten logins; it replaces a former one."),
        noop(
            "Your phone’s codes do not work any more. Log in with the code that I have just given you. As soon as you have another phone, set it up on"
            " the page “Two-step sign-in”. If it was stolen, or the bag: change your password too."
        ),
        lambda status: status.state in WORKING,
        _lost,
        is_for_one_row=True,
        has_code=True,
        may=noop("The recovery codes are not certainly safe elsewhere: end them too."),
    ),
    Act(
        "forgotten",
        noop("Phone forgotten: temporary code for today"),
        noop("The phone keeps working. A temporary code is issued for one login, until midnight; it replaces a former one."),
        noop("This code works once, today."),
        lambda status: status.state in WORKING,
        _forgotten,
        is_for_one_row=True,
        has_code=True,
    ),
    Act(
        "suspend",
        noop("Suspend"),
        noop(
            "The codes of the authenticator will be refused. Recovery codes and a temporary code still work. Open sessions go on: end them in the"
            " application."
        ),
        noop("Your authenticator’s codes do not work any more."),
        lambda status: status.state is State.ACTIVE,
        _suspend,
        is_for_one_row=True,
    ),
    Act(
        "found",
        noop("Phone found: back in use"),
        noop(
            "The phone will work again, and the temporary code ends. Only if it was never out of sight long enough to be copied; otherwise a new phone"
            " is set up."
        ),
        noop("Your phone works again. The temporary code does not work any more."),
        lambda status: status.state is State.SUSPENDED,
        _found,
        is_for_one_row=True,
    ),
    Act(
        "unlock",
        noop("Unlock"),
        noop(
            "The wrong codes are cleared. A code is counted only after a right password: if they were not the employee’s own, somebody knows the"
            " password, and it must be changed first."
        ),
        noop("Wait for the next code of the app, then try once."),
        lambda status: status.failures > 0 and status.state is not State.REVOKED,
        _unlock,
        must=noop("The employee typed these wrong codes, or the password has just been changed."),
    ),
    Act(
        "end_codes",
        noop("Recovery codes stolen: end all codes"),
        noop("All recovery codes and the temporary code will be void at once. The authenticator stays as it is."),
        noop("Somebody had your codes. They are void. Change your password now."),
        lambda status: status.state in WORKING,
        _end_codes,
    ),
    Act(
        "revoke",
        noop("Has left: revoke"),
        noop("Phone, token and all codes end for good, on all devices. Open sessions go on: end them in the application."),
        noop("The account has no second factor any more, and nobody gets in."),
        lambda status: status.state is not State.REVOKED,
        _revoke,
        identity=noop("Personnel has confirmed the departure."),
    ),
    Act(
        "anew",
        noop("Allow a new enrollment"),
        noop("The records of this account are deleted, with all codes. Whoever has the password sets up an app at the next sign-in."),
        noop("Sign in with your password, and set up the app."),
        lambda status: True,
        _anew,
        identity=noop("The employee has been seen with a badge, or a superior vouches."),
    ),
)
