"""The two steps: what the password opens (nothing), and what the code does."""

from __future__ import annotations

import logging
import time

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from people import PASSWORD, Phone, SiteCase, text

import poterne
from poterne import CodeSet, MissingAuthenticator
from poterne.django import signals, step
from poterne.django.conf import configuration, verifier
from poterne.django.person import Person
from poterne.django.table import column

CODE = "/second-step/code/"


def poterne_with(**values):
    from django.conf import settings

    return override_settings(POTERNE={**settings.POTERNE, **values})


class TwoSteps(SiteCase):
    def test_a_password_opens_nothing(self):
        self.user(is_staff=True)
        phone = self.enrolled()
        for login in ("/login/", "/admin/login/", "/second-step/login/"):
            client = Client()
            response = client.post(login, {"username": "a.martin", "password": PASSWORD.format("a.martin")})
            self.assertEqual(response.headers.get("Location"), CODE, login)
            session = client.session
            self.assertNotIn("_auth_user_id", session)
            self.assertEqual(session[step.WAITING]["user"], str(get_user_model().objects.get().pk))
            self.assertEqual(self.signed_in(client), "")
            self.assertEqual(client.get("/").status_code, 302)
            self.assertEqual(client.get("/admin/").status_code, 302)
        # The control: with the code it is a login.
        self.assertRedirects(client.post(CODE, {"code": phone.code()}), "/", fetch_redirect_response=False)
        self.assertEqual(self.signed_in(client), "a.martin")
        self.assertEqual(client.get("/admin/").status_code, 200)

    def test_without_the_middleware_the_password_would(self):
        """The control of the test before."""
        from django.conf import settings

        self.user()
        self.enrolled()
        with override_settings(MIDDLEWARE=[each for each in settings.MIDDLEWARE if "SecondStep" not in each]):
            client = Client()
            self.password(client)
            self.assertEqual(self.signed_in(client), "a.martin")
        # And the middleware, put back, ends such a session.
        client.handler.load_middleware()
        self.assertEqual(self.signed_in(client), "")
        self.assertNotIn("_auth_user_id", client.session)

    def test_any_call_of_login(self):
        user = self.user()
        self.enrolled()
        self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        self.assertRedirects(self.client.get("/?x=1"), CODE, fetch_redirect_response=False)
        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(self.client.session[step.WAITING]["next"], "/?x=1")

    def test_identifiers_of_sessions(self):
        self.user()
        phone = self.enrolled()
        self.client.get("/login/")
        session = self.client.session
        session["fixed"] = 1
        session.save()
        self.client.cookies["sessionid"] = session.session_key
        self.password()
        second = self.client.session.session_key
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(len({session.session_key, second, self.client.session.session_key}), 3)
        stolen = Client()
        for key in (session.session_key, second):
            stolen.cookies["sessionid"] = key
            self.assertEqual(self.signed_in(stolen), "")
            stolen.post(CODE, {"code": phone.code() if key == second else "123456"})
            self.assertEqual(self.signed_in(stolen), "")

    def test_a_code_is_accepted_once(self):
        self.user()
        phone = self.enrolled()
        self.full(phone)
        used = phone.last
        other = Client()
        self.password(other)
        with self.assertLogs("poterne.django", "INFO") as logs:
            response = self.type(used, client=other)
        self.assertEqual([record.getMessage() for record in logs.records], ["refused.replayed"])
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, "Sign-in refused. Check your password, wait for the next code, then try again.")
        self.assertContains(response, 'aria-invalid="true"')
        self.assertContains(response, "<title>Error – One-time code</title>")
        self.assertEqual(self.signed_in(other), "")
        # The control: the next code.
        other.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(other), "a.martin")

    def test_the_same_form_twice(self):
        self.user()
        phone = self.enrolled()
        self.password(target="/who/")
        before, code = self.client.session.session_key, phone.code()
        first = self.client.post(CODE, {"code": code})
        accepted = self.client.session.session_key
        twin = Client()
        twin.cookies["sessionid"] = before
        second = twin.post(CODE, {"code": code})
        self.assertEqual((first["Location"], second["Location"]), ("/who/", "/who/"))
        self.assertEqual(twin.session.session_key, accepted)
        self.assertEqual(self.signed_in(twin), "a.martin")
        # The controls: another code, another session, and later, are no twins.
        for cookie, typed in ((before, phone.wrong()), ("x" * 32, code)):
            other = Client()
            other.cookies["sessionid"] = cookie
            other.post(CODE, {"code": typed})
            self.assertEqual(self.signed_in(other), "")
        former, step.TWIN_SECONDS = step.TWIN_SECONDS, -1
        try:
            late = Client()
            late.cookies["sessionid"] = before
            late.post(CODE, {"code": code})
            self.assertEqual(self.signed_in(late), "")
        finally:
            step.TWIN_SECONDS = former

    def test_addresses_after_the_login(self):
        self.user()
        self.enrolled()
        for target, there in {
            "/who/": "/who/",
            "//evil.example/": "/",
            "https://evil.example/": "/",
            "http:///evil.example": "/",
            "javascript:alert(1)": "/",
            "/\\evil.example": "/",
            "/who/%0d%0aSet-Cookie:%20x=1": "/who/%0D%0ASet-Cookie:%20x=1",
        }.items():
            client = Client()
            phone = self.enrolled(f"x{abs(hash(target))}")
            self.user(f"x{abs(hash(target))}")
            self.password(client, f"x{abs(hash(target))}", target)
            response = client.post(CODE, {"code": phone.code()})
            self.assertIn(response["Location"], (there, there.lower()), target)
            self.assertNotIn("x", response.cookies)

    def test_forms_are_protected(self):
        self.user()
        phone = self.enrolled()
        self.full(phone)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = self.client.cookies
        for address in ("code/", "leave/", "enroll/", "recovery/new/", "replace/"):
            self.assertEqual(strict.post(f"/second-step/{address}", {"code": "123456"}).status_code, 403, address)
        self.assertEqual(self.signed_in(), "a.martin")
        for address in ("notice/", "recovery/", "account/", "enroll/qr.svg"):
            self.assertIn(self.client.post(f"/second-step/{address}").status_code, (403, 405), address)
        # The control.
        self.assertNotEqual(self.client.post("/second-step/replace/", {"code": "x"}).status_code, 403)

    def test_password_changed_between(self):
        user = self.user()
        phone = self.enrolled()
        self.password()
        user.set_password("another")
        user.save()
        self.assertRedirects(self.client.post(CODE, {"code": phone.code()}), "/login/", fetch_redirect_response=False)
        self.assertEqual(self.signed_in(), "")
        # The controls: the code is not spent, and the new password does.
        self.password(word="another")
        phone.offset = -30
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(), "a.martin")

    def test_account_closed_between(self):
        user = self.user()
        phone = self.enrolled()
        self.password()
        user.is_active = False
        user.save()
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(), "")

    def test_no_answer_is_kept(self):
        """Not a redirection either: a browser that goes back would follow it, round and round."""
        self.user()
        phone = self.enrolled()
        self.assertIn("no-store", self.password()["Cache-Control"])
        for answer in (self.client.get("/second-step/enroll/"), self.client.get(CODE), self.client.post(CODE, {"code": phone.wrong()})):
            self.assertIn("no-store", answer["Cache-Control"])
        answer = self.client.post(CODE, {"code": phone.code()})
        self.assertIn("no-store", answer["Cache-Control"])

    def test_too_late(self):
        self.user()
        phone = self.enrolled()
        with poterne_with(POLICY={"ticket_seconds": 1}):
            self.password()
            time.sleep(1.1)
            response = self.client.post(CODE, {"code": phone.code()}, follow=True)
            self.assertContains(response, "You took longer than the time allowed")
            self.assertEqual(self.signed_in(), "")
            phone.offset = -30
            self.full(phone)

    def test_database_stopped(self):
        self.user()
        phone = self.enrolled()
        self.password()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE poterne RENAME TO elsewhere")
        try:
            with self.assertLogs("poterne.django", "ERROR") as logs:
                for response in (self.client.get(CODE), self.client.post(CODE, {"code": phone.code()})):
                    self.assertEqual(response.status_code, 503)
                    self.assertContains(response, 'role="alert"', status_code=503)
                    self.assertIn("no-store", response["Cache-Control"])
            self.assertTrue(all(record.getMessage().startswith("error.store") for record in logs.records))
            self.assertEqual(self.signed_in(), "")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE elsewhere RENAME TO poterne")
        phone.offset = -30
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(), "a.martin")

    def test_locked_is_told_behind_the_right_password_only(self):
        self.user()
        phone = self.enrolled()
        with poterne_with(POLICY={"max_failures": 1}):
            self.password()
            self.client.post(CODE, {"code": phone.wrong()})
            locked = self.type(phone.code())
            self.assertIn("locked", text(locked).lower())
            wrong = self.password(Client(), word="wrong")
            self.assertNotIn("locked", text(wrong).lower())
            self.assertEqual(self.status().failures, 1)

    def test_other_codes_and_what_is_told_after(self):
        self.user()
        phone = self.enrolled()
        person = Person(get_user_model().objects.get())
        recovery = person.recovery_codes()[0]
        self.password()
        self.client.post(CODE, {"code": phone.wrong()})
        response = self.client.post(CODE, {"code": phone.code()}, follow=True)
        self.assertEqual(response.redirect_chain[0][0], "/second-step/notice/")
        self.assertIn("Refused codes before this sign-in: 1.", text(response))
        temporary = column().apply(verifier(), "a.martin", lambda credential: credential.temporary_code(MissingAuthenticator.SUSPEND, uses=2))
        for code, words in (
            (recovery.lower(), "Recovery codes left: 7"),
            (temporary, "logins left: 1."),
            (temporary, "This temporary code is used up."),
        ):
            other = Client()
            self.password(other)
            # The phone is suspended.
            phone.offset = 30
            self.type(phone.code(), client=other)
            self.assertRedirects(other.post(CODE, {"code": code}), "/second-step/notice/", fetch_redirect_response=False)
            told = text(other.get("/second-step/notice/"))
            self.assertIn(words, told)
            self.assertEqual("Recovery codes" in told, code != temporary)
            self.assertEqual(self.signed_in(other), "a.martin")

    def test_devices(self):
        self.user()
        phone, token = self.enrolled(), self.enrolled("a.martin#2")
        self.enrolled("b.durand#2")
        self.password()
        page = self.client.get(CODE)
        self.assertContains(page, 'name="device"', 2)
        for device in ("2; DROP", "3", "b.durand#2", "0"):
            # Not on the list: the first one.
            self.client.post(CODE, {"code": token.wrong(), "device": device})
        self.assertGreater(self.status().failures, 1)
        self.assertEqual(self.status("a.martin#2").failures, 0)
        self.client.post(CODE, {"code": token.code(), "device": "2"})
        self.assertEqual(self.signed_in(), "a.martin")
        column().apply(verifier(), "a.martin", lambda credential: credential.revoke())
        other = Client()
        self.password(other)
        self.assertNotContains(other.get(CODE), 'name="device"')
        other.post(CODE, {"code": token.code()})
        self.assertEqual(self.signed_in(other), "a.martin")
        self.assertTrue(phone)

    def test_nobody_without_a_record(self):
        self.user()
        self.password()
        with self.assertLogs("poterne.django", "INFO") as logs:
            page = self.client.get(CODE)
        self.assertEqual([each.getMessage() for each in logs.records], ["refused.not_enrolled"])
        self.assertContains(page, "no app or token is set up for your account")
        self.assertEqual(self.signed_in(), "")
        self.client.post("/second-step/leave/")
        self.assertNotIn(step.WAITING, self.client.session)

    def test_hostile_names(self):
        for name in ("<script>alert(1)</script>", "a'; DROP TABLE poterne; --", "é" * 100, "x\u202ey", "{{ 7|add:7 }}", "%(count)s"):
            self.user(name)
            phone = self.enrolled(name)
            client = self.full(phone, Client(), name)
            self.assertNotIn(name if "<" in name else "\0", client.get("/second-step/account/").content.decode())
        for name in ("a#2", "é" * 140 + "#3", "a\x01b"):
            # Nobody's account: an error, and no verdict.
            self.user(name)
            client = Client()
            self.password(client, name)
            with self.assertLogs("poterne.django", "ERROR"):
                self.assertEqual(client.get(CODE).status_code, 503)
            self.assertEqual(self.signed_in(client), "")

    def test_what_is_typed(self):
        self.user()
        phone = self.enrolled()
        self.password()
        for typed in ("", "\0", "x" * 100_000, "12345678901234567890", "é('-è_", "‮123456", "<b>1</b>"):
            response = self.type(typed)
            self.assertNotContains(response, typed or "value=\"\"")
        self.client.post(CODE, {"code": " " + phone.code() + " "})
        self.assertEqual(self.signed_in(), "a.martin")

    def test_ten_thousand_wait(self):
        user = self.user()
        phone = self.enrolled()
        self.password()
        data = self.client.session
        model = Session.objects.model
        encoded = model.objects.encode(dict(data.items()))
        soon = timezone.now() + timezone.timedelta(seconds=60)
        Session.objects.bulk_create(
            [model(session_key=f"{number:032}", session_data=encoded, expire_date=soon) for number in range(10_000)], batch_size=500
        )
        # None for each of them.
        with CaptureQueriesContext(connection) as asked:
            self.client.post(CODE, {"code": phone.code()})
        self.assertLess(len(asked), 100)
        self.assertEqual(self.signed_in(), "a.martin")
        # What one code has opened, it has opened once: all of them are the password's alone.
        other = Client()
        other.cookies["sessionid"] = f"{7:032}"
        other.post(CODE, {"code": phone.last})
        self.assertEqual(self.signed_in(other), "")
        Session.objects.update(expire_date=timezone.now() - timezone.timedelta(seconds=1))
        from django.core.management import call_command

        call_command("clearsessions")
        self.assertEqual(Session.objects.count(), 0)
        self.assertTrue(user)

    def test_signals_and_log_say_no_more_than_the_code(self):
        user = self.user()
        phone = self.enrolled()
        heard = []

        def hear(**values):
            heard.append({name: value for name, value in values.items() if name not in ("signal", "sender")})

        def fail(**values):
            raise ValueError("a receiver")

        for signal in (signals.accepted, signals.refused):
            signal.connect(hear)
            signal.connect(fail)
        logging.disable(logging.NOTSET)
        try:
            with self.assertLogs(level="INFO") as logs:
                self.password()
                wrong = phone.wrong()
                self.client.post(CODE, {"code": wrong})
                right = phone.code()
                self.client.post(CODE, {"code": right})
        finally:
            for signal in (signals.accepted, signals.refused):
                signal.disconnect(hear)
                signal.disconnect(fail)
        self.assertEqual(self.signed_in(), "a.martin")
        self.assertEqual(heard, [{"user": user, "code": "refused.wrong_code"}, {"user": user, "code": "accepted.otp"}])
        ours = [record.getMessage() for record in logs.records if record.name.startswith("poterne")]
        self.assertEqual(ours, ["refused.wrong_code", "accepted.otp"])
        for secret in (wrong, right, "a.martin"):
            self.assertNotIn(secret, "\n".join(logs.output))

    def test_french(self):
        self.user()
        phone = self.enrolled()
        client = Client(HTTP_ACCEPT_LANGUAGE="fr")
        self.password(client)
        page = client.get(CODE)
        self.assertEqual(page["X-Frame-Options"], "DENY")
        self.assertContains(page, '<html lang="fr">')
        self.assertContains(page, "Code à usage unique")
        page = self.type(phone.wrong(), client=client)
        self.assertContains(page, "<title>Erreur – Code à usage unique</title>")
        self.assertIn("Connexion refusée", text(page))

    def test_error_reports_hide_the_code(self):
        from django.test import RequestFactory
        from django.views.debug import SafeExceptionReporterFilter

        from poterne.django import views

        request = RequestFactory().post(CODE, {"code": "123456", "device": "1"})
        try:
            views.code(request)
        except AttributeError:
            pass  # there is no session
        shown = SafeExceptionReporterFilter().get_post_parameters(request)
        self.assertEqual(shown["device"], "1")
        self.assertNotEqual(shown["code"], "123456")

    def test_remote_user(self):
        """A host that signs in with each request: the code is asked for once, and the browser does not go in circles."""
        from django.conf import settings

        self.user()
        phone = self.enrolled()
        middleware = list(settings.MIDDLEWARE)
        middleware.insert(middleware.index("django.contrib.auth.middleware.AuthenticationMiddleware") + 1, "django.contrib.auth.middleware.RemoteUserMiddleware")
        with override_settings(MIDDLEWARE=middleware, AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.RemoteUserBackend"]):
            client = Client(REMOTE_USER="a.martin")
            self.assertRedirects(client.get("/who/"), CODE, fetch_redirect_response=False)
            self.assertEqual(client.get(CODE).status_code, 200)
            response = client.post(CODE, {"code": phone.code()})
            self.assertRedirects(response, "/who/", fetch_redirect_response=False)
            self.assertEqual(client.get("/who/").content, b"a.martin")
            self.assertEqual(client.get("/who/").content, b"a.martin")


    def test_a_sign_in_behind_the_middleware(self):
        """The view does not run: neither as the user nor at all."""
        from django.conf import settings

        import site_of_tests.urls as site

        user = self.user(is_staff=True)
        phone = self.enrolled()
        ran = []
        site.urlpatterns.append(site.path("act/", csrf_exempt(lambda request: ran.append(request.user.get_username()) or HttpResponse("done"))))
        clear_url_caches()
        middleware = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.RemoteUserMiddleware"]
        try:
            for values in ({}, {"URLS": ["^/act/"]}):
                with override_settings(MIDDLEWARE=middleware, AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.RemoteUserBackend"]), poterne_with(**values):
                    client = Client(REMOTE_USER="a.martin")
                    for ask in (client.get, client.post):
                        self.assertRedirects(ask("/act/"), CODE, fetch_redirect_response=False)
                    self.assertEqual(ran, [])
                    # The control: with the code it runs.
                    self.assertEqual(client.get(CODE).status_code, 200)
                    client.post(CODE, {"code": phone.code()})
                    self.assertEqual(client.post("/act/").content, b"done")
                    self.assertEqual(ran, ["a.martin"])
                    ran.clear()
                    if values:
                        continue
                    # An exempt page is nobody's, also if the session was of that user already.
                    with poterne_with(EXEMPT=["^/act/"]):
                        client = Client(REMOTE_USER="a.martin")
                        client.force_login(user)
                        client.get("/act/")
                        client.get("/act/")
                        self.assertEqual(ran, ["", ""])
                        ran.clear()
        finally:
            site.urlpatterns.pop()
            clear_url_caches()

    def test_strangers_wait_for_no_twin(self):
        """Nor do they guess."""
        waited = []
        sleep, step.time.sleep = step.time.sleep, waited.append
        try:
            client = Client()
            client.cookies["sessionid"] = "x" * 32
            client.post(CODE, {"code": "123456"})
        finally:
            step.time.sleep = sleep
        self.assertLess(sum(waited), 0.1)
        self.user()
        for tries, is_found in ((2, True), (3, False)):
            phone = self.enrolled() if is_found else phone
            client = Client()
            self.password(client)
            before, code = client.session.session_key, phone.code()
            client.post(CODE, {"code": code})
            self.assertEqual(self.signed_in(client), "a.martin")
            twin = Client()
            for typed in [phone.wrong()] * tries + [code]:
                twin.cookies["sessionid"] = before
                twin.post(CODE, {"code": typed})
            self.assertEqual(self.signed_in(twin), "a.martin" if is_found else "")


class Who(SiteCase):
    def test_groups_and_dates(self):
        today = timezone.localdate()
        user = self.user()
        group = Group.objects.create(name="agents")
        for who, is_asked in (
            ({"agents": None}, False),
            (today + timezone.timedelta(days=1), False),
            (today, True),
            (timezone.now() - timezone.timedelta(hours=1), True),
            ("people.is_martin", True),
            (lambda user: False, False),
        ):
            with poterne_with(WHO=who):
                client = Client()
                self.password(client)
                self.assertEqual(self.signed_in(client), "" if is_asked else "a.martin", who)
        user.groups.add(group)
        with poterne_with(WHO={"agents": today, "others": None}):
            client = Client()
            self.password(client)
            self.assertEqual(self.signed_in(client), "")
        with poterne_with(WHO={"agents": today + timezone.timedelta(days=1)}):
            client = Client()
            self.password(client)
            self.assertEqual(self.signed_in(client), "a.martin")
            # A day that has come ends what the day before has opened.
            with poterne_with(WHO={"agents": today}):
                self.assertEqual(self.signed_in(client), "")

    def test_whoever_has_an_app_is_asked(self):
        self.user()
        self.enrolled()
        with poterne_with(WHO=lambda user: False):
            self.password()
            self.assertEqual(self.signed_in(), "")

    def test_some_pages_only(self):
        self.user(is_staff=True)
        phone = self.enrolled()
        with poterne_with(URLS=["^/admin/"]):
            self.password()
            self.assertEqual(self.signed_in(), "a.martin")
            before = self.client.session.session_key
            self.assertRedirects(self.client.get("/admin/?x=2"), CODE, fetch_redirect_response=False)
            self.type(phone.wrong())
            self.assertEqual(self.client.get("/admin/").status_code, 302)
            self.assertRedirects(self.client.post(CODE, {"code": phone.code()}), "/second-step/notice/", fetch_redirect_response=False)
            self.assertNotEqual(self.client.session.session_key, before)
            self.assertEqual(self.client.get("/admin/").status_code, 200)

    def test_some_pages_only_before_the_day(self):
        """Who has an app is asked for it, on these pages too. The control: who has none is not, until the day."""
        self.user(is_staff=True)
        self.user("b.durand", is_staff=True)
        phone = self.enrolled()
        with poterne_with(URLS=["^/admin/"], WHO=timezone.localdate() + timezone.timedelta(days=3)):
            for page in ("/who/", "/second-step/account/", CODE):
                client = Client()
                self.password(client)
                client.get(page)
                self.assertEqual(self.signed_in(client), "a.martin")
                self.assertRedirects(client.get("/admin/"), CODE, fetch_redirect_response=False)
                self.assertNotIn(step.FREE, client.session)
            client.post(CODE, {"code": phone.code()})
            self.assertEqual(client.get("/admin/").status_code, 200)
            other = Client()
            self.password(other, "b.durand")
            self.assertEqual(other.get("/admin/").status_code, 200)
            self.assertEqual(other.session[step.FREE], other.session["_auth_user_id"])

    def test_exempt_pages(self):
        user = self.user()
        self.enrolled()
        with poterne_with(EXEMPT=["^/who/"]):
            self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")
            response = self.client.get("/who/")
            self.assertEqual((response.status_code, response.content), (200, b""))


class Transactions(SiteCase):
    def test_inside_atomic(self):
        user = self.user()
        phone = self.enrolled()
        with transaction.atomic():
            if connection.vendor == "sqlite":
                with self.assertRaisesMessage(poterne.Error, "inside transaction.atomic"):
                    Person(user).log_in(phone.code(), 1)
                phone.offset = -30
            else:
                Person(user).log_in(phone.code(), 1)
        if connection.vendor == "sqlite":
            # The control: outside it is accepted.
            Person(user).log_in(phone.code(), 1)
        else:
            with self.assertRaises(poterne.Refused):
                Person(user).log_in(phone.last, 1)

    def test_a_rollback_takes_no_code_back(self):
        if connection.vendor == "sqlite":
            return self.test_inside_atomic()
        user = self.user()
        phone = self.enrolled()
        code = phone.code()
        try:
            with transaction.atomic():
                Person(user).log_in(code, 1)
                raise ValueError
        except ValueError:
            pass
        with self.assertRaises(poterne.Refused):
            Person(user).log_in(code, 1)

    def test_atomic_requests(self):
        self.user()
        phone = self.enrolled()
        connection.settings_dict["ATOMIC_REQUESTS"] = True
        try:
            self.full(phone)
        finally:
            connection.settings_dict["ATOMIC_REQUESTS"] = False

    def test_codes_end_with_the_person(self):
        self.user()
        phone = self.enrolled()
        Person(get_user_model().objects.get()).apply_to_all(lambda credential: credential.end_codes(CodeSet.BOTH))
        self.assertEqual(self.status().recovery_codes_left, 0)
        self.assertIsInstance(phone, Phone)
        self.assertEqual(configuration().table, "poterne")
