"""The help desk's card in both languages: each call is made as the card says, on a database of SQLite, by the command as a shell starts it, on a
terminal. The questions and the sentences that the card quotes are those of the command, and the employee can do afterwards what they were told.
"""

from __future__ import annotations

import pathlib
import re
import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple

import pytest
from admin.installation import Answer, Home
from admin.test_help_desk import SECRET, code_on, key_on, lock, log_in, log_in_at, recovery_codes, screens, status, token
from databases import Database

import poterne
from poterne import State

DOCS = pathlib.Path(__file__).parents[1]

LOCALES = {"fr": "fr_FR", "en": "C"}

QUOTES = {"fr": r"«([^»]*)»", "en": r'"([^"]*)"'}

WORDS = {"fr": ("Demander", "Taper", "Dire"), "en": ("Ask", "Type", "Say")}


class Call(NamedTuple):
    """A call as it stands on the card."""

    command: List[str]
    said: List[str]
    """What the card quotes of the command: questions and sentences."""


def plain(text: str) -> str:
    """Without the ways to write spaces, lines and quotation marks."""
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ")
    return " ".join(text.split())


def read(text: str, language: str) -> Dict[int, Call]:
    ask, kind, say = WORDS[language]
    calls = {}
    for number, body in re.findall(r"^## (\d+)\. [^\n]*\n(.*?)(?=^## )", text, re.M | re.S):
        items = re.findall(r"^- \*\*(\w+)\*\*(.*?)(?=^- |^$)", body, re.M | re.S)
        commands = [item for name, item in items if name == kind]
        assert len(commands) == 1, f"call {number}: one line to type"
        typed = re.findall(r"`poterne ([^`]+)`", commands[0])
        assert len(typed) == 1, f"call {number}: one command"
        said = [plain(quoted) for name, item in items if name in (ask, say) for quoted in re.findall(QUOTES[language], item)]
        assert any(name == say and re.search(QUOTES[language], item) for name, item in items), f"call {number}: nothing to say"
        calls[int(number)] = Call(typed[0].split(), said)
    return calls


class Desk:
    """Makes the calls of a card, and keeps what the command showed."""

    def __init__(self, home: Home, language: str, calls: Dict[int, Call]) -> None:
        self.home, self.language, self.calls, self.shown = home, language, calls, ""

    def make(self, number: int, account: str, *answers: Answer, code: int = 0) -> str:
        command = [account if word in ("COMPTE", "ACCOUNT") else word for word in self.calls[number].command]
        done = self.home.terminal(command, answers, language=LOCALES[self.language])
        assert done.code == code, done.out
        self.shown += done.out.replace(account, "COMPTE" if self.language == "fr" else "ACCOUNT")
        return done.out


def forgotten(desk: Desk) -> None:
    desk.home.enroll("a.martin")
    code = code_on(screens(desk.make(1, "a.martin", "y", "y", ""))[0])
    assert log_in(desk.home, "a.martin", code) == "accepted.temporary_code"
    assert log_in(desk.home, "a.martin") == "accepted.otp"


def lost(desk: Desk) -> None:
    desk.home.enroll("b.durand")
    recovery_codes(desk.home, "b.durand")
    code = code_on(screens(desk.make(2, "b.durand", "y", "n", "y", ""))[0])
    assert log_in(desk.home, "b.durand") == "refused.suspended"
    assert log_in(desk.home, "b.durand", code) == "accepted.temporary_code"
    left = status(desk.home, "b.durand")
    assert left.recovery_codes_left == 0 and left.temporary_code is not None and left.temporary_code.uses_left == 9
    assert 47 * 3_600 < left.temporary_code.expiry - time.time() < 49 * 3_600


def found(desk: Desk) -> None:
    desk.home.enroll("c.petit")
    code = code_on(screens(desk.make(2, "c.petit", "y", "y", ""))[0])
    desk.make(3, "c.petit", "y", "y")
    assert log_in(desk.home, "c.petit") == "accepted.otp"
    assert log_in(desk.home, "c.petit", code) == "refused.wrong_code"


def new_phone(desk: Desk) -> None:
    desk.home.enroll("d.leroy")
    _enrolled_at_the_desk(desk, 4, "d.leroy")


def letter(desk: Desk) -> None:
    desk.home.enroll("e.moreau", state=State.PENDING)
    _enrolled_at_the_desk(desk, 5, "e.moreau")
    assert log_in(desk.home, "e.moreau") == "refused.wrong_code"


