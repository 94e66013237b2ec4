"""What goes over the wire: races, time, headers, and what is written into the journal."""

import concurrent.futures
import os
import random
import re
import statistics
import time

import psycopg
import pyotp
from agent import Agent, is_signed_in
from conftest import keycloak

import poterne


def agent(host, node: int) -> Agent:
    return Agent(host.bases[node], keycloak.realm)


def at_the_code(host, node: int, account: str) -> tuple[Agent, str]:
    one = agent(host, node)
    page = one.password(account, host.site.accounts[account])
    assert 'id="poterne-code"' in page.text, page.text[-2000:]
    return one, page.action


def many_at_the_code(host, account: str, count: int) -> list[tuple[Agent, str]]:
    """Half of them at each node, one after the other: Keycloak refuses a right password while it looks at another of the same user."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        halves = pool.map(lambda node: [at_the_code(host, node, account) for _ in range(node, count, 2)], (0, 1))
        return [one for half in halves for one in half]


def test_pages_with_secrets_are_not_kept(host, account, desk):
    one = agent(host, 0)
    enrolling = one.password(account, host.site.accounts[account])
    assert "otpauth://" in enrolling.text and "no-store" in enrolling.headers["Cache-Control"]
    secret = re.search("secret=([A-Z2-7]+)", enrolling.text)[1]
    codes = one.send("POST", enrolling.action, {"step": "first", "code": pyotp.TOTP(secret).now()})
    assert 'id="poterne-recovery"' in codes.text and "no-store" in codes.headers["Cache-Control"]
    for page in (enrolling, codes):
        # Nothing of anybody else's: all that a page loads is this server's, or in the page.
        for found in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            assert found.startswith(("/", "data:image/png;base64,", "otpauth://", f"http://{one.host}/")), found
    # The same form again shows no codes, and lets nobody in.
    again = one.send("POST", enrolling.action, {"step": "first", "code": pyotp.TOTP(secret).now()})
    assert 'id="poterne-recovery"' not in again.text and not is_signed_in(again)


def test_what_was_known_before_the_code_is_of_no_use_after_it(host, account, desk):
    """Keycloak keeps the number of the session; what signs in is a cookie that comes with the acceptance, signed."""
    phone = desk.phone(account)
    one, action = at_the_code(host, 0, account)
    before = dict(one.cookies)
    assert not any(name.startswith("KEYCLOAK_IDENTITY") for name in before), "the password alone signs nobody in"
    page = one.send("POST", action, {"code": phone.code()})
    assert is_signed_in(page)
    assert one.cookies.get("KEYCLOAK_IDENTITY")
    assert is_signed_in(one.begin()), "the control"
    # An attacker planted or read what was there before.
    for again in (lambda thief: thief.begin(), lambda thief: thief.send("POST", action, {"code": phone.used()})):
        thief = agent(host, 0)
        thief.cookies = dict(before)
        assert not is_signed_in(again(thief))
        assert not thief.cookies.get("KEYCLOAK_IDENTITY")


def test_a_form_sent_twice_at_once(host, account, desk):
    """Without the script that takes the second click. One is accepted; the other is refused, or is told the same."""
    phone = desk.phone(account)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        one, action = at_the_code(host, 0, account)
        two = agent(host, 0)
        two.cookies = dict(one.cookies)
        code = phone.code()
        pages = list(pool.map(lambda who: who.send("POST", action, {"code": code}), (one, two)))
    assert sum(map(is_signed_in, pages)) >= 1, [page.status for page in pages]
    assert all(page.status in (200, 302) for page in pages), [page.status for page in pages]
    # Signed in, whatever the second answer said: the browser has the cookies of the first.
    one.cookies.update(two.cookies)
    winner = one if is_signed_in(pages[0]) else two
    assert is_signed_in(winner.begin())


def test_replays_on_two_nodes(host, account, desk):
    """One code, in many sessions, at the same moment: one acceptance."""
    many = int(os.environ.get("POTERNE_REPLAYS", "200"))
    phone = desk.phone(account)
    # The tickets of these tests are short: rounds of 200 sessions, ready before one of them sends the code.
    accepted = refused = 0
    code = None
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        for begin in range(0, many, 200):
            ready = many_at_the_code(host, account, min(200, many - begin))
            random.shuffle(ready)
            code = code or phone.code()
            pages = list(pool.map(lambda prepared: prepared[0].send("POST", prepared[1], {"code": code}), ready))
            accepted += sum(map(is_signed_in, pages))
            refused += sum(page.status == 200 and page.error != "" for page in pages)
            for one, _ in ready:
                one.close()
    assert (accepted, refused) == (1, many - 1)
    print(f"keycloak: {many} replays on two nodes, 1 accepted")


def test_wrong_codes_at_once_are_all_counted(host, account, desk):
    """A guesser with many sessions on both nodes gets no more guesses than the record allows."""
    desk.phone(account)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        ready = many_at_the_code(host, account, 20)
        pages = list(pool.map(lambda prepared: prepared[0].send("POST", prepared[1], {"code": "000000"}), ready))
    assert not any(map(is_signed_in, pages))
    assert desk.status(account).failures <= 4


def test_what_the_second_step_costs(host, desk, site):
    """The request that ends a sign-in, with the code and without a second step."""
    count = int(os.environ.get("POTERNE_SIGN_INS", "60"))
    admin = keycloak.Admin(host.bases[0])
    accounts = [f"speed{number}" for number in range(count)]
    for account in accounts:
        site.accounts[account] = "s3cret-speed"
        admin("POST", f"/{keycloak.realm}/users", host.user(account, "s3cret-speed"))
    phones = {account: desk.phone(account) for account in accounts}
    plain, first, second = [], [], []

    def timed(times, call):
        begin = time.perf_counter()
        page = call()
        times.append((time.perf_counter() - begin) * 1000)
        return page

    for warm in (True, False):
        for number, account in enumerate(accounts if not warm else accounts[:10]):
            form = {"username": account, "password": "s3cret-speed", "credentialId": ""}
            # Somebody else: Keycloak refuses a right password while it has not quite done with another of the same user. On a busy
            # machine that can be long.
            another = {**form, "username": accounts[number - count // 2]}
            for _ in range(3):
                one = agent(host, 0)
                page = one.begin("password-only")
                page = timed(plain, lambda: one.send("POST", page.action, another))
                one.close()
                if is_signed_in(page):
                    break
                plain.pop()
                time.sleep(1)
            assert is_signed_in(page), (page.status, page.location, page.error, page.text[-1500:])
            one = agent(host, 0)
            page = one.begin()
            page = timed(first, lambda: one.send("POST", page.action, form))
            if page.status == 302:
                page = one.send("GET", page.location)
            assert 'id="poterne-code"' in page.text
            code = phones[account].code()
            page = timed(second, lambda: one.send("POST", page.action, {"code": code}))
            assert is_signed_in(page), (page.status, page.location, page.error, page.text[-1500:])
            one.close()
        if warm:
            plain, first, second = [], [], []

    def quantiles(times):
        return statistics.median(times), statistics.quantiles(times, n=100)[98]

    for name, times in {"password, no second step": plain, "password, then the page for the code": first, "code": second}.items():
        print("keycloak: %-37s p50 %6.1f ms, p99 %6.1f ms" % (name, *quantiles(times)))


def test_many_sessions_that_wait(host, account, desk):
    """Sessions at the page for the code cost the table nothing, and lock nobody out."""
    phone = desk.phone(account)
    before = desk.column.load(account)
    waiting = many_at_the_code(host, account, 100)
    assert desk.column.load(account) == before
    one, action = at_the_code(host, 0, account)
    assert is_signed_in(one.send("POST", action, {"code": phone.code()}))
    for other, _ in waiting:
        other.close()


def test_the_journal_holds_outcomes_and_nothing_else(host, site, desk):
    """Runs after the others: what they did is in it."""
    lines = [line for line in host.log().splitlines() if "io.github.poterne" in line]
    outcomes = {line.rsplit(") ", 1)[1] for line in lines}
    assert {"accepted.otp", "refused.replayed", "refused.wrong_code"} <= outcomes, outcomes
    for outcome in outcomes:
        assert re.fullmatch(r"(accepted|refused|confirmed)[a-z_.]*|error\.[a-z_]+: [^\n]+", outcome), outcome
    with psycopg.connect(site.dsn) as connection:
        accounts = [row[0] for row in connection.execute("SELECT account FROM poterne")]
    assert len(accounts) > 20
    text = host.log()
    for account in {*accounts, *site.accounts} - {"poterne-check"}:
        assert account not in text, account
    for secret in ("otpauth://", "POTERN1", "s3cret-", "127.0.0.1:5"):
        assert secret not in text.replace("Listening on: http://127.0.0.1:", ""), secret
    # The control: this would find it.
    assert "refused.replayed" in text
