"""A department enrolled from its list, with a letter for everybody.

First all records, in batches; then the letters, each from the record that the table has. Both can be stopped at any moment, by a power
cut too: the same command goes on. Two administrators with the same list do not disturb each other: the first record of an account is
stored once, and its letter belongs to the folder whose run has stored it.
"""

from __future__ import annotations

import datetime
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, TypeVar

import poterne
from poterne import Authenticator, Error, OtpauthUri, Secret, Status
from poterne.admin.console import Progress
from poterne.admin.employees import Employee, Problem, in_letter_order
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.letter_folder import LetterFolder, Page, digest_of
from poterne.admin.letters import LETTERS_PER_FILE, Letter, Prepared, Sender, Template
from poterne.admin.people import standing
from poterne.admin.site import Site
from poterne.admin.table import BATCH

_T = TypeVar("_T")

# What each way of replacing touches. Never a revoked record: it keeps somebody out.
REPLACED = {
    "": frozenset[str](),
    "expired": frozenset({"expired"}),
    "all": frozenset({"active", "pending", "expired", "suspended", "ended"}),
}

TRIES = 3


@dataclass(frozen=True)
class Wishes:
    """What the arguments ask for."""

    confirm_by: float
    """The last second in which the letters are valid."""
    replaced: str = ""
    """A key of REPLACED."""
    takes_pending: bool = False
    per_file: int = LETTERS_PER_FILE


