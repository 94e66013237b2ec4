"""The table, the checks, the commands, and the bridge to django-otp."""

from __future__ import annotations

import io
import os
import threading

from django.core import serializers
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections, transaction
from django.test import Client, override_settings
from people import Phone, SiteCase, text
from test_login import poterne_with

import poterne
from poterne import State
from poterne.django import checks, conf, desk, table
from poterne.django.conf import verifier
from poterne.django.models import Record, Unwritable
from poterne.django.person import Person
from poterne.django.table import column


class TheTable(SiteCase):
    def test_only_the_swap_writes(self):
        self.enrolled()
        record = Record.objects.get()
        before = column().load("a.martin")
        rows = Record.objects.filter(account="a.martin")
        for write in (
            record.save,
            record.delete,
            rows.delete,
            lambda: rows.update(record="x"),
            lambda: Record.objects.create(account="x", record="y"),
            lambda: Record.objects.bulk_create([Record(account="x", record="y")]),
            lambda: Record.objects.bulk_update([record], ["record"]),
            lambda: Record.objects.get_or_create(account="x", defaults={"record": "y"}),
            lambda: Record.objects.update_or_create(account="a.martin", defaults={"record": "y"}),
            lambda: next(serializers.deserialize("json", serializers.serialize("json", [record]))).save(),
        ):
            with self.assertRaises(Unwritable):
                write()
        self.assertEqual(column().load("a.martin"), before)
        # The control: the swap.
        column().apply(verifier(), "a.martin", lambda credential: credential.reseal())
        self.assertNotEqual(column().load("a.martin"), before)

    def test_a_blank_record_is_none(self):
        """A table of users, with a column for the record of those who have one."""
        user = self.user()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE poterne RENAME TO poterne_of_before")
            cursor.execute("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504), phone VARCHAR(20))")
        try:
            for blank in (None, "", "  "):
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM poterne")
                    cursor.execute("INSERT INTO poterne VALUES ('a.martin', %s, '4711')", [blank])
                self.assertFalse(Person(user).has_record())
                self.password(client := Client())
                self.assertContains(client.get("/second-step/code/"), "Call the help desk")
            with connection.cursor() as cursor:
                cursor.execute("UPDATE poterne SET record = NULL")
            self.enrolled()
            # The control.
            self.assertTrue(Person(user).has_record())
            # A new enrollment deletes the record, not the user.
            (anew,) = [act for act in desk.ACTS if act.name == "anew"]
            anew.run(Person(user), 1, {})
            with connection.cursor() as cursor:
                cursor.execute("SELECT account, record, phone FROM poterne")
                self.assertEqual(list(cursor.fetchall()), [("a.martin", None, "4711")])
        finally:
            table.close()
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE poterne")
                cursor.execute("ALTER TABLE poterne_of_before RENAME TO poterne")

    def test_one_replay_among_threads(self):
        user, phone = self.user(), self.enrolled()
        code = phone.code()
        results = []

        def log_in():
            try:
                Person(user).log_in(code, 1)
                results.append("accepted")
            except poterne.Refused as refused:
                results.append(refused.code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=log_in) for _ in range(20)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual((results.count("accepted"), len(results)), (1, 20), results)

    def test_connections_are_kept_and_renewed(self):
        self.enrolled()
        column().load("a.martin")
        if connection.vendor == "sqlite":
            return
        (pool,) = table._pools
        (_, first), = pool._idle
        column().load("a.martin")
        self.assertIs(pool._idle[0][1], first)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [first.info.backend_pid])
        # The server ended it: the next login does not notice.
        self.assertIsNotNone(column().load("a.martin"))
        self.assertIsNot(pool._idle[0][1], first)
        self.assertNotEqual(pool._idle[0][1], connection.connection)

    def test_a_fork_has_connections_of_its_own(self):
        self.enrolled()
        column().load("a.martin")
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writer, b"1" if column().load("a.martin") else b"0")
            finally:
                os._exit(0)
        self.assertEqual(os.read(reader, 1), b"1")
        os.waitpid(child, 0)
        self.assertIsNotNone(column().load("a.martin"))


