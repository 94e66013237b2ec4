"""The help desk in Django's admin: one page, behind the permission `poterne.help_desk`.

The account is in no address: addresses stand in the web server's log.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.debug import sensitive_variables

from poterne import Error, ErrorKind, Refused
from poterne.django import desk, signals
from poterne.django.models import Record
from poterne.django.person import Person

PERMISSION = "poterne.help_desk"

# What was just done, for the page that shows it once.
_DONE = "_poterne_desk"


@admin.register(Record)
class HelpDesk(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_help_desk(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_help_desk(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> List[Any]:
        return [path("", _outside_transactions(self.admin_site.admin_view(self.serve)), name="poterne_record_changelist")]

    @sensitive_variables("code", "done")
    def serve(self, request: HttpRequest) -> HttpResponse:
        if not _is_help_desk(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._post(request)
        done = request.session.pop(_DONE, None)
        if done is None:
            return self._page(request, {})
        person = Person.of_account(done["account"])
        act = next(act for act in desk.ACTS if act.name == done["act"])
        context: Dict[str, Any] = {"done": _("Done."), "say": _(act.say)}
        if person is not None and done["row"]:
            # Made when it is shown: no session holds it, and a form sent twice issues one.
            return self._run(request, person, act, done["row"], {"may": done["may"]}, context)
        return self._page(request, context, person)

    def _post(self, request: HttpRequest) -> HttpResponse:
        account = request.POST.get("account", "").strip()
        person = Person.of_account(account) if account else None
        if person is None:
            return self._page(request, {"problem": _("Nobody has this account. Look at the spelling.")})
        name = request.POST.get("act")
        if not name:
            return self._page(request, {}, person)
        found, _unreadable = desk.statuses(person)
        offered = {act.name: (act, rows) for act, rows in desk.possible(found)}
        if name not in offered:
            return self._page(request, {"problem": _("The state of this account does not allow that. Nothing was changed.")}, person)
        act, rows = offered[name]
        row = next((row for row in rows if str(row) == request.POST.get("row")), rows[0])
        answers = {"identity": act.identity, "must": act.must}
        if request.POST.get("confirmed") != "1" or any(text and not request.POST.get(key) for key, text in answers.items()):
            context = {
                "act": act,
                "title_of_act": _(act.title),
                "effect": _(act.effect),
                "questions": [(key, _(text), True) for key, text in answers.items() if text] + ([("may", _(act.may), False)] if act.may else []),
                "rows": [(each, _ROWS[each - 1], each == row) for each in rows] if act.is_for_one_row and len(rows) > 1 else [],
            }
            return self._page(request, context, person)
        if act.name in ("lost", "forgotten"):
            request.session[_DONE] = {"account": person.account, "act": name, "row": row, "may": bool(request.POST.get("may"))}
            return HttpResponseRedirect(request.path)
        return self._run(request, person, act, row, request.POST.dict(), None)

    def _run(self, request: HttpRequest, person: Person, act: desk.Act, row: int, given: Any, context: Optional[Dict[str, Any]]) -> HttpResponse:
        try:
            code = act.run(person, row, given)
        except Refused:
            return self._page(request, {"problem": _("Somebody else changed this account at the same moment. Nothing was changed: look at it, then begin again.")}, person)
        except Error as error:
            if error.kind is not ErrorKind.STATE:
                raise
            return self._page(request, {"problem": _("The state of this account does not allow that. Nothing was changed.")}, person)
        self._note(request, person, act)
        signals.tell(signals.help_desk, person.user, f"help_desk.{act.name}")
        if context is None:
            request.session[_DONE] = {"account": person.account, "act": act.name, "row": 0}
            return HttpResponseRedirect(request.path)
        return self._page(request, {**context, "code": code}, person)

    def _note(self, request: HttpRequest, person: Person, act: desk.Act) -> None:
        """The act, by whom and for whom: no code, no state."""
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type_id=ContentType.objects.get_for_model(Record).pk,
            object_id=person.account,
            object_repr=person.account[:200],
            action_flag=CHANGE,
            change_message=act.name,
        )

    def _page(self, request: HttpRequest, context: Dict[str, Any], person: Optional[Person] = None) -> HttpResponse:
        if person is not None:
            found, unreadable = desk.statuses(person)
            context["account"] = person.account
            context["described"] = [(_(_ROWS[row - 1]) if len(found) > 1 else "", desk.described(status)) for row, status in found.items()]
            context["unreadable"] = bool(unreadable)
            context["is_enrolled"] = bool(found or unreadable)
            context["acts"] = [(act.name, _(act.title)) for act, _rows in desk.possible(found)]
        values = {**self.admin_site.each_context(request), "title": _("Help desk of the second factor"), "opts": self.opts, **context}
        response = TemplateResponse(request, "admin/poterne/record/desk.html", values)
        add_never_cache_headers(response)
        return response


_ROWS = (noop("First device"), noop("Second device"), noop("Third device"))


def _is_help_desk(request: Any) -> bool:
    return bool(request.user.has_perm(PERMISSION))


def _outside_transactions(view: Any) -> Any:
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view
