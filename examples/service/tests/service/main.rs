//! The service as its users and its attackers see it: two nodes and a real database. `tests/databases cargo test -p poterne-service`

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic and print"
)]

mod browser;
mod site;

use std::time::{Duration, Instant};

use poterne::{Language, MissingAuthenticator, Refusal, State};

use crate::browser::{Answer, Browser};
use crate::site::Site;

/// To the page that asks for the code.
async fn password(browser: &mut Browser, account: &str) -> Answer {
    let page = browser.get("/sign-in").await;
    let answer = browser
        .submit(&page, "/sign-in", &[("account", account), ("password", &format!("s3cret-{account}"))])
        .await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    browser.follow(&answer).await
}

async fn log_in(site: &Site, node: usize, account: &str) -> Browser {
    let mut browser = site.browser(node);
    let page = password(&mut browser, account).await;
    let answer = browser.submit(&page, "/code", &[("code", &site.code(account))]).await;
    assert_eq!(answer.location(), "/", "{}", browser.follow(&answer).await.body);
    assert_eq!(browser.who().await.as_deref(), Some(account));
    browser
}

fn refused() -> String {
    Refusal::WrongCode.message_to_user(Language::English)
}

/// The address of a payment that this user has prepared.
async fn prepared(browser: &mut Browser, payee: &str, amount: &str) -> String {
    let page = browser.get("/payments").await;
    let answer = browser.submit(&page, "/payments", &[("payee", payee), ("amount", amount)]).await;
    assert!(answer.location().starts_with("/payments/"), "{}", answer.location());
    answer.location().to_owned()
}

#[tokio::test]
async fn a_newcomer_enrolls_and_a_code_counts_once() {
    let site = Site::new("enroll", "").await;
    site.user("newcomer").await;
    let mut browser = site.browser(0);
    let page = password(&mut browser, "newcomer").await;
    assert_eq!(page.path, "/enroll?next=/");
    let key = page.between("id=\"poterne-key\">", "<").to_owned();
    // A mistyped code: the same secret, and the reason.
    let wrong = browser.submit(&page, "/enroll", &[("code", "12 34 56")]).await;
    let page = browser.follow(&wrong).await;
    assert!(page.body.contains("poterne-error") && page.body.contains(&key));
    // Nothing is stored before it is confirmed.
    assert_eq!(site.record("newcomer").await, None);
    site.scan("newcomer", &key);
    // On the other node.
    browser.node = site.address(1);
    let code = site.code("newcomer");
    let fields = [("code", code.as_str())];
    // Twice at once: one confirmation, and whoever looks first sees the codes.
    let mut twin = browser.clone();
    let answers =
        tokio::join!(browser.submit(&page, "/enroll", &fields), twin.submit(&page, "/enroll", &fields));
    assert_eq!(
        (answers.0.location(), answers.1.location()),
        ("/enroll/codes?next=/", "/enroll/codes?next=/")
    );
    let confirmed = browser.follow(&answers.1).await;
    assert_eq!(confirmed.body.matches("<li>").count(), 8, "{}", confirmed.body);
    assert_eq!(browser.who().await, None, "a confirmation is not a login");
    // Reloaded: the codes have been shown.
    let again = browser.get("/enroll/codes?next=/").await;
    assert!(!browser.follow(&again).await.body.contains("poterne-recovery"));
    let again = browser.submit(&page, "/enroll", &fields).await;
    assert!(browser.follow(&again).await.body.contains("shown once"));
    let page = browser.get("/code").await;
    let replayed = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert!(browser.follow(&replayed).await.body.contains(&refused()), "the confirmed code is spent");
    let recovery = confirmed.between("<li>", "</li>").to_lowercase();
    let page = browser.get("/code").await;
    let answer = browser.submit(&page, "/code", &[("code", &recovery)]).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(browser.who().await.as_deref(), Some("newcomer"));
    // A second enrollment: the account has a record.
    let mut second = site.browser(1);
    assert_eq!(password(&mut second, "newcomer").await.path, "/code?next=/");

    // Every node refuses what one has accepted.
    site.employee("a.martin").await;
    let mut one = site.browser(0);
    let page = password(&mut one, "a.martin").await;
    let code = site.code("a.martin");
    one.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(one.who().await.as_deref(), Some("a.martin"));
    let mut thief = site.browser(1);
    let page = password(&mut thief, "a.martin").await;
    let answer = thief.submit(&page, "/code", &[("code", &code)]).await;
    assert!(thief.follow(&answer).await.body.contains(&refused()));
    assert_eq!(thief.who().await, None);
    assert_eq!(site.status("a.martin").await.failures(), 0);
    // Signed out on one node, signed out everywhere.
    let cookies = one.cookies.clone();
    let page = one.get("/").await;
    one.submit(&page, "/sign-out", &[]).await;
    one.cookies = cookies;
    one.node = site.address(1);
    assert_eq!(one.who().await, None);
    site.stop().await;
}