class Checks(SiteCase):
    def ids(self, **values):
        found = [*checks.check_settings(), *checks.check_keyring(), *checks.check_middleware(), *checks.check_urls(), *checks.check_protected(), *checks.check_ways()]
        found += checks.check_sessions()
        return [each.id for each in [*found, *checks.check_transactions(), *checks.check_database(databases=["default"])] if each.id != "poterne.W003"]

    def test_each_finds_its_fault(self):
        from django.conf import settings

        self.assertEqual(self.ids(), [])
        keyring = settings.POTERNE["KEYRING"]
        readable = keyring + ".readable"
        with open(keyring) as file, open(readable, "w") as copy:
            copy.write(file.read())
        os.chmod(readable, 0o644)
        empty = keyring + ".empty"
        os.close(os.open(empty, os.O_CREAT | os.O_WRONLY, 0o600))
        for values, found in (
            ({"NO_RECORD": "allow"}, "poterne.E001"),
            ({"ACCOUNT": "email"}, "poterne.E001"),
            ({"KEYRINGS": "x"}, "poterne.E001"),
            ({"APPLICATION": ""}, "poterne.E001"),
            ({"POLICY": {"max_failures": 1000}}, "poterne.E001"),
            ({"KEYRING": "/nowhere"}, "poterne.E002"),
            ({"KEYRING": readable}, "poterne.E003"),
            ({"KEYRING": empty}, "poterne.E002"),
            ({"TABLE": "nowhere"}, "poterne.W004"),
            ({"URLS": "^/admin/"}, "poterne.E001"),
            ({"URLS": []}, "poterne.E008"),
            ({"URLS": ["^/admin/", "admin/"]}, "poterne.E008"),
            ({"URLS": ["^admin/"]}, "poterne.E008"),
            ({"URLS": ["^/nirgends/"]}, "poterne.W006"),
            ({"URLS": ["^/(nirgends|nowhere)/"]}, "poterne.W006"),
        ):
            with poterne_with(**values):
                self.assertEqual(self.ids(), [found], values)
        step = "poterne.django.middleware.SecondStep"
        without = [each for each in settings.MIDDLEWARE if each != step]
        for values, found in (
            ({"MIDDLEWARE": without}, "poterne.E004"),
            ({"MIDDLEWARE": [step, *without]}, "poterne.E005"),
            ({"ROOT_URLCONF": "people", "LOGIN_URL": "https://example.org/", "LOGIN_REDIRECT_URL": "https://example.org/"}, "poterne.E006"),
            ({"LOGIN_URL": "/accounts/login/"}, "poterne.W008"),
            ({"LOGIN_REDIRECT_URL": "nowhere"}, "poterne.W008"),
            ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, "poterne.E007"),
        ):
            if "ROOT_URLCONF" in values:
                import people

                people.urlpatterns = []
            with override_settings(**values):
                self.assertEqual(self.ids(), [found], values)
        self.assertEqual([each.id for each in checks.check_cookies()], ["poterne.W001"])
        self.assertEqual([each.id for each in checks.check_age()], ["poterne.W007"])
        with override_settings(SESSION_COOKIE_AGE=43_200):
            self.assertEqual(checks.check_age(), [])
        with override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
            self.assertEqual(checks.check_cookies(), [])
        if connection.vendor == "sqlite":
            connection.settings_dict["ATOMIC_REQUESTS"] = True
            self.assertEqual(self.ids(), ["poterne.W002"])
            connection.settings_dict["ATOMIC_REQUESTS"] = False

    def test_expressions_that_protect_something(self):
        for each in ("^/admin/", "/admin", "^/(admin|api)/", "^/admin/auth/user/17/change/$", "^/static/some.css", "", "^/$", "(?i)^/ADMIN/", "^/(?!public/)", "."):
            with poterne_with(URLS=[each]):
                self.assertEqual(self.ids(), [], each)

    def test_journal_of_sqlite(self):
        found = [each.id for each in checks.check_database(databases=["default"])]
        self.assertEqual(found, ["poterne.W003"] if os.environ.get("SITE_KIND") == "sqlite-delete" else [])

    def test_django_runs_them(self):
        with poterne_with(NO_RECORD="allow"), self.assertRaises(SystemCheckError):
            call_command("check")
        call_command("check", stdout=io.StringIO(), stderr=io.StringIO())

    def test_migrations_are_complete(self):
        call_command("makemigrations", "--check", "--dry-run", "poterne", "poterne_otp", stdout=io.StringIO())


