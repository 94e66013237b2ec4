"""Ways past the second step that a site's own middleware, addresses and views might open."""

from __future__ import annotations

import time
from contextlib import contextmanager
from unittest import mock

import django
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns, is_language_prefix_patterns_used
from django.contrib import admin, auth
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path
from people import PASSWORD, SiteCase, key_of
from test_login import CODE, poterne_with

from poterne.django import checks, step

ENROLL, ACCOUNT, DESK = "/second-step/enroll/", "/second-step/account/", "/admin/poterne/record/"


@contextmanager
def addresses(*patterns):
    """More pages of the site."""
    import site_of_tests.urls as site

    def forget():
        clear_url_caches()
        is_language_prefix_patterns_used.cache_clear()

    site.urlpatterns.extend(patterns)
    forget()
    try:
        yield
    finally:
        del site.urlpatterns[-len(patterns) :]
        forget()


def middleware_with(name, behind="django.contrib.auth.middleware.AuthenticationMiddleware"):
    order = list(settings.MIDDLEWARE)
    order.insert(order.index(behind) + 1, name)
    return override_settings(MIDDLEWARE=order)


def as_another(get_response):
    """As django-impersonate does: another user for the views, and the session stays the first one's."""

    def answer(request):
        if request.session.get("as") and request.user.is_authenticated:
            request.user = get_user_model().objects.get(username=request.session["as"])
        return get_response(request)

    return answer


def by_header(get_response):
    """A door of its own, as DJANGO.md says."""

    def answer(request):
        if "X-User" in request.headers:
            request.user = get_user_model().objects.get(username=request.headers["X-User"])
        return get_response(request)

    return answer


def asks_early(get_response):
    """Looks at the user as asynchronous code does, before our middleware."""

    def answer(request):
        async_to_sync(request.auser)()
        return get_response(request)

    return answer


async def who(request):
    return HttpResponse((await request.auser()).get_username())


class SomePages(SiteCase):
    """With URLS."""

    def test_in_each_language(self):
        self.user(is_staff=True)
        phone = self.enrolled()
        page = admin.site.urls[0]
        for prefixed in (False, True):
            patterns = i18n_patterns(path("staff/", (page, "admin", "staff")), prefix_default_language=prefixed)
            with addresses(*patterns), poterne_with(URLS=["^/staff/"]):
                client = Client()
                self.password(client)
                self.assertEqual(self.signed_in(client), "a.martin")
                for address in ("/fr/staff/", "/en/staff/" if prefixed else "/staff/"):
                    self.assertRedirects(client.get(address), CODE, fetch_redirect_response=False)
                # The control.
                client.post(CODE, {"code": phone.code()})
                self.assertEqual(client.get("/fr/staff/").status_code, 200)
                # The check of an expression for one language.
                self.assertEqual(checks.check_protected(), [])
                for each, found in (("^/fr/staff/", "poterne.E008"), ("^/(fr|en)/staff/", None), ("^/who/", None)):
                    with poterne_with(URLS=[each]):
                        self.assertEqual([one.id for one in checks.check_protected()], [found] if found else [], each)

    def test_odd_addresses(self):
        """None of them is a page of the admin that is asked for without a code."""
        self.user(is_staff=True, is_superuser=True)
        self.enrolled()
        with poterne_with(URLS=["^/admin/"]):
            self.password()
            self.assertEqual(self.signed_in(), "a.martin")
            # As the server gives them, decoded.
            for address in (
                *("/admin", "//admin/", "/./admin/", "/admin/.", "/admin/../admin/", "/admin//", "/admin/\n", "/\nadmin/", "/ADMIN/", "/admin/\xff"),
                *("/who/../admin/", "/admin;x/", "/admin/auth/user/", "admin/"),
            ):
                for ask in (self.client.get, self.client.post):
                    answer = ask("/", PATH_INFO=address)
                    self.assertIn(answer.status_code, (301, 302, 404), address)
                    if answer.status_code != 404:
                        self.assertIn(answer["Location"], (CODE, "/admin/"), address)
            self.assertRedirects(self.client.get("/admin/", HTTP_X_FORWARDED_HOST="evil.example", HTTP_X_ORIGINAL_URL="/who/", HTTP_X_REWRITE_URL="/who/"), CODE, fetch_redirect_response=False)
        # The control: the pages are there.
        with poterne_with(URLS=["^/payroll/"]):
            self.assertEqual([self.client.get(address).status_code for address in ("/admin/", "/admin/auth/user/")], [200, 200])

    def test_a_page_that_signs_in_and_answers(self):
        user = self.user()
        phone = self.enrolled()

        def signs_in(request):
            auth.login(request, user, "django.contrib.auth.backends.ModelBackend")
            return HttpResponse("the secret")

        with addresses(path("payroll/", signs_in)), poterne_with(URLS=["^/payroll/"]):
            self.assertRedirects(self.client.get("/payroll/"), CODE, fetch_redirect_response=False)
            # The controls: the others are open, and the code opens this.
            self.assertEqual(self.signed_in(), "a.martin")
            self.client.post(CODE, {"code": phone.code()})
            self.assertContains(self.client.get("/payroll/"), "the secret")


