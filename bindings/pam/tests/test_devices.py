"""A person with several authenticators: which is asked, by what the user types, and that only rows of that person ever are."""

from __future__ import annotations

import pytest

from conftest import ACCOUNT, ONE_FIELD, PASSWORD, PROMPT, Log, Site, code

import poterne

OF_TOKEN, OF_THIRD, OF_EVE = (bytes([number]) * 20 for number in (2, 3, 4))

QUESTION = "One-time code of device 1, the phone (type 2 for the token): "


@pytest.fixture
def two(site: Site) -> Site:
    """A phone, and a token of another person beside the person's own."""
    site.enroll()
    token = poterne.Authenticator.TOKEN
    site.enroll(ACCOUNT + "#2", OF_TOKEN, authenticator=token)
    site.passwords(**{ACCOUNT: PASSWORD, "eve": PASSWORD})
    site.enroll("eve", OF_EVE)
    site.stack(*PROMPT)
    return site


def change(site: Site, account: str, record: object) -> None:
    mark = "?" if site.kind == "sqlite" else "%s"
    site.run(f"UPDATE poterne SET record = {mark} WHERE account = {mark}", values=(str(record), account))


def suspend(site: Site, account: str) -> None:
    change(site, account, site.verifier.credential(account, site.record(account)).suspend().record)


def test_the_user_chooses_a_device(two: Site, log: Log) -> None:
    phone, token = [code(), code(1)], [code(secret=OF_TOKEN), code(1, OF_TOKEN)]
    # The first one: no step more than before.
    let_in, shown = two.pamtester(PASSWORD, phone[0])
    assert let_in and shown.count("One-time code") == 1 and QUESTION in shown
    # The second one.
    let_in, shown = two.pamtester(PASSWORD, "2", token[0])
    assert let_in and QUESTION in shown and "One-time code of device 2, the token: " in shown
    # On its own watermark, and counted on its own row.
    assert not two.pamtester(PASSWORD, "2", token[0])[0]
    assert not two.pamtester(PASSWORD, phone[0])[0]
    assert log.codes() == ["refused.replayed"] * 2
    assert not two.pamtester(PASSWORD, " 2 ", "000000")[0]
    assert (two.failures(), two.failures(ACCOUNT + "#2")) == (0, 1)
    assert log.codes() == ["refused.wrong_code"]
    # The codes of one are not tried on the other.
    assert not two.pamtester(PASSWORD, token[1])[0]
    assert (two.failures(), two.failures(ACCOUNT + "#2")) == (1, 1)
    # In one answer, for hosts with one question.
    assert two.pamtester(PASSWORD, token[1] + "#2")[0]
    assert two.pamtester(PASSWORD, "1", phone[1])[0]
    log.codes()


def test_in_one_field(two: Site, log: Log) -> None:
    two.stack(*ONE_FIELD)
    phone, token = [code(), code(1)], [code(secret=OF_TOKEN), code(1, OF_TOKEN)]
    assert two.pamtester(PASSWORD + token[0] + "#2")[0]
    assert two.pamtester(PASSWORD + phone[0] + "#1")[0] and two.pamtester(PASSWORD + phone[1])[0]
    assert log.codes() == []
    assert not two.pamtester(PASSWORD + token[0] + "#2")[0] and log.codes() == ["refused.replayed"]
    # A device that is not there.
    assert not two.pamtester(PASSWORD + token[0] + "#3")[0] and log.codes() == ["refused.malformed"]
    # What looks like it is the password's, as long as no code stands before it.
    two.passwords(**{ACCOUNT: "s3cret#2"})
    assert two.pamtester("s3cret#2" + token[1] + "#2")[0] and log.codes() == []
    assert not two.pamtester("s3cret#2")[0] and log.codes() == ["refused.malformed"]
    # A temporary code of the second row.
    attempt = two.verifier.credential(ACCOUNT + "#2", two.record(ACCOUNT + "#2")).temporary_code(poterne.MissingAuthenticator.KEEP, uses=1)
    change(two, ACCOUNT + "#2", attempt.record)
    assert two.pamtester("s3cret#2" + attempt.outcome(1) + "#2")[0] and log.codes() == []


