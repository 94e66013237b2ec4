"""What the help desk does when somebody calls: one function a call. It asks who is calling, then says what will
happen and asks once, and ends with an answer in the employee's terms.

The order of the steps, and why: the guide, help_desk.md.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import poterne
from poterne import Authenticator, CodeSet, Error, MissingAuthenticator, Refusal, Refused, State, Status
from poterne.admin.caller import WORKING, Caller, advice, described, device, facts, logins, moment, running, span, standstill, unreadable, wrong_codes
from poterne.admin.console import Stop
from poterne.admin.enrollment import issuer_of
from poterne.admin.interrupt import told
from poterne.admin.sealed import refuse_other_keyring

# A lost phone: until a new one is there.
LOST_DAYS, LOST_USES = 2, 10

DAY = 86_400


def show(caller: Caller) -> None:
    """The state of one person: all of their rows."""
    say, console, now = caller.say, caller.console, time.time()
    shown: List[Dict[str, object]] = []
    rows, verifier = caller.rows(), caller.site.verifier
    for account, record in rows:
        console.print(account)
        try:
            status = verifier.credential(account, record).inspect(now=now)
        except Error as error:
            console.print(f"  {unreadable(say, error)}")
            shown.append({"account": account, "state": "unreadable"})
            continue
        for title, value in described(say, status, now):
            console.print(f"  {title + say(':', ' :'):<22}{value}")
        if hint := advice(say, account, status, now):
            console.print(f"  → {hint}")
        shown.append({"account": account, **facts(status, now)})
    if not rows:
        console.print(say("{account} is not enrolled. Look at the spelling.", "{account} n’est pas enrôlé. Vérifier l’orthographe.", account=caller.account))
    console.json(shown)


def lost(caller: Caller, *, is_sure: bool = False, codes_gone: Optional[bool] = None, days: int = LOST_DAYS, uses: int = LOST_USES) -> None:
    say, console = caller.say, caller.console
    status = caller.status(*WORKING)
    phone = device(say, status)
    _identify(caller, is_sure)
    if not status.recovery_codes_left:
        codes_gone = False
    elif codes_gone is None:
        # With `--yes` nobody knows: they end.
        codes_gone = is_sure or not console.ask(
            say(
                "Are the recovery codes certainly safe elsewhere? (n ends them)",
                "Les codes de secours sont-ils à coup sûr en lieu sûr, ailleurs ? (« n » les annule)",
            )
        )
    expiry = time.time() + days * DAY
    _confirm(
        caller,
        _lines(
            say("The {phone} of {account} is out of use already, and stays so.", "Le {phone} de {account} est déjà hors d’usage et le reste.", account=caller.account, phone=phone)
            if status.state is State.SUSPENDED
            else say("The codes of the {phone} will be refused.", "Les codes du {phone} seront refusés.", phone=phone),
            _replaced_code(caller, status),
            say("The recovery codes end too.", "Les codes de secours sont annulés aussi.") if codes_gone else "",
        ),
        is_sure,
    )
    if codes_gone:
        # Before the new code: were it the other way round and the second step failed, nobody would have been told the code.
        caller.apply(lambda credential: credential.end_codes(CodeSet.RECOVERY))
    code = caller.apply(lambda credential: credential.temporary_code(MissingAuthenticator.SUSPEND, expiry=int(expiry), uses=uses))
    ended = say("The recovery codes are void too.", "Les codes de secours sont annulés aussi.") if codes_gone else ""
    out_of_use = say("The {phone} is out of use.", "Le {phone} est hors d’usage.", phone=phone)
    _hand_over(caller, code, expiry, uses, *filter(None, (out_of_use, ended)))
    _done(caller, out_of_use, ended)
    _tell(
        caller,
        say(
            "Your {phone}'s codes do not work any more. Log in with the code that I have just given you. As soon as you have another {phone}, come to"
            " the desk.",
            "Les codes de votre {phone} ne fonctionnent plus. Connectez-vous avec le code que je viens de vous donner. Dès que vous avez un autre"
            " {phone}, passez nous voir.",
            phone=phone,
        ),
        say("If it was stolen, or the bag: change your password too.", "En cas de vol, du sac par exemple : changez aussi votre mot de passe."),
    )
    _then(
        caller,
        say("close the sessions that the employee did not open", "fermer les sessions que l’agent n’a pas ouvertes")
        if status.authenticator is Authenticator.TOKEN
        else say("close the sessions that are open on the phone", "fermer les sessions ouvertes sur le téléphone"),
        _call(caller, "new-phone"),
    )


def found(caller: Caller, *, is_sure: bool = False) -> None:
    say = caller.say
    status = caller.status(State.SUSPENDED)
    phone = device(say, status)
    _identify(caller, is_sure)
    _confirm(
        caller,
        say(
            "The {phone} of {account} will work again, and the temporary code ends. Only if it was never out of sight long enough to be copied;"
            " otherwise set up a new entry: poterne new-phone {account}",
            "Le {phone} de {account} fonctionnera de nouveau et le code temporaire prend fin. Seulement s’il n’a pas pu être copié entre-temps ;"
            " sinon, installer une nouvelle entrée : poterne new-phone {account}",
            account=caller.account,
            phone=phone,
        ),
        is_sure,
    )
    if status.temporary_code is not None:
        caller.apply(lambda credential: credential.end_codes(CodeSet.TEMPORARY))
    caller.apply(lambda credential: credential.resume())
    _done(caller, say("The {phone} is back in use.", "Le {phone} est de nouveau en service.", phone=phone))
    _tell(
        caller,
        say("Your {phone} works again.", "Votre {phone} fonctionne de nouveau.", phone=phone),
        "" if status.temporary_code is None else say("The temporary code does not work any more.", "Le code temporaire n’est plus valable."),
    )


def forgotten(caller: Caller, *, is_sure: bool = False, uses: int = 1) -> None:
    say = caller.say
    status = caller.status(*WORKING)
    phone = device(say, status)
    _identify(caller, is_sure)
    # Until midnight here: "today" is what the employee is told.
    expiry = datetime.combine(date.today() + timedelta(days=1), time_of_day()).timestamp() - 1
    _confirm(
        caller,
        _lines(
            say("The {phone} of {account} is out of use, and stays so.", "Le {phone} de {account} est hors d’usage et le reste.", account=caller.account, phone=phone)
            if status.state is State.SUSPENDED
            else say("The {phone} of {account} keeps working.", "Le {phone} de {account} reste en service.", account=caller.account, phone=phone),
            _replaced_code(caller, status, today=True),
        ),
        is_sure,
    )
    code = caller.apply(lambda credential: credential.temporary_code(MissingAuthenticator.KEEP, expiry=int(expiry), uses=uses))
    _hand_over(caller, code, expiry, uses)
    _done(
        caller,
        say("A temporary code was issued.", "Un code temporaire a été délivré.")
        if status.temporary_code is None
        else say("A temporary code was issued; the earlier one is void.", "Un code temporaire a été délivré ; le précédent est annulé."),
    )
    _tell(
        caller,
        say("This code works once, today.", "Ce code fonctionne une fois, aujourd’hui.")
        if uses == 1
        else say("This code works {uses} times, today.", "Ce code fonctionne {uses} fois, aujourd’hui.", uses=uses),
    )


def new_phone(caller: Caller, *, is_sure: bool = False) -> None:
    """The old authenticator works until the new one is confirmed: the pending record stays out of the table, in memory. So does that of a
    first phone: a misspelt account whose QR code was given up would be a door, most of all with `confirm_at_first_login`.
    """
    say, console, site = caller.say, caller.console, caller.site
    if not console.is_terminal:
        raise Stop(say("A QR code wants a terminal, and somebody who scans it.", "Un code QR demande un terminal et quelqu’un pour le scanner."))
    old = caller.load()
    if old is not None:
        status = caller.status(State.ACTIVE, State.SUSPENDED, State.PENDING)
        if status.not_after is not None and status.not_after < time.time():
            raise Stop(
                say(
                    "The validity of {account} is over. Nothing was changed. To enroll anew, delete the record first: poterne gone {account} --delete",
                    "La validité de {account} est terminée. Rien n’a été modifié. Pour enrôler de nouveau, supprimer d’abord l’enregistrement : poterne gone {account} --delete",
                    account=caller.account,
                )
            )
    elif not is_sure and not console.ask(
        say(
            "{account} is not enrolled. Is the account spelled right, and is this a first phone?",
            "{account} n’est pas enrôlé. Le compte est-il bien orthographié, et s’agit-il d’un premier téléphone ?",
            account=caller.account,
        )
    ):
        raise Stop(say("Nothing was changed.", "Rien n’a été modifié."))
    if old is None:
        refuse_other_keyring(site)
    _identify(caller, is_sure, say("Have you seen a badge of {account}?", "Avez-vous vérifié le badge de {account} ?", account=caller.account))
    _confirm(
        caller,
        say("{account} gets a QR code for a first phone.", "{account} reçoit un code QR pour un premier téléphone.", account=caller.account)
        if old is None
        else say(
            "{account} gets a QR code for a new phone. What works now works until the new phone is confirmed.",
            "{account} reçoit un code QR pour un nouveau téléphone. Ce qui fonctionne aujourd’hui fonctionne jusqu’à la confirmation du nouveau téléphone.",
            account=caller.account,
        ),
        is_sure,
    )
    with site.verifier.enroll(caller.account) as enrollment:
        uri = enrollment.otpauth_uri(issuer_of(site), caller.account)
        pending = enrollment.record

    def attempt(code: str) -> poterne.Confirmed:
        if old is None:
            return first(code)
        made = site.verifier.replace(caller.account, code, old=old, pending=pending)
        with caller.told_to_look():
            rows = 0 if made.record is None else site.table.column.swap(caller.account, old, made.record)
        return made.outcome(rows)

    def first(code: str) -> poterne.Confirmed:
        nonlocal pending
        made = site.verifier.credential(caller.account, pending).confirm(code)
        if made.record is None:
            return made.outcome(0)
        status = site.verifier.credential(caller.account, made.record).inspect(now=time.time())
        if status.state is State.PENDING:
            # A wrong code is counted, in memory.
            pending = made.record
            return made.outcome(1)
        with caller.told_to_look():
            rows = site.table.column.swap(caller.account, None, made.record)
        return made.outcome(rows)

    confirmed = _first_code(caller, uri, attempt, is_first=old is None)
    works = say("The new phone works.", "Le nouveau téléphone fonctionne.")
    ended = "" if old is None else say("The old authenticator does not work any more.", "L’ancien authentifiant ne fonctionne plus.")
    codes: Sequence[str] = confirmed.recovery_codes
    if codes:
        _show_recovery_codes(caller, codes, " ".join(filter(None, (works, ended))))
    _done(caller, works, ended)
    _tell(
        caller,
        say("Your new phone works. Keep the recovery codes in a safe place, not with the phone.", "Votre nouveau téléphone fonctionne. Gardez les codes de secours en lieu sûr, ailleurs qu’avec le téléphone."),
    )


def locked(caller: Caller, *, is_sure: bool = False, was_own: bool = False, is_password_changed: bool = False) -> None:
    """Locked, or made to wait: wrong codes are counted only after a right password."""
    say, console = caller.say, caller.console
    status = caller.status()
    if status.state is State.REVOKED:
        caller.status(*WORKING)
    if not status.is_locked and not status.wait_seconds:
        _done(
            caller,
            say("{account} is neither locked nor made to wait. Nothing was changed.", "{account} n’est ni bloqué ni en attente. Rien n’a été modifié.", account=caller.account),
        )
        _tell(caller, say("Wait for the next code of the app, then try once.", "Attendez le code suivant de l’application, puis essayez une fois."))
        _then(caller, say("if it is refused: ", "s’il est refusé : ") + _call(caller, "phone-clock"))
        return
    console.print(
        say("{account} is locked after {count}.", "{account} est bloqué après {count}.", account=caller.account, count=wrong_codes(say, status.failures))
        if status.is_locked
        else say(
            "{account} has to wait {wait} after {count}.",
            "{account} doit attendre {wait} après {count}.",
            account=caller.account,
            wait=span(say, status.wait_seconds),
            count=wrong_codes(say, status.failures),
        )
    )
    _identify(caller, is_sure)
    if not (was_own or is_password_changed):
        was_own = console.ask(say("Did the employee type these wrong codes?", "Est-ce l’agent qui a saisi ces codes incorrects ?"))
    if not (was_own or is_password_changed):
        console.print(
            say(
                "Then somebody has the password: a code is counted only after a right password. It must be changed first, or the thief goes on.",
                "Alors quelqu’un connaît le mot de passe : un code n’est compté qu’après un mot de passe exact. Il faut d’abord le changer, sinon le voleur continue.",
            )
        )
        if not console.ask(say("Has the password just been changed?", "Le mot de passe vient-il d’être changé ?")):
            _tell(caller, say("Somebody has your password. Change it now. Then I unlock your account.", "Quelqu’un connaît votre mot de passe. Changez-le maintenant ; je débloque ensuite votre compte."))
            raise Stop(
                say(
                    "Nothing was changed. After the change of the password: poterne locked {account}. If they must work at once: poterne forgotten {account}",
                    "Rien n’a été modifié. Après le changement de mot de passe : poterne locked {account}. Si l’agent doit travailler tout de suite : poterne forgotten {account}",
                    account=caller.account,
                )
            )
    _confirm(caller, say("{account} will be unlocked.", "{account} va être débloqué.", account=caller.account), is_sure)
    caller.apply(lambda credential: credential.unlock())
    _done(caller, say("Unlocked.", "Débloqué."))
    if was_own:
        _tell(
            caller,
            say(
                "Your account is unlocked. In the app take the entry with our name, wait for the next code, then type it.",
                "Votre compte est débloqué. Dans l’application, choisissez l’entrée à notre nom, attendez le code suivant, puis saisissez-le.",
            ),
        )
        _then(caller, say("if it is refused again: ", "s’il est encore refusé : ") + _call(caller, "phone-clock"))
    else:
        _tell(caller, say("Your account is unlocked. Log in with your new password.", "Votre compte est débloqué. Connectez-vous avec votre nouveau mot de passe."))
        _then(
            caller,
            say("close the sessions that the employee did not open", "fermer les sessions que l’agent n’a pas ouvertes"),
            say(
                "ask whether a login was announced that was not theirs; if so: poterne codes-stolen {account}",
                "demander si une connexion qui n’est pas la sienne lui a été signalée ; si oui : poterne codes-stolen {account}",
                account=caller.account,
            ),
        )


def out_of_step(caller: Caller, *, codes: Optional[Sequence[str]] = None) -> None:
    """Two codes in a row: they bring a token back, and say by how much a phone's clock is wrong."""
    say, console = caller.say, caller.console
    status = caller.status(State.ACTIVE, State.PENDING)
    is_token = status.authenticator is Authenticator.TOKEN
    if hint := standstill(caller, status):
        raise Stop(hint)
    if codes is None:
        console.print(
            say(
                "Ask for two codes in a row. Wait for the second one: it must be the very next. A wrong pair counts as a wrong code.",
                "Demander deux codes consécutifs. Attendre le second : ce doit être le suivant. Une paire inexacte compte comme un code incorrect.",
            )
        )
        typed: List[str] = []
        for question in (say("First code: ", "Premier code : "), say("Second code: ", "Second code : ")):
            typed.append(console.line(question))
            while mistake := _mistyped(caller, typed, status.digits):
                console.print(mistake)
                typed[-1] = console.line(question)
        codes = typed
    elif mistake := _mistyped(caller, codes[:1], status.digits) or _mistyped(caller, codes, status.digits):
        raise Stop(mistake)
    try:
        caller.apply(lambda credential: credential.resynchronize(codes[0], codes[1]))
    except Refused as refused:
        if refused.refusal is not Refusal.CLOCK_OFF:
            raise Stop(_of_refusal(caller, refused, is_token=is_token)) from None
        console.print(refused.message(say.language))
        if refused.is_clock_right:
            _tell(caller, say("Your phone's clock is right. Wait for the next code, then try once.", "L’horloge de votre téléphone est à l’heure. Attendez le code suivant, puis essayez une fois."))
        else:
            _tell(
                caller,
                say(
                    "Your phone's clock is wrong. In its settings, set date and time to automatic. Then type the next code.",
                    "L’horloge de votre téléphone est décalée. Dans ses réglages, mettez la date et l’heure sur automatique, puis saisissez le code suivant.",
                ),
            )
        return
    _done(caller, say("The token is back in step.", "Le jeton est resynchronisé."))
    _tell(caller, say("Your token works again. Wait for the next code, then log in.", "Votre jeton fonctionne de nouveau. Attendez le code suivant, puis connectez-vous."))


