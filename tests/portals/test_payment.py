"""A payment takes a code of its own, for the payee and the amount that the page has shown: the host that has payments."""

from __future__ import annotations

import time
from typing import Any, Dict

import pytest
import sqlalchemy
from conftest import CHOSEN
from department import Department
from hosts import Host
from test_scenario import log_in, look, press, said, submit


@pytest.mark.parametrize("name", [name for name in CHOSEN if name == "service"])
def test_a_payment(name: str, department: Department, running: Dict[str, Host], visitor: Any) -> None:
    host, one, page = running[name], department.employee(), visitor()
    log_in(host, page, one)
    page.goto(host.bases[0] + "/payments")
    page.fill("#payee", "Imprimerie <b>nationale</b>")
    page.fill("#amount", "1 250,40")
    look(page, host, "payments")
    press(page, "#poterne-submit")
    assert page.inner_text("#service-payee") == "Imprimerie <b>nationale</b>"
    assert page.inner_text("#service-amount").split() == ["1", "250,40", "€"]
    look(page, host, "payment")
    # The amount changes behind the page; the code is not even looked at.
    before = one.record()
    with department.engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE service_payment SET cents = 999999"))
    submit(page, one.code())
    assert "modifié entre-temps" in said(page) and one.record() == before
    assert page.inner_text("#service-amount").split() == ["9", "999,99", "€"]
    look(page, host, "payment-refused")
    # A wrong code, and then the right one with a double click.
    submit(page, one.wrong_code())
    assert said(page) and not page.locator("#service-done").count()
    one.last -= 1
    page.fill("#poterne-code", one.code())
    with page.expect_navigation():
        page.dblclick("#poterne-submit")
    time.sleep(1)
    page.wait_for_load_state()
    assert page.locator("#service-done").count() == 1
    look(page, host, "payment-done")
    with department.engine.begin() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM service_payment WHERE done_at IS NOT NULL")).scalar() == 1
    # Going back shows that it is done, and pays nothing.
    page.go_back()
    assert page.locator("#service-done").count() or not page.locator("#poterne-code").count()