class Commands(SiteCase):
    def run_command(self, name, *arguments):
        out, err = io.StringIO(), io.StringIO()
        call_command(name, *arguments, stdout=out, stderr=err)
        return out.getvalue()

    def test_check(self):
        self.assertIn("swaps, compares, commits", self.run_command("poterne_check"))
        # The control.
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE poterne RENAME TO elsewhere")
            cursor.execute("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504))")
            if connection.vendor == "sqlite":
                cursor.execute("CREATE TRIGGER cut AFTER UPDATE ON poterne WHEN NEW.record NOT LIKE 'x%' BEGIN UPDATE poterne SET record = 'x'; END")
            else:
                cursor.execute("CREATE FUNCTION cut() RETURNS trigger AS $$ BEGIN NEW.record = 'x'; RETURN NEW; END $$ LANGUAGE plpgsql")
                cursor.execute("CREATE TRIGGER cut BEFORE UPDATE ON poterne FOR EACH ROW EXECUTE FUNCTION cut()")
        try:
            with self.assertRaises(CommandError):
                self.run_command("poterne_check")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE poterne")
                cursor.execute("ALTER TABLE elsewhere RENAME TO poterne")

    def test_forget_and_reseal(self):
        for account in ("a.martin", "b.durand", "c.petit"):
            self.enrolled(account)
        column().apply(verifier(), "c.petit", lambda credential: credential.revoke())
        before = dict(Record.objects.values_list("account", "record"))
        self.assertIn("3 records, 0 left to a login, 0 that", self.run_command("poterne_forget"))
        self.assertFalse(set(before.values()) & set(Record.objects.values_list("record", flat=True)))
        self.assertIn("3 records", self.run_command("poterne_reseal"))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE poterne SET record = %s WHERE account = 'b.durand'", [column().load("a.martin")])
        for command in ("poterne_forget", "poterne_reseal"):
            with self.assertRaises(CommandError):
                self.run_command(command)

    def test_missing(self):
        for account in ("a.martin", "b.durand", "c.petit", "d.leroy"):
            self.user(account, is_active=account != "d.leroy")
        self.enrolled("a.martin")
        self.enrolled("b.durand")
        column().apply(verifier(), "b.durand", lambda credential: credential.suspend())
        self.assertEqual(self.run_command("poterne_missing").splitlines(), ["b.durand\tsuspended", "c.petit\tnone"])
        # Whoever nobody can be is named, and the list goes on.
        for account in ("b.durand#2", "x" * 150):
            self.user(account)
        self.user("z.last")
        with poterne_with(ACCOUNT="people.long"):
            lines = self.run_command("poterne_missing").splitlines()
        self.assertEqual([line.split("\t") for line in lines[2:]], [["b.durand#2", "impossible"], ["x" * 300, "impossible"], ["z.last", "none"]])


class Settings(SiteCase):
    def test_of_the_command_poterne(self):
        from django.conf import settings

        keyring = settings.POTERNE["KEYRING"]
        path = keyring + ".conf"
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(poterne.Settings.render({"application": "departement", "keyring": keyring, "database": "sqlite:////x.sqlite", "max_failures": "7", "issuer": "Dép."}))
        with override_settings(POTERNE={"SETTINGS": path}):
            self.assertEqual(checks.check_settings(), [])
            found = conf.configuration()
            self.assertEqual((found.application, found.issuer, found.policy.max_failures, found.table), ("departement", "Dép.", 7, "poterne"))

    def test_account_of_an_attribute(self):
        user = self.user(first_name="30125")
        self.enrolled("30125")
        with poterne_with(ACCOUNT="first_name", LABEL="username"):
            self.assertEqual((Person(user).account, conf.configuration().label(user)), ("30125", "a.martin"))
            self.assertTrue(Person(user).has_record())
            self.assertEqual((Person.of_account("30125").user, Person.of_account("a.martin"), Person.of_account("x\0")), (user, None, None))
            # Two with one account are nobody to help.
            self.user("b.durand", first_name="30125")
            self.assertIsNone(Person.of_account("30125"))