def recovery_codes(caller: Caller, *, is_sure: bool = False) -> None:
    say = caller.say
    caller.status(*WORKING)
    _identify(caller, is_sure)
    _confirm(
        caller,
        say("{account} gets new recovery codes; the old ones are void.", "{account} reçoit de nouveaux codes de secours ; les anciens sont annulés.", account=caller.account),
        is_sure,
    )
    count = caller.site.settings.policy.recovery_codes or None
    codes = caller.apply(lambda credential: credential.recovery_codes(count))
    issued = say("New recovery codes were issued; the old ones are void.", "De nouveaux codes de secours ont été délivrés ; les anciens sont annulés.")
    _show_recovery_codes(caller, codes, issued)
    _done(caller, issued)
    _tell(caller, say("The old ones are void. Keep these in a safe place; each works once.", "Les anciens sont annulés. Gardez ceux-ci en lieu sûr ; chacun sert une fois."))


def codes_stolen(caller: Caller, *, is_sure: bool = False) -> None:
    say = caller.say
    status = caller.status(*WORKING)
    _identify(caller, is_sure)
    _confirm(
        caller,
        say(
            "All recovery codes of {account} and the temporary code will be void at once. The {phone} stays as it is.",
            "Tous les codes de secours de {account} et le code temporaire seront annulés. Le {phone} reste dans son état.",
            account=caller.account,
            phone=device(say, status),
        ),
        is_sure,
    )
    caller.apply(lambda credential: credential.end_codes(CodeSet.BOTH))
    _done(caller, say("The codes are void.", "Les codes sont annulés."))
    _tell(
        caller,
        say("Somebody had your codes. They are void. Change your password now.", "Quelqu’un avait vos codes. Ils sont annulés. Changez votre mot de passe maintenant."),
    )
    _then(
        caller,
        say("close the sessions that the employee did not open", "fermer les sessions que l’agent n’a pas ouvertes"),
        _call(caller, "recovery-codes"),
    )