#[tokio::test]
async fn recovery_codes_are_for_the_record_of_the_code() {
    let site = Site::new("codes", "").await;
    site.employee("a.martin").await;
    let mut browser = log_in(&site, 0, "a.martin").await;
    let recovery = "/account/recovery-codes";
    // The help desk changes the record, or a minute passes, before the page is looked at: there are none, without a code.
    for number in 0..3 {
        let page = browser.get(recovery).await;
        let code = site.next_code("a.martin").await;
        let answer = browser.submit(&page, recovery, &[("code", &code)]).await;
        assert_eq!(answer.location(), "/account/codes");
        match number {
            0 => {
                site.change("a.martin", |credential| credential.suspend()).await;
                site.change("a.martin", |credential| credential.resume()).await;
            }
            1 => {
                site.execute("UPDATE service_submission SET made_at = now() - interval '61 seconds'").await;
            }
            // The control.
            _ => {
                assert_eq!(browser.follow(&answer).await.body.matches("<li>").count(), 8);
                assert_eq!(site.status("a.martin").await.recovery_codes_left(), 8);
                continue;
            }
        }
        assert_eq!(browser.follow(&answer).await.location(), "/account");
        assert_eq!(site.status("a.martin").await.recovery_codes_left(), 0);
    }
    site.stop().await;
}

#[tokio::test]
async fn recovery_codes_stand_on_one_row() {
    let site = Site::new("rows", "").await;
    site.employee("a.martin").await;
    site.token("a.martin#2").await;
    let mut browser = log_in(&site, 0, "a.martin").await;
    let left = || async {
        (
            site.status("a.martin").await.recovery_codes_left(),
            site.status("a.martin#2").await.recovery_codes_left(),
        )
    };
    let stolen = site.change("a.martin", |credential| credential.recovery_codes(8)).await;
    let _ = site.change("a.martin#2", |credential| credential.recovery_codes(8)).await;
    // By a code of the token: the sheet of the phone's row is void, and the new codes stand there.
    let page = browser.get("/account/recovery-codes").await;
    let fields = [("device", "2"), ("code", &site.code("a.martin#2"))];
    let answer = browser.submit(&page, "/account/recovery-codes", &fields).await;
    let shown = browser.follow(&answer).await;
    assert_eq!(shown.body.matches("<li>").count(), 8);
    assert_eq!(left().await, (8, 0));
    let mut thief = site.browser(1);
    let page = password(&mut thief, "a.martin").await;
    let old = stolen.iter().next().unwrap().to_owned();
    let new = shown.between("<li>", "</li>").to_lowercase();
    thief.submit(&page, "/code", &[("device", "1"), ("code", &old)]).await;
    assert_eq!(thief.who().await, None);
    // The control.
    let page = thief.get("/code").await;
    thief.submit(&page, "/code", &[("device", "1"), ("code", &new)]).await;
    assert_eq!(thief.who().await.as_deref(), Some("a.martin"));
    // Another token: no codes of its own.
    let page = browser.get("/account/new-phone").await;
    let fields = [("device", "2"), ("code", &site.next_code("a.martin#2").await)];
    let answer = browser.submit(&page, "/account/new-phone/start", &fields).await;
    let page = browser.follow(&answer).await;
    site.scan("a.martin#2", page.between("id=\"poterne-key\">", "<"));
    let code = site.code("a.martin#2");
    let fields = [("code", code.as_str())];
    let answer = browser.submit(&page, "/account/new-phone", &fields).await;
    assert_eq!(answer.location(), "/account");
    // And its double click says the same.
    let answer = browser.submit(&page, "/account/new-phone", &fields).await;
    assert_eq!(answer.location(), "/account");
    assert_eq!(left().await, (7, 0));
    // The phone's row is revoked: the codes are the token's.
    site.change("a.martin", |credential| credential.revoke()).await;
    let page = browser.get("/account/recovery-codes").await;
    let fields = [("device", "2"), ("code", &site.next_code("a.martin#2").await)];
    let answer = browser.submit(&page, "/account/recovery-codes", &fields).await;
    assert_eq!(browser.follow(&answer).await.body.matches("<li>").count(), 8);
    assert_eq!(site.status("a.martin#2").await.recovery_codes_left(), 8);
    site.stop().await;
}

