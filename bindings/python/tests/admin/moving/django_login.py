"""Whether the site of django_site.py takes a code of a user.

    python django_login.py FILE ACCOUNT CODE
"""

import sys

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django_otp", "django_otp.plugins.otp_totp"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django_otp import match_token  # noqa: E402

print("yes" if match_token(User.objects.get(username=sys.argv[2]), sys.argv[3]) else "no")
