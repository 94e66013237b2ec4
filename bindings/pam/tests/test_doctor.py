"""`poterne doctor --pam`: what it says of a stack, and that it is what the stack does."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import ACCOUNT, MODULE, ONE_FIELD, PASSWORD, PROMPT, Log, Site, code

from poterne.admin import pam
from poterne.admin.console import AMBER, GREEN, RED
from poterne.admin.language import Say

COMMON_AUTH = """\
auth    [success=1 default=ignore]      pam_unix.so nullok
auth    requisite                       pam_deny.so
auth    required                        pam_permit.so
auth    optional                        pam_cap.so
"""

LOCKS, NO_PASSWORD, WITHOUT_CODE, REFUSED_IN = (
    "a wrong password spends a code: anybody can lock an account",
    "no line before it checks a password",
    "the stack ends here, and lets in without a code",
    "a refused code is let in",
)

CASES = [
    # Right ones.
    ("auth requisite pam_unix.so\nauth required POTERNE prompt", []),
    ("auth requisite POTERNE split\nauth requisite pam_unix.so use_first_pass\nauth required POTERNE verify", []),
    ("@include common-auth\nauth required POTERNE prompt", []),
    ("auth include common-auth\nauth requisite POTERNE prompt", []),
    ("auth [success=2 default=ignore] pam_unix.so\nauth [success=1 default=ignore] pam_sss.so\nauth requisite pam_deny.so\nauth required POTERNE prompt", []),
    ("auth required pam_env.so\nauth requisite pam_nologin.so\nAuth Requisite \\\n  pam_unix.so # hash\nauth required POTERNE prompt", []),
    ("auth [success=ok new_authtok_reqd=ok ignore=ignore default=die] pam_unix.so\nauth required POTERNE prompt", []),
    # A wrong password spends a code.
    ("auth required pam_unix.so\nauth required POTERNE prompt", [LOCKS]),
    ("auth requisite POTERNE split\nauth required pam_unix.so use_first_pass\nauth required POTERNE verify", [LOCKS]),
    ("auth substack common-auth\nauth required POTERNE prompt", [LOCKS]),
    ("auth [default=ignore] pam_unix.so\nauth required POTERNE prompt", [LOCKS]),
    ("auth [success=ok auth_err=die default=bad] pam_unix.so\nauth required POTERNE prompt", [LOCKS]),
    ("auth [success=1 default=ignore] pam_unix.so\nauth required pam_deny.so\nauth required POTERNE prompt", [LOCKS]),
    ("auth optional pam_unix.so\nauth required POTERNE prompt", [LOCKS]),
    # No password stands before it.
    ("auth required POTERNE prompt\nauth required pam_unix.so", [NO_PASSWORD]),
    ("auth required POTERNE prompt without_password", ["no password stands before the code, as without_password says"]),
    # No code is needed.
    ("auth sufficient pam_unix.so\nauth required pam_deny.so\nauth required POTERNE prompt", [LOCKS, WITHOUT_CODE]),
    ("auth sufficient pam_rootok.so\nauth requisite pam_unix.so\nauth required POTERNE prompt", [WITHOUT_CODE]),
    ("auth requisite pam_unix.so\nauth [success=1 default=ignore] pam_succeed_if.so user ingroup new\nauth required POTERNE prompt", [WITHOUT_CODE]),
    ("auth requisite pam_unix.so\nauth sufficient POTERNE prompt", [REFUSED_IN]),
    ("auth requisite pam_unix.so\nauth optional POTERNE prompt", [REFUSED_IN]),
    ("auth requisite pam_unix.so\nauth [success=ok authinfo_unavail=ignore default=bad] POTERNE prompt", [REFUSED_IN]),
    ("auth requisite pam_unix.so\naccount required POTERNE prompt", ["no line checks a code"]),
    ("auth requisite pam_unix.so", ["no line checks a code"]),
    # Options that the module does not take.
    *(
        (f"auth requisite pam_unix.so\nauth required POTERNE {words}", [f"the module does not take {wrong}: it refuses every login"])
        for words, wrong in (
            ("prompt foo", "foo"),
            ("prompt settings=relative", "settings=relative"),
            ("prompt echo min_uid=x no_record=ask", "min_uid=x no_record=ask"),
            ("prompt from=2027-02-30", "from=2027-02-30"),
        )
    ),
    # Who gets in without a code.
    ("auth requisite pam_unix.so\nauth required POTERNE prompt no_record=allow", ["those who were never enrolled get in by the password alone"]),
    ("auth requisite pam_unix.so\nauth required POTERNE prompt group=nosuchgroup", ["the system knows no group nosuchgroup: everybody needs a code"]),
    (
        "auth requisite pam_unix.so\nauth required POTERNE prompt group=daemon min_uid=1000",
        ["no code without the password; in without a code: users outside the group daemon or with a number outside 1000 to 4294967295"],
    ),
    ("auth requisite pam_unix.so\nauth required POTERNE prompt min_uid=2 max_uid=1", ["no user has a number from 2 to 1: nobody needs a code"]),
    ("auth requisite pam_unix.so\nauth required POTERNE prompt without_password", ["without_password, though a password is checked before it"]),
    # Nobody gets in.
    (
        "auth requisite POTERNE split\nauth requisite pam_unix.so\nauth required POTERNE verify",
        ["it asks for the password again: who has one field cannot log in"],
    ),
    (
        "auth requisite pam_deny.so\nauth requisite pam_unix.so\nauth required POTERNE prompt",
        ["nobody gets in by this stack, whatever the code"],
    ),
    (
        "auth requisite pam_unix.so\nauth required POTERNE prompt\nauth required POTERNE prompt",
        ["a line before it has checked the code: this one finds it used"],
    ),
    (
        "auth requisite POTERNE split\nauth requisite pam_unix.so use_first_pass\nauth required POTERNE verify lowercase",
        ["`split` and `verify` have different options"],
    ),
    # A day, and one that has come.
    ("auth requisite pam_unix.so\nauth required POTERNE prompt from=2999-01-01", ["until 2999-01-01 everybody gets in by the password alone"]),
    (
        "auth requisite pam_unix.so\nauth required POTERNE prompt from=2026-01-01",
        ["2026-01-01 has come, and a clock that falls behind it lets in without a code"],
    ),
    # One half of two.
    ("auth requisite pam_unix.so\nauth required POTERNE verify", ["no `split` stands before it: nobody can log in"]),
    (
        "auth requisite POTERNE split\nauth requisite pam_unix.so try_first_pass\nauth required POTERNE prompt",
        ["no `verify` follows: the code is taken away and not checked"],
    ),
    (
        "auth requisite pam_unix.so\nauth requisite POTERNE split\nauth required POTERNE verify",
        ["the password is checked before the code is taken from it"],
    ),
    # Not to be read.
    ("auth requisite\nauth required POTERNE prompt", ["cannot be read, or is no line of PAM"]),
    ("auth include nothing\nauth required POTERNE prompt", ["cannot be read, or is no line of PAM"]),
    ("auth include vpn\nauth required POTERNE prompt", ["cannot be read, or is no line of PAM"]),
    ("auth mandatory pam_unix.so\nauth required POTERNE prompt", ["cannot be read, or is no line of PAM"]),
]


# What may be meant.
MEANT = "rootok|succeed_if|from=2|no_record=allow|without_password|nosuchgroup"


@pytest.mark.parametrize("text, expected", CASES, ids=range(len(CASES)))
def test_stacks(sqlite_site: Site, text: str, expected: list[str]) -> None:
    site = sqlite_site
    (site.stacks / "common-auth").write_text(COMMON_AUTH)
    site.stack(*text.splitlines())
    found = {language: list(pam.faults(Say(language), "vpn", site.settings, [site.stacks])) for language in ("en", "fr")}
    assert [fault.text for fault in found["en"]] == expected, found["en"]
    assert [(fault.color, fault.place) for fault in found["fr"]] == [(fault.color, fault.place) for fault in found["en"]]
    for fault in found["en"] + found["fr"]:
        assert fault.place and bool(fault.advice) == (fault.color != GREEN)
    colors = {fault.color for fault in found["en"]}
    assert colors <= ({GREEN} if "group=daemon" in text else {AMBER} if re.search(MEANT, text) and "02-30" not in text else {RED})


def test_files_that_the_lines_name(tmp_path: pathlib.Path) -> None:
    (tmp_path / "vpn").write_text("auth requisite pam_unix.so\nauth required /nowhere/pam_poterne.so prompt settings=/nowhere/poterne.conf\n")
    found = [fault.text for fault in pam.faults(Say("en"), "vpn", None, [tmp_path])]
    assert found == ["/nowhere/pam_poterne.so is not there: nobody can log in"]
    other = tmp_path / "pam_poterne.so"
    other.symlink_to("/bin/sh")
    for module, expected in ((MODULE, "the module refuses every login here: error.settings.missing"), (other, f"{other} does not answer, or is another version's")):
        (tmp_path / "vpn").write_text(f"auth requisite pam_unix.so\nauth required {module} prompt settings=/nowhere/poterne.conf\n")
        assert [fault.text for fault in pam.faults(Say("en"), "vpn", None, [tmp_path])] == [expected]
    for service in ("../vpn", "nothing", "", "/etc/passwd"):
        assert [fault.text for fault in pam.faults(Say("en"), service, None, [tmp_path])] == ["cannot be read, or is no line of PAM"]


def of_the_module(site: Site) -> list[str]:
    return [fault.text for fault in pam.faults(Say("en"), "vpn", site.settings, [site.stacks])]


def test_the_report_refuses_what_the_module_refuses(sqlite_site: Site, log: Log) -> None:
    """Each fault of settings, keyring and database: the report names the code that a login writes to the log."""
    site = sqlite_site
    site.enroll()
    site.stack(*PROMPT)

    def same(expected: str) -> None:
        assert not site.pamtester(PASSWORD, code())[0] and log.codes() == [expected]
        assert of_the_module(site) == [f"the module refuses every login here: {expected}"]

    assert of_the_module(site) == []
    site.set(0o666)
    same("error.settings.mode")
    site.set(foo="bar")
    same("error.settings.content")
    site.set(database="oracle://127.0.0.1/x")
    same("error.database")
    site.set(table="nothing")
    same("error.store")
    site.set(keyring="/nowhere/poterne.keys")
    same("error.keyring_file")
    site.set()
    site.keys.chmod(0o644)
    same("error.keyring_file")
    site.keys.chmod(0o600)
    assert of_the_module(site) == [] and site.pamtester(PASSWORD, code())[0]


def test_files_of_another_host(sqlite_site: Site, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine with a RADIUS server that runs as a user of its own, and sshd: root refuses that user's files, and takes a copy of its own."""
    site = sqlite_site
    site.enroll()
    site.stack(*PROMPT)
    for path in (site.settings, site.keys):
        os.chown(path, 65534, 65534)
    theirs = f"{site.settings} belongs to nobody, and the host runs as root: the module refuses every login"
    assert of_the_module(site) == [theirs]
    assert not site.pamtester(PASSWORD, code())[0] and log.codes() == ["error.settings.owner"]
    # A host of that user takes them: only that user can look.
    monkeypatch.setitem(pam.HOSTS, "vpn", ("nobody",))
    assert of_the_module(site) == ["looked at as root; the host loads the module as nobody"]
    monkeypatch.setitem(pam.HOSTS, "vpn", ("daemon",))
    assert theirs.replace("root", "daemon") in of_the_module(site)
    monkeypatch.delitem(pam.HOSTS, "vpn")
    # The manual's way out, as it stands there.
    manual = pathlib.Path(__file__).parent.parent.joinpath("MANUAL.md").read_text()
    commands = [line.strip() for line in manual.splitlines() if re.match("    (install|sed) .*/etc/poterne-pam", line)]
    assert len(commands) == 3
    for command in commands:
        command = command.replace("/etc/poterne-pam", f"{site.folder}-pam").replace("/etc/poterne/", f"{site.folder}/")
        subprocess.run(["sh", "-ec", command], check=True)
    site.settings = pathlib.Path(f"{site.folder}-pam/poterne.conf")
    assert f"{site.folder}-pam/poterne.keys" in site.settings.read_text()
    site.stack(*PROMPT)
    assert of_the_module(site) == [] and site.pamtester(PASSWORD, code())[0]


