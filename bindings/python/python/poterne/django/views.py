"""The pages: the code, the first app, the recovery codes, and the user's own page."""

from __future__ import annotations

import functools
import time
from datetime import datetime
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import views as auth_views
from django.contrib.sessions.backends.base import UpdateError
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from poterne import Method, Refusal, Refused, State, Status
from poterne.django import signals, step
from poterne.django.answers import page
from poterne.django.conf import configuration, language
from poterne.django.kept import BEFORE, CODES, ENROLLING, ERROR, NOTICE, Kept
from poterne.django.person import Person, devices

View = Callable[..., HttpResponse]


def ours(*methods: str) -> Callable[[View], View]:
    """Outside every transaction, behind Django's protection against forgery, with the code in no report of an error, and kept by no
    browser: going back would follow a redirection of before.
    """

    def decorate(view: View) -> View:
        decorated: Any = never_cache(sensitive_post_parameters("code")(csrf_protect(require_http_methods(list(methods))(view))))
        for alias in connections:
            decorated = transaction.non_atomic_requests(using=alias)(decorated)
        # Nobody is signed in between the steps: `LoginRequiredMiddleware` lets these pages be.
        decorated.login_required = False
        return functools.wraps(view)(decorated)

    return decorate


class Actor(NamedTuple):
    """Who a page is for, found by the server alone."""

    user: Any
    # Between the password and the code; None once a code was accepted.
    waiting: Optional[step.Waiting]