def _enrolled_at_the_desk(desk: Desk, number: int, account: str) -> None:
    seen: List[poterne.Secret] = []

    def scan(shown: str) -> str:
        seen.append(key_on(shown))
        return poterne.totp(seen[0], time.time())

    own, _ = screens(desk.make(number, account, "y", "y", scan, ""))
    assert len(re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", own)) == 8
    assert log_in(desk.home, account, secret=seen[0]) == "accepted.otp"


def locked(desk: Desk) -> None:
    desk.home.enroll("f.simon", "g.michel")
    lock(desk.home, "f.simon")
    lock(desk.home, "g.michel")
    desk.make(6, "f.simon", "y", "n", "n", code=1)
    assert log_in(desk.home, "f.simon") == "refused.locked"
    desk.make(6, "f.simon", "y", "n", "y", "y")
    assert log_in(desk.home, "f.simon") == "accepted.otp"
    desk.make(6, "g.michel", "y", "y", "y")
    assert log_in(desk.home, "g.michel") == "accepted.otp"


def phone_clock(desk: Desk) -> None:
    desk.home.enroll("h.garcia")
    for steps in (7, 0):
        phone = time.time() + steps * 30
        desk.make(7, "h.garcia", poterne.totp(SECRET, phone - 30), poterne.totp(SECRET, phone))


def token_call(desk: Desk) -> None:
    token(desk.home, "i.david")
    clock = time.time() + 9 * 30
    assert log_in_at(desk.home, "i.david", clock) == "refused.wrong_code"
    desk.make(8, "i.david", poterne.totp(SECRET, clock), poterne.totp(SECRET, clock + 30))
    assert log_in_at(desk.home, "i.david", clock + 60, now=time.time() + 45) == "accepted.otp"


def used_up(desk: Desk) -> None:
    desk.home.enroll("j.bertrand")
    old = recovery_codes(desk.home, "j.bertrand")
    code = code_on(screens(desk.make(9, "j.bertrand", "y", "y", ""))[0])
    assert log_in(desk.home, "j.bertrand", old[0]) == "refused.wrong_code"
    assert log_in(desk.home, "j.bertrand", code) == "accepted.recovery_code"


def stolen(desk: Desk) -> None:
    desk.home.enroll("k.roux")
    codes = recovery_codes(desk.home, "k.roux")
    desk.make(10, "k.roux", "y", "y")
    assert log_in(desk.home, "k.roux", codes[0]) == "refused.wrong_code"
    assert log_in(desk.home, "k.roux") == "accepted.otp"


CALLS: Tuple[Callable[[Desk], None], ...] = (forgotten, lost, found, new_phone, letter, locked, phone_clock, token_call, used_up, stolen)


def unsaid(card: Call, shown: str) -> List[str]:
    """What the card quotes and the command did not show."""
    return [quoted for quoted in card.said if quoted not in plain(shown)]


@pytest.fixture(params=["fr", "en"])
def desk(request: pytest.FixtureRequest, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    tmp_path.chmod(0o700)
    home = Home(tmp_path, Database("sqlite", None, str(tmp_path / "poterne.sqlite")), "poterne", capsys)
    assert home.init().code == 0
    card = (DOCS / request.param / "people" / "help_desk_card.md").read_text()
    yield Desk(home, request.param, read(card, request.param))


def test_every_call_is_as_the_card_says(desk: Desk) -> None:
    assert sorted(desk.calls) == list(range(1, 11))
    for number, make in enumerate(CALLS, 1):
        desk.shown = ""
        make(desk)
        card = desk.calls[number]
        assert card.said and not unsaid(card, desk.shown), (number, unsaid(card, desk.shown), plain(desk.shown))
        # The control: a sentence of the card that the command does not say.
        altered = Call(card.command, [card.said[-1].replace(" ", " not ", 1)])
        assert unsaid(altered, desk.shown), "the check is blind"


def test_a_command_that_is_not_there_is_found(desk: Desk) -> None:
    """The control: a card with a misspelt command."""
    desk.home.enroll("a.martin")
    desk.calls[1] = Call(["forgoten", "ACCOUNT"], desk.calls[1].said)
    with pytest.raises(AssertionError):
        desk.make(1, "a.martin", code=0)


def test_the_other_commands_of_the_card_are_there(desk: Desk) -> None:
    desk.home.enroll("a.martin")
    text = (DOCS / desk.language / "people" / "help_desk_card.md").read_text()
    for line in (r"`poterne (renamed) (COMPTE|ACCOUNT) (NOUVEAU|NEW)`", r"`poterne (show) (COMPTE|ACCOUNT)`", r"`poterne (gone) (COMPTE|ACCOUNT)`"):
        found = re.search(line, text)
        assert found, line
        more = ["a.durand"] if found[1] == "renamed" else []
        account = "a.martin" if found[1] == "renamed" else "a.durand"
        done = desk.home.process(found[1], account, *more, *([] if found[1] == "show" else ["--yes"]))
        assert done.code == 0, done.err
    assert log_in(desk.home, "a.durand") == "refused.revoked"
