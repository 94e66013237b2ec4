"""The first app, a new phone, and the codes that are shown once."""

from __future__ import annotations

import time

from django.test import Client
from people import Phone, SiteCase, codes_of, key_of, text
from test_login import CODE, poterne_with

import poterne
from poterne.django import signals
from poterne.django.conf import verifier
from poterne.django.models import Record
from poterne.django.person import Person
from poterne.django.table import column

ENROLL, RECOVERY, ACCOUNT = "/second-step/enroll/", "/second-step/recovery/", "/second-step/account/"


class FirstApp(SiteCase):
    def test_refused_unless_the_site_says_so(self):
        self.user()
        self.password()
        self.assertRedirects(self.client.get(ENROLL), CODE, fetch_redirect_response=False)
        self.assertEqual(Record.objects.count(), 0)

    def test_from_the_password_to_the_login(self):
        user = self.user()
        heard = []
        signals.enrolled.connect(lambda **values: heard.append((values["user"], values["code"])), weak=False, dispatch_uid="test")
        with poterne_with(NO_RECORD="enroll"):
            self.password(target="/who/")
            self.assertRedirects(self.client.get(CODE), ENROLL, fetch_redirect_response=False)
            page = self.client.get(ENROLL)
            self.assertIn("no-store", page["Cache-Control"])
            self.assertContains(page, 'href="otpauth://totp/D%C3%A9partement:a.martin?')
            # Two tabs, or a reload, show the same one. The picture has it too.
            self.assertEqual(key_of(page), key_of(self.client.get(ENROLL)))
            picture = self.client.get("/second-step/enroll/qr.svg")
            self.assertEqual(picture["Content-Type"], "image/svg+xml")
            self.assertIn("no-store", picture["Cache-Control"])
            self.assertEqual(Client().get("/second-step/enroll/qr.svg").status_code, 404)
            phone = Phone(key_of(page))
            wrong = self.type(phone.wrong(), ENROLL)
            self.assertEqual(key_of(wrong), key_of(page))
            self.assertEqual(Record.objects.count(), 0)
            first = phone.code()
            self.assertRedirects(self.client.post(ENROLL, {"code": first}), RECOVERY, fetch_redirect_response=False)
            # The form sent twice costs nothing.
            self.assertRedirects(self.client.post(ENROLL, {"code": first}), RECOVERY, fetch_redirect_response=False)
            shown = self.client.get(RECOVERY)
            codes = codes_of(shown)
            self.assertEqual(len(codes), 8)
            self.assertContains(shown, "Your app is set up.")
            self.assertIn("no-store", shown["Cache-Control"])
            again = self.client.get(RECOVERY)
            self.assertEqual(codes_of(again), [])
            self.assertContains(again, "shown once")
            # A confirmation is not a login, and its code is spent.
            self.assertContains(self.client.get(CODE), "Wait until the app shows its next code")
            self.assertNotContains(self.client.get(CODE), "Wait until")
            self.assertEqual(self.signed_in(), "")
            self.type(first)
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(), "a.martin")
            self.assertContains(self.client.get(ENROLL, follow=True), "set up for your account already")
        self.assertEqual(heard, [(user, "confirmed")])
        signals.enrolled.disconnect(dispatch_uid="test")
        other = Client()
        self.password(other)
        other.post(CODE, {"code": codes[3]})
        self.assertEqual(self.signed_in(other), "a.martin")

    def test_two_who_enroll_one_account(self):
        self.user()
        with poterne_with(NO_RECORD="enroll"):
            clients = Client(), Client()
            phones = []
            for client in clients:
                self.password(client)
                client.get(CODE)
                phones.append(Phone(key_of(client.get(ENROLL))))
            self.assertRedirects(clients[0].post(ENROLL, {"code": phones[0].code()}), RECOVERY, fetch_redirect_response=False)
            lost = clients[1].post(ENROLL, {"code": phones[1].code()}, follow=True)
            self.assertContains(lost, "Something changed in the meantime")
            self.assertEqual(self.signed_in(clients[1]), "")
            clients[1].post(CODE, {"code": phones[1].code()})
            self.assertEqual(self.signed_in(clients[1]), "")
            clients[0].post(CODE, {"code": phones[0].code()})
            self.assertEqual(self.signed_in(clients[0]), "a.martin")

    def test_a_token_given_meanwhile(self):
        """On any row: the first code of the page that was open loses, and so it does once NO_RECORD refuses."""
        self.user()
        for row in ("a.martin#2", "a.martin#3", None):
            client = Client()
            with poterne_with(NO_RECORD="enroll"):
                self.password(client)
                client.get(CODE)
                phone = Phone(key_of(client.get(ENROLL)))
                if row is not None:
                    self.enrolled(row)
                    self.assertContains(client.post(ENROLL, {"code": phone.code()}, follow=True), "Something changed in the meantime")
                    self.assertEqual([each.account for each in Record.objects.all()], [row])
                    self._fixture_teardown()
                    self.user()
            if row is None:
                with poterne_with(NO_RECORD="refuse"):
                    self.assertContains(client.post(ENROLL, {"code": phone.code()}, follow=True), "Call the help desk")
                    self.assertEqual(Record.objects.count(), 0)
                with poterne_with(NO_RECORD="enroll"):
                    # The control: with neither, it is stored.
                    phone = Phone(key_of(client.get(ENROLL)))
                    client.post(ENROLL, {"code": phone.code()})
                    self.assertEqual(Record.objects.count(), 1)

    def test_a_letter(self):
        """A pending record that the first login confirms."""
        self.user()
        with verifier().enroll("a.martin") as enrollment:
            key = enrollment.otpauth_uri("x", "y").secret_to_type()
            column().insert("a.martin", enrollment.record)
        phone = Phone(key)
        self.password()
        self.client.post(CODE, {"code": phone.code()})
        self.assertEqual(self.signed_in(), "")
        with poterne_with(POLICY={"confirm_at_first_login": True}):
            self.client.post(CODE, {"code": phone.code()})
            self.assertEqual(self.signed_in(), "a.martin")

    def test_a_user_who_needs_none_may_enroll(self):
        self.user()
        with poterne_with(WHO=lambda user: False, NO_RECORD="enroll"):
            self.password()
            self.assertContains(self.client.get(ACCOUNT), "Set up your authenticator app")
            phone = Phone(key_of(self.client.get(ENROLL)))
            self.client.post(ENROLL, {"code": phone.code()})
            self.assertEqual(len(codes_of(self.client.get(RECOVERY))), 8)
            other = Client()
            self.password(other)
            self.assertEqual(self.signed_in(other), "")

    def test_a_late_enrollment(self):
        self.user()
        with poterne_with(NO_RECORD="enroll", ENROLL_SECONDS=1, POLICY={"ticket_seconds": 1}):
            self.password()
            self.client.get(CODE)
            phone = Phone(key_of(self.client.get(ENROLL)))
            time.sleep(1.1)
            self.assertContains(self.client.post(ENROLL, {"code": phone.code()}, follow=True), "You took longer")
            self.assertEqual(Record.objects.count(), 0)


