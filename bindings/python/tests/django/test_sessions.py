"""Whose a session is: from every state that one user has left it in, another's password finds nothing of theirs, and of its own no more."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.test import Client, override_settings
from people import PASSWORD, Phone, SiteCase, codes_of, key_of
from test_login import CODE, poterne_with

from poterne import CodeSet
from poterne.django import kept, step
from poterne.django.kept import Kept
from poterne.django.person import Person

ENROLL, RECOVERY, ACCOUNT, NEW, REPLACE = (f"/second-step/{name}/" for name in ("enroll", "recovery", "account", "recovery/new", "replace"))
DESK = "/admin/poterne/record/"
DOORS = ("/login/", "/admin/login/", "/second-step/login/")
URLS = ["^/admin/"]


def is_not_martin(user):
    """For the setting WHO: the first user of the tests needs no code."""
    return user.get_username() != "a.martin"


class State:
    """A session of a.martin, as the pages make it."""

    def __init__(self, case: SiteCase, client: Client, *, has_app: bool) -> None:
        self.case, self.client = case, client
        self.phone = case.enrolled() if has_app else None

    def password(self):
        self.case.password(self.client)

    def signed_in(self):
        self.password()
        self.client.get("/admin/")
        self.client.post(CODE, {"code": self.phone.code()})

    def qr(self):
        self.client.get(CODE)
        self.phone = Phone(key_of(self.client.get(ENROLL)))

    def first_code(self):
        self.case.assertRedirects(self.client.post(ENROLL, {"code": self.phone.code()}), RECOVERY, fetch_redirect_response=False)

    def wrong(self, address=CODE):
        self.client.post(address, {"code": self.phone.wrong() if self.phone else "000000"})


def late(state):
    state.password()
    state.client.get("/admin/")
    session = state.client.session
    session[step.WAITING] = {**session[step.WAITING], "at": time.time() - 10_000}
    session.save()


# What is done in the session before, whether with an app, and what the pages keep then.
STATES = {
    "a visitor": (False, lambda state: state.client.get("/login/"), set()),
    "between the steps": (True, lambda state: state.password(), set()),
    "refused": (True, lambda state: (state.password(), state.client.get("/admin/"), state.wrong()), {"error"}),
    "too late": (True, late, set()),
    "late, and told so": (True, lambda state: (late(state), state.wrong()), {"error"}),
    "before the first code": (False, lambda state: (state.password(), state.client.get("/admin/"), state.qr()), {"enrolling"}),
    "before the recovery codes": (False, lambda state: (state.password(), state.client.get("/admin/"), state.qr(), state.first_code()), {"codes", "notice"}),
    "behind the recovery codes": (
        False,
        lambda state: (state.password(), state.client.get("/admin/"), state.qr(), state.first_code(), state.client.get(RECOVERY)),
        {"notice"},
    ),
    "signed in": (True, lambda state: state.signed_in(), set()),
    "signed in after wrong codes": (True, lambda state: (state.password(), state.client.get("/admin/"), state.wrong(), state.signed_in()), {"before"}),
    "new recovery codes, not looked at": (True, lambda state: (state.signed_in(), state.client.post(NEW, {"code": state.phone.code()})), {"codes"}),
    "a new phone, begun": (True, lambda state: (state.signed_in(), state.client.post(REPLACE, {"code": state.phone.code()})), {"enrolling"}),
    "refused on a page of the user's own": (True, lambda state: (state.signed_in(), state.wrong(REPLACE)), {"error"}),
    "at the help desk": (
        True,
        lambda state: (
            state.signed_in(),
            state.client.post(DESK, {"account": "b.durand", "act": "forgotten", "confirmed": "1", "identity": "1"}),
        ),
        {"desk"},
    ),
    "signed out": (True, lambda state: (state.signed_in(), state.client.post("/logout/")), set()),
}


class EveryState(SiteCase):
    def people(self):
        users = [self.user(name, is_staff=True) for name in ("a.martin", "b.durand")]
        for user in users:
            user.user_permissions.add(Permission.objects.get(content_type__app_label="poterne", codename="help_desk"))
        phone = self.enrolled("b.durand")
        Person(users[1]).recovery_codes()
        return users, phone

    def walk(self, door, **values):
        for name, (has_app, make, keeps) in STATES.items():
            with self.subTest(name, door=door, **values), poterne_with(NO_RECORD="enroll", POLICY={"max_failures": 100}, **values):
                self._fixture_teardown()
                _, phone = self.people()
                client = Client()
                state = State(self, client, has_app=has_app)
                make(state)
                # The control: the state is what its name says.
                self.assertEqual(set(client.session.get("_poterne_kept", {})), keeps)
                client.post(door, {"username": "b.durand", "password": PASSWORD.format("b.durand")})
                self.nothing_of_martin(client, state, is_everywhere="URLS" not in values)
                if "URLS" in values:
                    self.assertEqual(client.get("/admin/").status_code, 302)
                self.assertEqual(client.get(CODE).status_code, 200)
                client.post(CODE, {"code": phone.code()})
                self.assertEqual(self.signed_in(client), "b.durand")
                self.assertEqual(codes_of(client.get(RECOVERY)), [])
                self.assertNotContains(client.get(ACCOUNT), 'role="status"')
                self.assertNotContains(client.get(DESK), "poterne-temporary")
                self.assertEqual(self.status("b.durand").recovery_codes_left, 8)
                self.assertIsNone(self.status("b.durand").temporary_code)

    def nothing_of_martin(self, client, state, *, is_everywhere):
        session = client.session
        ours = {name for name in session.keys() if name.startswith("_poterne_")}
        self.assertEqual(ours, {step.WAITING} if is_everywhere else set())
        self.assertNotEqual(self.signed_in(client), "a.martin")
        if is_everywhere:
            self.assertEqual(self.signed_in(client), "")
        for address in (ENROLL, RECOVERY, ACCOUNT, NEW, REPLACE, DESK, "/second-step/notice/"):
            answer = client.get(address)
            self.assertEqual(answer.status_code, 302, address)
        self.assertEqual(client.get("/second-step/enroll/qr.svg").status_code, 404)
        if state.phone is not None and state.phone.offset <= 30:
            for address in (ENROLL, NEW, REPLACE, CODE):
                client.post(address, {"code": state.phone.wrong()})
            client.get(CODE)
            client.post(CODE, {"code": state.phone.code()})
            client.get(CODE)
            self.assertNotEqual(self.signed_in(client), "a.martin")
            self.assertEqual(client.get("/admin/").status_code, 302)

    def test_own_page(self):
        self.walk(DOORS[0])

    def test_admin(self):
        self.walk(DOORS[1])

    def test_page_of_poterne(self):
        self.walk(DOORS[2])

    def test_some_pages_only(self):
        self.walk(DOORS[0], URLS=URLS)

    def test_after_a_user_who_needs_no_code(self):
        """Their session, with an enrollment or recovery codes not looked at."""
        for has_codes in (False, True):
            for door in DOORS:
                with poterne_with(NO_RECORD="enroll", WHO=is_not_martin):
                    self._fixture_teardown()
                    self.people()
                    client = Client()
                    state = State(self, client, has_app=False)
                    state.password()
                    state.phone = Phone(key_of(client.get(ENROLL)))
                    if has_codes:
                        state.first_code()
                    client.post(door, {"username": "b.durand", "password": PASSWORD.format("b.durand")})
                    self.nothing_of_martin(client, state, is_everywhere=True)
                    self.assertEqual(self.status("b.durand").recovery_codes_left, 8)

    def test_before_a_user_who_needs_no_code(self):
        """A session that waited for one user is no longer theirs when it is another's."""
        with poterne_with(WHO="people.is_martin", NO_RECORD="enroll"):
            self.user()
            self.user("b.durand")
            phone = self.enrolled()
            self.password()
            self.password(name="b.durand")
            self.assertEqual(self.signed_in(), "b.durand")
            self.assertNotIn(step.WAITING, self.client.session)
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(), "b.durand")
            self.assertContains(self.client.get(ACCOUNT), "Set up your authenticator app")

    def test_a_code_is_no_login_of_somebody_else(self):
        """Whatever a session says, the code that was accepted is of the user who waited."""
        users, phone = self.people()
        with poterne_with(URLS=URLS):
            self.password()
            session = self.client.session
            session[step.WAITING] = {**step.asdict(step.begun(users[1], session["_auth_user_backend"], "/"))}
            session.save()
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(), "a.martin")
            self.assertEqual(self.client.get("/admin/").status_code, 302)
        # Without the middleware, as beside django-otp, the code opens a session of its own user alone.
        with override_settings(MIDDLEWARE=[each for each in settings.MIDDLEWARE if "SecondStep" not in each]):
            client = Client()
            self.password(client)
            session = client.session
            session[step.WAITING] = {**step.asdict(step.begun(users[1], session["_auth_user_backend"], "/"))}
            session.save()
            phone.offset = 0
            client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(client), "b.durand")


