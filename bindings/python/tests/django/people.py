"""Users of the site, their phones, and what a browser does, without one."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any, Optional

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client, TransactionTestCase

import poterne
from poterne.django.conf import verifier
from poterne.django.table import column

PASSWORD = "s3cret-{}"

# Children first.
_TABLES = (
    "django_admin_log", "poterne_otp_poternedevice", "auth_user_user_permissions", "auth_user_groups", "auth_group", "auth_user", "django_session",
    "poterne",
)


class Phone:
    """An app: codes of the step before, of this one, and of the next, each once."""

    def __init__(self, key: str) -> None:
        self.secret = poterne.Secret.from_base32(key).to_bytes()
        self.offset = -30
        self.last = ""

    def code(self) -> str:
        assert self.offset <= 30, "the codes of this half-minute are used up"
        # Not at the end of a time step: the code before would be too old when it arrives.
        while time.time() % 30 > 26:
            time.sleep(0.2)
        self.last, self.offset = poterne.totp(self.secret, time.time() + self.offset), self.offset + 30
        return self.last

    def wrong(self) -> str:
        return next(each for each in ("000000", "111111", "222222", "333333") if each not in {poterne.totp(self.secret, time.time() + n * 30) for n in range(-4, 5)})


class SiteCase(TransactionTestCase):
    def _fixture_teardown(self) -> None:
        """What the tests leave. Django's own flush empties every table of every application: half a second on PostgreSQL."""
        with connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(f"DELETE FROM {table}")

    def user(self, name: str = "a.martin", **values: Any) -> Any:
        return get_user_model().objects.create_user(name, password=PASSWORD.format(name), **values)

    def desk_user(self, name: str = "desk", *, is_allowed: bool = True) -> Any:
        user = self.user(name, is_staff=True)
        if is_allowed:
            user.user_permissions.add(Permission.objects.get(content_type__app_label="poterne", codename="help_desk"))
        return user

    def enrolled(self, account: str = "a.martin") -> Phone:
        """An active app for this account."""
        secret = poterne.Secret.generate()
        column().insert(account, verifier().import_credential(account, secret).record or "")
        return Phone(secret.to_base32())

    def password(self, client: Optional[Client] = None, name: str = "a.martin", target: str = "", word: Optional[str] = None) -> Any:
        client = client or self.client
        return client.post("/login/" + (f"?next={target}" if target else ""), {"username": name, "password": word or PASSWORD.format(name)})

    def signed_in(self, client: Optional[Client] = None) -> str:
        response = (client or self.client).get("/who/")
        return response.content.decode() if response.status_code == 200 else ""

    def type(self, code: str, address: str = "/second-step/code/", client: Optional[Client] = None, **values: str) -> Any:
        """Types a code that will be refused, and gives the page that says so."""
        response = (client or self.client).post(address, {"code": code, **values})
        self.assertEqual((response.status_code, response["Location"]), (302, address))
        page = (client or self.client).get(address)
        self.assertEqual(page.status_code, 200)
        self.assertContains(page, 'id="poterne-error"')
        # Said once.
        self.assertNotContains((client or self.client).get(address), 'id="poterne-error"')
        return page

    def full(self, phone: Phone, client: Optional[Client] = None, name: str = "a.martin") -> Client:
        """Password and code."""
        client = client or self.client
        self.password(client, name)
        client.post("/second-step/code/", {"code": phone.code()})
        self.assertEqual(self.signed_in(client), name)
        return client

    def status(self, account: str = "a.martin") -> poterne.Status:
        return column().inspect(verifier(), account)


def text(response: Any) -> str:
    return unescape(re.sub("<[^>]*>", " ", response.content.decode()))


def codes_of(response: Any) -> list[str]:
    return re.findall("<li>([A-Z2-7]{5}-[A-Z2-7]{4}-[A-Z2-7]{4}|[A-Z0-9-]{14,20})</li>", response.content.decode())


def key_of(response: Any) -> str:
    found = re.search('id="poterne-key">([^<]*)<', response.content.decode())
    assert found, "there is no key on the page"
    return found[1]


def long(user: Any) -> str:
    """For the setting ACCOUNT: one that no row has room for."""
    return str(user.get_username()) * (2 if len(user.get_username()) > 100 else 1)


def is_martin(user: Any) -> bool:
    """For the setting WHO."""
    return bool(user.get_username() == "a.martin")