def renamed(caller: Caller, new: str, *, is_sure: bool = False) -> None:
    say, site, old = caller.say, caller.site, caller.account
    person, row = poterne.person_and_row(old)
    if row != 1:
        raise Stop(say("Name the person: {person}", "Indiquer la personne : {person}", person=person), 2)
    rows = caller.all_rows()
    targets = dict(zip(poterne.rows_of_person(old), poterne.rows_of_person(new)))
    if [account for account in site.table.spelled(new) if account not in targets] or site.table.records(list(targets.values())):
        raise Stop(say("{new} has a record already. Nothing was changed.", "{new} a déjà un enregistrement. Rien n’a été modifié.", new=new))
    _identify(caller, is_sure)
    _confirm(
        caller,
        say("{old} becomes {new}. Phone, token and codes stay.", "{old} devient {new}. Téléphone, jeton et codes restent.", old=old, new=new),
        is_sure,
    )
    renames = [(account, record, site.verifier.credential(account, record).rename(targets[account])) for account, record in rows]
    stored = site.table.rename([(account, targets[account], record, rename.record) for account, record, rename in renames])
    for _, _, rename in renames:
        rename.outcome(stored)
    _done(caller, say("{old} is now {new}.", "{old} est maintenant {new}.", old=old, new=new))
    _tell(
        caller,
        say(
            "Log in with your new name. The app still shows the old one: that does not matter.",
            "Connectez-vous avec votre nouveau nom. L’application affiche encore l’ancien : c’est sans importance.",
        ),
    )