def test_the_pages_have_the_lines_of_the_manual() -> None:
    """Stacks, and what root types: those of the README and of the French manual are the English manual's."""
    folder = pathlib.Path(__file__).parent.parent

    def lines(name: str) -> set[str]:
        return set(re.findall(r"^    ((?:auth|install|sed) .*|/opt/.*)$", (folder / name).read_text(), re.M))

    assert len(lines("README.md")) == 2 and len(lines("LISEZMOI.md")) == 9
    assert lines("README.md") | lines("LISEZMOI.md") <= lines("MANUAL.md")
    # The control: a stack that locks accounts.
    assert "auth  required   pam_unix.so" not in lines("MANUAL.md")


@pytest.mark.parametrize(
    "words",
    "digits=7|digits=5|strip_domain|strip_domain=yes|lowercase|group=daemon|group=|min_uid=0|min_uid=-1|max_uid=4294967295|max_uid=4294967296"
    "|from=2020-02-29|from=2021-02-29|no_record=refuse|no_record=ask|language=fr|language=de|echo|echo=|without_password|nullok|prompt".split("|"),
)
def test_options_are_judged_by_the_module(sqlite_site: Site, log: Log, words: str) -> None:
    site = sqlite_site
    site.stack("auth requisite PASSWORD", f"auth required POTERNE prompt {words}")
    site.pamtester(PASSWORD, "000000")
    is_refused = log.codes() == ["error.options"]
    assert (f"the module does not take {words}: it refuses every login" in of_the_module(site)) == is_refused


