"""What people see in a browser."""

import re
import threading
import time

import psycopg
import pyotp
import pytest
from conftest import TICKET_SECONDS, Phone, keycloak

import poterne


def recovery_codes(page) -> list[str]:
    page.wait_for_selector("ol#poterne-recovery")
    return page.locator("ol#poterne-recovery li").all_inner_texts()


def refusal(which, language: str = "en") -> str:
    return poterne.Refused(which).message_to_user(language)


def answer(page, code: str) -> None:
    page.fill("#poterne-code", code)
    page.click("#poterne-submit")


def error(page) -> str:
    return page.inner_text("#poterne-error").strip()


def goes_on(page) -> None:
    """Past a notice, if there is one."""
    if page.locator("#poterne-notice").count():
        page.click("#poterne-submit")


def test_enrolling_shows_everything_once(host, page, account, desk):
    host.password_page(page, host.bases[0], account)
    assert page.get_attribute("html", "lang") == "en" and page.locator("h1").count() == 1
    field = page.locator("input#poterne-code")
    for name, value in {"name": "code", "type": "text", "autocomplete": "one-time-code", "autocapitalize": "characters",
                        "spellcheck": "false", "maxlength": "64", "pattern": None, "inputmode": None}.items():
        assert field.get_attribute(name) == value, name
    assert page.locator("img.poterne-qr").evaluate("image => image.naturalWidth") > 100
    uri = page.get_attribute("a#poterne-link", "href")
    assert uri.startswith("otpauth://totp/D%C3%A9partement:" + account)
    assert page.inner_text("#poterne-key").replace(" ", "") in uri
    phone = Phone(re.search("secret=([A-Z2-7]+)", uri)[1])
    assert desk.column.load(account) is None, "a page that was only looked at leaves nothing"

    answer(page, phone.wrong())
    assert page.title().startswith("Error") and error(page).startswith("The code is wrong")
    assert field.get_attribute("aria-invalid") == "true" and field.input_value() == ""
    assert field.evaluate("field => document.activeElement === field")
    assert page.get_attribute("a#poterne-link", "href") == uri, "the same QR code again"
    answer(page, phone.code())
    codes = recovery_codes(page)
    assert len(codes) == 8
    assert host.signed_in(page) is None

    page.reload()
    assert page.locator("#poterne-recovery").count() == 0 and page.locator("#poterne-gone").count() == 1
    assert not any(code in page.content() for code in codes)
    # Nobody gets others here, neither by a button nor by its form.
    assert page.locator("#poterne-new-recovery").count() == 0 and page.inner_text("#poterne-kept") == "Continue"
    before = desk.column.load(account)
    said = page.request.post(page.get_attribute("form[method=post]", "action"), form={"step": "codes", "new-recovery": "1"})
    assert 'id="poterne-code"' in said.text() and 'id="poterne-recovery"' not in said.text()
    assert host.signed_in(page) is None and desk.column.load(account) == before
    page.goto(page.url)
    assert page.title() == "One-time code"
    answer(page, phone.code())
    assert host.signed_in(page) == account
    assert host.claims(page)["acr"] == "mfa"
    page.go_back()
    assert not any(code in page.content() for code in codes)

    # One of them is good, once.
    host.sign_out(page, host.bases[0])
    host.password_page(page, host.bases[0], account)
    answer(page, codes[0])
    assert page.inner_text("#poterne-notice").endswith("Recovery codes left: 7")
    page.click("#poterne-submit")
    assert host.signed_in(page) == account
    host.sign_out(page, host.bases[0])
    host.password_page(page, host.bases[0], account)
    answer(page, codes[0])
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE)