#[tokio::test]
async fn nobody_enrolls_beside_a_token() {
    let site = Site::new("beside", "").await;
    // The token is the second row, and the first is gone.
    site.user("a.martin").await;
    site.token("a.martin#2").await;
    let mut browser = site.browser(0);
    assert_eq!(password(&mut browser, "a.martin").await.path, "/code?next=/");
    let answer = browser.get("/enroll").await;
    assert_eq!(answer.location(), "/code?next=/");
    // Given while the page of the QR code was open.
    site.user("b.durand").await;
    let page = password(&mut browser, "b.durand").await;
    site.scan("b.durand", page.between("id=\"poterne-key\">", "<"));
    site.token("b.durand#2").await;
    let answer = browser.submit(&page, "/enroll", &[("code", &site.code("b.durand"))]).await;
    assert_eq!(answer.location(), "/code?next=/");
    assert_eq!(site.record("b.durand").await, None);
    // The control: without the token the same page enrolls.
    site.execute("DELETE FROM poterne").await;
    let page = browser.get("/enroll").await;
    site.scan("b.durand", page.between("id=\"poterne-key\">", "<"));
    let answer = browser.submit(&page, "/enroll", &[("code", &site.code("b.durand"))]).await;
    assert_eq!(answer.location(), "/enroll/codes?next=/");
    assert!(site.record("b.durand").await.is_some());
    site.stop().await;
}

#[tokio::test]
async fn a_payment_takes_a_code_for_this_payee_and_this_amount() {
    let site = Site::new("payment", "").await;
    site.employee("a.martin").await;
    let mut browser = log_in(&site, 0, "a.martin").await;
    let address = prepared(&mut browser, "Imprimerie nationale", "1250.40").await;
    let other = prepared(&mut browser, "Imprimerie nationale", "9999").await;
    let id: i64 = address.rsplit('/').next().unwrap().parse().unwrap();
    let done =
        || async { site.count("SELECT count(*) FROM service_payment WHERE done_at IS NOT NULL").await };

    // Another payment's ticket; nothing is asked of the record.
    let (page, others) = (browser.get(&address).await, browser.get(&other).await);
    assert!(page.body.contains("€1,250.40"), "{}", page.body);
    let before = site.record("a.martin").await;
    let answer =
        browser.submit(&page, &address, &[("code", "123456"), ("ticket", others.field("ticket"))]).await;
    assert!(browser.follow(&answer).await.body.contains("took too long"));
    // The amount changes after it was shown.
    site.execute(&format!("UPDATE service_payment SET cents = 9999900 WHERE id = {id}")).await;
    let answer = browser.submit(&page, &address, &[("code", &site.code("a.martin"))]).await;
    assert!(browser.follow(&answer).await.body.contains("changed in the meantime"));
    assert_eq!(site.record("a.martin").await, before);
    assert_eq!(done().await, 0);
    // The ticket of the login is none of a payment, and the other way round.
    let step = password(&mut site.browser(0), "a.martin").await;
    assert!(!step.body.contains(page.field("ticket")));
    // A temporary code is accepted, and pays nothing.
    let page = browser.get(&address).await;
    let temporary = site
        .change("a.martin", |credential| {
            credential.temporary_code(None, 5, MissingAuthenticator::Keep, poterne::UnixTime::now()?)
        })
        .await;
    let answer = browser.submit(&page, &address, &[("code", temporary.as_str())]).await;
    assert!(browser.follow(&answer).await.body.contains("it takes the code of your app or token"));
    assert_eq!(done().await, 0);
    // A wrong code.
    let page = browser.get(&address).await;
    let answer = browser.submit(&page, &address, &[("code", &site.wrong_code("a.martin"))]).await;
    assert!(browser.follow(&answer).await.body.contains(&refused()));
    assert_eq!((done().await, site.status("a.martin").await.failures()), (0, 1));
    // What a form says of the act is not read. Sent twice at once, to both nodes: paid once, and shown as paid by both.
    let page = browser.get(&address).await;
    let code = site.next_code("a.martin").await;
    let fields = [("code", code.as_str()), ("amount", "1"), ("payee", "eve"), ("cents", "1")];
    let mut twin = browser.clone();
    twin.node = site.address(1);
    let (one, two) =
        tokio::join!(browser.submit(&page, &address, &fields), twin.submit(&page, &address, &fields));
    for answer in [one, two] {
        assert!(browser.follow(&answer).await.body.contains("service-done"));
    }
    assert_eq!(done().await, 1);
    assert_eq!(site.count(&format!("SELECT cents FROM service_payment WHERE id = {id}")).await, 9_999_900);
    assert_eq!(site.count("SELECT count(*) FROM service_payment WHERE payee = 'eve'").await, 0);
    // Somebody else's payment is not there.
    site.employee("eve").await;
    let mut eve = log_in(&site, 1, "eve").await;
    assert_eq!(eve.get(&other).await.location(), "/payments");
    for (payee, amount) in
        [("", "1"), ("x", "-1"), ("x", "1e9"), ("x\r\ny", "1"), (&"x".repeat(71), "1"), ("x", "0")]
    {
        let page = eve.get("/payments").await;
        let answer = eve.submit(&page, "/payments", &[("payee", payee), ("amount", amount)]).await;
        assert_eq!(answer.location(), "/payments", "{payee:?} {amount}");
    }
    site.stop().await;
}

