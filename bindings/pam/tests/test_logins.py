"""Logins by pamtester, on the three databases: both ways to ask, everything that a user can type, and what an outsider can do."""

from __future__ import annotations

import pytest

from conftest import ACCOUNT, ONE_FIELD, PASSWORD, PROMPT, SECRET, Log, Site, code

import poterne



def test_the_code_is_asked_for_behind_the_password_and_accepted_once(site: Site, log: Log) -> None:
    site.enroll()
    site.stack(*PROMPT)
    typed = code()
    before = site.record()
    let_in, shown = site.pamtester(PASSWORD, typed)
    assert let_in and "One-time code: " in shown and typed not in shown
    assert site.record() != before
    # Nothing is written of a login that was accepted.
    assert log.codes() == []
    let_in, shown = site.pamtester(PASSWORD, typed)
    assert not let_in and log.codes() == ["refused.replayed"]
    let_in, shown = site.pamtester(PASSWORD, "000000")
    assert not let_in and log.codes() == ["refused.wrong_code"] and site.failures() == 1
    # The next login tells it.
    let_in, shown = site.pamtester(PASSWORD, code(1))
    assert let_in and "One attempt was refused since your last login." in shown
    assert PASSWORD not in "".join(log.lines)


def test_password_and_code_in_one_field(site: Site, log: Log) -> None:
    site.enroll()
    site.stack(*ONE_FIELD)
    assert not site.pamtester(PASSWORD)[0] and log.codes() == ["refused.malformed"]
    typed = code()
    let_in, shown = site.pamtester(PASSWORD + typed)
    assert let_in and "Password and one-time code: " in shown, shown
    assert log.codes() == []
    assert not site.pamtester(PASSWORD + typed)[0] and log.codes() == ["refused.replayed"]
    # A code alone leaves no password: a directory might take an empty one.
    assert not site.pamtester(code(1))[0] and log.codes() == ["refused.malformed"]
    # A wrong password: the module behind it is not reached.
    before = site.record()
    assert not site.pamtester("wrong" + code(1))[0] and log.codes() == [] and site.record() == before
    assert site.pamtester(PASSWORD + code(1))[0]


def test_one_field_does_not_tell_which_of_the_two_was_wrong(sqlite_site: Site, log: Log) -> None:
    """A wrong password, a wrong code and every other refusal look the same; only who is let in is told more."""
    site = sqlite_site
    site.enroll()
    site.passwords(**{ACCOUNT: PASSWORD, "d.blanc": PASSWORD})
    # The control: a host that asks twice has told by its question that the password is right.
    site.stack(*PROMPT)
    assert "Sign-in refused." in site.pamtester(PASSWORD, "000000")[1] and log.codes() == ["refused.wrong_code"]
    site.stack(*ONE_FIELD)

    def shown(typed: str, user: str = ACCOUNT) -> str:
        let_in, text = site.pamtester(typed, user=user)
        assert not let_in
        return text.replace(user, "USER")

    wrong_password = shown("wrong000000")
    assert "refused" not in wrong_password and log.codes() == []
    assert shown(PASSWORD + "000000") == wrong_password and log.codes() == ["refused.wrong_code"]
    assert shown(PASSWORD + "000000", "d.blanc") == wrong_password and log.codes() == ["refused.not_enrolled"]
    assert shown(PASSWORD) == wrong_password and log.codes() == ["refused.malformed"]
    # Who has to wait, and without the keyring.
    said = [shown(PASSWORD + "000000") for _ in range(4)]
    assert set(said) == {wrong_password} and "refused.wait" in log.codes()
    site.keys.chmod(0o644)
    assert shown(PASSWORD + "000000") == wrong_password and log.codes() == ["error.keyring_file"]
    site.keys.chmod(0o600)


@pytest.mark.parametrize("stack", [PROMPT, ONE_FIELD], ids=["prompt", "one field"])
def test_temporary_codes_with_their_hyphens(site: Site, log: Log, stack: tuple[str, ...]) -> None:
    site.enroll()
    attempt = site.verifier.credential(ACCOUNT, site.record()).temporary_code(poterne.MissingAuthenticator.KEEP, uses=1)
    record = str(attempt.record)
    mark = "?" if site.kind == "sqlite" else "%s"
    site.run(f"UPDATE poterne SET record = {mark}", values=(record,))
    issued = attempt.outcome(1)
    site.stack(*stack)
    typed = (PASSWORD, issued) if stack is PROMPT else (PASSWORD + issued,)
    assert len(issued) == 15
    assert site.pamtester(*typed)[0] and log.codes() == []
    assert not site.pamtester(*typed)[0] and log.codes() == ["refused.wrong_code"]