class RecoveryCodes(SiteCase):
    """They are for whoever has just proved a code, or enrolled, in this session, and for that record."""

    def unread(self):
        self.user()
        phone = self.enrolled()
        self.full(phone)
        self.assertRedirects(self.client.post(NEW, {"code": phone.code()}), RECOVERY, fetch_redirect_response=False)

    def test_shown_once(self):
        """The control of the others."""
        self.unread()
        self.assertEqual(len(codes_of(self.client.get(RECOVERY))), 8)
        self.assertEqual(codes_of(self.client.get(RECOVERY)), [])

    def test_end_with_what_the_help_desk_does(self):
        self.unread()
        Person(self.client_user()).apply_to_all(lambda credential: credential.end_codes(CodeSet.BOTH))
        self.assertContains(self.client.get(RECOVERY), "shown once")
        self.assertEqual(self.status().recovery_codes_left, 0)

    def test_end_with_time(self):
        self.unread()
        session = self.client.session
        session["_poterne_kept"]["codes"]["at"] -= 121
        session.save()
        self.assertEqual(codes_of(self.client.get(RECOVERY)), [])
        self.assertEqual(self.status().recovery_codes_left, 0)

    def test_end_with_the_login_that_they_were_before(self):
        self.user()
        with poterne_with(NO_RECORD="enroll"):
            self.password()
            phone = Phone(key_of(self.client.get(CODE, follow=True)))
            self.client.post(ENROLL, {"code": phone.code()})
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(), "a.martin")
            self.assertEqual(codes_of(self.client.get(RECOVERY)), [])
            self.assertNotIn("_poterne_kept", self.client.session)

    def test_the_password_once_more(self):
        self.user()
        for door in DOORS:
            self._fixture_teardown()
            self.user(is_staff=True)
            client = Client()
            with poterne_with(NO_RECORD="enroll"):
                self.password(client)
                phone = Phone(key_of(client.get(CODE, follow=True)))
                client.post(ENROLL, {"code": phone.code()})
                client.post(door, {"username": "a.martin", "password": PASSWORD.format("a.martin")})
                self.assertEqual(codes_of(client.get(RECOVERY)), [], door)

    def test_an_enrollment_that_is_not_this_one(self):
        """Another has enrolled the account since: whoever only waits has none of its codes."""
        self.user()
        with poterne_with(NO_RECORD="enroll"):
            self.password()
            phone = Phone(key_of(self.client.get(CODE, follow=True)))
            self.client.post(ENROLL, {"code": phone.code()})
            with connections["default"].cursor() as cursor:
                cursor.execute("DELETE FROM poterne")
            self.enrolled()
            self.assertEqual(codes_of(self.client.get(RECOVERY)), [])
            self.assertEqual(self.status().recovery_codes_left, 0)

    def test_many_at_once_show_one_set(self):
        self.unread()
        shown = []

        def look():
            client = Client()
            client.cookies = self.client.cookies
            try:
                shown.append(codes_of(client.get(RECOVERY)))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=look) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(sorted(len(codes) for codes in shown), [0] * 7 + [8])
        (codes,) = [codes for codes in shown if codes]
        other = Client()
        self.password(other)
        other.post(CODE, {"code": codes[0]})
        self.assertEqual(self.signed_in(other), "a.martin")

    def test_made_while_another_makes_them(self):
        user = self.user()
        self.enrolled()
        person, between = Person(user), []
        digest = person.digest(person.records()[1])

        class Late(Person):
            def records(self):
                found = super().records()
                between.append(person.recovery_codes_of(digest))
                return found

        self.assertIsNone(Late(user).recovery_codes_of(digest))
        self.assertEqual([len(codes) for codes in between], [8])
        self.assertIsNone(person.recovery_codes_of(digest))

    def client_user(self):
        from django.contrib.auth import get_user_model

        return get_user_model().objects.get(username="a.martin")