#[tokio::test]
async fn without_its_database_there_is_no_verdict() {
    let site = Site::new("stopped", "").await;
    site.employee("a.martin").await;
    let mut browser = site.browser(0);
    let page = password(&mut browser, "a.martin").await;
    let code = site.code("a.martin");
    let before = site.record("a.martin").await;
    site.relay.stop();
    let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.body.contains(poterne::ErrorKind::Store.message_to_user(Language::English)),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains(&refused()));
    assert_eq!(browser.get("/").await.status, 303, "there is no session to look for");
    assert_eq!(site.record("a.martin").await, before);
    site.relay.start();
    let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/", "the same code, once it is back: {}", answer.body);
    assert_eq!(browser.who().await.as_deref(), Some("a.martin"));
    assert!(site.log().contains("error.store"));
    site.stop().await;
}

#[tokio::test]
async fn a_ticket_ends_and_so_does_a_password() {
    let site = Site::new("late", "ticket_seconds=2").await;
    site.employee("a.martin").await;
    let mut browser = site.browser(0);
    let page = password(&mut browser, "a.martin").await;
    let before = site.record("a.martin").await;
    let code = site.code("a.martin");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/sign-in?next=/");
    assert!(browser.follow(&answer).await.body.contains("longer than the time allowed"));
    assert_eq!(site.record("a.martin").await, before);
    // A new password ends the ticket of the old one, and a dismissal any.
    for change in ["UPDATE service_user SET password = 'x'", "DELETE FROM service_user"] {
        let page = password(&mut browser, "a.martin").await;
        site.execute(change).await;
        let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
        assert_eq!(answer.location(), "/sign-in?next=/", "{change}");
        assert_eq!(site.record("a.martin").await, before);
        site.user("a.martin").await;
    }
    // The control.
    let page = password(&mut browser, "a.martin").await;
    assert_eq!(browser.submit(&page, "/code", &[("code", &code)]).await.location(), "/");
    // A new password between the code's acceptance and the session: there is none.
    site.execute("DELETE FROM service_session").await;
    site.execute(
        "CREATE FUNCTION renew() RETURNS trigger AS 'BEGIN UPDATE service_user SET password = ''x''; RETURN NEW; END' LANGUAGE plpgsql;
         CREATE TRIGGER renew BEFORE UPDATE ON poterne FOR EACH ROW EXECUTE FUNCTION renew()",
    )
    .await;
    let mut browser = site.browser(0);
    let code = site.next_code("a.martin").await;
    let page = password(&mut browser, "a.martin").await;
    let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/sign-in?next=/");
    assert_eq!(browser.who().await, None);
    // The code was accepted, in time.
    assert_eq!(site.count("SELECT count(*) FROM service_user WHERE password = 'x'").await, 1);
    assert_eq!(site.count("SELECT count(*) FROM service_session").await, 0);
    site.stop().await;
}

