"""The help desk in the admin."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.test import Client
from people import SiteCase, codes_of, text
from test_login import CODE, poterne_with
from test_ways_in import middleware_with

from poterne import State
from poterne.django.desk import ACTS
from poterne.django.models import Record
from poterne.django.person import Person
from poterne.django.table import column

DESK = "/admin/poterne/record/"


class HelpDesk(SiteCase):
    def setUp(self):
        super().setUp()
        self.agent = self.user()
        self.phone = self.enrolled()
        self.desk_user()
        self.full(self.enrolled("desk"), name="desk")

    def look_up(self, account, **values):
        return self.client.post(DESK, {"account": account, **values}, follow=True)

    def act(self, name, account="a.martin", **answers):
        return self.client.post(DESK, {"account": account, "act": name, "confirmed": "1", "identity": "1", **answers}, follow=True)

    def test_needs_its_permission(self):
        self.user("other", is_staff=True)
        client = self.full(self.enrolled("other"), Client(), "other")
        self.assertEqual(client.get(DESK).status_code, 403)
        self.assertEqual(client.post(DESK, {"account": "a.martin", "act": "revoke", "confirmed": "1", "identity": "1"}).status_code, 403)
        self.assertNotContains(client.get("/admin/"), "poterne/record")
        self.assertEqual(self.status().state, State.ACTIVE)
        self.assertContains(self.client.get("/admin/"), "poterne/record")
        self.assertEqual(Client().get(DESK).status_code, 302)

    def test_forms_are_protected(self):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = self.client.cookies
        self.assertEqual(strict.post(DESK, {"account": "a.martin", "act": "revoke", "confirmed": "1", "identity": "1"}).status_code, 403)
        self.assertEqual(self.status().state, State.ACTIVE)

    def test_nothing_happens_unless_it_is_confirmed(self):
        before = column().load("a.martin")
        for act in ACTS:
            for answers in ({}, {"confirmed": "1"}, {"identity": "1"}):
                response = self.look_up("a.martin", act=act.name, **answers)
                self.assertEqual(response.status_code, 200)
        self.client.get(DESK, {"account": "a.martin", "act": "revoke", "confirmed": "1", "identity": "1"})
        self.assertEqual(column().load("a.martin"), before)
        self.assertEqual(LogEntry.objects.count(), 0)

    def test_what_it_sees(self):
        self.password(Client())
        page = self.look_up("a.martin")
        self.assertIn("active: it works", text(page))
        self.assertNotIn(column().load("a.martin"), page.content.decode())
        self.assertIn("Nobody has this account", text(self.look_up("<b>nobody")))
        self.user("c.petit")
        self.assertIn("not enrolled", text(self.look_up("c.petit")))

    def test_lost(self):
        Person(self.agent).recovery_codes()
        self.assertIn("does not allow that", text(self.act("found")))
        page = self.act("lost", may="1")
        code = _code(page)
        self.assertEqual((self.status().state, self.status().recovery_codes_left), (State.SUSPENDED, 0))
        self.assertNotIn(code, text(self.client.get(DESK)))
        client = Client()
        self.password(client)
        self.type(self.phone.code(), client=client)
        client.post(CODE, {"code": code})
        self.assertEqual(self.signed_in(client), "a.martin")
        # The new phone, behind the temporary code.
        self.assertRedirects(client.post("/second-step/replace/", {"code": code}), "/second-step/enroll/", fetch_redirect_response=False)
        self.act("found")
        self.assertEqual((self.status().state, self.status().temporary_code), (State.ACTIVE, None))

    def test_forgotten(self):
        code = _code(self.act("forgotten"))
        self.assertEqual((self.status().state, self.status().temporary_code.uses_left), (State.ACTIVE, 1))
        client = Client()
        self.password(client)
        client.post(CODE, {"code": code})
        self.assertEqual(self.signed_in(client), "a.martin")

    def test_a_code_is_made_for_the_page_that_shows_it(self):
        """HEAD makes none; two tabs are two pages."""
        self.user("b.durand")
        self.enrolled("b.durand")
        there = self.client.post(DESK, {"account": "a.martin", "act": "forgotten", "confirmed": "1", "identity": "1"})["Location"]
        self.assertEqual(self.client.head(there).status_code, 200)
        self.assertEqual(self.client.options(there).content, b"")
        self.assertIsNone(self.status().temporary_code)
        self.assertNotIn("a.martin", there)
        other = self.look_up("b.durand")
        self.assertContains(other, "b.durand")
        self.assertNotContains(other, "poterne-temporary")
        self.assertNotContains(self.client.get(DESK), "a.martin")
        shown = self.client.get(there)
        self.assertContains(shown, "poterne-temporary")
        self.assertContains(shown, "a.martin")
        self.assertNotContains(shown, "b.durand")
        self.assertIsNotNone(self.status().temporary_code)
        # Once.
        self.assertNotContains(self.client.get(there), "poterne-temporary")
        # Many pages later it is gone, and so are they: the session does not grow.
        for _ in range(20):
            self.look_up("b.durand")
        self.assertNotContains(self.client.get(there), "a.martin")
        self.assertEqual(len(self.client.session["_poterne_kept"]["desk"]["value"]), 8)

    def test_each_page_has_its_time(self):
        """A code that was not followed ends, however busy the other tabs are. The control is the test before."""
        there = self.client.post(DESK, {"account": "a.martin", "act": "forgotten", "confirmed": "1", "identity": "1"})["Location"]
        session = self.client.session
        session["_poterne_kept"]["desk"]["value"][there.partition("page=")[2]]["at"] -= 901
        session.save()
        self.assertContains(self.look_up("desk"), "active: it works")
        self.assertNotContains(self.client.get(there), "poterne-temporary")
        self.assertIsNone(self.status().temporary_code)

    def test_nobody_acts_on_their_own_account(self):
        """Nor on the one that the session is of, whoever the site lets them look like."""
        before = column().load("desk")
        self.assertContains(self.look_up("desk"), 'id="poterne-not-for"')
        self.assertNotContains(self.look_up("desk"), 'name="act"')
        for act in ACTS:
            self.assertContains(self.act(act.name, "desk", must="1", may="1"), "your own account")
        self.assertEqual(column().load("desk"), before)
        # The control: of somebody else's they are offered, and done.
        self.assertContains(self.look_up("a.martin"), 'name="act"')
        self.act("suspend")
        self.assertEqual(self.status().state, State.SUSPENDED)
        self.assertEqual(LogEntry.objects.count(), 1)

    def test_only_a_superuser_acts_on_a_superuser(self):
        chief = self.user("chief", is_superuser=True, is_staff=True)
        phone = self.enrolled("chief")
        before = column().load("chief")
        self.assertNotContains(self.look_up("chief"), 'name="act"')
        for act in ACTS:
            self.assertContains(self.act(act.name, "chief", must="1", may="1"), "only somebody who may do so too")
        self.assertEqual(column().load("chief"), before)
        # Asked again when the code is made: a.martin has become one since the form was sent.
        there = self.client.post(DESK, {"account": "a.martin", "act": "forgotten", "confirmed": "1", "identity": "1"})["Location"]
        type(chief).objects.filter(username="a.martin").update(is_superuser=True)
        self.assertNotContains(self.client.get(there), "poterne-temporary")
        self.assertIsNone(self.status().temporary_code)
        # The control: a superuser does; not on their own.
        self.client = Client()
        self.full(phone, name="chief")
        self.assertTrue(_code(self.act("forgotten")))
        self.assertContains(self.act("forgotten", "chief"), "your own account")

    def test_looking_like_another(self):
        """A middleware that lets the views see another user gives nobody rights, and the journal tells whose session it was."""
        self.user("b.durand")
        self.enrolled("b.durand")
        self.user("chief", is_superuser=True, is_staff=True)
        self.enrolled("chief")
        with middleware_with("test_ways_in.as_another"):
            cookies, self.client = self.client.cookies, Client()
            self.client.cookies = cookies
            session = self.client.session
            session["as"] = "chief"
            session.save()
            self.assertEqual(self.signed_in(), "chief")
            for account in ("desk", "chief"):
                before = column().load(account)
                self.act("suspend", account)
                self.assertEqual(column().load(account), before)
            self.user("other", is_superuser=True, is_staff=True)
            self.enrolled("other")
            self.assertContains(self.act("suspend", "other"), "only somebody who may do so too")
            # The control.
            self.act("suspend", "b.durand")
            self.assertEqual(self.status("b.durand").state, State.SUSPENDED)
        self.assertEqual([each.user.username for each in LogEntry.objects.all()], ["desk"])

    def test_an_account_that_nobody_can_have(self):
        self.user("b.durand#2")
        self.assertContains(self.look_up("b.durand#2"), "Nobody has this account")

    def test_unlock(self):
        with poterne_with(POLICY={"max_failures": 1}):
            self.password(client := Client())
            client.post(CODE, {"code": self.phone.wrong()})
            self.assertTrue(self.status().is_locked)
            self.assertIn("locked", text(self.look_up("a.martin")))
            self.act("unlock")
            self.assertTrue(self.status().is_locked)
            self.act("unlock", must="1")
            self.assertFalse(self.status().is_locked)
            client.post(CODE, {"code": self.phone.code()})
            self.assertEqual(self.signed_in(client), "a.martin")

    def test_over_all_rows(self):
        self.enrolled("a.martin#2")
        Person(self.agent).recovery_codes()
        self.act("end_codes")
        self.assertEqual(self.status().recovery_codes_left, 0)
        self.act("suspend", row="2")
        self.assertEqual((self.status().state, self.status("a.martin#2").state), (State.ACTIVE, State.SUSPENDED))
        self.act("revoke")
        self.assertEqual((self.status().state, self.status("a.martin#2").state), (State.REVOKED, State.REVOKED))
        client = Client()
        self.password(client)
        client.post(CODE, {"code": self.phone.code()})
        self.assertEqual(self.signed_in(client), "")
        self.assertIn("does not allow that", text(self.act("lost")))

    def test_a_new_enrollment(self):
        self.act("anew")
        self.assertTrue(Record.objects.filter(account="a.martin").exists())
        with poterne_with(NO_RECORD="enroll"):
            self.act("anew")
            self.assertFalse(Record.objects.filter(account="a.martin").exists())
            self.assertTrue(Record.objects.filter(account="desk").exists())

    def test_its_journal(self):
        code = _code(self.act("forgotten"))
        self.act("revoke")
        entries = [(each.user.username, each.object_id, each.object_repr, each.change_message) for each in LogEntry.objects.order_by("pk")]
        self.assertEqual(entries, [("desk", "a.martin", "a.martin", "forgotten"), ("desk", "a.martin", "a.martin", "revoke")])
        self.assertNotIn(code, str(entries))
        self.assertEqual(codes_of(self.client.get(DESK)), [])

    def test_french(self):
        page = self.client.post(DESK, {"account": "a.martin"}, headers={"accept-language": "fr"}, follow=True)
        self.assertIn("actif : il fonctionne", text(page).replace("\xa0", " ").replace("\u202f", " "))


def _code(page):
    import re

    found = re.search('id="poterne-temporary"[^>]*>([^<]*)<', page.content.decode())
    assert found, text(page)
    return found[1]