def gone(caller: Caller, *, is_sure: bool = False, is_deleted: bool = False) -> None:
    """All rows of the person: whoever leaves leaves with the token too."""
    say, site = caller.say, caller.site
    rows = caller.all_rows()
    names = ", ".join(account for account, _ in rows)
    if _has_token(caller, rows):
        caller.console.note(
            say(
                "{account} has a token, whose secret is erased for good. If it is here, take it back first: poterne tokens return {account} SERIAL",
                "{account} a un jeton, dont le secret sera effacé définitivement. S’il est ici, le reprendre d’abord : poterne tokens return {account} SÉRIE",
                account=caller.account,
            )
        )
    _identify(caller, is_sure, say("Has personnel confirmed the departure?", "Le départ est-il confirmé par les ressources humaines ?"))
    _confirm(
        caller,
        say(
            "{names}: phone, token and all codes end for good, and the records are deleted. Somebody could then be enrolled anew under this name.",
            "{names} : téléphone, jeton et codes prennent fin définitivement et les enregistrements sont supprimés. Ce nom pourra être enrôlé de nouveau.",
            names=names,
        )
        if is_deleted
        else say("{names}: phone, token and all codes end for good.", "{names} : téléphone, jeton et codes prennent fin définitivement.", names=names),
        is_sure,
    )
    person = Person(caller, rows)
    person.revoke()
    if is_deleted:
        person.delete()
        _done(caller, say("Revoked and deleted: {names}", "Révoqué et supprimé : {names}", names=names))
        return
    _done(caller, say("Revoked: {names}", "Révoqué : {names}", names=names))
    _then(
        caller,
        say("close the open sessions in the application", "fermer les sessions ouvertes dans l’application"),
        say(
            "when the account itself is deleted: poterne gone {account} --delete",
            "quand le compte lui-même est supprimé : poterne gone {account} --delete",
            account=caller.account,
        ),
    )


