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
from poterne.admin.console import AMBER, RED
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
    # A day that has come.
    ("auth requisite pam_unix.so\nauth required POTERNE prompt from=2999-01-01", []),
    (
        "auth requisite pam_unix.so\nauth required POTERNE prompt from=2026-01-01",
        ["2026-01-01 has come, and a clock that falls behind it lets in without a code"],
    ),
    # One half of two.
    ("auth requisite pam_unix.so\nauth required POTERNE verify", ["no `split` stands before it: nobody can log in"]),
    (
        "auth requisite POTERNE split\nauth requisite pam_unix.so\nauth required POTERNE prompt",
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


@pytest.mark.parametrize("text, expected", CASES, ids=range(len(CASES)))
def test_stacks(tmp_path: pathlib.Path, text: str, expected: list[str]) -> None:
    settings = tmp_path / "poterne.conf"
    settings.touch()
    (tmp_path / "common-auth").write_text(COMMON_AUTH)
    (tmp_path / "vpn").write_text(re.sub(r"POTERNE (\w+)", rf"{MODULE} \1 settings={settings}", text) + "\n")
    for language in ("en", "fr"):
        found = list(pam.faults(Say(language), "vpn", settings, [tmp_path]))
        if language == "en":
            assert [fault.text for fault in found] == expected, found
        assert len(found) == len(expected) and all(fault.place and fault.advice for fault in found)
    colors = {fault.text: fault.color for fault in pam.faults(Say("en"), "vpn", settings, [tmp_path])}
    is_meant = "rootok" in text or "succeed_if" in text or "without_password" in text or "from=" in text
    assert set(colors.values()) <= ({AMBER} if is_meant else {RED})


def test_files_that_the_lines_name(tmp_path: pathlib.Path) -> None:
    (tmp_path / "vpn").write_text("auth requisite pam_unix.so\nauth required /nowhere/pam_poterne.so prompt settings=/nowhere/poterne.conf\n")
    found = [fault.text for fault in pam.faults(Say("en"), "vpn", None, [tmp_path])]
    assert found == [
        "/nowhere/pam_poterne.so is not there: nobody can log in",
        "it reads /nowhere/poterne.conf, which is not what this report looked at",
    ]
    for service in ("../vpn", "nothing", "", "/etc/passwd"):
        assert [fault.text for fault in pam.faults(Say("en"), service, None, [tmp_path])] == ["cannot be read, or is no line of PAM"]


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