class LoginView(auth_views.LoginView):
    """Django's page for the password. It logs nobody in who must have a code."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if configuration().urls is not None or not (configuration().who(user) or Person(user).has_record()):
            return super().form_valid(form)
        step.wait(self.request, user, user.backend, self.get_success_url())
        return redirect("poterne:code")


@ours("GET", "HEAD", "POST")
@sensitive_variables("code")
def code(request: HttpRequest) -> HttpResponse:
    typed = request.POST.get("code", "")
    waiting = step.waiting(request)
    if waiting is None:
        if request.method == "POST":
            return HttpResponseRedirect(step.follow_twin(request, typed) or _home(request))
        if _error(request):
            return page(request, "late", {"login": resolve_url(settings.LOGIN_URL)})
        return HttpResponseRedirect(_home(request))
    if waiting.is_late:
        return _late(request)
    user = waiting.find()
    if user is None:
        step.leave(request)
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
    person = Person(user)
    choice = devices(person.statuses())
    if not choice:
        if not person.has_record():
            return _not_enrolled(request, user)
        # Revoked: the library says what everybody reads.
        choice = [1]
    if request.method == "POST":
        row = _row(request, choice)
        try:
            accepted = person.log_in(typed, row)
        except Refused as refused:
            if refused.refusal in (Refusal.REPLAYED, Refusal.CONFLICT):
                url = step.follow_twin(request, typed)
                if url is not None:
                    return HttpResponseRedirect(url)
            signals.tell(signals.refused, user, refused.code)
            return _say(request, refused.message_to_user(language()), row)
        url = waiting.next
        notice: Optional[Dict[str, Any]] = None
        if accepted.failures_before or accepted.method is not Method.OTP:
            left = accepted.recovery_codes_left if accepted.method is Method.RECOVERY_CODE else None
            notice = {"failures": accepted.failures_before, "left": left, "next": url}
            if accepted.method is Method.TEMPORARY_CODE:
                temporary = person.statuses()[row].temporary_code
                notice.update({"is_ended": True} if temporary is None else {"until": temporary.expiry, "uses": temporary.uses_left})
            url = resolve_url("poterne:notice")
        step.accept(request, user, waiting, typed, url, notice)
        signals.tell(signals.accepted, user, accepted.code)
        return HttpResponseRedirect(url)
    error = _error(request)
    return page(request, "code", {"error": error.get("text"), "devices": _named(choice, error.get("row")), "notice": Kept(request.session).take(NOTICE)})


@ours("GET", "HEAD")
def notice(request: HttpRequest) -> HttpResponse:
    """After a login that its owner should hear something about."""
    found = Kept(request.session).get(BEFORE)
    if not step.is_accepted(request) or not found:
        return HttpResponseRedirect(_home(request))
    until = found.get("until")
    moment = until and formats.date_format(timezone.localtime(datetime.fromtimestamp(until, tz=timezone.get_current_timezone())), "DATETIME_FORMAT")
    return page(request, "notice", {**found, "until": moment})


@ours("POST")
def leave(request: HttpRequest) -> HttpResponse:
    """Somebody else signs in."""
    step.leave(request)
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))


@ours("GET", "HEAD", "POST")
@sensitive_variables("typed", "uri", "pending")
def enroll(request: HttpRequest) -> HttpResponse:
    """The QR code, and the first code: of a first app, or of one that takes another's place."""
    actor = _actor(request)
    if isinstance(actor, HttpResponse):
        return actor
    person, kept = Person(actor.user), Kept(request.session)
    started = kept.get(ENROLLING)
    if started is None:
        if request.method == "POST" and kept.get(CODES) is not None:
            return redirect("poterne:recovery")
        if person.has_record():
            return _say(request, _("An app or token is set up for your account already."), url=_onward(actor))
        if not configuration().may_enroll:
            return _not_enrolled(request, actor.user) if actor.waiting is None else redirect("poterne:code")
        started = _start(request, actor, person, 1, None)
    row, pending, old = started["row"], started["pending"], started["old"]
    if request.method == "POST":
        if old is None and person.has_record():
            # On any row: the help desk may have given a token since the page was shown.
            return _lost(request, actor)
        if old is None and not configuration().may_enroll:
            kept.drop(ENROLLING)
            return _not_enrolled(request, actor.user) if actor.waiting is None else redirect("poterne:code")
        try:
            confirmed, record = person.confirm(row, pending, old, request.POST.get("code", ""))
        except Refused as refused:
            signals.tell(signals.refused, actor.user, refused.code)
            if refused.refusal in (Refusal.CONFLICT, Refusal.NOT_PENDING, Refusal.EXPIRED, Refusal.REVOKED):
                return _lost(request, actor)
            return _say(request, refused.message_at_enrollment(language()))
        else:
            try:
                person.keep_recovery_codes_on_first_row(row)
            except Refused as conflict:
                # The new authenticator is stored, and the answer says so: others were writing its row, three times.
                signals.tell(signals.refused, actor.user, conflict.code)
            kept.drop(ENROLLING)
            kept.put(NOTICE, "replaced" if old is not None else "enrolled")
            if actor.waiting is not None:
                # Confirmed is not accepted (semantics 8.2): the next code is for the login.
                actor.waiting.is_enrolling, actor.waiting.at = False, time.time()
                step.store(request, actor.waiting)
            signals.tell(signals.enrolled if old is None else signals.replaced, actor.user, confirmed.code)
            return _to_codes(request, actor, record if row == 1 else None)
    uri = person.uri(row, pending)
    context = {
        "error": _error(request).get("text"),
        "key": uri.secret_to_type(),
        "link": uri.as_str(),
        "is_replacement": old is not None,
    }
    return page(request, "enroll", context)


@ours("GET", "HEAD")
def qr(request: HttpRequest) -> HttpResponse:
    """The picture, with an address of its own: a site's Content-Security-Policy may forbid `data:`."""
    actor = _actor(request)
    started = None if isinstance(actor, HttpResponse) else Kept(request.session).get(ENROLLING)
    if isinstance(actor, HttpResponse) or started is None:
        return HttpResponse(status=404)
    return HttpResponse(Person(actor.user).uri(started["row"], started["pending"]).qr().svg(), content_type="image/svg+xml")


@ours("GET", "HEAD")
@sensitive_variables("codes")
def recovery(request: HttpRequest) -> HttpResponse:
    """The codes, once. They are made when they are shown: none lies in a session, and a form sent twice costs nobody theirs.

    Only for the very record that the code before them was for: once they are made, or the help desk or a login has changed it, a code is
    asked for again. So two requests at once show one set, and whoever only waits has none for a credential that they did not enroll.
    """
    actor = _actor(request)
    if isinstance(actor, HttpResponse):
        return actor
    if request.method == "HEAD":
        return HttpResponse()
    kept = Kept(request.session)
    digest = kept.take(CODES)
    codes = None if digest is None else Person(actor.user).recovery_codes_of(digest)
    if codes is None:
        if actor.waiting is not None and kept.get(NOTICE) is None:
            # They have not enrolled just now: there is nothing to say of codes.
            return redirect("poterne:code")
        return page(request, "recovery", {"codes": (), "onward": _onward(actor), "is_accepted": actor.waiting is None})
    signals.tell(signals.recovery_codes_made, actor.user, "recovery_codes")
    notice = kept.take(NOTICE) if actor.waiting is None else kept.get(NOTICE)
    return page(request, "recovery", {"codes": codes, "onward": _onward(actor), "notice": notice})


