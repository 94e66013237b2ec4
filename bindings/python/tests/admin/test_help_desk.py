"""The help desk: each call on each database, as the help desk types it, and what the employee can do afterwards."""

from __future__ import annotations

import pathlib
import re
import subprocess
import time
from typing import Callable, List, Optional, Tuple

import pytest

import poterne
from admin.installation import CTRL_C, CTRL_D, NOW, Home
from poterne import Authenticator, State

SECRET = b"12345678901234567890"

# Times of their own for each login: a code works once.
LATER = [0]


def log_in(home: Home, account: str, code: Optional[str] = None, *, secret: poterne.Secret = poterne.Secret(SECRET)) -> str:
    """The outcome of a login, by a code that was not used yet unless one is given."""
    site = home.site()
    LATER[0] += 1
    now = time.time() + 30 * LATER[0]
    try:
        accepted = site.verifier.login(account, code or poterne.totp(secret, now), store=site.table.column, now=now if code is None else None)
    except poterne.Refused as refused:
        return refused.code
    finally:
        site.table.engine.dispose()
    return accepted.code


def status(home: Home, account: str) -> poterne.Status:
    site = home.site()
    found = site.table.column.inspect(site.verifier, account)
    site.table.engine.dispose()
    return found


def recovery_codes(home: Home, account: str) -> Tuple[str, ...]:
    site = home.site()
    codes = site.table.column.apply(site.verifier, account, lambda credential: credential.recovery_codes())
    site.table.engine.dispose()
    return codes


def lock(home: Home, account: str, count: int = 20) -> None:
    """Wrong codes, far enough from each other to be counted."""
    site = home.site()
    for number in range(count, 0, -1):
        with pytest.raises(poterne.Refused):
            site.verifier.login(account, "000000", store=site.table.column, now=time.time() - 5 - (number - 1) * 1_000)
    site.table.engine.dispose()


def screens(out: str) -> Tuple[str, str]:
    """What was on screens of their own, and what stays."""
    parts = re.split(r"\x1b\[\?1049[hl]", out)
    return "".join(parts[1::2]), "".join(parts[0::2])


def code_on(screen: str) -> str:
    found = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", screen)
    assert found, screen
    return found[0]


def key_on(shown: str) -> poterne.Secret:
    found = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", shown)
    assert found, shown
    return poterne.Secret.from_base32(found[0])


def test_lost_the_phone_is_out_of_use_and_the_code_works(home: Home) -> None:
    home.enroll("a.martin")
    codes = recovery_codes(home, "a.martin")
    done = home.terminal(["lost", "a.martin"], ["y", "y", "y", ""])
    assert done.code == 0
    own, kept = screens(done.out)
    code = code_on(own)
    assert code not in kept and "Say: “Your phone's codes do not work any more." in kept and "poterne new-phone a.martin" in kept
    assert log_in(home, "a.martin") == "refused.suspended"
    assert log_in(home, "a.martin", code) == "accepted.temporary_code"
    assert log_in(home, "a.martin", codes[0]) == "accepted.recovery_code"


def test_lost_with_the_recovery_codes_ends_them(home: Home) -> None:
    home.enroll("a.martin")
    codes = recovery_codes(home, "a.martin")
    done = home.terminal(["lost", "a.martin"], ["y", "n", "y", ""])
    assert done.code == 0 and "recovery codes are void too" in done.out
    assert log_in(home, "a.martin", codes[0]) == "refused.suspended" or status(home, "a.martin").recovery_codes_left == 0
    assert status(home, "a.martin").recovery_codes_left == 0


def test_ctrl_c_at_the_codes_says_that_the_change_was_made(lite: Home) -> None:
    lite.enroll("a.martin")
    done = lite.terminal(["lost", "a.martin"], ["y", "y", CTRL_C])
    _, kept = screens(done.out)
    assert done.code == 130 and "the change was made" in kept and "out of use" in kept and "poterne show a.martin" in kept
    assert status(lite, "a.martin").state is State.SUSPENDED
    done = lite.terminal(["new-phone", "a.martin"], ["y", "y", lambda shown: poterne.totp(key_on(shown), time.time()), CTRL_C])
    _, kept = screens(done.out)
    assert done.code == 130 and "the change was made: The new phone works." in kept
    assert status(lite, "a.martin").state is State.ACTIVE
    # The end of the input is an Enter there.
    done = lite.terminal(["recovery-codes", "a.martin"], ["y", "y", CTRL_D])
    assert done.code == 0 and "New recovery codes were issued" in done.out and "nothing was changed" not in done.out
    # The control: before the change, it says no such thing.
    before = lite.records()
    done = lite.terminal(["recovery-codes", "a.martin"], [CTRL_C])
    assert done.code == 130 and "was made" not in done.out and lite.records() == before