@dataclass
class Result:
    """What came of a run."""

    enrolled: int = 0
    replaced: int = 0
    before: int = 0
    """Enrolled by an earlier run into this folder."""
    taken: "Counter[str]" = field(default_factory=Counter)
    """Accounts that have a credential already and keep it, by its standing."""
    left: List[Tuple[str, str]] = field(default_factory=list)
    """These accounts, each with its standing."""
    lost: List[str] = field(default_factory=list)
    """Accounts that nobody could store."""
    letters: int = 0
    files: List[str] = field(default_factory=list)
    withdrawn: List[Tuple[str, str, str]] = field(default_factory=list)
    """Letters that do not work any more: file, number and account."""
    is_interrupted: bool = False
    record_seconds: float = 0.0
    letter_seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What is to be done with one account."""

    kind: str
    """new, replace, mine, or taken."""
    standing: str = ""
    old: Optional[str] = None
    adopted: Optional[str] = None
    """The digest of a pending record that was made elsewhere, and gets its letter here."""


class Enrollment:
    """One run."""

    def __init__(self, site: Site, wishes: Wishes, folder: Optional[LetterFolder], now: float) -> None:
        self.site, self.wishes, self.folder, self.now = site, wishes, folder, now
        self.issuer = issuer_of(site)
        self.result = Result()

    def survey(self, employees: Sequence[Employee]) -> "Counter[Tuple[str, str]]":
        """What the run would do, counted. Nothing is written."""
        counts: Counter[Tuple[str, str]] = Counter()
        for batch in _batches(_sorted(employees), BATCH):
            records = self._records(batch)
            for employee in batch:
                plan = self._plan(employee, records.get(employee.account))
                counts[plan.kind, plan.standing] += 1
        return counts

    def store(self, employees: Sequence[Employee], stop: Interruptible, progress: Progress) -> None:
        """Gives a record to everybody who has none."""
        began = time.monotonic()
        for batch in _batches(_sorted(employees), BATCH):
            if stop.is_asked:
                self.result.is_interrupted = True
                break
            self._store(batch)
            progress.advance(len(batch))
        self.result.record_seconds = time.monotonic() - began

    def _store(self, batch: Sequence[Employee]) -> None:
        waiting = list(batch)
        for _ in range(TRIES):
            records = self._records(waiting)
            plans = [(employee, self._plan(employee, records.get(employee.account))) for employee in waiting]
            waiting = []
            fresh = [(employee, plan) for employee, plan in plans if plan.kind in ("new", "replace")]
            self._count(plans)
            self._adopt([(employee.account, plan.adopted) for employee, plan in plans if plan.adopted is not None])
            if not fresh:
                return
            waiting = self._insert(fresh)
            if not waiting:
                return
        # Others hold their locks, or the table spells these accounts differently.
        self.result.lost += [employee.account for employee in waiting]

    def _insert(self, fresh: Sequence[Tuple[Employee, Plan]]) -> List[Employee]:
        """Stores new records, and returns those whom something came between."""
        verifier, folder = self.site.verifier, self.folder
        changes: List[Tuple[str, Optional[str], str]] = []
        digests: Dict[str, str] = {}
        for employee, plan in fresh:
            with verifier.enroll(employee.account, now=self.now, confirm_by=self.wishes.confirm_by) as enrollment:
                changes.append((employee.account, plan.old, enrollment.record))
                digests[employee.account] = digest_of(enrollment.otpauth_uri(self.issuer, employee.account))
        if folder is not None:
            folder.intend(list(digests.items()))
        self.site.table.column.swap_all(changes)
        # Not the number of rows: a commit whose answer was lost may have passed.
        records = self._records([employee for employee, _ in fresh])
        stored = {account for account, digest in digests.items() if self._digest(account, records.get(account)) == digest}
        if folder is not None:
            folder.note_stored(sorted(stored))
        for employee, plan in fresh:
            if employee.account in stored:
                self.result.enrolled += plan.kind == "new"
                self.result.replaced += plan.kind == "replace"
        return [employee for employee, _ in fresh if employee.account not in stored]

    def _plan(self, employee: Employee, record: Optional[str]) -> Plan:
        account, folder = employee.account, self.folder
        if record is None:
            return Plan("new")
        status = self._status(account, record)
        word = "unreadable" if status is None else standing(status, self.now)
        is_pending_app = status is not None and word == "pending" and status.authenticator is Authenticator.APP
        digest = self._digest(account, record) if folder is not None and is_pending_app else None
        if folder is not None and folder.owns(account, digest):
            return Plan("mine", adopted=None if account in folder.contents.stored else digest)
        if folder is not None and account in folder.contents.stored:
            # Confirmed since, or changed by others: this folder's work on it is done, and is not done twice.
            return Plan("mine" if word == "active" else "taken", word)
        if word in REPLACED[self.wishes.replaced]:
            return Plan("replace", word, old=record)
        if self.wishes.takes_pending and digest is not None:
            return Plan("mine", adopted=digest)
        return Plan("taken", word)

    def _count(self, plans: Iterable[Tuple[Employee, Plan]]) -> None:
        for employee, plan in plans:
            if plan.kind == "mine":
                self.result.before += 1
            elif plan.kind == "taken":
                self.result.taken[plan.standing] += 1
                self.result.left.append((employee.account, plan.standing))

    def _adopt(self, accounts: Sequence[Tuple[str, str]]) -> None:
        if self.folder is not None:
            self.folder.intend([each for each in accounts if not self.folder.owns(*each)])
            self.folder.note_stored([account for account, _ in accounts])

    def print_letters(
        self, due: Sequence[Employee], folder: LetterFolder, template: Template, stop: Interruptible, progress: Progress
    ) -> None:
        """Sets their letters, in files."""
        began = time.monotonic()
        chunks = _batches(due, self.wishes.per_file)
        number, last = folder.next_file(), folder.contents.last_letter
        with ThreadPoolExecutor(max_workers=1) as typesetter:
            # While Typst sets one file, the QR codes of the next one are made.
            running: Optional[Tuple[int, List[Page], Future[bytes]]] = None
            for chunk in chunks:
                if stop.is_asked:
                    break
                pages, prepared = self._prepare(chunk, template, number, last)
                if running is not None:
                    self._finish(*running, folder, progress)
                    running = None
                if not pages or prepared is None:
                    continue
                running = (number, pages, typesetter.submit(template.set, prepared))
                number, last = number + 1, pages[-1].number
            if running is not None:
                self._finish(*running, folder, progress)
        self.result.is_interrupted = self.result.is_interrupted or stop.is_asked
        self.result.letter_seconds = time.monotonic() - began

    def _finish(self, number: int, pages: List[Page], pdf: "Future[bytes]", folder: LetterFolder, progress: Progress) -> None:
        folder.write(number, pdf.result(), pages)
        self.result.letters += len(pages)
        self.result.files.append(folder.pdf(number).name)
        progress.advance(len(pages))

    def due(self, employees: Sequence[Employee], folder: LetterFolder) -> List[Employee]:
        """Those with a pending record that was made here and has no letter yet, in the order of the print room."""
        due = []
        for batch in _batches(_sorted(employees), BATCH):
            records = self._records(batch)
            for employee in batch:
                if self._letter(employee, records.get(employee.account), folder, 0) is not None:
                    due.append(employee)
        return in_letter_order(due)

    def _prepare(
        self, employees: Sequence[Employee], template: Template, number: int, last: int
    ) -> Tuple[List[Page], Optional[Prepared]]:
        """From the records as the table has them now."""
        assert self.folder is not None, "letters have a folder"
        records = self._records(employees)
        letters: List[Letter] = []
        for employee in employees:
            letter = self._letter(employee, records.get(employee.account), self.folder, last + len(letters) + 1)
            if letter is not None:
                letters.append(letter)
        pages = [page_of(letter) for letter in letters]
        return pages, template.prepare(letters, sender_of(self.site), file_number=number) if letters else None

    def _letter(self, employee: Employee, record: Optional[str], folder: LetterFolder, number: int) -> Optional[Letter]:
        """The letter of a pending record that was made here and has none yet."""
        letter = letter_of(self.site, employee, record, number, self.now)
        if letter is None:
            return None
        digest = digest_of(letter.uri)
        if not folder.owns(employee.account, digest) or (employee.account, digest) in folder.contents.printed:
            return None
        return letter

    def withdraw(self, folder: LetterFolder, template: Template) -> None:
        """Takes letters away that do not work any more because others have replaced or deleted the record."""
        for number, file in sorted(folder.contents.files.items()):
            serving, others = sort_out(self.site, file.pages, self.now)
            stale = [page for page, word in others if word in ("replaced", "none")]
            if not stale:
                continue
            name = folder.pdf(number).name
            if folder.is_here(number):
                set_again(self.site, folder, template, number, serving)
            self.result.withdrawn += [(name, str(page.number), page.account) for page in stale]

    def _records(self, employees: Sequence[Employee]) -> Dict[str, str]:
        records: Dict[str, str] = {}
        for batch in _batches(list(employees), BATCH):
            records.update(self.site.table.records([employee.account for employee in batch]))
        return records

    def _status(self, account: str, record: str) -> Optional[Status]:
        try:
            return self.site.verifier.credential(account, record).inspect(now=self.now)
        except Error:
            return None

    def _digest(self, account: str, record: Optional[str]) -> Optional[str]:
        """None unless the record is pending."""
        if record is None:
            return None
        try:
            return digest_of(self.site.verifier.credential(account, record).otpauth_uri(self.issuer, account, now=self.now))
        except Error:
            return None


def letter_of(site: Site, employee: Employee, record: Optional[str], number: int, now: float) -> Optional[Letter]:
    """The letter of a stored record; None unless it is pending and an app's."""
    if record is None:
        return None
    credential = site.verifier.credential(employee.account, record)
    try:
        status = credential.inspect(now=now)
        uri = credential.otpauth_uri(issuer_of(site), employee.account, now=now)
    except Error:
        return None
    if status.authenticator is not Authenticator.APP or status.confirm_by is None:
        return None
    return Letter(number, employee, uri, last_whole_day(status.confirm_by))