def test_a_code_is_accepted_once_on_both_nodes(host, chromium, account, desk):
    phone = desk.phone(account)
    for turn, base in enumerate(host.bases):
        page = chromium.new_context().new_page()
        host.password_page(page, base, account, ui_locales="fr")
        assert page.get_attribute("html", "lang") == "fr"
        assert page.title() == "Code à usage unique"
        answer(page, phone.code() if turn == 0 else phone.used())
        if turn == 0:
            assert host.signed_in(page) == account
        else:
            assert error(page) == refusal(poterne.Refusal.REPLAYED, "fr")
            assert page.title().startswith("Erreur")
            # The control: the next one is accepted here.
            answer(page, phone.code())
            assert host.signed_in(page) == account
        page.context.close()


def test_a_letter_is_confirmed_by_the_first_sign_in(host, page, account, desk):
    phone = desk.letter(account)
    host.password_page(page, host.bases[1], account)
    answer(page, phone.code())
    assert host.signed_in(page) == account
    assert desk.status(account).state == poterne.State.ACTIVE


@pytest.mark.parametrize("is_late", [False, True])
def test_a_record_that_waits_is_shown_to_nobody_for_a_password(host, page, account, desk, is_late):
    """A letter's, or a token's from the shelf, where people enroll themselves; after its time no error of the server's."""
    if is_late:
        secret = pyotp.random_base32()
        now = int(time.time())
        attempt = desk.verifier.import_credential(
            account, poterne.Secret.from_base32(secret), state=poterne.State.PENDING, confirm_by=now - 60, now=now - 3600)
        assert desk.column.swap(account, None, attempt.record) == 1
        phone = Phone(secret)
    else:
        phone = desk.letter(account)
    before = desk.column.load(account)
    statuses = []
    page.on("response", lambda response: statuses.append(response.status) if "login-actions" in response.url else None)
    host.password_page(page, host.bases[0], account)
    assert page.locator("#poterne-key").count() == 0 and page.locator("a#poterne-link").count() == 0
    assert phone.totp.secret not in page.content()
    answer(page, phone.code())
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE) and 503 not in statuses
    assert host.signed_in(page) is None and desk.column.load(account) == before


def test_a_first_app_is_stored_with_its_right_code_alone(host, page, account, desk, chromium):
    host.password_page(page, host.bases[0], account)
    phone = Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])
    for _ in range(2):
        answer(page, phone.wrong())
        assert desk.column.load(account) is None
    # Whoever signs in beside it is shown another secret, not this one.
    other = chromium.new_context().new_page()
    host.password_page(other, host.bases[0], account)
    assert phone.totp.secret not in other.content()
    theirs = Phone(re.search("secret=([A-Z2-7]+)", other.get_attribute("a#poterne-link", "href"))[1])
    answer(page, phone.code())
    assert desk.status(account).state == poterne.State.ACTIVE
    before = desk.column.load(account)
    answer(other, theirs.code())
    assert "changed in the meantime" in error(other) and desk.column.load(account) == before
    other.context.close()


def test_nobody_without_a_record_gets_in(host, page, account, desk):
    host.password_page(page, host.bases[1], account)
    assert page.title() == "No authenticator app yet"
    assert page.locator("#poterne-code").count() == 0
    page.reload()
    assert page.title() == "No authenticator app yet" and host.signed_in(page) is None
    # Nor by the page of one's own devices, nor by asking it to be set aside.
    for base in host.bases:
        page.context.clear_cookies()
        host.password_page(page, base, account, kc_action="poterne")
        with page.expect_navigation():
            page.evaluate("""() => {
                const form = document.querySelector('form[method=post]') || document.body.appendChild(document.createElement('form'));
                form.method = 'post'; form.action = form.action || location.href;
                form.innerHTML = '<input name="cancel-aia" value="true"><input name="step" value="back">';
                form.submit();
            }""")
        assert host.signed_in(page) is None
        page.goto(f"{host.service.base}/{host.number(base)}/login")
        assert host.signed_in(page) is None
    assert desk.column.load(account) is None