#[tokio::test]
async fn a_double_click_is_one_login_and_one_failure() {
    let site = Site::new("double", "").await;
    site.employee("a.martin").await;
    let mut browser = site.browser(0);
    let page = password(&mut browser, "a.martin").await;
    let wrong = site.wrong_code("a.martin");
    let mut twin = browser.clone();
    twin.node = site.address(1);
    let fields = [("code", wrong.as_str())];
    let answers = tokio::join!(browser.submit(&page, "/code", &fields), twin.submit(&page, "/code", &fields));
    assert_eq!((answers.0.location(), answers.1.location()), ("/code?next=/", "/code?next=/"));
    assert_eq!(site.status("a.martin").await.failures(), 1);
    let page = browser.get("/code").await;
    let code = site.code("a.martin");
    let fields = [("code", code.as_str())];
    let mut twin = browser.clone();
    twin.node = site.address(1);
    let answers = tokio::join!(browser.submit(&page, "/code", &fields), twin.submit(&page, "/code", &fields));
    assert_eq!((answers.0.location(), answers.1.location()), ("/", "/"));
    assert_eq!(browser.who().await.as_deref(), Some("a.martin"));
    assert_eq!(twin.who().await.as_deref(), Some("a.martin"));
    assert_eq!(site.count("SELECT count(*) FROM service_session").await, 1);
    assert_eq!(site.log().matches("accepted.otp").count(), 1);
    // A click, and the browser hangs up: the login goes on, and the second click finds it.
    site.employee("b.durand").await;
    let mut browser = site.browser(0);
    let page = password(&mut browser, "b.durand").await;
    let code = site.code("b.durand");
    browser.hang_up(&page, "/code", &[("code", &code)]).await;
    let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(browser.who().await.as_deref(), Some("b.durand"));
    site.stop().await;
}

#[tokio::test]
async fn forms_of_others_do_nothing() {
    let site = Site::new("forged", "").await;
    for name in ["a.martin", "eve"] {
        site.employee(name).await;
    }
    let mut browser = site.browser(0);
    let page = password(&mut browser, "a.martin").await;
    let before = site.record("a.martin").await;
    // Eve's own form, in the browser of a.martin.
    let mut eve = site.browser(0);
    let theirs = password(&mut eve, "eve").await;
    for token in ["", "0", theirs.field("form")] {
        let answer = browser.post("/code", &[("form", token), ("code", "123456")]).await;
        assert_eq!(answer.location(), "/sign-in?next=/");
        assert_eq!(site.record("a.martin").await, before);
    }
    // A step that names somebody else: eve's ticket is none of a.martin's.
    let step = eve.cookies["__Host-service-step"].clone();
    let (_, ticket) = step.split_once('.').unwrap();
    let hex: String = "a.martin".bytes().map(|byte| format!("{byte:02x}")).collect();
    eve.cookies.insert("__Host-service-step".into(), format!("{hex}.{ticket}"));
    let forged = eve.get("/code").await;
    let answer = eve.submit(&forged, "/code", &[("code", &site.code("a.martin"))]).await;
    assert_eq!(answer.location(), "/sign-in?next=/");
    assert_eq!(site.record("a.martin").await, before);
    // The page asks nothing for whom there is no ticket.
    assert_eq!(eve.get("/enroll").await.location(), "/sign-in?next=/");
    // The control.
    let answer = browser.submit(&page, "/code", &[("code", &site.next_code("a.martin").await)]).await;
    assert_eq!(answer.location(), "/");
    let session = browser.cookies["__Host-service-session"].clone();
    for (path, fields) in [
        ("/sign-out", &[][..]),
        ("/payments", &[("payee", "eve"), ("amount", "1")]),
        ("/account/new-phone/start", &[("code", "123456")]),
        ("/account/new-phone", &[("code", "123456")]),
        ("/account/recovery-codes", &[("code", "123456")]),
    ] {
        for token in ["", theirs.field("form")] {
            let mut all = vec![("form", token)];
            all.extend(fields);
            let answer = browser.post(path, &all).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body.contains("poterne-error"), "{path}");
        }
    }
    assert_eq!(site.count("SELECT count(*) FROM service_payment").await, 0);
    assert_eq!(browser.who().await.as_deref(), Some("a.martin"));
    // Whoever signs in over another's session ends it; the control is that a wrong password does not.
    site.employee("f.roux").await;
    let mut shared = log_in(&site, 0, "f.roux").await;
    let former = shared.clone();
    let page = shared.get("/sign-in").await;
    shared.submit(&page, "/sign-in", &[("account", "a.martin"), ("password", "x")]).await;
    assert_eq!(shared.who().await.as_deref(), Some("f.roux"));
    let page = password(&mut shared, "a.martin").await;
    assert_eq!(page.path, "/code?next=/");
    assert_eq!((shared.who().await, former.clone().who().await), (None, None));
    let code = site.next_code("a.martin").await;
    shared.submit(&page, "/code", &[("code", &code)]).await;
    assert_eq!(shared.who().await.as_deref(), Some("a.martin"));
    // No session that somebody else chose: the identifier is new, and unknown ones open nothing.
    let mut planted = site.browser(0);
    planted.cookies.insert("__Host-service-session".into(), "0".repeat(64));
    assert_eq!(planted.who().await, None);
    let page = password(&mut planted, "eve").await;
    planted.submit(&page, "/code", &[("code", &site.code("eve"))]).await;
    assert_eq!(planted.who().await.as_deref(), Some("eve"));
    assert!(![&"0".repeat(64), &session].contains(&&planted.cookies["__Host-service-session"]));
    site.stop().await;
}