class OthersMiddleware(SiteCase):
    @pytest.mark.skipif(django.VERSION < (5, 1), reason="LoginRequiredMiddleware is new in Django 5.1")
    def test_login_required(self):
        """Our pages are for those who are not signed in yet; all others ask for a login."""
        self.user()
        phone = self.enrolled()
        with middleware_with("django.contrib.auth.middleware.LoginRequiredMiddleware"):
            self.assertEqual(self.client.get("/public/").status_code, 302)
            self.assertRedirects(self.password(), CODE, fetch_redirect_response=False)
            self.assertContains(self.client.get(CODE), "poterne-code")
            self.assertEqual(self.client.get("/public/").status_code, 302)
            self.assertEqual(self.client.get(ACCOUNT).status_code, 302)
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.client.get("/public/").status_code, 200)
            self.assertEqual(self.client.get(ACCOUNT).status_code, 200)

    def test_another_user_in_place_of_the_sessions(self):
        """Our pages are for whose session it is: nobody's app becomes that of a user whom the site lets them look like."""
        self.user()
        self.user("b.durand")
        phone = self.enrolled()
        with middleware_with("test_ways_in.as_another"), poterne_with(NO_RECORD="enroll"):
            self.full(phone)
            session = self.client.session
            session["as"] = "b.durand"
            session.save()
            self.assertEqual(self.signed_in(), "b.durand")
            self.assertContains(self.client.get(ACCOUNT), "/second-step/replace/")
            self.assertRedirects(self.client.get(ENROLL), ACCOUNT, fetch_redirect_response=False)
            with poterne_with(URLS=["^/who/"], NO_RECORD="enroll"):
                client = Client()
                self.password(client)
                session = client.session
                session["as"] = "b.durand"
                session.save()
                self.assertRedirects(client.get("/who/"), CODE, fetch_redirect_response=False)
                # Their own code, and nobody's new app.
                self.assertContains(client.get(CODE), "poterne-code")
        # The control: b.durand sets up an app.
        with poterne_with(NO_RECORD="enroll"):
            client = Client()
            self.password(client, "b.durand")
            client.get(CODE)
            self.assertTrue(key_of(client.get(ENROLL)))

    @pytest.mark.skipif(django.VERSION < (5, 0), reason="request.auser is new in Django 5.0")
    def test_an_asynchronous_view(self):
        user = self.user()
        phone = self.enrolled()
        with middleware_with("test_ways_in.asks_early"), addresses(path("async/", who)), poterne_with(EXEMPT=["^/async/"]):
            self.client.force_login(user)
            self.assertEqual(self.client.get("/async/").content, b"")
            self.full(phone)
            self.assertEqual(self.client.get("/async/").content, b"a.martin")