def test_too_late(host, page, account, desk):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    time.sleep(TICKET_SECONDS / 2)
    page.reload()  # gives no more time
    time.sleep(TICKET_SECONDS / 2 + 1)
    code = phone.code()
    answer(page, code)
    assert error(page).startswith("You took longer than the time allowed") and page.title().startswith("Error")
    assert host.signed_in(page) is None
    page.click("text=Sign in as somebody else")
    page.fill("#username", account)
    page.fill("#password", host.site.accounts[account])
    page.click("#kc-login")
    # Nothing was spent by the late one.
    answer(page, code)
    assert host.signed_in(page) == account


def test_double_clicks_are_harmless(host, page, account, desk):
    host.password_page(page, host.bases[0], account)
    phone = Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])
    page.fill("#poterne-code", phone.code())
    page.dblclick("#poterne-submit")
    assert len(recovery_codes(page)) == 8
    page.dblclick("#poterne-kept")
    page.wait_for_selector("#poterne-code")
    answer(page, phone.code())
    page.wait_for_url(host.service.base + "/**")
    assert host.signed_in(page) == account
    host.sign_out(page, host.bases[0])
    host.password_page(page, host.bases[0], account)
    page.fill("#poterne-code", phone.code())
    page.dblclick("#poterne-submit")
    page.wait_for_url(host.service.base + "/**")
    assert host.signed_in(page) == account


def test_two_tabs(host, browser, account, desk):
    phone = desk.phone(account)
    first, second = browser.new_page(), browser.new_page()
    host.password_page(first, host.bases[0], account)
    second.goto(f"{host.service.base}/0/login")
    if second.locator("#username").count():
        second.fill("#username", account)
        second.fill("#password", host.site.accounts[account])
        second.click("#kc-login")
    assert second.locator("#poterne-code").count() == 1
    answer(first, phone.code())
    assert host.signed_in(first) == account
    # Keycloak sends the other tab on by a script, or says that the user is signed in already. It signs nobody out.
    second.wait_for_timeout(1500)
    if second.locator("#poterne-code").count():
        answer(second, phone.used())
    first.goto(f"{host.service.base}/0/login")
    assert host.signed_in(first) == account


def test_a_new_phone(host, page, account, desk, chromium):
    old = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, old.code())
    assert host.signed_in(page) == account
    host.own_page(page, host.bases[0])
    assert page.title() == "Two-step sign-in"
    page.click("#poterne-new-phone")
    answer(page, old.wrong())
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE)
    answer(page, old.code())
    new = Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])
    assert new.totp.secret != old.totp.secret
    before = desk.column.load(account)
    answer(page, new.wrong())
    assert error(page).startswith("The code is wrong")
    assert desk.column.load(account) == before, "the old phone works until the new one is confirmed"
    answer(page, new.code())
    assert len(recovery_codes(page)) == 8
    page.click("#poterne-kept")
    assert host.signed_in(page) == account and host.claims(page)["kc_action_status"] == "success"

    other = chromium.new_context().new_page()
    host.password_page(other, host.bases[1], account)
    answer(other, old.code())
    assert error(other) == refusal(poterne.Refusal.WRONG_CODE)
    answer(other, new.code())
    assert host.signed_in(other) == account
    other.context.close()


def test_a_new_phone_is_stopped_by_what_happens_meanwhile(host, page, account, desk):
    old = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, old.code())
    host.own_page(page, host.bases[0])
    page.click("#poterne-new-phone")
    answer(page, old.code())
    new = Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])
    desk.apply(account, lambda credential: credential.suspend())
    answer(page, new.code())
    assert "changed in the meantime" in error(page)
    page.click("#poterne-submit")
    assert "suspended" in page.inner_text("#poterne-state")
    assert desk.status(account).state == poterne.State.SUSPENDED


def test_a_suspended_phone_and_a_code_for_the_day(host, page, account, desk):
    phone = desk.phone(account)
    code = desk.apply(account, lambda credential: credential.temporary_code(poterne.MissingAuthenticator.SUSPEND))
    host.password_page(page, host.bases[1], account)
    answer(page, phone.code())
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE)
    answer(page, code.lower())
    goes_on(page)
    assert host.signed_in(page) == account