def test_everything_in_french(sqlite_site: Site) -> None:
    sqlite_site.enroll()
    sqlite_site.set(language="fr")
    sqlite_site.stack(*PROMPT)
    _, shown = sqlite_site.pamtester(PASSWORD, "000000")
    assert "Code à usage unique : " in shown and "Connexion refusée." in shown
    let_in, shown = sqlite_site.pamtester(PASSWORD, code())
    assert let_in and "un essai a été refusé" in shown
    sqlite_site.stack(*ONE_FIELD)
    assert "Mot de passe suivi du code à usage unique : " in sqlite_site.pamtester(PASSWORD)[1]
    # The line's language goes before that of the settings.
    sqlite_site.stack(PROMPT[0], PROMPT[1] + " language=en")
    assert "One-time code: " in sqlite_site.pamtester(PASSWORD, "")[1]


@pytest.mark.parametrize("password", ["p" * 253, b"\xe9t\xe9 \xa3 \xff\x80", "x", "123456", "ABCDE-FGHJ-KMN1"], ids=["253", "latin", "one", "digits", "like a code"])
def test_passwords_of_every_kind(sqlite_site: Site, log: Log, password: str | bytes) -> None:
    sqlite_site.enroll()
    sqlite_site.passwords(**{ACCOUNT: password})
    sqlite_site.stack(*PROMPT)
    assert sqlite_site.pamtester(password, code())[0]
    sqlite_site.stack(*ONE_FIELD)
    field = (password if isinstance(password, bytes) else password.encode()) + code(1).encode()
    assert sqlite_site.pamtester(field)[0] and log.codes() == []


@pytest.mark.parametrize("typed", ["", "abc", "12345", "1234567", "'; DROP TABLE poterne; --", b"\xff\xfe12345", "9" * 400, "\u0661" * 6])
def test_what_is_no_code_is_refused_and_costs_nothing(sqlite_site: Site, log: Log, typed: str | bytes) -> None:
    sqlite_site.enroll()
    sqlite_site.stack(*PROMPT)
    before = sqlite_site.record()
    assert not sqlite_site.pamtester(PASSWORD, typed)[0]
    assert log.codes() == ["refused.malformed"] and sqlite_site.record() == before


@pytest.mark.parametrize("name", ["'; DROP TABLE poterne; --", "a' OR '1'='1", "x\\", "%s", "é", "a" * 300], ids=range(6))
def test_names_are_values(site: Site, log: Log, name: str) -> None:
    site.enroll()
    site.stack("auth optional PASSWORD", "auth required POTERNE prompt without_password")
    assert not site.pamtester(PASSWORD, code(), user=name)[0]
    expected = ["error.argument"] if len(name) == 300 else ["refused.not_enrolled"]
    assert log.codes() == expected
    assert site.record()


def test_names_become_accounts(site: Site, log: Log) -> None:
    site.enroll()
    site.passwords(**{"A.Martin": PASSWORD, "A.Martin@finances.example": PASSWORD, "eve#2": PASSWORD})
    site.stack(PROMPT[0], PROMPT[1] + " strip_domain lowercase")
    assert site.pamtester(PASSWORD, code(-1), user="A.Martin@finances.example")[0]
    assert site.pamtester(PASSWORD, code(), user="A.Martin")[0]
    site.stack(*PROMPT)
    # This table of MariaDB compares without regard to case: the record opens under the stored spelling.
    assert site.pamtester(PASSWORD, code(1), user="A.Martin")[0] == (site.kind == "mariadb")
    assert log.codes() == ([] if site.kind == "mariadb" else ["refused.not_enrolled"])
    # A second row is nobody's login name.
    assert not site.pamtester(PASSWORD, code(1), user="eve#2")[0] and log.codes() == ["error.account"]