class NewPhone(SiteCase):
    def test_while_the_old_one_works(self):
        self.user()
        old = self.enrolled()
        self.full(old)
        self.assertContains(self.client.get(ACCOUNT), 'id="poterne-new-phone"')
        self.type(old.wrong(), "/second-step/replace/")
        code = old.code()
        self.assertRedirects(self.client.post("/second-step/replace/", {"code": code}), ENROLL, fetch_redirect_response=False)
        # Sent twice: the same page, the same secret.
        key = key_of(self.client.get(ENROLL))
        self.assertRedirects(self.client.post("/second-step/replace/", {"code": code}), ENROLL, fetch_redirect_response=False)
        self.assertEqual(key_of(self.client.get(ENROLL)), key)
        new = Phone(key)
        self.type(new.wrong(), ENROLL)
        self.assertEqual(self.status().failures, 0)
        confirmed = self.client.post(ENROLL, {"code": new.code()})
        self.assertRedirects(confirmed, RECOVERY, fetch_redirect_response=False)
        self.assertEqual(len(codes_of(self.client.get(RECOVERY))), 8)
        other = Client()
        self.password(other)
        other.post(CODE, {"code": old.code()})
        self.assertEqual(self.signed_in(other), "")
        other.post(CODE, {"code": new.code()})
        self.assertEqual(self.signed_in(other), "a.martin")

    def test_a_login_meanwhile_begins_it_again(self):
        self.user()
        old = self.enrolled()
        self.full(old)
        self.client.post("/second-step/replace/", {"code": old.code()})
        new = Phone(key_of(self.client.get(ENROLL)))
        self.full(old, Client())
        page = self.client.post(ENROLL, {"code": new.code()}, follow=True)
        self.assertContains(page, "Something changed in the meantime")
        self.assertEqual(self.status().state, poterne.State.ACTIVE)
        self.assertContains(self.client.get(ENROLL, follow=True), "already")

    def test_not_without_a_code(self):
        self.user()
        old = self.enrolled()
        self.password()
        for address in ("replace/", "recovery/new/"):
            self.assertRedirects(self.client.post(f"/second-step/{address}", {"code": old.code()}), CODE, fetch_redirect_response=False)
            old.offset = -30
        self.assertEqual(self.status().failures, 0)
        self.assertContains(self.client.get(ENROLL, follow=True), "already")

    def test_new_recovery_codes(self):
        user = self.user()
        phone = self.enrolled()
        former = Person(user).recovery_codes()
        self.full(phone)
        self.assertEqual(codes_of(self.client.get(RECOVERY)), [])
        code = phone.code()
        for _ in range(2):
            self.assertRedirects(self.client.post("/second-step/recovery/new/", {"code": code}), RECOVERY, fetch_redirect_response=False)
        codes = codes_of(self.client.get(RECOVERY))
        self.assertEqual(len(codes), 8)
        self.assertEqual(codes_of(self.client.get(RECOVERY)), [])
        other = Client()
        self.password(other)
        other.post(CODE, {"code": former[0]})
        self.assertEqual(self.signed_in(other), "")
        other.post(CODE, {"code": codes[0]})
        self.assertEqual(self.signed_in(other), "a.martin")

    def test_of_a_second_device(self):
        user = self.user()
        phone, token = self.enrolled(), self.enrolled("a.martin#2")
        codes = Person(user).recovery_codes()
        self.full(phone)
        self.client.post("/second-step/replace/", {"code": token.code(), "device": "2"})
        new = Phone(key_of(self.client.get(ENROLL)))
        self.assertRedirects(self.client.post(ENROLL, {"code": new.code()}), ACCOUNT, fetch_redirect_response=False)
        # Recovery codes stand on the first row alone, and stay.
        self.assertEqual((self.status().recovery_codes_left, self.status("a.martin#2").recovery_codes_left), (len(codes), 0))
        self.assertIn("My second device", text(self.client.get(ACCOUNT)))