def _has_token(caller: Caller, rows: Sequence[Tuple[str, str]]) -> bool:
    """Whether one of the rows is a token's with its secret. A record that does not open says nothing."""
    for account, record in rows:
        try:
            status = caller.site.verifier.credential(account, record).inspect()
        except Error:
            continue
        if status.authenticator is Authenticator.TOKEN and status.state is not State.REVOKED:
            return True
    return False


class Person:
    """All rows of somebody, for what ends their access (semantics 9.8)."""

    def __init__(self, caller: Caller, rows: Sequence[Tuple[str, str]]) -> None:
        self._site, self._say, self._rows = caller.site, caller.say, rows

    def revoke(self) -> None:
        for account, _ in self._rows:
            self._site.table.column.apply(self._site.verifier, account, lambda credential: credential.revoke())

    def delete(self) -> None:
        for account, record in self._site.table.records([account for account, _ in self._rows]).items():
            if self._site.table.delete(account, record) != 1:
                raise Stop(
                    self._say(
                        "{account} changed at the same moment and is still there. Repeat the command.",
                        "{account} a été modifié au même moment et subsiste. Relancer la commande.",
                        account=account,
                    )
                )


def _first_code(caller: Caller, uri: poterne.OtpauthUri, attempt: Callable[[str], poterne.Confirmed], *, is_first: bool) -> poterne.Confirmed:
    """Shows the QR code until a first code is right. A line without one ends the call."""
    say, console = caller.say, caller.console
    with console.own_screen():
        picture = uri.qr().text().splitlines()
        if not console.picture(picture):
            console.print(
                say(
                    "The QR code needs a window of at least {height} lines and {width} columns; this one has {lines} and {columns}. Enlarge it and"
                    " begin again, or have the key typed.",
                    "Le code QR demande une fenêtre d’au moins {height} lignes et {width} colonnes ; celle-ci en a {lines} et {columns}. L’agrandir et"
                    " recommencer, ou faire saisir la clé.",
                    **console.room(picture),
                )
            )
        console.print(say("In the app: “Add” or “+”, then scan. To type instead:", "Dans l’application : « Ajouter » ou « + », puis scanner. À saisir sinon :"))
        for line in _key_lines(uri.secret_to_type()):
            console.print(f"    {line}")
        while True:
            code = console.line(say("First code that the phone shows (Enter to give up): ", "Premier code affiché par le téléphone (Entrée pour renoncer) : ")).strip()
            if not code:
                break
            try:
                return attempt(code)
            except Refused as refused:
                if refused.refusal is Refusal.CONFLICT:
                    raise Stop(
                        say(
                            "Meanwhile {account} logged in, was changed, or somebody tried a code. Nothing was changed: begin again, and delete the new entry in the app.",
                            "Entre-temps, {account} s’est connecté, a été modifié, ou quelqu’un a essayé un code. Rien n’a été modifié : recommencer, et supprimer la nouvelle entrée de l’application.",
                            account=caller.account,
                        )
                    ) from None
                console.print(refused.message_at_enrollment(say.language))
    raise Stop(
        say("Nothing was stored: {account} is not enrolled. Have the new entry deleted in the app.", "Rien n’a été enregistré : {account} n’est pas enrôlé. Faire supprimer la nouvelle entrée de l’application.", account=caller.account)
        if is_first
        else say(
            "Nothing was changed: what worked before works. Have the new entry deleted in the app.",
            "Rien n’a été modifié : ce qui fonctionnait fonctionne toujours. Faire supprimer la nouvelle entrée de l’application.",
        )
    )


