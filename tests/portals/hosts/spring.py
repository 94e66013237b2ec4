"""Spring Boot 4 with Spring Security 7."""

from __future__ import annotations

from typing import Optional

from hosts._java import JavaHost
from playwright.sync_api import Page


class Spring(JavaHost):
    name = "spring"
    module = "spring"
    main = "io.github.poterne.spring.DepartmentSite"
    servers = ("Tomcat",)

    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        # Spring Security shows its login page to everybody.
        page.goto(base + "/login")
        # Of whoever has passed a factor it knows the name, and lets nobody change it.
        if page.locator("input[name=account][readonly]").count():
            assert page.input_value("input[name=account]") == account
        else:
            page.fill("input[name=account]", account)
        page.fill("input[name=password]", f"s3cret-{account}" if password is None else password)
        page.click("button")
        page.wait_for_load_state()

    def sign_out(self, page: Page, base: str) -> None:
        page.context.clear_cookies()


HOST = Spring