def test_no_means_no(home: Home) -> None:
    home.enroll("a.martin")
    before = home.records()
    home.enroll("c.petit")
    recovery = recovery_codes(home, "c.petit")
    for arguments in (
        ["lost", "a.martin"],
        ["forgotten", "a.martin"],
        ["new-phone", "a.martin"],
        ["recovery-codes", "a.martin"],
        ["codes-stolen", "a.martin"],
        ["renamed", "a.martin", "a.durand"],
        ["gone", "a.martin"],
    ):
        for answers in (["n"], ["y", "n"]):
            # Who is calling is the first question, and stands alone.
            done = home.terminal(arguments, answers)
            assert done.code == 1 and "Nothing was changed." in done.out, arguments
            assert ("Go on?" in done.out) is (len(answers) == 2), arguments
            assert {account: home.records()[account] for account in before} == before, arguments
    assert recovery and home.terminal(["lost", "c.petit"], ["y", "y", "n"]).code == 1


def test_found_again_the_phone_works_and_the_code_does_not(home: Home) -> None:
    home.enroll("a.martin")
    code = home.run("lost", "a.martin", "--codes-safe", "--yes", "--json").json["code"]
    done = home.terminal(["found", "a.martin"], ["y", "y"])
    assert done.code == 0 and "Say: “Your phone works again." in done.out
    assert log_in(home, "a.martin") == "accepted.otp"
    assert log_in(home, "a.martin", code) == "refused.malformed" or status(home, "a.martin").temporary_code is None
    # Twice is not possible, and says so.
    done = home.run("found", "a.martin", "--yes")
    assert done.code == 1 and "is not suspended" in done.err


def test_forgotten_at_home_a_code_for_today_and_the_phone_stays(home: Home) -> None:
    home.enroll("a.martin")
    done = home.terminal(["forgotten", "a.martin"], ["y", "y", ""])
    own, kept = screens(done.out)
    code = code_on(own)
    temporary = status(home, "a.martin").temporary_code
    assert done.code == 0 and code not in kept and temporary is not None
    there = time.localtime(temporary.expiry)
    assert (there.tm_hour, there.tm_min, there.tm_sec) == (23, 59, 59) and temporary.uses_left == 1
    assert log_in(home, "a.martin", code) == "accepted.temporary_code"
    assert log_in(home, "a.martin", code) == "refused.wrong_code"
    assert log_in(home, "a.martin") == "accepted.otp"


def test_a_second_temporary_code_says_what_becomes_of_the_first(lite: Home) -> None:
    lite.enroll("a.martin", "b.durand")
    first = lite.run("lost", "a.martin", "--yes", "--codes-safe", "--json").json["code"]
    for call in ("forgotten", "lost"):
        before = lite.records()
        done = lite.terminal([call, "a.martin"], ["y", "n"])
        said = re.sub(r"\s+", " ", done.out)
        assert "out of use" in said and "keeps working" not in said and "will be refused" not in said, call
        assert re.search(r"has a temporary code already: valid until .*, 10 logins left. It is void then", said), call
        assert lite.records() == before
    done = lite.terminal(["forgotten", "a.martin"], ["y", "y", ""])
    assert "the earlier one is void" in done.out and "for 1 login." in done.out
    assert log_in(lite, "a.martin", first) == "refused.wrong_code"
    assert status(lite, "a.martin").state is State.SUSPENDED
    # The control: with the phone in use, and no code before.
    done = lite.terminal(["forgotten", "b.durand"], ["y", "n"])
    assert "keeps working" in done.out and "already" not in done.out