def test_the_second_device(host, page, account, desk):
    desk.phone(account)
    token = desk.phone(account + "#2")
    host.password_page(page, host.bases[0], account)
    radios = page.locator("input[name=device]")
    assert [radios.nth(number).get_attribute("value") for number in range(radios.count())] == ["1", "2"]
    answer(page, token.code())
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE)
    page.check("input[name=device][value='2']")
    answer(page, token.code())
    assert host.signed_in(page) == account


def test_locked_is_told_behind_the_right_password(host, page, account, desk):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    for _ in range(2):
        answer(page, phone.wrong())
        assert error(page) == refusal(poterne.Refusal.WRONG_CODE)
    # Each node counts what the other has counted.
    page.context.clear_cookies()
    host.password_page(page, host.bases[1], account)
    answer(page, phone.wrong())
    answer(page, phone.wrong())
    assert error(page).startswith("Too many") or "wait" in error(page).lower(), error(page)
    time.sleep(5.5)
    answer(page, phone.wrong())
    answer(page, phone.code())
    assert error(page) == refusal(poterne.Refusal.LOCKED)
    assert host.signed_in(page) is None
    # Keycloak has counted none of it, so that outsiders cannot lock the password's step by codes, and says nothing to outsiders.
    for number, base in enumerate(host.bases):
        admin = keycloak.Admin(base)
        user = admin("GET", f"/{keycloak.realm}/users?exact=true&username={account}")[0]
        assert admin("GET", f"/{keycloak.realm}/attack-detection/brute-force/users/{user['id']}")["numFailures"] == 0
    page.context.clear_cookies()
    page.goto(f"{host.service.base}/0/login")
    page.fill("#username", account)
    page.fill("#password", "wrong")
    page.click("#kc-login")
    assert page.locator("#poterne-error").count() == 0 and "Invalid username or password" in page.inner_text("body")
    desk.apply(account, lambda credential: credential.unlock())


def test_refused_codes_before_the_sign_in_are_told(host, page, account, desk):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, phone.wrong())
    answer(page, phone.wrong())
    answer(page, phone.code())
    assert page.inner_text("#poterne-notice").startswith("Refused codes before this sign-in: 2.")
    page.reload()
    assert page.inner_text("#poterne-notice").startswith("Refused codes before this sign-in: 2.")
    page.click("#poterne-submit")
    assert host.signed_in(page) == account


