"""A node of a small Django site whose second factor is django-otp, with its defaults, asked as web.py is. The second is an argument here
too: django-otp asks the clock for it in two places, which are given that of the request.

    django_otp_site.py PORT HOSTS PORTS           a node
    django_otp_site.py prepare HOSTS PORTS        its tables; users and devices from account, tab, key in hexadecimal on standard input
"""

from __future__ import annotations

import datetime
import sys
import threading
import types

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "django_otp",
            "USER": "poterne",
            "HOST": sys.argv[2],
            "PORT": sys.argv[3],
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"target_session_attrs": "read-write", "connect_timeout": 2},
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_otp", "django_otp.plugins.otp_totp"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
)
django.setup()

import django_otp.models  # type: ignore[import-untyped]  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import Error, close_old_connections  # noqa: E402
from django_otp import verify_token  # noqa: E402
from django_otp.plugins.otp_totp import models  # type: ignore[import-untyped]  # noqa: E402
from node import serve  # noqa: E402

_clock = threading.local()


def prepare() -> None:
    call_command("migrate", verbosity=0)
    keys = dict(line.rstrip("\n").split("\t") for line in sys.stdin)
    User.objects.bulk_create([User(username=account, password="!") for account in keys])
    devices = [models.TOTPDevice(user=user, name="app", key=keys[user.username], confirmed=True) for user in User.objects.all()]
    models.TOTPDevice.objects.bulk_create(devices)


def login(account: str, code: str, now: int) -> str:
    _clock.now = now
    # As at the beginning of a request.
    close_old_connections()
    try:
        device = models.TOTPDevice.objects.select_related("user").get(user__username=account)
        return "accepted" if verify_token(device.user, device.persistent_id, code) else "refused"
    except Error as failure:
        return f"error.{type(failure).__name__}"


def main() -> None:
    if sys.argv[1] == "prepare":
        prepare()
        return
    models.time = types.SimpleNamespace(time=lambda: float(_clock.now))
    django_otp.models.timezone = types.SimpleNamespace(now=lambda: datetime.datetime.fromtimestamp(_clock.now, datetime.timezone.utc))
    serve(int(sys.argv[1]), login)


if __name__ == "__main__":
    main()