def _key_lines(key: str) -> Iterator[str]:
    """The key in lines that no window breaks within a group."""
    groups = key.split()
    for at in range(0, len(groups), 8):
        yield " ".join(groups[at : at + 8])


def _mistyped(caller: Caller, codes: Sequence[str], digits: int) -> str:
    """Why the last of these codes is none to try: a wrong pair is counted, and says that the codes are somebody else's."""
    say, bare = caller.say, ["".join(code.split()) for code in codes]
    if not (bare[-1].isdecimal() and len(bare[-1]) == digits):
        return say("A code has {digits} digits.", "Un code a {digits} chiffres.", digits=digits)
    if bare[-1] in bare[:-1]:
        return say("This is the first code again: wait for the next one.", "C’est encore le premier code : attendre le suivant.")
    return ""


def _of_refusal(caller: Caller, refused: Refused, *, is_token: bool) -> str:
    """Why two codes did not help, and what does."""
    say = caller.say
    if refused.refusal is Refusal.WRONG_CODE:
        return say(
            "These are not two codes in a row of this token, or it is too far off. Try once more; then a phone in its place: poterne new-phone {account}"
            if is_token
            else "The phone's clock is not the reason: these codes are of another entry in the app, or of another account. Have the entry with our name"
            " looked for; if there is none: poterne new-phone {account}",
            "Ce ne sont pas deux codes consécutifs de ce jeton, ou il est trop décalé. Réessayer une fois ; sinon, un téléphone à la place : poterne new-phone {account}"
            if is_token
            else "L’horloge du téléphone n’est pas en cause : ces codes sont ceux d’une autre entrée de l’application ou d’un autre compte. Faire chercher l’entrée"
            " à notre nom ; s’il n’y en a pas : poterne new-phone {account}",
            account=caller.account,
        )
    return refused.message(say.language)