def test_nobody_chooses_a_device_of_another(two: Site, log: Log) -> None:
    """Eve has one device. Whatever she types behind her own password, the rows of a.martin are not asked."""
    before = two.record(), two.record(ACCOUNT + "#2")
    behind = code(secret=OF_TOKEN) + "#2"
    for typed in ("2", "#2", f"{ACCOUNT}#2", code(secret=OF_TOKEN) + f"#{ACCOUNT}#2", behind, code(secret=OF_TOKEN) + "#02"):
        two.stack(*PROMPT)
        let_in, shown = two.pamtester(PASSWORD, typed, code(secret=OF_TOKEN), user="eve")
        assert not let_in and "device" not in shown and log.codes() == ["refused.malformed"], typed
        # In one field, what is not a code and a number is a wrong password.
        two.stack(*ONE_FIELD)
        assert not two.pamtester(PASSWORD + typed, user="eve")[0]
        assert log.codes() == (["refused.malformed"] if typed == behind else []), typed
    assert (two.record(), two.record(ACCOUNT + "#2")) == before and two.failures("eve") == 0
    # The control: her own.
    assert two.pamtester(PASSWORD + code(secret=OF_EVE), user="eve")[0]
    # A wrong password is not told which devices there are.
    two.stack(*PROMPT)
    assert "One-time code" not in two.pamtester("wrong", "2", code(secret=OF_TOKEN))[1]


def test_devices_that_cannot_be_asked(two: Site, log: Log) -> None:
    two.enroll(ACCOUNT + "#3", OF_THIRD)
    _, shown = two.pamtester(PASSWORD, "")
    assert "One-time code of device 1, the phone (type 2 for the token, 3 for the phone): " in shown
    # One that is out of use is asked last, since its recovery codes still work.
    suspend(two, ACCOUNT)
    _, shown = two.pamtester(PASSWORD, "1", "")
    assert "of device 2, the token (type 3 for the phone, 1 for the phone): " in shown and "of device 1, the phone: " in shown
    assert two.pamtester(PASSWORD, code(secret=OF_TOKEN))[0]
    # A revoked one is not asked at all, nor is an empty row; of one that is left nothing is said.
    change(two, ACCOUNT, two.verifier.credential(ACCOUNT, two.record()).revoke().record)
    change(two, ACCOUNT + "#3", "")
    let_in, shown = two.pamtester(PASSWORD, code(1, OF_TOKEN))
    assert let_in and "One-time code: " in shown
    log.codes()
    # When all are revoked the user is told so.
    change(two, ACCOUNT + "#2", two.verifier.credential(ACCOUNT + "#2", two.record(ACCOUNT + "#2")).revoke().record)
    assert not two.pamtester(PASSWORD, code())[0] and log.codes() == ["refused.revoked"]


def test_a_damaged_record_does_not_keep_from_the_other_device(two: Site, log: Log) -> None:
    change(two, ACCOUNT, two.record("eve"))
    let_in, shown = two.pamtester(PASSWORD, code(secret=OF_TOKEN))
    assert let_in and "of device 2, the token (type 1 for the other): " in shown
    assert log.codes() == []
    assert not two.pamtester(PASSWORD, "1", code())[0] and log.codes() == ["error.record"]


def test_a_row_of_the_second_device_alone_is_a_record(two: Site, log: Log) -> None:
    """Who has lost the first row is not let in as somebody who was never enrolled."""
    two.run(f"DELETE FROM poterne WHERE account = '{ACCOUNT}'")
    for stack in (PROMPT, ONE_FIELD):
        two.stack(*[line + (" no_record=allow" if "POTERNE" in line else "") for line in stack])
        assert not two.pamtester(*((PASSWORD, "") if stack is PROMPT else (PASSWORD,)))[0]
        assert log.codes() == ["refused.malformed"]
    assert two.pamtester(PASSWORD + code(secret=OF_TOKEN))[0]
    # The control.
    two.run(f"DELETE FROM poterne WHERE account = '{ACCOUNT}#2'")
    two.stack(PROMPT[0], PROMPT[1] + " no_record=allow")
    assert two.pamtester(PASSWORD)[0]


def test_a_host_with_one_field_does_not_choose(two: Site, log: Log) -> None:
    """It answers every question with the password, which may be a number."""
    two.passwords(**{ACCOUNT: "2"})
    assert not two.pamtester("2", "2", "2")[0] and log.codes() == ["misplaced.same_password"]
    assert two.failures() == two.failures(ACCOUNT + "#2") == 0


def test_devices_in_french(two: Site) -> None:
    two.set(language="fr")
    let_in, shown = two.pamtester(PASSWORD, "2", code(secret=OF_TOKEN))
    assert let_in and "Code à usage unique de l'appareil 1, le téléphone (tapez 2 pour le jeton) : " in shown
    assert "Code à usage unique de l'appareil 2, le jeton : " in shown