class Stopped:
    """The database of poterne, which takes no connection; Keycloak's own go on."""

    def __init__(self, site):
        self.dsn = site.dsn.replace("dbname=poterne", "dbname=postgres")

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def __enter__(self):
        self.run("ALTER DATABASE poterne WITH ALLOW_CONNECTIONS false",
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'poterne'")

    def __exit__(self, *_):
        self.run("ALTER DATABASE poterne WITH ALLOW_CONNECTIONS true")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_database_that_is_stopped_gives_no_verdict(host, page, account, desk, site, language):
    phone = desk.phone(account)
    statuses = []
    page.on("response", lambda response: statuses.append(response.status) if "login-actions" in response.url else None)
    host.password_page(page, host.bases[0], account, ui_locales=language)
    code = phone.code()
    text = poterne.ErrorKind.STORE.message_to_user(language)
    with Stopped(site):
        statuses.clear()
        answer(page, code)
        assert statuses == [503] and error(page) == text
        page.click("#poterne-submit")
        assert statuses == [503, 503] and host.signed_in(page) is None
        # And from nothing.
        other = page.context.browser.new_context().new_page()
        host.password_page(other, host.bases[1], account, ui_locales=language)
        assert error(other) == text
        other.context.close()
    page.click("#poterne-submit")
    assert page.locator("#poterne-error").count() == 0
    answer(page, code)
    assert host.signed_in(page) == account


def test_a_table_that_does_not_answer_gives_no_verdict(host, page, account, desk, site):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    code = phone.code()
    with psycopg.connect(site.dsn) as connection:
        connection.execute("LOCK TABLE poterne IN ACCESS EXCLUSIVE MODE")
        begin = time.monotonic()
        answer(page, code)
        assert error(page) == poterne.ErrorKind.STORE.message_to_user("en")
        assert time.monotonic() - begin < 8
    page.click("#poterne-submit")
    answer(page, code)
    assert host.signed_in(page) == account


def test_hostile_names(host, page, desk, site):
    admin = keycloak.Admin(host.bases[0])
    names = ["o'brien--", "élodie.ünï", "x' or '1'='1", "a%0d%0aset-cookie", "n" * 240, "日本語", "eve#2"]
    made = []
    for name in names:
        try:
            admin("POST", f"/{keycloak.realm}/users", host.user(name, "s3cret-name"))
        except RuntimeError as refused:
            assert " 400 " in str(refused), refused
            continue
        made.append(name)
        site.accounts[name] = "s3cret-name"
    assert len(made) >= 6, made
    for name in made:
        page.context.clear_cookies()
        host.password_page(page, host.bases[0], name)
        if name == "eve#2":
            # A name that is a row of somebody else's: no verdict, and nothing of eve's.
            assert page.locator("#poterne-code").count() == 0 and page.locator("#poterne-error").count() == 1
            assert host.signed_in(page) is None
            continue
        phone = Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])
        answer(page, phone.code())
        assert len(recovery_codes(page)) == 8, name
        page.click("#poterne-kept")
        answer(page, phone.code())
        assert host.signed_in(page) == name
        assert desk.status(name).state == poterne.State.ACTIVE


def test_every_level_that_a_service_asks_for_takes_the_code(host, page, account, desk):
    desk.phone(account)
    for level in ("0", "1", "2", "mfa", "99", "nonsense"):
        page.context.clear_cookies()
        host.password_page(page, host.bases[0], account, acr_values=level)
        assert page.locator("#poterne-code").count() == 1, level


def test_hostile_forms(host, page, account, desk):
    """What a form may say besides the code: nothing that helps."""
    desk.phone(account)
    mallory = desk.phone(account + ".mallory")
    host.password_page(page, host.bases[0], account)
    action = page.get_attribute("form[method=post]", "action")
    code = mallory.code()
    for form in ({"device": account + ".mallory"}, {"device": "-1"}, {"device": "9" * 400}, {"device": "1' OR 1=1"}, {"account": account + ".mallory"},
                 {"username": account + ".mallory"}, {"step": "done"}, {"step": "accepted"}, {"new-recovery": "1", "step": "codes"}):
        said = page.request.post(action, form={"code": code, **form}, max_redirects=0)
        assert said.status == 200, (form, said.status)
        page.goto(page.url)
        action = page.get_attribute("form[method=post]", "action")
        desk.apply(account, lambda credential: credential.unlock())
    # Without the cookies of this browser the form is nobody's; so is one whose session code is not the last one.
    stranger = page.context.browser.new_context()
    assert stranger.request.post(action, form={"code": "123456"}, max_redirects=0).status in (302, 400)
    assert host.signed_in(page) is None
    stranger.close()
    for hostile in ("1" * 65, "1\r\nSet-Cookie: a=b", "\0", "１２３４５６", "<script>alert(1)</script>", "${7*7}", "x" * 20000):
        said = page.request.post(action, form={"code": hostile}, max_redirects=0)
        assert said.status == 200 and "alert(1)" not in said.text() and "49" not in re.findall(r'id="poterne-error".*?</div>', said.text(), re.S)[0]
        assert "a" not in {cookie["name"] for cookie in page.context.cookies()}
        action = re.search(r'<form action="([^"]+)" method="post"', said.text())[1].replace("&amp;", "&")
        desk.apply(account, lambda credential: credential.unlock())