class Errors(SiteCase):
    def test_no_link_to_another_host(self):
        user = self.user()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE poterne RENAME TO elsewhere")
        try:
            self.client.force_login(user)
            for address in ("//evil.example/x", "///evil.example/x", "/\\evil.example/x"):
                for ask in (self.client.get, self.client.post):
                    with poterne_with(WHO=lambda user: False):
                        # The client of the tests would take the first part for the host.
                        answer = ask("/", PATH_INFO=address)
                    self.assertEqual(answer.status_code, 503)
                    self.assertNotContains(answer, 'href="//', status_code=503)
                    self.assertNotContains(answer, 'href="/\\', status_code=503)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE elsewhere RENAME TO poterne")

    def test_the_clock_of_another_node(self):
        """Two seconds behind, a node does not send somebody back to the password; a minute is another matter."""
        self.user()
        self.enrolled()
        self.password()
        now = time.time
        for behind, is_asked in ((2, True), (60, False)):
            with mock.patch.object(step.time, "time", lambda: now() - behind):
                self.assertEqual(self.client.get(CODE).status_code == 200, is_asked, behind)

    def test_the_password_twice_keeps_the_sessions_age(self):
        self.user()
        phone = self.enrolled()
        self.password()
        self.client.get(CODE)
        for door in ("/login/", "/second-step/login/"):
            self.client.post(door, {"username": "a.martin", "password": PASSWORD.format("a.martin")})
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(), "a.martin")
        self.assertEqual(self.client.session.get_expiry_age(), settings.SESSION_COOKIE_AGE)


class TheDesk(SiteCase):
    """Its own sign-in asks for a code, whatever the site's settings ask of others."""

    def test_behind_a_code(self):
        self.user()
        self.enrolled()
        user = self.user("desk", is_staff=True)
        user.user_permissions.add(Permission.objects.get(content_type__app_label="poterne", codename="help_desk"))
        act = {"account": "a.martin", "act": "forgotten", "confirmed": "1", "identity": "1"}
        for values in ({"WHO": lambda user: False}, {"URLS": ["^/payroll/"]}):
            with poterne_with(**values):
                client = Client()
                self.password(client, "desk")
                self.assertEqual(self.signed_in(client), "desk")
                for answer in (client.get(DESK), client.post(DESK, act)):
                    self.assertRedirects(answer, CODE, fetch_redirect_response=False)
                self.assertIsNone(self.status().temporary_code)
                # Without an app of their own they are told so.
                self.assertContains(client.get(CODE), "poterne")
                self.assertEqual(client.get(DESK).status_code, 302)
        phone = self.enrolled("desk")
        for values in ({"WHO": lambda user: False}, {"URLS": ["^/payroll/"]}):
            with poterne_with(**values):
                client = Client()
                self.password(client, "desk")
                client.get(DESK)
                # Who has an app was asked for it at the sign-in already, unless URLS says otherwise.
                target = DESK if "URLS" in values else "/"
                self.assertRedirects(client.post(CODE, {"code": phone.code()}), target, fetch_redirect_response=False)
                self.assertContains(client.post(DESK, {"account": "a.martin"}, follow=True), "a.martin")

    def test_without_a_session(self):
        """A middleware that knows the user by a header: there is no session that a code could be for."""
        user = self.user("desk", is_staff=True)
        user.user_permissions.add(Permission.objects.get(content_type__app_label="poterne", codename="help_desk"))
        with middleware_with("test_ways_in.by_header"):
            self.assertEqual(self.client.get("/admin/", HTTP_X_USER="desk").status_code, 200)
            self.assertEqual(self.client.get(DESK, HTTP_X_USER="desk").status_code, 403)

    def test_beside_django_otp(self):
        """The password is not enough there either."""
        self.user()
        self.enrolled()
        user = self.user("desk", is_staff=True)
        user.user_permissions.add(Permission.objects.get(content_type__app_label="poterne", codename="help_desk"))
        phone = self.enrolled("desk")
        middleware = [each for each in settings.MIDDLEWARE if "SecondStep" not in each]
        middleware.append("django_otp.middleware.OTPMiddleware")
        with override_settings(MIDDLEWARE=middleware):
            self.password(name="desk")
            self.assertEqual(self.signed_in(), "desk")
            self.assertRedirects(self.client.get(DESK), CODE, fetch_redirect_response=False)
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.client.get(DESK).status_code, 200)
            # Django-otp's own page counts too.
            import django_otp

            (device,) = django_otp.devices_for_user(user)
            self.client.logout()
            self.password(name="desk")
            session = self.client.session
            session[django_otp.DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
            self.assertEqual(self.client.get(DESK).status_code, 200)