# Not those whose fault shows when a directory does not know the user, or a database does not answer.
RUN = [
    (text, expected)
    for text, expected in CASES
    if set(expected) <= {LOCKS, REFUSED_IN, WITHOUT_CODE} and not re.search("auth_err=|authinfo_unavail=|rootok|succeed_if|from=", text)
]


@pytest.mark.parametrize("text, expected", RUN, ids=range(len(RUN)))
def test_linux_pam_does_what_the_report_says(sqlite_site: Site, log: Log, text: str, expected: list[str]) -> None:
    """The same stacks, run: a wrong password and a wrong code, then the right password and a wrong code."""
    site = sqlite_site
    site.enroll()
    site.stack(*COMMON_AUTH.replace("pam_unix.so nullok", "PASSWORD").splitlines(), service="common-auth")
    # A user whom the second directory does not know.
    (site.folder / "nobody").write_text("")
    text = text.replace("pam_sss.so", f"pam_pwdfile.so nodelay use_first_pass pwdfile={site.folder}/nobody")
    site.stack(*text.replace("pam_unix.so", "PASSWORD").splitlines())
    is_one_field = "split" in text
    wrong = [f"wrong{'0' * 6}"] if is_one_field else ["wrong", "000000"]
    site.pamtester(*wrong)
    assert (site.failures() > 0) == (LOCKS in expected)
    right = [PASSWORD + "000000"] if is_one_field else [PASSWORD, "000000"]
    assert site.pamtester(*right)[0] == (REFUSED_IN in expected or WITHOUT_CODE in expected)
    log.codes()


