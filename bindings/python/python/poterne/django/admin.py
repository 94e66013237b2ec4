"""The help desk in Django's admin: one page, behind the permission `poterne.help_desk`.

The account is in no address: addresses stand in the web server's log.
"""

from __future__ import annotations

import time
from typing import Any, Dict, List, Optional, Tuple

from django.contrib import admin, auth
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.debug import sensitive_variables

from poterne import Error, ErrorKind, Refused
from poterne.django import desk, signals, step
from poterne.django.conf import configuration
from poterne.django.kept import DESK, DESK_SECONDS, SKEW_SECONDS, Kept
from poterne.django.models import Record
from poterne.django.person import Person

PERMISSION = "poterne.help_desk"

# What is open at once.
_PAGES = 8

_ACTS = {act.name: act for act in desk.ACTS}


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

    @sensitive_variables("code", "shown")
    def serve(self, request: HttpRequest) -> HttpResponse:
        """Each form is answered by a redirection, and what the page then shows stands in the session: going back sends nothing again.
        Each redirection has a page of its own, so that two tabs do not show each other's accounts and codes.
        """
        if not _is_help_desk(request):
            raise PermissionDenied
        if not _is_behind_a_code(request):
            # Whatever WHO and URLS ask of others: behind the password alone, one password would issue codes for everybody.
            if auth.SESSION_KEY not in request.session:
                # Signed in by a header of this request alone: there is no session that a code could be for.
                raise PermissionDenied
            step.store(request, step.begun(step.session_user(request), request.session[auth.BACKEND_SESSION_KEY], request.path))
            return HttpResponseRedirect(reverse("poterne:code"))
        # The account that is looked at, and what is asked or was done, for each page.
        kept = Kept(request.session)
        now = time.time()
        stored: Dict[str, Any] = kept.get(DESK) or {}
        # Each for its own time: what is done in one tab does not keep a code in another from ending.
        pages = {name: each for name, each in stored.items() if -SKEW_SECONDS <= now - each["at"] <= DESK_SECONDS}
        if request.method == "POST":
            name = get_random_string(12)
            kept.put(DESK, {**dict(list(pages.items())[1 - _PAGES :]), name: {**self._post(request), "at": now}})
            return HttpResponseRedirect(f"{request.path}?page={name}")
        if request.method != "GET":
            # Nobody reads the answer, and a code is made when it is shown.
            return HttpResponse()
        name = request.GET.get("page", "")
        shown = pages.get(name) or {}
        person = Person.of_account(shown["account"]) if shown.get("account") else None
        if person is None:
            return self._page(request, {"problem": shown.get("problem")})
        # Said once.
        kept.put(DESK, {**pages, name: {"account": shown["account"], "at": shown["at"]}})
        if "code_of" in shown:
            # Made when it is shown: no session holds it, and a form sent twice issues one.
            code, problem = self._run(request, person, _ACTS[shown["code_of"]], shown["row"], {"may": shown["may"]})
            context = {"problem": problem} if problem else {"done": _("Done."), "say": _(_ACTS[shown["code_of"]].say), "code": code}
            return self._page(request, context, person)
        if "done" in shown:
            return self._page(request, {"done": _("Done."), "say": _(_ACTS[shown["done"]].say)}, person)
        if "act" in shown:
            kept.put(DESK, pages)
            return self._page(request, _question(_ACTS[shown["act"]], shown["rows"], shown["row"]), person)
        return self._page(request, {"problem": shown.get("problem")}, person)

    def _post(self, request: HttpRequest) -> Dict[str, Any]:
        """What to show next."""
        account = request.POST.get("account", "").strip()
        person = Person.of_account(account) if account else None
        if person is None:
            return {"problem": _("Nobody has this account. Look at the spelling.")}
        name = request.POST.get("act")
        if not name:
            return {"account": account}
        not_for = _not_for(request, person)
        if not_for:
            return {"account": account, "problem": not_for}
        offered = {act.name: (act, rows) for act, rows in desk.possible(desk.statuses(person)[0])}
        if name not in offered:
            return {"account": account, "problem": _not_possible()}
        act, rows = offered[name]
        row = next((row for row in rows if str(row) == request.POST.get("row")), rows[0])
        needed = ["confirmed", "identity", *(["must"] if act.must else [])]
        if any(request.POST.get(key) != "1" for key in needed):
            return {"account": account, "act": name, "rows": rows, "row": row}
        if act.has_code:
            return {"account": account, "code_of": name, "row": row, "may": bool(request.POST.get("may"))}
        _code, problem = self._run(request, person, act, row, {})
        return {"account": account, "problem": problem} if problem else {"account": account, "done": name}

    @sensitive_variables("code")
    def _run(self, request: HttpRequest, person: Person, act: desk.Act, row: int, given: Dict[str, Any]) -> Tuple[Optional[str], str]:
        """The code to hand over, if there is one; or why nothing was changed."""
        not_for = _not_for(request, person)
        if not_for:
            # Somebody's rights are others since the form was sent.
            return None, not_for
        try:
            code = act.run(person, row, given)
        except Refused:
            return None, _("Somebody else changed this account at the same moment. Nothing was changed: look at it, then begin again.")
        except Error as error:
            if error.kind is not ErrorKind.STATE:
                raise
            return None, _not_possible()
        self._note(request, person, act)
        signals.tell(signals.help_desk, person.user, f"help_desk.{act.name}")
        return code, ""

    def _note(self, request: HttpRequest, person: Person, act: desk.Act) -> None:
        """The act, by whose session and for whom: no code, no state."""
        LogEntry.objects.create(
            user_id=step.session_user(request).pk,
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
            context["not_for"] = _not_for(request, person)
            context["acts"] = [] if context["not_for"] else [(act.name, _(act.title)) for act, _rows in desk.possible(found)]
        values = {**self.admin_site.each_context(request), "title": _("Help desk of the second factor"), "opts": self.opts, **context}
        response = TemplateResponse(request, "admin/poterne/record/desk.html", values)
        add_never_cache_headers(response)
        return response


_ROWS = (noop("First device"), noop("Second device"), noop("Third device"))


def _question(act: desk.Act, rows: List[int], row: int) -> Dict[str, Any]:
    questions = [("identity", _(act.identity), True)]
    questions += [("must", _(act.must), True)] if act.must else []
    questions += [("may", _(act.may), False)] if act.may else []
    return {
        "act": act,
        "title_of_act": _(act.title),
        "effect": _(act.effect),
        "questions": questions,
        "rows": [(each, _(_ROWS[each - 1]), each == row) for each in rows] if act.is_for_one_row and len(rows) > 1 else [],
    }


def _not_possible() -> str:
    return _("The state of this account does not allow that. Nothing was changed.")


def _not_for(request: HttpRequest, person: Person) -> str:
    """Why who is at the help desk may look at this account only; nothing, if they may act.

    Whoever has taken their session over, or their phone, must need a second person; and the permission of the help desk must not lead
    to every other.
    """
    # Whom the site lets the views see, and whose session it is: neither has the other's rights.
    own = (request.user, step.session_user(request))
    if any(each.pk == person.user.pk or (each.is_authenticated and configuration().account(each) == person.account) for each in own):
        return _("This is your own account: somebody else at the help desk acts on it.")
    if getattr(person.user, "is_superuser", False) and not all(getattr(each, "is_superuser", False) for each in own):
        return _("This account may do everything on this site: only somebody who may do so too acts on it.")
    return ""


def _is_help_desk(request: Any) -> bool:
    return bool(request.user.has_perm(PERMISSION))


def _is_behind_a_code(request: HttpRequest) -> bool:
    """By our pages, or by those of django-otp."""
    return step.is_accepted(request) or getattr(request.user, "otp_device", None) is not None


def _outside_transactions(view: Any) -> Any:
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view