@ours("GET", "HEAD", "POST")
def new_recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes, behind a code: whoever has taken a session over must not take the account too."""
    return _behind_a_code(request, "new_recovery", lambda actor, person, row: _to_codes(request, actor, person.records().get(1)))


@ours("GET", "HEAD", "POST")
def replace(request: HttpRequest) -> HttpResponse:
    """A new phone, behind a code of what the user has today. That keeps working until the new one is confirmed."""

    def start(actor: Actor, person: Person, row: int) -> HttpResponse:
        _start(request, actor, person, row, person.records()[row])
        return redirect("poterne:enroll")

    return _behind_a_code(request, "replace", start)


@ours("GET", "HEAD")
def account(request: HttpRequest) -> HttpResponse:
    """The user's own page."""
    actor = _actor(request)
    if isinstance(actor, HttpResponse):
        return actor
    if actor.waiting is not None:
        return redirect("poterne:code")
    statuses = Person(actor.user).statuses()
    kept = Kept(request.session)
    kept.drop(BEFORE)
    context = {
        "devices": [(_device(row), status.state.name.lower()) for row, status in statuses.items()],
        "left": next((status.recovery_codes_left for status in statuses.values()), None),
        "can_change": any(status.state in (State.ACTIVE, State.SUSPENDED) for status in statuses.values()),
        "can_enroll": not statuses and configuration().may_enroll,
        "is_refused": not statuses and not configuration().may_enroll,
        "error": _error(request).get("text"),
        "notice": kept.take(NOTICE),
        "home": resolve_url(settings.LOGIN_REDIRECT_URL),
    }
    return page(request, "account", context)


@sensitive_variables("typed")
def _behind_a_code(request: HttpRequest, template: str, go_on: Callable[[Actor, Person, int], HttpResponse]) -> HttpResponse:
    actor = _actor(request)
    if isinstance(actor, HttpResponse):
        return actor
    if actor.waiting is not None:
        return redirect("poterne:code")
    person = Person(actor.user)
    choice = _working(person.statuses())
    if not choice:
        return redirect("poterne:account")
    if request.method == "POST":
        row, typed = _row(request, choice), request.POST.get("code", "")
        try:
            accepted = person.log_in(typed, row)
        except Refused as refused:
            if refused.refusal in (Refusal.REPLAYED, Refusal.CONFLICT):
                there = _twin_of_form(request)
                if there is not None:
                    return there
            signals.tell(signals.refused, actor.user, refused.code)
            return _say(request, refused.message_to_user(language()), row)
        signals.tell(signals.accepted, actor.user, accepted.code)
        return go_on(actor, person, row)
    error = _error(request)
    return page(request, template, {"error": error.get("text"), "devices": _named(choice, error.get("row"))})


def _twin_of_form(request: HttpRequest) -> Optional[HttpResponse]:
    """The answer of the same form, sent once before: what it has begun stands in the session."""
    for seconds in step.TWIN_WAITS:
        time.sleep(seconds)
        stored = Kept(step.reloaded(request))
        if stored.get(CODES) is not None:
            return redirect("poterne:recovery")
        if stored.is_younger(ENROLLING, step.TWIN_SECONDS):
            return redirect("poterne:enroll")
    return None


