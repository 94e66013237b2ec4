"""DJANGO.md, followed to the letter on a site that `startproject` makes."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from conftest import HERE

PAGE = (HERE.parents[1] / "DJANGO.md").read_text("utf-8")

FRENCH = (HERE.parents[1] / "DJANGO_fr.md").read_text("utf-8")

LOGIN = """
import os, re, sys
sys.path.insert(0, {here!r})
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.contrib.auth import get_user_model
from django.test import Client
from people import Phone, key_of, codes_of
user = get_user_model().objects.create_superuser("a.martin", password="s3cret")
client = Client()
page = client.post("/admin/login/", {{"username": "a.martin", "password": "s3cret"}}, follow=True)
phone = Phone(key_of(page))
page = client.post("/second-step/enroll/", {{"code": phone.code()}}, follow=True)
assert len(codes_of(page)) == 8, page.content
assert client.get("/admin/").status_code == 302
client.post("/second-step/code/", {{"code": phone.code()}})
assert client.get("/admin/").status_code == 200
assert b"poterne-new-phone" in client.get("/second-step/account/").content
{test}
assert client.get("/admin/").status_code == 200
{signals}
print("signed in")
"""


class ThePage(unittest.TestCase):
    def test_gives_a_new_site_the_second_factor(self):
        first, settings, urls, commands = re.findall(r"```(?:sh|python)\n(.*?)```", PAGE.partition("## Settings")[0], re.DOTALL)
        test = re.search(r"```python\n(client.force_login.*?)```", PAGE, re.DOTALL)[1]
        signals = re.search(r"```python\n(from django.dispatch.*?)```", PAGE, re.DOTALL)[1]
        otp = re.search(r"```python\n(INSTALLED_APPS \+= \[\"django_otp\".*?)```", PAGE, re.DOTALL)[1]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            environment = {key: value for key, value in os.environ.items() if not key.startswith(("SITE_", "DJANGO_"))}
            environment["PATH"] = f"{pathlib.Path(sys.executable).parent}:{environment['PATH']}"

            def run(*command: str, **values: str) -> str:
                done = subprocess.run(command, cwd=folder, env={**environment, **values}, text=True, capture_output=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                return done.stdout + done.stderr

            run(sys.executable, "-m", "django", "startproject", "extranet", ".")
            shell = "\n".join(line for line in first.splitlines() if not line.startswith("pip "))
            run("bash", "-euc", shell)
            self.assertEqual((folder / "poterne.keys").stat().st_mode & 0o777, 0o600)
            with open(folder / "extranet" / "settings.py", "a") as file:
                file.write(settings)
            with open(folder / "extranet" / "urls.py", "a") as file:
                file.write(urls)
            run(sys.executable, "manage.py", "migrate", "-v", "0")
            said = run("bash", "-euc", commands)
            self.assertIn("swaps, compares, commits and keeps", said)
            self.assertIn("poterne.W003", said)
            script = LOGIN.format(here=str(HERE), test=test, signals=signals)
            self.assertIn("signed in", run(sys.executable, "-c", script, DJANGO_SETTINGS_MODULE="extranet.settings", PYTHONPATH=str(folder)))
            # The bridge, in the place of the middleware.
            with open(folder / "extranet" / "settings.py", "a") as file:
                file.write('\nINSTALLED_APPS.remove("poterne.django")\nMIDDLEWARE.remove("poterne.django.middleware.SecondStep")\n' + otp)
            run(sys.executable, "manage.py", "migrate", "-v", "0")

    def test_in_french_too(self):
        """The same commands and settings, with comments of its own; and no names that the first does not have."""

        def blocks(page, count):
            found = re.findall(r"```(?:sh|python)\n(.*?)```", page, re.DOTALL)[:count]
            self.assertEqual(len(found), count)
            return [[re.sub(r"\s+#.*", "", line) for line in each.splitlines()] for each in found]

        self.assertEqual(blocks(FRENCH, 4), blocks(PAGE.partition("## Settings")[0], 4))
        names = set(re.findall(r"`([A-Za-z_.]+)`", FRENCH))
        self.assertGreater(len(names), 20)
        self.assertEqual({name for name in names if name not in PAGE}, {"a.martin"})
        # Typography: a no-break space before what is high.
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", FRENCH, flags=re.DOTALL)
        self.assertNotRegex(prose, r"(?m)[^\s|] [:;?!»](\s|$)|« ")

    def test_names_every_setting(self):
        from poterne.django.conf import NAMES

        named = set(re.findall("`([A-Z_]+)`", PAGE.partition("## Settings")[2].partition("## What happens")[0]))
        self.assertEqual(named - {"POTERNE", "DATABASES"}, set(NAMES))