def _identify(caller: Caller, is_sure: bool, question: str = "") -> None:
    """Alone and first: nothing else matters before."""
    say = caller.say
    asked = question or say(
        "Is it certain who is calling (called back at the directory's number, or seen)?",
        "L’identité de l’appelant est-elle certaine (rappel au numéro de l’annuaire, ou présence) ?",
    )
    if not is_sure and not caller.console.ask(asked):
        raise Stop(say("Nothing was changed. Make sure first, then begin again.", "Rien n’a été modifié. S’en assurer d’abord, puis recommencer."))


def _confirm(caller: Caller, effect: str, is_sure: bool) -> None:
    """The one confirmation of a call: what happens then."""
    caller.console.confirm(caller.say("{effect}\nGo on?", "{effect}\nContinuer ?", effect=effect), is_given=is_sure)


def _call(caller: Caller, name: str) -> str:
    """A call to make next, as a command; within the menu its number."""
    text = f"poterne {name} {{account}}"
    return caller.say(text, text, account=caller.account)


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _replaced_code(caller: Caller, status: Status, *, today: bool = False) -> str:
    """That a temporary code is issued, and which one it ends: there is one at a time (semantics 5.2)."""
    say, former = caller.say, status.temporary_code
    until = say(" for today", " pour aujourd’hui") if today else ""
    if former is None:
        return say("{account} gets a temporary code{until}.", "{account} reçoit un code temporaire{until}.", account=caller.account, until=until)
    return say(
        "{account} has a temporary code already: {code}. It is void then, and replaced by a new one{until}.",
        "{account} a déjà un code temporaire : {code}. Il sera annulé et remplacé par un nouveau{until}.",
        account=caller.account,
        code=running(say, former),
        until=until,
    )