def test_those_without_a_record(site: Site, log: Log) -> None:
    site.stack(*PROMPT)
    assert not site.pamtester(PASSWORD, code())[0] and log.codes() == ["refused.not_enrolled"]
    site.stack(PROMPT[0], PROMPT[1] + " no_record=allow")
    let_in, shown = site.pamtester(PASSWORD)
    assert let_in and "One-time code" not in shown
    assert not site.pamtester("wrong")[0]
    site.stack(*[line + (" no_record=allow" if "POTERNE" in line else "") for line in ONE_FIELD])
    site.passwords(**{ACCOUNT: "s3cret123456"})
    assert site.pamtester("s3cret123456")[0]
    # An empty record is none.
    site.run(f"INSERT INTO poterne (account, record) VALUES ('{ACCOUNT}', '')")
    assert site.pamtester("s3cret123456")[0]
    site.run("DELETE FROM poterne")
    site.enroll()
    assert not site.pamtester("s3cret123456")[0] and site.failures() == 0
    assert site.pamtester("s3cret123456" + code())[0]
    log.codes()


def test_who_must_have_a_code(sqlite_site: Site, log: Log) -> None:
    def asked(options: str, user: str = "daemon") -> bool:
        sqlite_site.stack("auth requisite PASSWORD", f"auth required POTERNE prompt {options}")
        let_in, shown = sqlite_site.pamtester(PASSWORD, code(), user=user)
        assert let_in == ("One-time code" not in shown)
        return not let_in

    sqlite_site.passwords(daemon=PASSWORD, nobody=PASSWORD, stranger=PASSWORD)
    assert asked("")
    # daemon is 1, and in its group alone; nobody is 65534.
    assert asked("max_uid=999") and not asked("min_uid=1000") and not asked("max_uid=999", "nobody")
    assert asked("group=daemon") and not asked("group=daemon", "nobody") and not asked("group=nogroup")
    assert asked("group=daemon min_uid=1") and not asked("group=daemon min_uid=2")
    assert not asked("from=2999-01-01") and asked("from=2020-01-01")
    # What the system cannot tell counts against the user.
    assert asked("group=no-such-group") and asked("group=daemon", "stranger") and asked("min_uid=1000", "stranger")
    # Who needs no code logs in although the settings are gone.
    sqlite_site.settings.unlink()
    assert not asked("min_uid=1000")
    assert log.codes() == ["refused.not_enrolled"] * 8


@pytest.mark.parametrize("kind", ["prompt", "one field"])
def test_a_guesser_without_the_password(postgresql_site: Site, log: Log, kind: str) -> None:
    """10,000 logins with a wrong password and a code each: nothing is spent, nobody is locked. The control, `required`, locks."""
    site = postgresql_site
    site.set(max_failures=3)
    site.enroll()
    stack = PROMPT if kind == "prompt" else ONE_FIELD

    def guesses(count: int) -> None:
        answers = ["wrong", "000000"] if kind == "prompt" else ["wrong000000", ""]
        assert site.host("loop", [ACCOUNT], answers * count)["accepted"] == 0

    before = site.record()
    site.stack(*stack)
    guesses(10_000)
    assert site.record() == before and log.codes() == []
    assert site.pamtester(PASSWORD, code())[0] if kind == "prompt" else site.pamtester(PASSWORD + code())[0]

    site.stack(*[line.replace("requisite PASSWORD", "required PASSWORD") for line in stack])
    guesses(10)
    assert site.failures() == 3 and log.codes() == ["refused.wrong_code"] * 3 + ["refused.locked"] * 7
    site.stack(*stack)
    assert not (site.pamtester(PASSWORD, code(1))[0] if kind == "prompt" else site.pamtester(PASSWORD + code(1))[0])
    assert log.codes() == ["refused.locked"]


def test_a_hardware_token_of_eight_digits(sqlite_site: Site) -> None:
    sqlite_site.enroll(secret=SECRET, digits=8, counter=5, authenticator=poterne.Authenticator.TOKEN)
    sqlite_site.stack(*[line.replace("split", "split digits=8") for line in ONE_FIELD])
    assert sqlite_site.pamtester(PASSWORD + poterne.hotp(SECRET, 5, digits=8))[0]
