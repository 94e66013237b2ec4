"""A Django site on the same server and driver, for a login of django-otp and for one through the store of `poterne.django`.

django-otp is asked as a site asks it that knows the user and the device, by `verify_token` with its defaults: it locks the device's row,
checks the code and saves the device, in one transaction. It takes the time from the clock in two places, which are given the
benchmark's.
"""

from __future__ import annotations

import datetime
import types
from typing import Any, Callable, Dict

import django
import pymysql
from django.conf import settings

import poterne


def start(engine: str, port: str) -> None:
    """Makes django-otp's tables. Django has one default database in a process, and django-otp uses that one."""
    pymysql.install_as_MySQLdb()
    database: Dict[str, Any] = {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": "poterne",
        "USER": "poterne",
        "PASSWORD": "poterne",
        "HOST": "127.0.0.1",
        "PORT": port,
        "CONN_MAX_AGE": None,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_otp", "django_otp.plugins.otp_totp"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        # The store alone is used, which opens no keyring.
        POTERNE={"APPLICATION": "bench", "KEYRING": "none", "ISSUER": "bench"},
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def django_otp_login(secret: bytes, begin: int) -> Callable[[int], bool]:
    import django_otp.models  # type: ignore[import-untyped]
    from django.contrib.auth.models import User
    from django_otp import verify_token
    from django_otp.plugins.otp_totp import models  # type: ignore[import-untyped]

    now = begin
    models.time = types.SimpleNamespace(time=lambda: float(now))
    django_otp.models.timezone = types.SimpleNamespace(now=lambda: datetime.datetime.fromtimestamp(now, datetime.timezone.utc))
    user = User.objects.create(username="bench", password="!")
    device = models.TOTPDevice.objects.create(user=user, name="app", key=secret.hex(), confirmed=True).persistent_id

    def one(seconds: int) -> bool:
        nonlocal now
        now += seconds
        return verify_token(user, device, poterne.totp(secret, now)) is not None

    return one