class NobodyEnrollsWhoIsRefused(SiteCase):
    """NO_RECORD = refuse, on every way to the page."""

    def ways(self):
        from datetime import date, timedelta

        yield {}
        yield {"URLS": URLS}
        yield {"URLS": URLS, "WHO": date.today() + timedelta(days=3)}
        yield {"WHO": date.today() + timedelta(days=3)}
        yield {"WHO": {"agents": None}}
        yield {"WHO": lambda user: False}

    def test_each_way(self):
        for values in self.ways():
            for first in ((), ("/admin/",), (ACCOUNT,), (CODE,)):
                for no_record in ("refuse", "enroll"):
                    self._fixture_teardown()
                    self.user(is_staff=True)
                    client = Client()
                    with self.subTest(first=first, no_record=no_record, **values), poterne_with(NO_RECORD=no_record, **values):
                        self.password(client)
                        for address in first:
                            client.get(address)
                        page = client.get(ENROLL, follow=True)
                        client.post(ENROLL, {"code": "123456"})
                        own = client.get(ACCOUNT, follow=True)
                        if no_record == "enroll":
                            # The control.
                            self.assertTrue(key_of(page))
                            continue
                        self.assertNotContains(page, "poterne-key")
                        self.assertContains(page, "Call the help desk")
                        self.assertContains(own, "Call the help desk")
                        self.assertNotContains(own, "Set up your authenticator app")
                        self.assertNotIn("_poterne_kept", client.session)
                        self.assertEqual(client.get("/second-step/enroll/qr.svg").status_code, 404)

    def test_with_urls_from_the_page_to_the_login(self):
        self.user(is_staff=True)
        with poterne_with(NO_RECORD="enroll", URLS=URLS):
            self.password()
            phone = Phone(key_of(self.client.get(ENROLL, follow=True)))
            self.assertRedirects(self.client.post(ENROLL, {"code": phone.code()}), RECOVERY, fetch_redirect_response=False)
            self.assertEqual(len(codes_of(self.client.get(RECOVERY))), 8)
            self.assertEqual(self.client.get("/admin/").status_code, 302)
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.client.get("/admin/").status_code, 200)


