"""A site of Django with django-otp, in a process of its own: migrates a SQLite file, makes users with devices, and logs some of them in.

    python django_site.py FILE COUNT

Prints, for each user of whom a code was used, the key in hexadecimal, the code, and what else the test compares.
"""

import json
import sys
import time

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django_otp",
        "django_otp.plugins.otp_totp",
        "django_otp.plugins.otp_hotp",
        "django_otp.plugins.otp_static",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django_otp.oath import hotp, totp  # noqa: E402
from django_otp.plugins.otp_hotp.models import HOTPDevice  # noqa: E402
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken  # noqa: E402
from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: E402

call_command("migrate", verbosity=0)
count = int(sys.argv[2])
User.objects.bulk_create([User(username=f"user.{number:05}", password="!") for number in range(count)])
users = list(User.objects.order_by("id"))
TOTPDevice.objects.bulk_create([TOTPDevice(user=user, name="phone", confirmed=True) for user in users])


def user(name: str, **attributes: object) -> User:
    return User.objects.create(username=name, password="!", **attributes)


used = {}
for each in users[:3]:
    device = TOTPDevice.objects.get(user=each)
    code = f"{totp(device.bin_key):06}"
    assert device.verify_token(code) and not device.verify_token(code)
    used[each.username] = {"key": device.key, "code": code}

counting = HOTPDevice.objects.create(user=user("h.counting"), name="token", digits=8)
skipped, code = (f"{hotp(counting.bin_key, at, 8):08}" for at in (0, 2))
assert counting.verify_token(code)
used["h.counting"] = {"key": counting.key, "code": code, "next": f"{hotp(counting.bin_key, 3, 8):08}", "skipped": skipped}

# The phone is a step fast, and django-otp has learned it.
fast = TOTPDevice.objects.create(user=user("f.fast"), name="phone")
code = f"{totp(fast.bin_key, t0=-30):06}"
assert fast.verify_token(code) and fast.drift == 1
used["f.fast"] = {"key": fast.key, "code": code}

both = user("b.both")
TOTPDevice.objects.create(user=both, name="phone")
TOTPDevice.objects.create(user=both, name="tablet")
TOTPDevice.objects.create(user=user("u.unconfirmed"), name="phone", confirmed=False)
TOTPDevice.objects.create(user=user("i.inactive", is_active=False), name="phone")
TOTPDevice.objects.create(user=user("s.short"), name="phone", key="00112233")
static = StaticDevice.objects.create(user=both, name="backup")
StaticToken.objects.create(device=static, token="abcdefgh")
print(json.dumps({"now": time.time(), "used": used}))
