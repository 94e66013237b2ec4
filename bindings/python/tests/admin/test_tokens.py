"""Hardware tokens: from the stock to a holder, back, and to the next one. The token is oathtool, which knows nothing of this library."""

from __future__ import annotations

import pathlib
import re
import subprocess
import time
import types
from typing import Any, List, Optional

import pytest

import poterne
from admin.installation import Done, Home
from admin.test_help_desk import SECRET, log_in, recovery_codes, status
from poterne import Algorithm, Authenticator, Policy, Secret, State
from poterne.admin import stock
from poterne.admin.people import without
from poterne.admin.proof import prove

KEY = "3132333435363738393031323334353637383930"

BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

WAIT = 120 * 30 + 300


def oathtool(*options: str, now: Optional[float] = None, window: int = 0, key: str = KEY) -> List[str]:
    """The codes that a token shows."""
    arguments = ["oathtool", *options, f"--window={window}"]
    if now is not None:
        arguments.append(f"--now={time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(now))}")
    # Through standard input: a test is an example too.
    return subprocess.run([*arguments, "-"], input=key, capture_output=True, text=True, check=True).stdout.split()


def add(home: Home, serial: str, *options: str, secret: str = KEY) -> Done:
    return home.process("tokens", "add", serial, "--encoding", "hex", *options, given=f"{secret}\n")


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The stock's clock, alone: what it reads of time is whether a token still waits."""
    moved = types.SimpleNamespace(time=lambda: time.time() + seconds)
    monkeypatch.setattr(stock, "time", moved)


def stocked(home: Home) -> dict[str, Any]:
    return {each["serial"]: each["standing"] for each in home.run("tokens", "stock", "--json").json}


def use(home: Home, account: str, code: str, now: float) -> str:
    site = home.site()
    try:
        return site.verifier.login(account, code, store=site.table.column, now=now).code
    except poterne.Refused as refused:
        return refused.code
    finally:
        site.table.engine.dispose()


def confirm(home: Home, account: str, code: str, now: float) -> poterne.Confirmed:
    site = home.site()
    confirmed = site.table.column.apply(site.verifier, account, lambda credential: credential.confirm(code, now=now))
    site.table.engine.dispose()
    return confirmed


def test_a_token_from_stock_to_a_holder_back_and_to_the_next_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    assert add(home, "GALT10057511").code == 0 and stocked(home) == {"GALT10057511": "new"}
    # Nobody logs in with a token in stock, and it is no employee who is missing.
    assert home.run("missing", "--json").json == []
    assert home.run("report", "--json").json["stock"] == 1
    done = home.run("tokens", "assign", "GALT10057511", "b.durand", "--yes", "--json")
    assert done.code == 0 and done.json == {"serial": "GALT10057511", "account": "b.durand", "is_confirmed": False}
    assert stocked(home) == {"GALT10057511": "out"} and status(home, "b.durand").state is State.PENDING
    # The same delivery once more is found, although the record has another name.
    assert "in the inventory already" in add(home, "GALT10057511").err

    (first,), (used,) = oathtool("--totp", now=now), oathtool("--totp", now=now + 60)
    codes = confirm(home, "b.durand", first, now).recovery_codes
    assert use(home, "b.durand", used, now + 60) == "accepted.otp"
    site = home.site()
    drift = status(home, "b.durand").drift
    site.table.column.apply(site.verifier, "b.durand", lambda credential: credential.temporary_code(poterne.MissingAuthenticator.KEEP))
    site.table.engine.dispose()

    done = home.run("tokens", "return", "b.durand", "GALT10057511", "--yes", "--json")
    until = done.json["until"]
    assert done.code == 0 and WAIT <= until - now <= WAIT + 60
    assert stocked(home) == {"GALT10057511": "waiting"} and "b.durand" not in home.records()
    done = home.run("tokens", "assign", "GALT10057511", "c.petit", "--yes")
    assert done.code == 1 and "cannot be handed out before" in done.err and "c.petit" not in home.records()
    # The nightly run does not shorten it.
    assert home.run("forget").code == 0 and stocked(home) == {"GALT10057511": "waiting"}
    later(monkeypatch, until - now - 30)
    assert stocked(home) == {"GALT10057511": "waiting"}
    later(monkeypatch, until - now + 30)
    assert stocked(home) == {"GALT10057511": "returned"}
    done = home.run("tokens", "assign", "GALT10057511", "c.petit", "--yes", "--json")
    assert done.json["is_confirmed"] is True
    found = status(home, "c.petit")
    assert (found.state, found.recovery_codes_left, found.temporary_code, found.drift) == (State.ACTIVE, 0, None, drift)
    # What the last holder saw or was given is of no use, and the token works.
    assert use(home, "c.petit", used, now + 60) == "refused.replayed"
    assert use(home, "c.petit", codes[0], now + 60) == "refused.wrong_code"
    (next_,) = oathtool("--totp", now=now + 120)
    assert use(home, "c.petit", next_, now + 120) == "accepted.otp"