class WhatIsKept(SiteCase):
    """The rule itself, on a bare session."""

    def test_the_former_session_saved_by_another_tab(self):
        """The login stands, though its twin finds nothing. The control is each double click of test_login."""
        former = SessionStore()
        former["of another tab"] = True
        former.save()
        step._leave_for_twin(former.session_key, {"session": "x", "url": "/", "code": "x", "at": time.time()}, None)
        left = SessionStore(former.session_key)
        self.assertEqual((left.get("of another tab"), left.get(step.TWIN)), (True, None))

    def test_no_code_shown_without_a_login(self):
        """A site that takes its login out of the session, without `logout`: the password alone finds no code shown."""
        self.user()
        self.full(self.enrolled())
        session = self.client.session
        self.assertIn(kept.ACCEPTED, session)
        for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
            del session[name]
        session.save()
        self.client.get("/public/")
        self.assertNotIn(kept.ACCEPTED, self.client.session)
        self.password()
        self.assertEqual(self.signed_in(), "")

    def test_for_one_user_in_one_standing(self):
        standings = (
            {},
            {"_auth_user_id": "1"},
            {"_auth_user_id": "2"},
            {step.WAITING: {"user": "1"}},
            {step.WAITING: {"user": "2"}},
            {"_auth_user_id": "1", step.ACCEPTED: "1"},
            {"_auth_user_id": "2", step.ACCEPTED: "2"},
        )
        for before in standings:
            session = dict(before)
            Kept(session).put(kept.CODES, "x")
            stored = session["_poterne_kept"]
            for after in standings:
                found = Kept({**after, "_poterne_kept": stored}).get(kept.CODES)
                self.assertEqual(found, "x" if after == before else None, (before, after))

    def test_for_its_time(self):
        for purpose in (kept.ENROLLING, kept.CODES, kept.NOTICE, kept.BEFORE, kept.ERROR, kept.DESK):
            session = {}
            Kept(session).put(purpose, "x")
            self.assertEqual(Kept(session).get(purpose), "x")
            for age in (901, -60):
                stored = {purpose: {**session["_poterne_kept"][purpose], "at": time.time() - age}}
                self.assertIsNone(Kept({"_poterne_kept": stored}).get(purpose), purpose)

    def test_taken_once(self):
        session = {}
        Kept(session).put(kept.NOTICE, "x")
        self.assertEqual((Kept(session).take(kept.NOTICE), Kept(session).take(kept.NOTICE), session), ("x", None, {}))