def _lost(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The new authenticator was not stored: its twin was, or something else changed the account."""
    for seconds in step.TWIN_WAITS:
        time.sleep(seconds)
        stored = Kept(step.reloaded(request))
        if stored.get(CODES) is not None:
            return redirect("poterne:recovery")
        if stored.get(ENROLLING) is None:
            return HttpResponseRedirect(_onward(actor))
    Kept(request.session).drop(ENROLLING)
    return _say(request, _("Something changed in the meantime, perhaps in another tab. Look at this page, then begin again."), url=_onward(actor))


def _to_codes(request: HttpRequest, actor: Actor, record: Optional[str]) -> HttpResponse:
    """`record` is the first row's, as it is behind the code: the others have no recovery codes."""
    if record is None or not configuration().policy.recovery_codes:
        return HttpResponseRedirect(_onward(actor))
    Kept(request.session).put(CODES, Person(actor.user).digest(record))
    return redirect("poterne:recovery")


def _actor(request: HttpRequest) -> Any:
    """The user of this session: signed in, or between the two steps. Otherwise where to go."""
    waiting = step.waiting(request)
    user = step.session_user(request)
    is_logged_in = bool(user.is_authenticated)
    if waiting is not None and not step.is_accepted(request) and not (is_logged_in and waiting.is_late):
        if waiting.is_late:
            return _late(request)
        found = waiting.find()
        if found is None:
            step.leave(request)
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
        return Actor(found, waiting)
    if step.is_accepted(request) or step.is_free(request):
        return Actor(user, None)
    if is_logged_in:
        # With URLS: signed in by the password alone. Whoever has no app is between the steps too: the code page knows who may set one up.
        backend = request.session[auth.BACKEND_SESSION_KEY]
        is_for_later = request.method == "GET" and request.path in (resolve_url("poterne:replace"), resolve_url("poterne:new_recovery"))
        step.store(request, step.begun(user, backend, request.get_full_path() if is_for_later else resolve_url("poterne:account")))
        return redirect("poterne:code")
    return auth_views.redirect_to_login(resolve_url("poterne:account"))


def _start(request: HttpRequest, actor: Actor, person: Person, row: int, old: Optional[str]) -> Dict[str, Any]:
    """The pending record waits in the session, sealed; with the record of today, if it is to take its place (semantics 8.9)."""
    started = {"row": row, "pending": person.enroll(row), "old": old}
    Kept(request.session).put(ENROLLING, started)
    if actor.waiting is not None and not actor.waiting.is_enrolling:
        actor.waiting.is_enrolling = True
        step.store(request, actor.waiting)
    return started


def _not_enrolled(request: HttpRequest, user: Any) -> HttpResponse:
    if configuration().may_enroll:
        return redirect("poterne:enroll")
    refused = Refused(Refusal.NOT_ENROLLED)
    signals.tell(signals.refused, user, refused.code)
    return page(request, "none")


def _late(request: HttpRequest) -> HttpResponse:
    step.leave(request)
    return _say(request, "", url=resolve_url("poterne:code"))


def _say(request: HttpRequest, text: str, row: int = 1, *, url: Optional[str] = None) -> HttpResponse:
    """Answers a form that was refused: the page that it is sent to says why."""
    Kept(request.session).put(ERROR, {"text": text, "row": row, "path": url or request.path})
    if request.session.session_key is not None:
        try:
            request.session.save()
        except UpdateError:
            # Another tab has signed in or left meanwhile: this session is gone, and the page will say where one is.
            pass
        # Saved here, so that a session that is gone is no error. Its cookie is neither set nor taken from the other tab.
        request.session.modified = False
    return HttpResponseRedirect(url or request.path)


def _error(request: HttpRequest) -> Dict[str, Any]:
    """What this page has to say, once."""
    kept = Kept(request.session)
    found = kept.get(ERROR)
    return cast(Dict[str, Any], kept.take(ERROR)) if found and found["path"] == request.path else {}


def _onward(actor: Actor) -> str:
    return resolve_url("poterne:account" if actor.waiting is None else "poterne:code")


def _home(request: HttpRequest) -> str:
    return resolve_url(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated or step.is_accepted(request) else settings.LOGIN_URL)


def _working(statuses: Dict[int, Status]) -> List[int]:
    return [row for row, status in statuses.items() if status.state in (State.ACTIVE, State.SUSPENDED)]


def _row(request: HttpRequest, choice: List[int]) -> int:
    typed = request.POST.get("device", "")
    return next((row for row in choice if str(row) == typed), choice[0])


def _named(choice: List[int], row: Optional[int]) -> List[Tuple[int, str, bool]]:
    chosen = row if row in choice else choice[0]
    return [(each, _device(each), each == chosen) for each in choice] if len(choice) > 1 else []


def _device(row: int) -> str:
    return (_("My usual device"), _("My second device"), _("My third device"))[row - 1]