#[tokio::test]
async fn hostile_input_stays_input() {
    let site = Site::new("hostile", "").await;
    let long = "a".repeat(200);
    for name in [
        "o'brien",
        "élise.dupré",
        "<b>martin",
        "{{7*7}}",
        "${jndi:x}",
        "martin@finances.example",
        "';DROP/**/TABLE/**/poterne;--",
        &long,
    ] {
        site.employee(name).await;
        let mut browser = log_in(&site, 0, name).await;
        let page = browser.get("/").await;
        assert!(!page.body.contains("<b>martin"), "escaped");
        assert_eq!(browser.who().await.as_deref(), Some(name));
    }
    // No account, and no error either.
    let too_long = "a".repeat(300);
    for name in ["", " ", "a\0b", "a\nb", "poterne check", "a.martin#2", &too_long, "\u{202e}"] {
        let mut browser = site.browser(0);
        let page = browser.get("/sign-in").await;
        let answer = browser.submit(&page, "/sign-in", &[("account", name), ("password", "x")]).await;
        assert_eq!(answer.location(), "/sign-in?next=/", "{name:?}");
        assert!(browser.follow(&answer).await.body.contains("is wrong"));
    }
    // Where a sign-in leads is on this site, and a header is one line.
    site.employee("a.martin").await;
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/%09/evil.example",
        "/a%0d%0aSet-Cookie:%20x=y",
        "%2F%2Fevil.example",
    ] {
        let mut browser = site.browser(0);
        let page = browser.get(&format!("/sign-in?next={next}")).await;
        assert_eq!(page.field("next"), "/", "{next}");
    }
    for next in ["//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=y", "javascript:alert(1)"] {
        let mut browser = site.browser(0);
        let page = browser.get("/sign-in").await;
        let fields = [("account", "a.martin"), ("password", "s3cret-a.martin"), ("next", next)];
        let answer = browser.submit(&page, "/sign-in", &fields).await;
        assert_eq!(answer.location(), "/code?next=/");
        let page = browser.follow(&answer).await;
        let answer = browser
            .submit(&page, "/code", &[("code", &site.next_code("a.martin").await), ("next", next)])
            .await;
        assert_eq!(answer.location(), "/");
        assert!(!answer.head.contains("x=y"));
    }
    // The control: a place on this site is kept.
    let mut browser = site.browser(0);
    assert_eq!(browser.get("/sign-in?next=/payments/3").await.field("next"), "/payments/3");
    let answer = browser.get("/sign-in").await;
    for part in [
        "cache-control: no-store",
        "default-src 'none'",
        "frame-ancestors 'none'",
        "secure; httponly; samesite=strict",
        "nosniff",
    ] {
        assert!(answer.head.to_lowercase().contains(part), "{part}: {}", answer.head);
    }
    // Too much of anything.
    let large = "x".repeat(20_000);
    assert_eq!(browser.post("/sign-in", &[("account", &large)]).await.status, 413);
    browser.cookies.insert("__Host-service-said".into(), "e.<script>".into());
    assert!(!browser.get("/sign-in").await.body.contains("script"));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_replays_over_two_nodes_are_one_acceptance() {
    let site = Site::new("replays", "").await;
    site.employee("a.martin").await;
    // Browsers that each know the password; each sends the code to both nodes many times, each time as another submission.
    let mut browsers = Vec::new();
    for number in 0..10 {
        let mut browser = site.browser(number % 2);
        let page = password(&mut browser, "a.martin").await;
        browsers.push((browser, page));
    }
    let code = site.code("a.martin");
    let mut requests = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        let (browser, page) = &browsers[number % browsers.len()];
        let (mut browser, page, code) = (browser.clone(), page.clone(), code.clone());
        browser.node = site.address(number / 10 % 2);
        requests.spawn(async move {
            let device = format!("x{number}");
            let answer = browser.submit(&page, "/code", &[("code", &code), ("device", &device)]).await;
            assert_eq!(answer.status, 303, "{}", answer.body);
            answer.location() == "/"
        });
    }
    let accepted = requests.join_all().await.into_iter().filter(|accepted| *accepted).count();
    assert_eq!(accepted, 1);
    assert_eq!(site.count("SELECT count(*) FROM service_session").await, 1);
    let log = site.log();
    assert_eq!(log.matches("accepted.otp").count(), 1);
    println!(
        "replays: 1 accepted, {} replayed, {} conflicts",
        log.matches("refused.replayed").count(),
        log.matches("refused.conflict").count()
    );
    assert_eq!(log.matches("refused.replayed").count() + log.matches("refused.conflict").count(), 999);
    assert_eq!(site.status("a.martin").await.failures(), 0);
    // Nothing of whom or with what.
    for line in log.lines().filter(|line| line.contains("refused.") || line.contains("accepted.")) {
        assert!(
            line.split_whitespace().count() == 1 && !line.contains("martin") && !line.contains(&code),
            "{line}"
        );
    }
    site.stop().await;
}