def page_of(letter: Letter) -> Page:
    employee = letter.employee
    return Page(letter.number, employee.account, employee.name, employee.service, employee.language, digest_of(letter.uri))


def sort_out(site: Site, pages: Sequence[Page], now: float) -> Tuple[List[Letter], List[Tuple[Page, str]]]:
    """The letters of a file that somebody waits for, and the others with the reason: confirmed, expired, replaced or none."""
    serving: List[Letter] = []
    others: List[Tuple[Page, str]] = []
    for batch in _batches(list(pages), BATCH):
        records = site.table.records([page.account for page in batch])
        for page in batch:
            record = records.get(page.account)
            letter = letter_of(site, page.employee, record, page.number, now)
            if letter is not None and digest_of(letter.uri) == page.digest:
                serving.append(letter)
            else:
                others.append((page, _reason(site, page, record, now, is_pending=letter is not None)))
    return serving, others


def _reason(site: Site, page: Page, record: Optional[str], now: float, *, is_pending: bool) -> str:
    if record is None:
        return "none"
    if is_pending:
        return "replaced"
    try:
        word = standing(site.verifier.credential(page.account, record).inspect(now=now), now)
    except Error as error:
        # Nothing is known of it: the letter stays.
        raise error
    # Whether an active authenticator is the letter's, nobody can tell any more. Nor does it matter: the letter is of no use.
    return "expired" if word == "expired" else "confirmed"


def set_again(site: Site, folder: LetterFolder, template: Template, number: int, letters: Sequence[Letter]) -> None:
    """Puts a file with fewer letters in the place of one."""
    if not letters:
        folder.remove(number)
        return
    pdf = template.set(template.prepare(letters, sender_of(site), file_number=number))
    folder.write(number, pdf, [page_of(letter) for letter in letters])


def issuer_of(site: Site) -> str:
    """What authenticator apps show as the organization."""
    return site.settings.issuer or site.settings.application


def sender_of(site: Site) -> Sender:
    return Sender(issuer_of(site), site.settings.help_desk_phone, site.settings.apps_address)


def scope_of(site: Site) -> Dict[str, str]:
    settings = site.settings
    return {"application": settings.application, "table": settings.table, "database": settings.database}


def last_second(day: datetime.date) -> float:
    """The end of a day, here."""
    return datetime.datetime.combine(day, datetime.time(23, 59, 59)).timestamp()


def last_whole_day(confirm_by: int) -> datetime.date:
    """The last day on which a letter works until midnight."""
    moment = datetime.datetime.fromtimestamp(confirm_by)
    return moment.date() if (moment.hour, moment.minute) == (23, 59) else moment.date() - datetime.timedelta(days=1)


def check_names(site: Site, employees: Sequence[Employee], say: Say) -> List[Problem]:
    """Accounts that the library or an authenticator app would not take, before anything is stored."""
    issuer, allowed = issuer_of(site), site.settings.policy.allow_incompatible
    secret = Secret.generate()
    problems = []
    for employee in employees:
        try:
            poterne.rows_of_person(employee.account)
            OtpauthUri.build(secret, issuer, employee.account, allow_incompatible=allowed)
        except Error as error:
            problems.append(Problem(employee.line, f"{error.kind.message(say.language)} ({error.args[1]})"))
    return problems


def _sorted(employees: Sequence[Employee]) -> List[Employee]:
    """By account: two runs that lock in one order do not block each other."""
    return sorted(employees, key=lambda employee: employee.account)


def _batches(items: Sequence[_T], size: int) -> Iterator[List[_T]]:
    for at in range(0, len(items), size):
        yield list(items[at : at + size])