def _hand_over(caller: Caller, code: str, expiry: float, uses: int, *effects: str) -> None:
    say = caller.say
    made = " ".join(
        [say("{account} has a new temporary code.", "{account} a un nouveau code temporaire.", account=caller.account), *effects]
    )
    _show_once(
        caller,
        made,
        [
            say("Temporary code of {account}:", "Code temporaire de {account} :", account=caller.account),
            "",
            f"    {code}",
            "",
            say("Valid until {moment}, for {logins}.", "Valable jusqu’au {moment}, pour {logins}.", moment=moment(say, expiry), logins=logins(say, uses)),
        ],
    )
    caller.console.json({"account": caller.account, "code": code, "expiry": int(expiry), "uses": uses})


def _show_recovery_codes(caller: Caller, codes: Sequence[str], made: str) -> None:
    say = caller.say
    lines: List[str] = [
        say("Recovery codes of {account}, to be written down or printed now:", "Codes de secours de {account}, à noter ou à imprimer maintenant :", account=caller.account),
        "",
        *(f"    {code}" for code in codes),
    ]
    _show_once(caller, made, lines)
    caller.console.json({"account": caller.account, "recovery_codes": list(codes)})


def _show_once(caller: Caller, made: str, lines: Sequence[str]) -> None:
    """Shows what a change has made. Ctrl-C takes nothing back, and says so."""
    interrupted = caller.say(
        "Interrupted, but the change was made: {made} See: poterne show {account}\nIf the code was not told, repeat the call: it issues another one.",
        "Interrompu, mais la modification est faite : {made} Voir : poterne show {account}\nSi le code n’a pas été transmis, recommencer : un autre sera délivré.",
        made=made,
        account=caller.account,
    )
    with told(interrupted):
        caller.console.show_once(lines)


def _done(caller: Caller, *texts: str) -> None:
    for text in texts:
        if text:
            caller.console.done(text)


def _tell(caller: Caller, *sentences: str) -> None:
    """What to say to the employee."""
    say = caller.say
    caller.console.print(say("Say: “{text}”", "Dire : « {text} »", text=" ".join(filter(None, sentences))))


def _then(caller: Caller, *steps: str) -> None:
    """What is left to do, by the help desk."""
    for step in steps:
        caller.console.print(caller.say("Then: {step}", "Ensuite : {step}", step=step))