/// What the second step takes, beside a change of the same application that takes no code: both look at a session or a user, write a
/// row, and send the browser on. Printed, not judged: others use the machine.
#[tokio::test]
async fn what_the_second_step_takes() {
    let site = Site::new("times", "").await;
    site.employee("b.durand").await;
    let mut other = log_in(&site, 0, "b.durand").await;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let logins = 200;
    for number in 0..logins {
        let name = format!("agent{number}");
        // The same hash for all: it is not measured.
        site.employee_like("b.durand", &name).await;
        let mut browser = site.browser(0);
        let page = browser.get("/sign-in").await;
        let answer =
            browser.submit(&page, "/sign-in", &[("account", &name), ("password", "s3cret-b.durand")]).await;
        let page = browser.follow(&answer).await;
        let code = site.code(&name);
        let begin = Instant::now();
        let answer = browser.submit(&page, "/code", &[("code", &code)]).await;
        with.push(begin.elapsed());
        assert_eq!(answer.location(), "/");
        let page = other.get("/payments").await;
        let begin = Instant::now();
        let answer = other.submit(&page, "/payments", &[("payee", "x"), ("amount", "1")]).await;
        without.push(begin.elapsed());
        assert!(answer.location().starts_with("/payments/"));
    }
    for (what, times) in [("with a code", &mut with), ("without", &mut without)] {
        times.sort();
        println!("{what}: p50 {:?}, p99 {:?}", times[logins / 2], times[logins * 99 / 100]);
    }
    assert_eq!(site.log().matches("accepted.otp").count(), logins + 1);
    site.stop().await;
}

