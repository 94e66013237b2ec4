"""An existing site: Django's own login page, the admin, one page of its own. What the tests vary comes from the environment."""

import json
import os
import pathlib
from urllib.parse import urlsplit

_HERE = pathlib.Path(__file__).resolve().parent

SECRET_KEY = "of the tests"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ROOT_URLCONF = "site_of_tests.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LANGUAGE_CODE = os.environ.get("SITE_LANGUAGE", "en")
LANGUAGES = [("en", "English"), ("fr", "Français")]
USE_TZ = True
TIME_ZONE = "Europe/Paris"
STATIC_URL = "static/"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Right at once: the tests measure the second step.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _database(address: str) -> dict:
    found = urlsplit(address)
    if found.scheme == "sqlite":
        path = found.path
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": {"timeout": 5}, "TEST": {"NAME": path + ".test"}}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.path[1:],
        "USER": found.username,
        "PASSWORD": found.password,
        "HOST": found.hostname,
        "PORT": found.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(os.environ.get("SITE_DATABASE", "sqlite:////tmp/none.sqlite"))}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(name)s %(levelname)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

# What DJANGO.md adds. Without it, the site as it was.
if os.environ.get("SITE_KEYRING"):
    INSTALLED_APPS.append("poterne.django")
    MIDDLEWARE.append("poterne.django.middleware.SecondStep")
    POTERNE = {
        "APPLICATION": os.environ.get("SITE_APPLICATION", "departement"),
        "KEYRING": os.environ["SITE_KEYRING"],
        "ISSUER": "Département",
        **json.loads(os.environ.get("SITE_POTERNE", "{}")),
    }
for _name, _value in json.loads(os.environ.get("SITE_SETTINGS", "{}")).items():
    globals()[_name] = _value
INSTALLED_APPS += json.loads(os.environ.get("SITE_APPS", "[]"))