def test_a_new_phone_replaces_the_old_one_by_its_first_code_alone(home: Home) -> None:
    home.enroll("a.martin")
    seen: List[poterne.Secret] = []

    def wrong(shown: str) -> str:
        # The old one works while the new one stands on the screen.
        assert status(home, "a.martin").state is State.ACTIVE
        return "000000"

    def right(shown: str) -> str:
        assert "The code is wrong" in shown
        seen.append(key_on(shown))
        return poterne.totp(seen[0], time.time())

    done = home.terminal(["new-phone", "a.martin"], ["y", "y", wrong, right, ""])
    assert done.code == 0, done.out
    own, kept = screens(done.out)
    assert "old authenticator does not work any more" in kept
    assert not re.search(r"[A-Z2-7]{4} [A-Z2-7]{4}|[0-9A-Z]{5}-[0-9A-Z]{4}", kept)
    assert len(re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", own)) == 8
    assert log_in(home, "a.martin") == "refused.wrong_code"
    assert log_in(home, "a.martin", secret=seen[0]) == "accepted.otp"
    assert log_in(home, "a.martin", code_on(own)) == "accepted.recovery_code"


def test_what_stands_on_the_screen_can_be_scanned(lite: Home, tmp_path: pathlib.Path) -> None:
    scanned: List[str] = []

    def scan(shown: str) -> str:
        lines = [re.sub(r"\x1b\[[^m]*m", "", line) for line in shown.split("\n") if "▄" in line or "█" in line or "▀" in line]
        width = max(map(len, map(str.rstrip, lines)))
        rows: List[bytes] = []
        for line in lines:
            for half in ("█▀", "█▄"):
                row = b"".join((b"\xff" if each in half else b"\x00") * 4 for each in line.rstrip("\r").ljust(width))
                rows += [row] * 4
        image = tmp_path / "screen.pgm"
        image.write_bytes(b"P5 %d %d 255\n" % (width * 4, len(rows)) + b"".join(rows))
        scanned.append(subprocess.run(["zbarimg", "-q", "--raw", image], check=True, capture_output=True, text=True).stdout.strip())
        return poterne.totp(poterne.OtpauthUri.parse(scanned[0]).secret, time.time())

    assert lite.terminal(["new-phone", "a.martin"], ["y", "y", "y", scan, ""]).code == 0
    assert poterne.OtpauthUri.parse(scanned[0]).label == "a.martin"
    assert status(lite, "a.martin").state is State.ACTIVE


def test_in_a_small_window_the_key_is_typed(lite: Home) -> None:
    done = lite.terminal(["new-phone", "a.martin"], ["y", "y", "y", lambda shown: poterne.totp(key_on(shown), time.time()), ""], rows=24, columns=80)
    assert done.code == 0 and "this one has 24 and 80" in done.out and "█" not in done.out
    # As many lines as it says are enough, and one less is not. The key stands on a line of its own.
    height = int(re.findall(r"at least (\d+) lines", done.out)[0])
    assert re.search(r"^\s+(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\r?$", done.out, re.M)
    for rows, fits in ((height, True), (height - 1, False)):
        done = lite.terminal(["new-phone", "a.martin"], ["y", "y", ""], rows=rows, columns=80)
        assert ("█" in done.out) is fits is ("this one has" not in done.out)
    done = lite.process("new-phone", "a.martin", "--yes")
    assert done.code == 1 and "wants a terminal" in done.err


def test_giving_up_changes_nothing_and_a_login_in_between_wins(home: Home) -> None:
    home.enroll("a.martin")
    before = home.records()
    done = home.terminal(["new-phone", "a.martin"], ["y", "y", ""])
    assert done.code == 1 and "what worked before works" in done.out and home.records() == before

    def meanwhile(shown: str) -> str:
        assert log_in(home, "a.martin") == "accepted.otp"
        return poterne.totp(key_on(shown), time.time())

    done = home.terminal(["new-phone", "a.martin"], ["y", "y", meanwhile])
    assert done.code == 1 and "Meanwhile a.martin logged in" in done.out and "tried a code" in done.out
    assert log_in(home, "a.martin") == "accepted.otp"


def test_a_first_phone_is_stored_by_its_first_code_alone(home: Home) -> None:
    # A misspelt account: the question stands by itself, and nothing is left of a QR code that was given up, however.
    done = home.terminal(["new-phone", "a.martin"], ["n"])
    assert done.code == 1 and "a.martin is not enrolled. Is the account spelled right" in done.out and home.records() == {}
    for last in ("", CTRL_C, CTRL_D):
        done = home.terminal(["new-phone", "a.martin"], ["y", "y", "y", "000000", last])
        assert done.code != 0 and "The code is wrong" in done.out and home.records() == {}, last
    seen: List[poterne.Secret] = []

    def wrong(shown: str) -> str:
        assert home.records() == {}
        return "000000"

    def right(shown: str) -> str:
        seen.append(key_on(shown))
        return poterne.totp(seen[0], time.time())

    done = home.terminal(["new-phone", "a.martin"], ["y", "y", "y", wrong, right, ""])
    assert done.code == 0 and log_in(home, "a.martin", secret=seen[0]) == "accepted.otp"


def test_two_desks_with_one_first_phone(lite: Home) -> None:
    def outer(shown: str) -> str:
        lite.enroll("a.martin")
        return poterne.totp(key_on(shown), time.time())

    done = lite.terminal(["new-phone", "a.martin"], ["y", "y", "y", outer])
    assert done.code == 1 and "begin again" in done.out and log_in(lite, "a.martin") == "accepted.otp"


def test_a_letter_is_replaced_by_the_first_code_alone(home: Home) -> None:
    home.enroll("a.martin", state=State.PENDING)
    pending = home.records()["a.martin"]
    seen: List[poterne.Secret] = []

    def right(shown: str) -> str:
        seen.append(key_on(shown))
        assert home.records()["a.martin"] == pending
        return poterne.totp(seen[0], time.time())

    # The QR code that others may have seen is not shown again.
    assert home.terminal(["new-phone", "a.martin"], ["y", "y", right, ""]).code == 0
    assert log_in(home, "a.martin", secret=seen[0]) == "accepted.otp"


def test_locked_asks_whose_the_codes_were_and_wants_the_password_changed(home: Home) -> None:
    home.enroll("a.martin", "b.durand")
    lock(home, "a.martin")
    lock(home, "b.durand")
    before = home.records()
    assert log_in(home, "a.martin") == "refused.locked"
    done = home.terminal(["locked", "a.martin"], ["y", "n", "n"])
    assert done.code == 1 and "somebody has the password" in done.out and "Change it now" in done.out
    assert home.records() == before
    done = home.terminal(["locked", "a.martin"], ["y", "n", "y", "y"])
    assert done.code == 0 and "codes-stolen a.martin" in done.out
    assert log_in(home, "a.martin") == "accepted.otp"
    done = home.terminal(["locked", "b.durand"], ["y", "y", "y"])
    assert done.code == 0 and "take the entry with our name" in done.out
    assert log_in(home, "b.durand") == "accepted.otp"


def test_without_an_answer_whose_they_were_nothing_is_unlocked(lite: Home) -> None:
    lite.enroll("a.martin")
    lock(lite, "a.martin")
    before = lite.records()
    assert lite.process("locked", "a.martin", "--yes").code == 1 and lite.records() == before
    assert lite.process("locked", "a.martin", "--yes", "--password-changed").code == 0 and lite.records() != before


def test_always_wait_is_the_same_call(lite: Home) -> None:
    lite.enroll("a.martin")
    lock(lite, "a.martin", 12)
    done = lite.terminal(["wait", "a.martin"], ["y", "y", "y"])
    assert done.code == 0 and "has to wait" in done.out
    assert status(lite, "a.martin").failures == 0
    done = lite.run("wait", "a.martin")
    assert done.code == 0 and "neither locked nor made to wait" in done.out


def in_a_row(steps: int) -> Tuple[Callable[[str], str], Callable[[str], str]]:
    """Two codes, made when they are asked for, of a phone that is so many steps off; the second one is the one that is shown now."""
    begin: List[float] = []

    def first(shown: str) -> str:
        begin.append(time.time() + (steps - 1) * 30)
        return poterne.totp(SECRET, begin[0])

    return first, lambda shown: poterne.totp(SECRET, begin[0] + 30)


# One step more says the same, where a step ends before the command looks at them.
@pytest.mark.parametrize(("steps", "says"), [(8, "4 minutes fast"), (-19, "10 minutes slow"), (0, "is right")])
def test_the_phones_clock_is_told_and_nothing_is_changed(lite: Home, steps: int, says: str) -> None:
    lite.enroll("a.martin")
    before = lite.records()
    done = lite.terminal(["phone-clock", "a.martin"], in_a_row(steps))
    assert done.code == 0 and says in done.out, done.out
    assert ("Your phone's clock is right." in done.out) == (says == "is right")
    assert lite.records() == before


def test_a_step_that_ends_while_a_code_is_read_out_is_no_fault_of_the_phone(lite: Home, tmp_path: pathlib.Path) -> None:
    lite.enroll("a.martin")
    while time.time() % 30 > 15:
        time.sleep(1)
    for late, says in ((1, "clock is right. Wait"), (2, "1 minute slow")):
        now, codes = time.time(), tmp_path / "codes"
        codes.write_text("".join(poterne.totp(SECRET, now - (late + number) * 30) + "\n" for number in (1, 0)))
        with codes.open() as file:
            done = lite.run("phone-clock", "a.martin", "--codes-fd", str(file.fileno()))
        assert done.code == 0 and says in done.out, done.out


def test_codes_of_another_entry_are_told_apart(lite: Home) -> None:
    lite.enroll("a.martin")
    done = lite.terminal(["phone-clock", "a.martin"], ["000000", "111111"])
    assert done.code == 1 and "another entry in the app" in done.out


def test_a_mistyped_pair_is_asked_for_again_and_not_counted(lite: Home, tmp_path: pathlib.Path) -> None:
    lite.enroll("a.martin")
    first, second = (poterne.totp(SECRET, time.time() + at) for at in (-30, 0))
    done = lite.terminal(["phone-clock", "a.martin"], ["12345", "abcdef", first, first, second[:5], second])
    assert done.code == 0 and "is right" in done.out and "counts as a wrong code" in done.out
    assert done.out.count("A code has 6 digits.") == 3 and done.out.count("wait for the next one.") == 1
    codes = tmp_path / "codes"
    for pair, says in (((first, first), "the first code again"), ((first, "1"), "6 digits"), (("", ""), "6 digits")):
        codes.write_text("\n".join(pair) + "\n")
        with codes.open() as file:
            done = lite.run("phone-clock", "a.martin", "--codes-fd", str(file.fileno()))
        assert done.code == 1 and says in done.err, pair
    assert status(lite, "a.martin").failures == 0
    # The control: a pair of somebody else's is counted.
    lite.terminal(["phone-clock", "a.martin"], ["000000", "111111"])
    assert status(lite, "a.martin").failures == 1


def test_a_pair_is_not_asked_for_where_no_code_is_looked_at(lite: Home) -> None:
    lite.enroll("a.martin", "b.durand", "c.petit", "d.leroy")
    lock(lite, "a.martin")
    lock(lite, "b.durand", 12)
    lite.run("lost", "c.petit", "--yes", "--codes-safe", "--json")
    lite.run("gone", "d.leroy", "--yes")
    for account, says in (("a.martin", "poterne locked a.martin"), ("b.durand", "has to wait"), ("c.petit", "poterne found c.petit"), ("d.leroy", "is revoked")):
        done = lite.terminal(["phone-clock", account], [])
        assert done.code == 1 and says in done.out and "First code" not in done.out, account


def token(home: Home, account: str) -> None:
    """Seen two periods of 30 days ago (semantics 4.2)."""
    site = home.site()
    made = site.verifier.import_credential(account, SECRET, authenticator=Authenticator.TOKEN, last_sync=NOW // (30 * 86_400) - 2)
    assert made.record is not None and site.table.column.swap(account, None, made.record) == 1
    site.table.engine.dispose()


def test_a_token_out_of_step_comes_back(home: Home) -> None:
    token(home, "a.martin")
    clock = time.time() + 9 * 30
    assert log_in_at(home, "a.martin", clock) == "refused.wrong_code"
    done = home.terminal(["token", "a.martin"], [poterne.totp(SECRET, clock), poterne.totp(SECRET, clock + 30)])
    assert done.code == 0 and "back in step" in done.out, done.out
    assert log_in_at(home, "a.martin", clock + 60, now=time.time() + 45) == "accepted.otp"


def log_in_at(home: Home, account: str, clock: float, now: Optional[float] = None) -> str:
    site = home.site()
    try:
        return site.verifier.login(account, poterne.totp(SECRET, clock), store=site.table.column, now=now).code
    except poterne.Refused as refused:
        return refused.code


def test_two_codes_come_by_a_file_descriptor_too(lite: Home, tmp_path: pathlib.Path) -> None:
    lite.enroll("a.martin")
    codes = tmp_path / "codes"
    codes.write_text("".join(poterne.totp(SECRET, time.time() + number * 30) + "\n" for number in (-1, 0)))
    with codes.open() as file:
        done = lite.run("phone-clock", "a.martin", "--codes-fd", str(file.fileno()))
    assert done.code == 0 and "is right" in done.out
    assert lite.run("phone-clock", "a.martin", "--codes-fd", "987").code == 1


def test_new_recovery_codes_and_stolen_ones(home: Home) -> None:
    home.enroll("a.martin")
    old = recovery_codes(home, "a.martin")
    done = home.terminal(["recovery-codes", "a.martin"], ["y", "y", ""])
    own, kept = screens(done.out)
    new = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", own)
    assert done.code == 0 and len(new) == 8 and not re.search(r"[0-9A-Z]{5}-[0-9A-Z]{4}", kept)
    assert log_in(home, "a.martin", old[0]) == "refused.wrong_code"
    assert log_in(home, "a.martin", new[0]) == "accepted.recovery_code"
    done = home.terminal(["codes-stolen", "a.martin"], ["y", "y"])
    assert done.code == 0 and "Change your password now" in done.out
    assert log_in(home, "a.martin", new[1]) == "refused.wrong_code"
    assert log_in(home, "a.martin") == "accepted.otp"


def test_renamed_with_the_second_row_and_never_over_somebody_else(home: Home) -> None:
    home.enroll("a.martin", "a.martin#2", "c.petit")
    done = home.terminal(["renamed", "a.martin", "a.durand"], ["y", "y"])
    assert done.code == 0, done.out
    assert set(home.records()) == {"a.durand", "a.durand#2", "c.petit"}
    assert log_in(home, "a.durand") == log_in(home, "a.durand#2") == "accepted.otp"
    before = home.records()
    done = home.run("renamed", "a.durand", "c.petit", "--yes")
    assert done.code == 1 and "has a record already" in done.err and home.records() == before
    # Somebody else takes the name between the look and the change: then no row is renamed, the first one neither.
    site = home.site()
    rows = []
    for account, new in (("a.durand", "b.simon"), ("a.durand#2", "c.petit")):
        rows.append((account, new, before[account], site.verifier.credential(account, before[account]).rename(new).record))
    assert site.table.rename(rows) == 0 and home.records() == before
    # A login in between wins.
    assert log_in(home, "a.durand#2") == "accepted.otp"
    rows[1] = (rows[1][0], "b.simon#2", rows[1][2], rows[1][3])
    assert site.table.rename(rows) == 0 and set(home.records()) == set(before)
    site.table.engine.dispose()


def test_gone_is_every_row_and_deleted_on_request_alone(home: Home) -> None:
    home.enroll("a.martin", "a.martin#2", "c.petit")
    done = home.terminal(["gone", "a.martin"], ["y", "y"])
    assert done.code == 0 and "a.martin, a.martin#2" in done.out and "--delete" in done.out
    assert log_in(home, "a.martin") == log_in(home, "a.martin#2") == "refused.revoked"
    assert log_in(home, "c.petit") == "accepted.otp"
    assert home.run("new-phone", "a.martin", "--yes").code == 1
    done = home.terminal(["gone", "a.martin", "--delete"], ["y", "y"])
    assert done.code == 0 and set(home.records()) == {"c.petit"}


def test_show_tells_the_state_of_all_rows_and_no_date_of_use(home: Home) -> None:
    home.enroll("a.martin", "a.martin#2", "c.petit")
    lock(home, "a.martin#2")
    assert log_in(home, "a.martin") == "accepted.otp"
    done = home.run("show", "a.martin")
    assert done.code == 0 and "active: it works" in done.out and "locked after 20 wrong codes" in done.out
    assert "poterne locked a.martin#2" in done.out and "c.petit" not in done.out
    assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d", done.out)
    rows = home.run("show", "a.martin", "--json").json
    assert [row["account"] for row in rows] == ["a.martin", "a.martin#2"] and rows[1]["locked"] is True
    # The control: a date that matters is shown.
    home.run("lost", "c.petit", "--yes", "--codes-safe", "--json")
    assert re.search(r"until \d{4}-\d\d-\d\d \d\d:\d\d", home.run("show", "c.petit").out)
    home.database.run(f"UPDATE {home.table} SET record = 'damaged' WHERE account = 'c.petit'")
    done = home.run("show", "c.petit")
    assert done.code == 0 and "tell the operators" in done.out
    assert "is not enrolled" in home.run("show", "nobody").out


def test_every_call_on_somebody_unknown_says_so(lite: Home) -> None:
    for arguments in (["lost", "x", "--codes-safe"], ["found", "x"], ["forgotten", "x"], ["locked", "x"], ["recovery-codes", "x"], ["codes-stolen", "x"], ["renamed", "x", "y"], ["gone", "x"]):
        done = lite.run(*arguments, "--yes")
        assert done.code == 1 and "x is not enrolled" in done.err, arguments
        assert lite.records() == {}


def test_advice_for_an_unknown_account_is_no_new_phone_where_one_leaves(lite: Home) -> None:
    for arguments in (["renamed", "x", "y"], ["gone", "x"]):
        done = lite.run(*arguments, "--yes")
        assert done.code == 1 and "Look at the spelling" in done.err and "new-phone" not in done.err, arguments
    # The control.
    assert "new-phone x" in lite.run("forgotten", "x", "--yes").err
    for account in ("", " ", "x" * 256, "a\nb"):
        done = lite.run("show", account)
        assert done.code == 2 and "eport" not in done.err and done.err.strip(), account


def test_show_offers_a_new_phone_to_somebody_suspended(lite: Home) -> None:
    lite.enroll("a.martin", state=State.SUSPENDED)
    done = lite.run("show", "a.martin")
    assert "poterne found a.martin" in done.out and "poterne new-phone a.martin" in done.out


def test_show_prints_nothing_of_an_account_if_it_cannot_look(lite: Home) -> None:
    lite.enroll("a.martin")
    lite.keyring.unlink()
    done = lite.run("show", "a.martin")
    assert done.code == 1 and done.out == "" and done.err


def test_every_call_on_a_record_that_does_not_open_says_whom_to_tell(lite: Home) -> None:
    lite.enroll("a.martin")
    lite.database.run(f"UPDATE {lite.table} SET record = 'damaged' WHERE account = 'a.martin'")
    for arguments in (["lost", "a.martin", "--codes-safe"], ["found", "a.martin"], ["forgotten", "a.martin"], ["locked", "a.martin"], ["gone", "a.martin"]):
        done = lite.run(*arguments, "--yes")
        assert done.code == 1 and done.err.strip() and "Traceback" not in done.err, arguments
    assert lite.records() == {"a.martin": "damaged"}


def test_pending_and_revoked_accounts_get_advice(lite: Home) -> None:
    lite.enroll("a.martin", state=State.PENDING)
    lite.enroll("b.durand")
    assert lite.run("gone", "b.durand", "--yes").code == 0
    for call in ("lost", "forgotten", "recovery-codes", "codes-stolen"):
        done = lite.run(call, "a.martin", "--yes")
        assert done.code == 1 and "new-phone a.martin" in done.err, call
        done = lite.run(call, "b.durand", "--yes")
        assert done.code == 1 and "gone b.durand --delete" in done.err, call


def test_the_menu_serves_one_caller_after_the_other(home: Home) -> None:
    home.enroll("a.martin", "b.durand")
    lock(home, "b.durand")
    codes: List[str] = []

    def remember(shown: str) -> str:
        codes.append(code_on(shown))
        return ""

    done = home.terminal(
        ["desk"],
        [
            "nobody", "0",
            "a.martin", "x", "99", "3",  # not suspended: the menu stays
            "1", "y", "y", remember, "0",
            "b.durand", "5", "y", "y", "y", "11", "", "11", "b.simon", "y", "y",
            "b.simon", "12", "y", "y",
            "",
        ],
    )
    assert done.code == 0, done.out
    assert "nobody is not enrolled" in done.out and "Type a number from 0 to 12." in done.out and "is not suspended" in done.out
    own, kept = screens(done.out)
    assert codes[0] in own and codes[0] not in kept
    assert log_in(home, "a.martin", codes[0]) == "accepted.temporary_code"
    assert log_in(home, "b.simon") == "refused.revoked" and set(home.records()) == {"a.martin", "b.simon"}


def test_the_menu_in_french_has_no_word_of_english(lite: Home) -> None:
    lite.enroll("a.martin")
    done = lite.terminal(["desk", "a.martin"], ["2", "o", "o", "", "4", "n", "0", ""], language="fr_FR")
    assert done.code == 0
    assert "téléphone perdu ou volé" in done.out and "Dire : « Les codes de votre téléphone" in done.out
    shown = done.out
    for english in ("Account", "Number", "phone", "Say", "Then", "left", "valid", "code of", "logins"):
        assert not re.search(rf"\b{english}\b", shown), english


def test_the_menu_names_its_numbers_and_clears_the_screen(lite: Home) -> None:
    lite.enroll("a.martin", "a.martin#2", "b.durand")
    lock(lite, "a.martin#2")
    done = lite.terminal(["desk"], ["a.martin", "2", "y", "y", "", "0", "b.durand", "12", "n", CTRL_D])
    assert "If the phone is back: number 3. If there is a new phone: number 4" in done.out and "Then: number 4" in done.out
    assert "account a.martin#2, number 5" in done.out
    assert "poterne new-phone" not in done.out and "poterne locked" not in done.out
    # Ctrl-D leaves the menu, and does not deny what was done.
    assert done.code == 1 and "the menu is left" in done.out and "nothing was changed" not in done.out
    cleared = "\x1b[1;1H\x1b[2K"
    first, _, second = done.out.partition("b.durand")
    assert "a.martin" in first and cleared in first.rpartition("another account")[2] and "a.martin" not in second
    # The control: a command says the command.
    assert "poterne found a.martin" in lite.run("show", "a.martin").out


def test_yes_asks_nothing(lite: Home) -> None:
    lite.enroll("a.martin")
    recovery_codes(lite, "a.martin")
    done = lite.process("lost", "a.martin", "--yes")
    assert done.code == 0 and "recovery codes are void" in done.out and "?" not in done.err, done.err
    assert status(lite, "a.martin").recovery_codes_left == 0


def test_a_token_is_called_a_token(lite: Home) -> None:
    token(lite, "a.martin")
    for call in ("forgotten", "lost", "found", "codes-stolen"):
        done = lite.terminal([call, "a.martin"], ["y", "y"] + [""] * (call in ("lost", "forgotten")))
        assert done.code == 0 and "token" in done.out, call
        assert "phone" not in done.out.replace("new-phone", ""), call


def test_one_is_singular(lite: Home) -> None:
    lite.enroll("a.martin")
    lock(lite, "a.martin", 1)
    lite.run("forgotten", "a.martin", "--yes", "--json")
    for language, says in (("en", ("1 wrong code,", "one login left")), ("fr", ("1 code incorrect,", "reste 1 connexion"))):
        out = lite.run("show", "a.martin", "--lang", language).out
        assert all(each in re.sub("[\u00a0\u202f]", " ", out) for each in says), out


def test_the_bounds_of_an_option_are_told_in_ones_language(lite: Home) -> None:
    out = re.sub(r"\s+", " ", lite.process("lost", "--help", LC_ALL="fr_FR.UTF-8").out)
    assert "NOMBRE (1 à 30, par défaut 2)" in out and "1<=x<=30" not in out
    done = lite.run("lost", "a.martin", "--days", "31", "--yes")
    assert done.code == 2 and "--days: a number from 1 to 30." in done.err


def test_the_end_of_the_input_leaves_the_menu(lite: Home) -> None:
    lite.enroll("a.martin")
    before = lite.records()
    done = lite.process("desk", given="a.martin\n1\n")
    assert done.code == 1 and "Traceback" not in done.err and lite.records() == before


def test_two_desks_with_one_employee(lite: Home) -> None:
    """Each shows a new phone its own code: the first one that is confirmed stays."""
    lite.enroll("a.martin")
    seen: List[poterne.Secret] = []

    def inner(shown: str) -> str:
        seen.append(key_on(shown))
        return poterne.totp(seen[0], time.time())

    def outer(shown: str) -> str:
        assert lite.terminal(["new-phone", "a.martin"], ["y", "y", inner, ""]).code == 0
        return poterne.totp(key_on(shown), time.time())

    done = lite.terminal(["new-phone", "a.martin"], ["y", "y", outer])
    assert done.code == 1 and "Meanwhile a.martin logged in" in done.out and "tried a code" in done.out
    assert log_in(lite, "a.martin", secret=seen[0]) == "accepted.otp"


@pytest.mark.parametrize("folder", ["man1", "fr/man1"])
def test_the_manual_has_every_command_and_no_mistake(tmp_path: pathlib.Path, folder: str) -> None:
    from poterne.admin.cli import build, run

    assert run(["manual", str(tmp_path)]) == 0
    page = tmp_path / folder / "poterne.1"
    shown, said = _groff(page)
    assert said == "", said
    text = re.sub(r"\s+", " ", shown.replace("\u2010", "-").replace("\u2212", "-"))
    for name, command in build("fr" if folder.startswith("fr") else "en").commands.items():
        assert f"poterne {name}" in text, name
        assert str(command.help).split("\n")[0].strip()[:30] in text, name
    # The control: a line that groff takes for a request.
    page.write_text(page.read_text() + "'nonsense\n")
    assert "nonsense" in _groff(page)[1]


def _groff(page: pathlib.Path) -> Tuple[str, str]:
    done = subprocess.run(["groff", "-man", "-ww", "-Kutf8", "-Tutf8", "-P-c", "-rLL=120n", page], capture_output=True, text=True, check=True)
    return re.sub(r".\x08", "", done.stdout), done.stderr