class Bridge(SiteCase):
    def test_verify_token(self):
        import django_otp
        from poterne.django.otp.models import PoterneDevice

        user, phone = self.user(), self.enrolled()
        (device,) = django_otp.devices_for_user(user)
        self.assertIsInstance(device, PoterneDevice)
        self.assertEqual(device.name, "default")
        code = phone.code()
        if os.environ.get("SITE_KIND") == "sqlite-delete":
            # The rollback journal cannot do it, and says so at once.
            with self.assertRaisesMessage(poterne.Error, "With WAL"):
                django_otp.verify_token(user, device.persistent_id, code)
            return
        self.assertIsNone(django_otp.verify_token(user, device.persistent_id, phone.wrong()))
        self.assertEqual(django_otp.verify_token(user, device.persistent_id, code), device)
        self.assertIsNone(django_otp.verify_token(user, device.persistent_id, code))
        other = self.user("b.durand")
        self.assertIsNone(django_otp.verify_token(other, device.persistent_id, phone.code()))
        with transaction.atomic():
            user.save()
            if connection.vendor == "sqlite":
                with self.assertRaisesMessage(poterne.Error, "has written before"):
                    django_otp.verify_token(user, device.persistent_id, phone.code())
            else:
                self.assertIsNotNone(django_otp.verify_token(user, device.persistent_id, phone.code()))

    def test_a_page_names_the_device(self):
        """What DJANGO.md says: a form without a device counts the token's code on the phone, one with it does not."""
        import django_otp

        if os.environ.get("SITE_KIND") == "sqlite-delete":
            return
        user = self.user()
        self.enrolled()
        token = self.enrolled("a.martin#2")
        _, second = django_otp.devices_for_user(user)
        self.assertEqual(django_otp.verify_token(user, second.persistent_id, token.code()), second)
        self.assertEqual(self.status().failures, 0)
        self.assertEqual(django_otp.match_token(user, token.code()), second)
        self.assertEqual(self.status().failures, 1)

    def test_devices_follow_the_table(self):
        import django_otp

        user = self.user()
        self.assertEqual(list(django_otp.devices_for_user(user)), [])
        self.enrolled()
        self.enrolled("a.martin#2")
        self.assertEqual([each.row for each in django_otp.devices_for_user(user)], [1, 2])
        column().apply(verifier(), "a.martin#2", lambda credential: credential.revoke())
        self.assertEqual([each.row for each in django_otp.devices_for_user(user)], [1])
        self.assertEqual(self.status("a.martin#2").state, State.REVOKED)

    def test_whoever_has_a_row_is_asked(self):
        """Django-two-factor-auth asks the device named `default`, and lets in by the password who has none."""
        from django.conf import settings

        if os.environ.get("SITE_KIND") == "sqlite-delete":
            return
        user = self.user()
        phone = self.enrolled()
        middleware = [each for each in settings.MIDDLEWARE if "SecondStep" not in each]
        middleware.append("django_otp.middleware.OTPMiddleware")

        def password():
            client = Client()
            page = client.post("/account/login/", {"auth-username": "a.martin", "auth-password": "s3cret-a.martin", "login_view-current_step": "auth"})
            self.assertEqual(self.signed_in(client), "")
            self.assertContains(page, "token-otp_token")
            return client

        def code(client, typed):
            client.post("/account/login/", {"token-otp_token": typed, "login_view-current_step": "token"})
            return self.signed_in(client)

        with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF="site_of_tests.two_factor_urls", LOGIN_URL="two_factor:login"):
            self.assertEqual(code(password(), phone.code()), "a.martin")
            # Revoked: nobody gets in.
            column().apply(verifier(), "a.martin", lambda credential: credential.revoke())
            self.assertEqual(code(password(), phone.code()), "")
            # The phone is out of use and a token works; then the token is all there is.
            token = self.enrolled("a.martin#2")
            self.assertEqual(code(password(), token.code()), "a.martin")
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM poterne WHERE account = 'a.martin'")
            self.assertEqual(code(password(), token.code()), "a.martin")
            # A letter that waits for its first code.
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM poterne")
            with poterne_with(POLICY={"confirm_at_first_login": True}):
                pending = Person(user).enroll(1)
                column().insert("a.martin", pending)
                letter = Phone(Person(user).uri(1, pending).secret_to_type())
                self.assertEqual(code(password(), letter.wrong()), "")
                self.assertEqual(code(password(), letter.code()), "a.martin")
            # The control: who has no record has no second step there.
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM poterne")
            client = Client()
            client.post("/account/login/", {"auth-username": "a.martin", "auth-password": "s3cret-a.martin", "login_view-current_step": "auth"})
            self.assertEqual(self.signed_in(client), "a.martin")

    def test_pages_of_two_factor_auth(self):
        """Its own login page, without our middleware: a code in place of its token, a recovery code too."""
        from django.conf import settings

        if os.environ.get("SITE_KIND") == "sqlite-delete":
            return
        user, phone = self.user(), self.enrolled()
        recovery = Person(user).recovery_codes()[0]
        middleware = [each for each in settings.MIDDLEWARE if "SecondStep" not in each]
        middleware.append("django_otp.middleware.OTPMiddleware")
        with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF="site_of_tests.two_factor_urls", LOGIN_URL="two_factor:login"):
            for code, is_right in ((phone.wrong(), False), (phone.code(), True), (recovery, True)):
                client = Client()
                page = client.post("/account/login/", {"auth-username": "a.martin", "auth-password": "s3cret-a.martin", "login_view-current_step": "auth"})
                self.assertIn("token-otp_token", page.content.decode())
                self.assertEqual(self.signed_in(client), "")
                page = client.post("/account/login/", {"token-otp_token": code, "login_view-current_step": "token"})
                self.assertEqual(self.signed_in(client), "a.martin" if is_right else "", text(page)[:500])