def test_the_command(sqlite_site: Site) -> None:
    """Through the command, in a mount namespace where /etc/pam.d is the test's."""

    def said(*stack: str) -> tuple[int, list[dict[str, str]]]:
        sqlite_site.stack(*stack)
        script = f'mount --bind {sqlite_site.stacks} /etc/pam.d && exec "$@"'
        command = [sys.executable, "-m", "poterne.admin", "doctor", "--pam", "vpn", "--json", "--config", str(sqlite_site.settings)]
        ran = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", *command], capture_output=True, text=True, env={**os.environ, "LANG": "C.UTF-8"})
        report = json.loads(ran.stdout)
        return ran.returncode, [check for check in report["checks"] if check["name"] == "pam"]

    _, checks = said(*PROMPT)
    assert [check["color"] for check in checks] == ["green"]
    status, checks = said(PROMPT[0].replace("requisite", "required"), PROMPT[1])
    assert status == 2 and [check["text"] for check in checks] == [LOCKS]
    assert checks[0]["place"] == "/etc/pam.d/vpn:2" and "/etc/pam.d/vpn:1" in checks[0]["advice"]
    # Settings that this user does not take: the stack is told all the same.
    sqlite_site.settings.chmod(0o666)
    status, checks = said(*PROMPT)
    assert status == 2 and [check["text"] for check in checks] == ["the module refuses every login here: error.settings.mode"]
    sqlite_site.settings.chmod(0o600)
    # A folder in which others can rename.
    sqlite_site.folder.chmod(0o777)
    assert said(*PROMPT)[0] == 2
