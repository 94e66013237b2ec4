"""The site of the tests, on the database that SITE_KIND names: sqlite-wal, sqlite-delete (the rollback journal) or postgresql."""

from __future__ import annotations

import os
import pathlib
import sqlite3
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

KIND = os.environ.get("SITE_KIND", "sqlite-wal")
_FOLDER = tempfile.TemporaryDirectory(prefix="poterne-django-")
FOLDER = pathlib.Path(_FOLDER.name)


def _environment() -> None:
    import poterne

    keys = FOLDER / "keys"
    with open(os.open(keys, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(poterne.Keyring.generate(1).to_text())
    if KIND == "postgresql":
        port = os.environ["POTERNE_POSTGRESQL_PORT"]
        os.environ["SITE_DATABASE"] = f"postgresql://poterne:poterne@127.0.0.1:{port}/poterne"
    else:
        os.environ["SITE_DATABASE"] = f"sqlite://{FOLDER}/site.sqlite"
    os.environ["SITE_KEYRING"] = str(keys)
    os.environ["DJANGO_SETTINGS_MODULE"] = "site_of_tests.settings"
    os.environ.setdefault("SITE_APPS", '["django_otp", "django_otp.plugins.otp_static", "django_otp.plugins.otp_totp", "two_factor", "poterne.django.otp"]')
    # django-two-factor-auth would put its own page in the admin's place.
    os.environ.setdefault("SITE_SETTINGS", '{"TWO_FACTOR_PATCH_ADMIN": false}')


_environment()

import django  # noqa: E402

django.setup()


@pytest.fixture(scope="session", autouse=True)
def site_database():
    from django.db import connection
    from django.test.runner import DiscoverRunner
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    if connection.vendor == "sqlite":
        mode = KIND.partition("-")[2]
        with sqlite3.connect(connection.settings_dict["NAME"]) as file:
            assert file.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0] == mode
    yield
    from poterne.django import table

    table.close()
    runner.teardown_databases(databases)
    teardown_test_environment()
    _FOLDER.cleanup()