def test_who_gets_a_token_is_told_how_its_first_code_is_taken(lite: Home) -> None:
    """Without `confirm_at_first_login` a login refuses a token that was never confirmed."""
    add(lite, "T1")
    add(lite, "T2", secret="98" + KEY[2:])
    done = lite.run("tokens", "assign", "T1", "b.durand", "--yes")
    assert done.code == 0 and "poterne token b.durand" in done.err
    now = time.time()
    assert use(lite, "b.durand", oathtool("--totp", now=now)[0], now) == "refused.pending"
    assert "poterne token b.durand" in lite.run("show", "b.durand").out
    first, second = oathtool("--totp", now=now, window=1)
    assert lite.process("token", "b.durand", "--codes-fd", "0", given=f"{first}\n{second}\n").code == 0
    assert status(lite, "b.durand").state is State.ACTIVE
    # The control: with the option there is nothing to do.
    with lite.config.open("a") as settings:
        settings.write("confirm_at_first_login = yes\n")
    done = lite.run("tokens", "assign", "T2", "c.petit", "--yes")
    assert done.code == 0 and "poterne token" not in done.err
    assert use(lite, "c.petit", oathtool("--totp", now=now, key="98" + KEY[2:])[0], now) == "accepted.otp"


def test_a_token_through_a_year_whose_clock_is_poor(lite: Home, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import, assignment, first code, a year of logins while its clock gains a second and a half a day, a resynchronization after a cold
    winter, return, and the next holder. The year is the last one: the commands have no other clock than this machine's.
    """
    file = tmp_path / "tokens.csv"
    file.write_text(f"GALT10057511,{KEY}\n")
    done = lite.run("tokens", "import", str(file), "--format", "columns", "--columns", "serial,secret", "--encoding", "hex", "--hash", "sha1", "--yes")
    assert done.code == 0, done.err
    assert lite.run("tokens", "assign", "GALT10057511", "b.durand", "--yes").code == 0
    day = 86_400
    begin = time.time() - 400 * day

    def shown(now: float, gained: float) -> str:
        return oathtool("--totp", now=now + gained)[0]

    assert confirm(lite, "b.durand", shown(begin, 0), begin).code == "confirmed"
    for at in range(15, 366, 15):
        now = begin + at * day
        assert use(lite, "b.durand", shown(now, 1.5 * at), now) == "accepted.otp", at
        assert use(lite, "b.durand", shown(now, 1.5 * at), now) == "refused.replayed", at
    drift = status(lite, "b.durand").drift
    # A second and a half a day are 18 steps, less what counts as slow typing.
    assert 16 <= drift <= 19
    # In a cold car it lost a minute and a half more a week than ever before.
    now, gained = begin + 390 * day, 1.5 * 365 - 60 * 6
    assert use(lite, "b.durand", shown(now, gained), now) == "refused.wrong_code"
    site = lite.site()
    pair = [shown(now + 60, gained), shown(now + 90, gained)]
    resynchronized = site.table.column.apply(site.verifier, "b.durand", lambda credential: credential.resynchronize(*pair, now=now + 90))
    site.table.engine.dispose()
    assert resynchronized.code == "resynchronized" and resynchronized.drift == status(lite, "b.durand").drift < drift
    assert use(lite, "b.durand", shown(now + 150, gained), now + 150) == "accepted.otp"
    until = lite.run("tokens", "return", "b.durand", "GALT10057511", "--yes", "--json").json["until"]
    later(monkeypatch, until - time.time() + 5)
    assert lite.run("tokens", "assign", "GALT10057511", "c.petit", "--yes").code == 0
    assert use(lite, "c.petit", shown(now + 150, gained), now + 150) == "refused.replayed"
    assert use(lite, "c.petit", shown(now + day, gained), now + day) == "accepted.otp"
    # Who leaves with it is asked for it: afterwards its secret is gone.
    done = lite.run("gone", "c.petit", "--yes")
    assert done.code == 0 and "tokens return c.petit" in done.err
    assert "no token with a secret" in lite.run("tokens", "return", "c.petit", "GALT10057511", "--yes").err


def test_a_counter_wants_two_codes_of_its_next_holder(home: Home) -> None:
    assert add(home, "C100", "--counter", "0").code == 0
    assert home.run("tokens", "assign", "C100", "b.durand", "--yes").code == 0
    codes = oathtool("--hotp", "--counter=0", window=12)
    confirm(home, "b.durand", codes[0], time.time())
    done = home.run("tokens", "return", "b.durand", "C100", "--yes", "--json")
    assert done.json["until"] is None and stocked(home) == {"C100": "returned"}
    # The last holder has noted codes[1] to codes[4]. A wrong pair leaves the token in stock.
    done = home.process("tokens", "assign", "C100", "c.petit", "--yes", "--codes-fd", "0", given="000000\n000001\n")
    assert done.code == 1 and stocked(home) == {"C100": "returned"} and "c.petit" not in home.records()
    done = home.process("tokens", "assign", "C100", "c.petit", "--yes", "--codes-fd", "0", given=f"{codes[5]}\n{codes[6]}\n")
    assert done.code == 0, done.err
    now = time.time()
    assert use(home, "c.petit", codes[3], now + 1_000) == "refused.wrong_code"
    assert use(home, "c.petit", codes[7], now + 1_000) == "accepted.otp"


def test_a_counter_that_was_never_confirmed_wants_two_codes_too(home: Home) -> None:
    """Who had it may have noted its codes, whether they were typed or not."""
    assert add(home, "C101", "--counter", "0").code == 0
    assert home.run("tokens", "assign", "C101", "b.durand", "--yes").code == 0
    assert "handed out" in home.process("tokens", "proof", "C101", "--code-fd", "0", given="000000\n").err
    assert home.run("tokens", "return", "b.durand", "C101", "--yes", "--json").json["until"] is None
    assert stocked(home) == {"C101": "returned"}
    codes = oathtool("--hotp", "--counter=0", window=12)
    for given in ("", f"{codes[0]}\n", "000000\n000001\n"):
        done = home.process("tokens", "assign", "C101", "c.petit", "--yes", "--codes-fd", "0", given=given)
        assert done.code != 0 and "c.petit" not in home.records()
    done = home.process("tokens", "assign", "C101", "c.petit", "--yes", "--codes-fd", "0", given=f"{codes[5]}\n{codes[6]}\n")
    assert done.code == 0, done.err
    now = time.time()
    assert use(home, "c.petit", codes[3], now + 1_000) == "refused.wrong_code"
    assert use(home, "c.petit", codes[7], now + 1_000) == "accepted.otp"


def test_without_its_receipt_no_token_is_handed_out(lite: Home, tmp_path: pathlib.Path) -> None:
    add(lite, "T1")
    file = tmp_path / "no" / "receipt.pdf"
    done = lite.run("tokens", "assign", "T1", "b.durand", "--yes", "--receipt", str(file))
    assert done.code == 1 and stocked(lite) == {"T1": "new"} and "b.durand" not in lite.records()
    # And no receipt without a token: two codes that are wrong.
    add(lite, "C1", "--counter", "0", secret=KEY[::-1])
    assert lite.run("tokens", "assign", "C1", "c.petit", "--yes").code == lite.run("tokens", "return", "c.petit", "C1", "--yes").code == 0
    file = tmp_path / "receipt.pdf"
    done = lite.process("tokens", "assign", "C1", "c.petit", "--yes", "--receipt", str(file), "--codes-fd", "0", given="000000\n000001\n")
    assert done.code == 1 and not file.exists() and stocked(lite)["C1"] == "returned"


def test_a_phone_and_a_token_of_one_person_do_not_move_each_other(home: Home) -> None:
    home.enroll("a.martin")
    add(home, "T1", secret=KEY[::-1])
    assert "--beside" in home.run("tokens", "assign", "T1", "a.martin", "--yes").err and stocked(home) == {"T1": "new"}
    assert home.run("tokens", "assign", "T1", "a.martin", "--beside", "--yes", "--json").json["account"] == "a.martin#2"
    now = time.time()
    confirm(home, "a.martin#2", oathtool("--totp", now=now, key=KEY[::-1])[0], now)
    phone, token = home.records()["a.martin"], home.records()["a.martin#2"]
    assert use(home, "a.martin", poterne.totp(SECRET, now), now) == "accepted.otp"
    assert home.records()["a.martin#2"] == token and home.records()["a.martin"] != phone
    phone = home.records()["a.martin"]
    (code,) = oathtool("--totp", now=now + 30, key=KEY[::-1])
    assert use(home, "a.martin", code, now + 30) == "refused.wrong_code"
    phone = home.records()["a.martin"]
    assert use(home, "a.martin#2", code, now + 30) == "accepted.otp" and home.records()["a.martin"] == phone
    # The desk shows both, `missing` knows the person, `forget` writes both rows.
    shown = home.run("show", "a.martin", "--json").json
    assert [(each["account"], each["authenticator"]) for each in shown] == [("a.martin", "app"), ("a.martin#2", "token")]
    before = home.records()
    assert home.run("forget").code == 0 and all(home.records()[account] != before[account] for account in before)
    site = home.site()
    assert without(site.table, site.verifier, ["a.martin"], now) == []
    site.table.engine.dispose()
    # Back from the second row; the phone stays.
    assert home.run("tokens", "return", "a.martin", "T1", "--yes").code == 0
    assert set(home.records()) == {"a.martin", "serial:T1"} and log_in(home, "a.martin") == "accepted.otp"


def test_what_cannot_be_assigned_stays(lite: Home) -> None:
    lite.enroll("a.martin", "r.gone")
    add(lite, "T1", secret=KEY[::-1])
    site = lite.site()
    site.table.column.apply(site.verifier, "r.gone", lambda credential: credential.revoke())
    site.table.engine.dispose()
    before = lite.records()
    for arguments, said in (
        (("T1", "x.nobody", "--beside"), "nothing beside which"),
        (("T1", "r.gone", "--beside"), "revoked"),
        (("T1", "a.martin#2"), "Name the person: a.martin"),
        (("t1", "b.durand"), "There is no token t1"),
        (("T1", "serial:T2"), "is a token of the inventory"),
        (("T1", ""), "The account is empty"),
    ):
        done = lite.run("tokens", "assign", *arguments, "--yes")
        assert done.code in (1, 2) and said in done.err, (arguments, done.err)
    assert lite.records() == before
    for arguments, said in (
        (("a.martin", "T1"), "has no token"),
        (("x.nobody", "T1"), "is not enrolled"),
        (("serial:T1", "T1"), "is in the inventory"),
    ):
        done = lite.run("tokens", "return", *arguments, "--yes")
        assert done.code == 1 and said in done.err, (arguments, done.err)
    assert lite.records() == before and lite.run("lost", "serial:T1", "--yes").code == 2
    done = lite.terminal(["tokens", "assign", "T1", "b.durand"], ["n"])
    assert done.code == 1 and lite.records() == before


def test_a_mistyped_serial_is_noticed_when_a_token_comes_back(lite: Home) -> None:
    for serial, key in (("T1", KEY), ("T2", KEY[::-1])):
        add(lite, serial, secret=key)
    lite.run("tokens", "assign", "T1", "b.durand", "--yes")
    now = time.time()
    confirm(lite, "b.durand", oathtool("--totp", now=now)[0], now)
    assert "T2 is in stock already" in lite.run("tokens", "return", "b.durand", "T2", "--yes").err
    done = lite.terminal(["tokens", "return", "b.durand", "T11"], ["n"])
    assert done.code == 1 and "No token T11 was handed out" in done.out and "b.durand" in lite.records()
    # With --yes nobody reads the question: the token would get another number, and T1 would stay handed out for ever.
    for tag, words in (("en", "the token of b.durand would get this number. Handed out are: T1."), ("fr", "le jeton de b.durand prendrait ce numéro. Jetons remis : T1.")):
        done = lite.run("tokens", "return", "b.durand", "T11", "--yes", "--lang", tag)
        assert done.code == 1 and words in done.err and "b.durand" in lite.records()
    assert "repeat the command on a terminal" in lite.process("tokens", "return", "b.durand", "T11").err and "b.durand" in lite.records()
    assert lite.run("tokens", "drop", "T1", "--yes").code == 0 and "T1" not in stocked(lite) and "b.durand" in lite.records()
    # Of a token that came by another way nothing better is known: it is said.
    done = lite.run("tokens", "return", "b.durand", "T1", "--yes")
    assert done.code == 0 and "would get this number" in done.err and "Handed out" not in done.err


def test_a_secret_that_has_a_record_is_not_added(lite: Home) -> None:
    assert add(lite, "T1").code == 0 and lite.run("tokens", "assign", "T1", "b.durand", "--yes").code == 0
    before = lite.records()
    # As it is, under another hash, and with the zeros that HMAC puts behind it.
    for serial, secret, more in (("T2", KEY, []), ("T3", KEY, ["--hash", "sha256", "--counter", "7"]), ("T4", KEY + "0000", [])):
        done = add(lite, serial, *more, secret=secret)
        assert done.code == 1 and f"{serial} has the secret of b.durand" in done.err and KEY not in done.err and lite.records() == before
    # Zeros before it are of its own.
    assert add(lite, "T5", secret="00" + KEY).code == 0


def test_a_token_that_was_never_confirmed_waits_too(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    add(lite, "T1", "--hash", "sha256", "--digits", "8", "--time-step", "60")
    lite.run("tokens", "assign", "T1", "b.durand", "--yes")
    now = time.time()
    until = lite.run("tokens", "return", "b.durand", "T1", "--yes", "--json").json["until"]
    assert 120 * 60 + 300 <= until - now <= 120 * 60 + 360 and stocked(lite) == {"T1": "waiting"}
    assert lite.run("tokens", "assign", "T1", "c.petit", "--yes").code == 1
    later(monkeypatch, until - now + 5)
    assert lite.run("tokens", "assign", "T1", "c.petit", "--yes").code == 0
    found = status(lite, "c.petit")
    assert (found.state, found.algorithm, found.digits, found.time_step) == (State.PENDING, Algorithm.SHA256, 8, 60)
    (code,) = oathtool("--totp=sha256", "--digits=8", "--time-step-size=60s", now=until + 5)
    assert confirm(lite, "c.petit", code, until + 5).code == "confirmed"


def test_a_token_renamed_by_other_means_begins_its_waiting_now(lite: Home) -> None:
    site = lite.site()
    made = site.verifier.import_credential("serial:T9", SECRET, authenticator=Authenticator.TOKEN)
    made.outcome(site.table.column.swap("serial:T9", None, str(made.record)))
    site.table.engine.dispose()
    assert stocked(lite) == {"T9": "loose"}
    assert "tokens return serial:T9 T9" in lite.run("tokens", "assign", "T9", "b.durand", "--yes").err
    assert lite.run("tokens", "return", "serial:T9", "T9", "--yes").code == 0 and stocked(lite) == {"T9": "waiting"}


def test_one_of_two_desks_gets_the_token(home: Home) -> None:
    add(home, "T1")
    site = home.site()
    one, two = stock.Stock(site), stock.Stock(site)
    item = one.available("T1")
    one.hand_out(item, "b.durand")
    with pytest.raises(poterne.Refused) as refused:
        two.hand_out(item, "c.petit")
    assert refused.value.refusal is poterne.Refusal.CONFLICT
    site.table.engine.dispose()
    assert set(home.records()) == {"b.durand", "serial:T1"}


def test_proof_tells_hash_and_encoding(lite: Home) -> None:
    add(lite, "T1")
    now = time.time()
    right, wrong = oathtool("--totp", now=now)[0], oathtool("--totp=sha256", now=now)[0]
    before = lite.records()
    assert lite.process("tokens", "proof", "T1", "--code-fd", "0", given=f"{right}\n").code == 0
    done = lite.process("tokens", "proof", "T1", "--code-fd", "0", given=f"{wrong}\n")
    assert done.code == 1 and "--hash sha256" in done.err and wrong not in done.err
    done = lite.process("tokens", "proof", "T1", "--code-fd", "0", given="000000\n")
    assert done.code == 1 and "Was it typed right" in done.err
    # The code is not used up, and nothing is changed.
    assert lite.records() == before
    # Hexadecimal that is base32 too, declared wrong.
    text = "234567ABCDEF234567ABCDEF234567ABCDEF2345"
    content = poterne.OtpauthUri.parse(f"otpauth://totp/x:y?secret={Secret.from_base32(text).to_base32()}&issuer=x")
    verdict = prove(content, oathtool("--totp", now=now, key=text)[0], Policy(), now)
    assert not verdict.is_right and verdict.other == {"encoding": "hex"}


def test_a_secret_is_typed_and_in_no_message(lite: Home) -> None:
    done = lite.terminal(["tokens", "add", "T1", "--encoding", "base32"], [BASE32])
    assert done.code == 0 and BASE32 not in done.out
    done = lite.run("tokens", "add", BASE32, "--encoding", "base32")
    assert done.code == 2 and "looks like a secret" in done.err and BASE32 not in done.err
    for text in ("AAAA", "not base32 0189", ""):
        done = lite.process("tokens", "add", "T2", "--encoding", "base32", given=f"{text}\n")
        assert done.code == 1 and "T2" not in stocked(lite) and (not text or text not in done.err)


def test_a_receipt_in_both_languages(lite: Home, tmp_path: pathlib.Path) -> None:
    for serial, key, tag, words in (
        ("GALT10057511", KEY, "fr", ("Reçu d’un jeton de connexion", "rendez-le quand vous", "Bernard Durand", "GALT10057511")),
        ("GALT10057512", KEY[::-1], "en", ("Receipt for a sign-in token", "Give it back", "Bernard Durand", "GALT10057512")),
    ):
        add(lite, serial, secret=key)
        file = tmp_path / f"{tag}.pdf"
        done = lite.run("tokens", "assign", serial, f"b.durand.{tag}", "--yes", "--receipt", str(file), "--name", "Bernard Durand", "--receipt-language", tag)
        assert done.code == 0, done.err
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
        for word in words:
            assert word in re.sub(r"\s+", " ", text), (word, text)
        again = lite.run("tokens", "assign", serial, "x.other", "--yes", "--receipt", str(file))
        assert again.code == 1
