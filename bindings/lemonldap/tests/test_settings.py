"""Portals with other settings: what refuses to start, several second factors, somebody in another's place, threads."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Dict, Iterator

import pytest
from department import Department
from hosts.lemonldap import LemonLdap


@contextlib.contextmanager
def portal_with(department: Department, called: str, **extra: Any) -> Iterator[LemonLdap]:
    class Portal(LemonLdap):
        name = called
        workers = 1

    host = Portal()
    host.extra = extra
    try:
        host.start(department, nodes=1)
        yield host
    finally:
        host.stop()


@pytest.mark.parametrize(
    "extra, why",
    [
        # Sessions without a code.
        ({"soapSessionServer": 1}, "soapSessionServer opens sessions by the password alone"),
        # Accounts as they were typed.
        ({"poterne2fAccount": ""}, "poterne2fAccount is missing"),
        ({"poterne2fAccount": "_user"}, "poterne2fAccount is _user, which holds what the user typed"),
        ({"poterne2fAccount": "_whatToTrace"}, "poterne2fAccount is _whatToTrace, which holds what the user typed"),
    ],
)
def test_a_portal_that_would_let_in_by_the_password_does_not_start(department: Department, extra: Dict[str, Any], why: str) -> None:
    called = "unsafe-" + re.sub(r"\W", "", why)[:40]
    with pytest.raises(AssertionError, match="answers 500"), portal_with(department, called, **extra):
        pass
    assert f"poterne: {why}" in next((department.folder / called).glob("node0/log")).read_text()
