"""The portal's own TOTP in the situations in which ours is tried: what it does, as of 2.16.1. Outcomes alone."""

from __future__ import annotations

from typing import Iterator

import own_totp
import pytest
from client import Client
from department import Department


@pytest.fixture(scope="module")
def own(department: Department) -> Iterator[own_totp.OwnTotp]:
    host = own_totp.OwnTotp()
    try:
        host.start(department, nodes=2)
        yield host
    finally:
        host.stop()


def test_it_takes_a_code_twice(own: own_totp.OwnTotp, department: Department) -> None:
    """The same code, in two browsers, on two nodes, and on the same node again: three logins. Ours: one."""
    one = department.employee()
    own.give(one)
    code = one.code()
    browsers = [Client(own.bases[number]) for number in (0, 1, 0)]
    for browser in browsers:
        own_totp.code(browser, own_totp.password(browser, one), code)
    assert [browser.is_in() for browser in browsers] == [True] * 3


def test_it_counts_no_failures(own: own_totp.OwnTotp, department: Department) -> None:
    """Thirty wrong codes, then the right one: in. Ours waits after three, and locks after twenty."""
    one = department.employee()
    own.give(one)
    for _ in range(30):
        browser = Client(own.bases[0])
        own_totp.code(browser, own_totp.password(browser, one), one.wrong_code())
        assert not browser.is_in()
    browser = Client(own.bases[0])
    own_totp.code(browser, own_totp.password(browser, one), one.code())
    assert browser.is_in()