#[tokio::test]
async fn a_new_phone_takes_the_place_of_the_old_one() {
    let site = Site::new("phone", "").await;
    site.employee("a.martin").await;
    let mut browser = log_in(&site, 0, "a.martin").await;
    let page = browser.get("/account/new-phone").await;
    assert!(!page.body.contains("poterne-key"), "behind a code");
    let answer =
        browser.submit(&page, "/account/new-phone/start", &[("code", &site.wrong_code("a.martin"))]).await;
    assert!(browser.follow(&answer).await.body.contains(&refused()));
    let page = browser.get("/account/new-phone").await;
    let code = site.next_code("a.martin").await;
    let answer = browser.submit(&page, "/account/new-phone/start", &[("code", &code)]).await;
    let page = browser.follow(&answer).await;
    let key = page.between("id=\"poterne-key\">", "<").to_owned();
    // A quarter of an hour later the page asks for a code again; the control is within it.
    let began =
        |minutes| format!("UPDATE service_session SET replacing_at = now() - interval '{minutes} minutes'");
    site.execute(&began(16)).await;
    assert!(!browser.get("/account/new-phone").await.body.contains("poterne-key"));
    let answer = browser.submit(&page, "/account/new-phone", &[("code", "000001")]).await;
    assert!(!browser.follow(&answer).await.body.contains("poterne-key"));
    site.execute(&began(14)).await;
    assert!(browser.get("/account/new-phone").await.body.contains(&key));
    let old = site.record("a.martin").await;
    let answer = browser.submit(&page, "/account/new-phone", &[("code", "000000")]).await;
    assert!(browser.follow(&answer).await.body.contains(&key), "the same secret");
    assert_eq!(site.record("a.martin").await, old, "the old one works");
    // A suspension in between stops it.
    site.change("a.martin", |credential| credential.suspend()).await;
    let old_phone = site.secret("a.martin").to_base32();
    site.scan("a.martin", &key);
    let page = browser.get("/account/new-phone").await;
    let answer = browser.submit(&page, "/account/new-phone", &[("code", &site.code("a.martin"))]).await;
    assert_eq!(answer.location(), "/account");
    assert!(browser.follow(&answer).await.body.contains("changed in the meantime"));
    assert_eq!(site.status("a.martin").await.state(), State::Suspended);
    // Found again: from the beginning, by a temporary code.
    let temporary = site
        .change("a.martin", |credential| {
            credential.temporary_code(None, 5, MissingAuthenticator::Keep, poterne::UnixTime::now()?)
        })
        .await;
    let mut elsewhere = site.browser(1);
    let page = password(&mut elsewhere, "a.martin").await;
    elsewhere.submit(&page, "/code", &[("code", temporary.as_str())]).await;
    assert!(elsewhere.get("/").await.body.contains("without your phone"));
    let page = browser.get("/account/new-phone").await;
    let answer = browser.submit(&page, "/account/new-phone/start", &[("code", temporary.as_str())]).await;
    let page = browser.follow(&answer).await;
    assert_ne!(page.between("id=\"poterne-key\">", "<"), key);
    site.scan("a.martin", page.between("id=\"poterne-key\">", "<"));
    let code = site.code("a.martin");
    let answer = browser.submit(&page, "/account/new-phone", &[("code", &code)]).await;
    let answer = browser.follow(&answer).await;
    assert_eq!(answer.body.matches("<li>").count(), 8, "{}", answer.body);
    assert_eq!(site.status("a.martin").await.state(), State::Active);
    assert_eq!(browser.who().await.as_deref(), Some("a.martin"));
    assert_eq!(elsewhere.who().await, None, "what the old one opened is over");
    // An error behind the swap leaves them as closed.
    let mut elsewhere = site.browser(1);
    let page = password(&mut elsewhere, "a.martin").await;
    elsewhere.submit(&page, "/code", &[("code", &site.next_code("a.martin").await)]).await;
    assert_eq!(elsewhere.who().await.as_deref(), Some("a.martin"));
    let page = browser.get("/account/new-phone").await;
    let next = site.next_code("a.martin").await;
    let answer = browser.submit(&page, "/account/new-phone/start", &[("code", &next)]).await;
    let page = browser.follow(&answer).await;
    site.scan("a.martin", page.between("id=\"poterne-key\">", "<"));
    site.execute(
        "CREATE FUNCTION fail() RETURNS trigger AS 'BEGIN RAISE ''no''; END' LANGUAGE plpgsql;
         CREATE TRIGGER fail BEFORE UPDATE ON service_submission FOR EACH ROW WHEN (NEW.codes_for IS NOT NULL) EXECUTE FUNCTION fail()",
    )
    .await;
    let code = site.code("a.martin");
    let answer = browser.submit(&page, "/account/new-phone", &[("code", &code)]).await;
    assert_eq!(answer.status, 503);
    assert_eq!((elsewhere.who().await, browser.who().await.as_deref()), (None, Some("a.martin")));
    assert!(!browser.get("/account/new-phone").await.body.contains("poterne-key"));
    site.execute("DROP TRIGGER fail ON service_submission").await;
    // The old phone is out of use, and the code that confirmed the new one is spent.
    site.scan("old", &old_phone);
    for code in [site.code("old"), code] {
        let page = password(&mut elsewhere, "a.martin").await;
        let answer = elsewhere.submit(&page, "/code", &[("code", &code)]).await;
        assert!(elsewhere.follow(&answer).await.body.contains(&refused()));
    }
    // New recovery codes, behind a code; shown again neither by the form nor by the page.
    let page = browser.get("/account/recovery-codes").await;
    let code = site.next_code("a.martin").await;
    let answer = browser.submit(&page, "/account/recovery-codes", &[("code", &code)]).await;
    assert_eq!(browser.follow(&answer).await.body.matches("<li>").count(), 8);
    let again = browser.submit(&page, "/account/recovery-codes", &[("code", &code)]).await;
    let again = browser.follow(&again).await;
    assert!(!browser.follow(&again).await.body.contains("poterne-recovery"));
    site.stop().await;
}
