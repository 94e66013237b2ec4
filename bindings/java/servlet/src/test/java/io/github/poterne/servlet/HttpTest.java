package io.github.poterne.servlet;

import static io.github.poterne.servlet.Browser.location;
import static io.github.poterne.servlet.Browser.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.poterne.ExistingCredential;
import io.github.poterne.Keyring;
import io.github.poterne.Parameters;
import io.github.poterne.Policy;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import io.github.poterne.Verifier;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a browser never sends, at a real container. The subclasses name it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HttpTest {
    private static final byte[] SEED = new byte[20];

    private final Server server;
    private final MemoryStore store = new MemoryStore();
    /** Moves on by a time step when a test needs a new code: the clock of the verifier and of the phone. */
    private volatile Instant now = Instant.now();
    private final Verifier verifier = new Verifier(
            Keyring.generate(1), "departement", Policy.builder().confirmAtFirstLogin(true).build(), new Moving());
    /** All that sessions were given, of every account. */
    private final Map<String, Object> inSessions = new ConcurrentHashMap<>();
    private final Map<String, HttpSession> sessions = new ConcurrentHashMap<>();
    /** Of the one request that waits. */
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private int port;
    private int names;

    private final class Moving extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    HttpTest(String server) throws ReflectiveOperationException {
        this.server = Server.named(server);
    }

    @BeforeAll
    void start() throws Exception {
        port = server.start(new Application(), 0);
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    /** The attribute; a request waits on demand, and a logout fails. */
    private final class UserOfSession implements FirstFactor {
        private final FirstFactor user = FirstFactor.ofSessionAttribute("user");

        @Override
        public Optional<String> account(HttpServletRequest request) {
            if (request.getHeader("X-Waits") != null) {
                arrived.countDown();
                try {
                    assertTrue(goesOn.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException error) {
                    throw new IllegalStateException(error);
                }
            }
            return user.account(request);
        }

        @Override
        public void signOut(HttpServletRequest request) throws ServletException {
            user.signOut(request);
            if (request.getParameter("fails") != null) {
                throw new ServletException("the container cannot");
            }
        }
    }

    /** An application that trusts the name it is given: the first factor is not what is tested. */
    private final class Application implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            ServletContext context = event.getServletContext();
            SecondStep settings = new SecondStep(verifier, store, "Département").withEnrollmentBy(account -> account.startsWith("new"));
            new SecondStepFilter(settings, new UserOfSession(), "/in", "/out", "/static/").addTo(context);
            context.addServlet("all", new HttpServlet() {
                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    answer(request, response);
                }
            }).addMapping("/");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            // Nothing.
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setCharacterEncoding("UTF-8");
        String path = request.getServletPath();
        HttpSession session = request.getSession(path.equals("/in"));
        if (path.equals("/login")) {
            // It shows the application's page at once, with or without the buffer of the container.
            request.getSession(true).setAttribute("user", request.getParameter("user"));
            response.setHeader("X-Done", "yes");
            if (request.getParameter("flush") != null) {
                response.getWriter().write("secret");
                response.flushBuffer();
            }
        } else if (path.equals("/throws")) {
            session.removeAttribute("user");
            throw new IOException("after the logout");
        } else if (path.equals("/in")) {
            session.setAttribute("user", request.getParameter("user"));
        } else if (path.equals("/out")) {
            session.removeAttribute("user");
        } else if (path.equals("/end")) {
            session.invalidate();
        }
        if (session != null && !path.equals("/end")) {
            sessions.put(session.getId(), session);
            Collections.list(session.getAttributeNames()).forEach(name -> inSessions.put(name + session.getId(), session.getAttribute(name)));
        }
        response.setContentType("text/plain;charset=UTF-8");
        if (path.equals("/page")) {
            response.setHeader("X-Known", session != null && session.getAttribute("user") != null ? "yes" : "no");
        }
        response.getWriter().write("application " + path);
    }

    // What the tests do again and again.

    private String code() {
        return Totp.generate(Secret.ofBytes(SEED), Parameters.totp(), now);
    }

    private String nextCode() {
        now = now.plusSeconds(90);
        return code();
    }

    private String employee() {
        String account = "agent" + names++;
        ExistingCredential existing = ExistingCredential.of(Secret.ofBytes(SEED), Parameters.totp());
        store.rows.put(account, verifier.importCredential(account, existing).record().orElseThrow());
        return account;
    }

    private Browser password(String account) throws Exception {
        Browser browser = new Browser(port);
        assertEquals(200, browser.post("/in", "user", account).statusCode());
        return browser;
    }

    private HttpResponse<String> submit(Browser browser, String code) throws Exception {
        return browser.post("/poterne/code", "token", token(browser.get("/poterne/code")), "code", code);
    }

    private Browser signedIn(String account) throws Exception {
        Browser browser = password(account);
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertTrue(isIn(browser));
        return browser;
    }

    private static void assertRefused(HttpResponse<String> response, Browser browser) throws Exception {
        assertEquals(303, response.statusCode());
        assertTrue(location(response).contains("refused="), location(response));
        assertTrue(browser.get(location(response)).body().contains("id=\"poterne-error\""));
    }

    private static boolean isIn(Browser browser) throws Exception {
        HttpResponse<String> page = browser.get("/page", "Accept", "text/html");
        return page.body().equals("application /page") && page.headers().firstValue("X-Known").orElse("").equals("yes");
    }

    @Test
    void nothingIsShownBeforeTheCode() throws Exception {
        Browser browser = password(employee());
        for (String path : List.of("/", "/page", "/page;x=y", "/static/../page", "/static/..;/page", "/%2e/page", "//page", "/in/x", "/inx",
                "/static", "/POTERNE/code", "/poterne", "/poternex/code")) {
            for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")) {
                for (String accept : List.of("text/html", "application/json", "*/*")) {
                    HttpRequest request =
                            browser.request(path, "Accept", accept).method(method, HttpRequest.BodyPublishers.noBody()).build();
                    HttpResponse<String> response = browser.send(request);
                    assertFalse(response.body().startsWith("application"), method + path);
                    assertTrue(response.statusCode() == 303 || response.statusCode() >= 400, method + path + response.statusCode());
                }
            }
        }
        // The controls: what is open, and everything behind the code.
        assertEquals("application /static/a", browser.get("/static/a").body());
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertTrue(isIn(browser));
        HttpResponse<String> unknown = new Browser(port).get("/page");
        assertEquals("application /page", unknown.body(), "who is not logged in at all is the business of the application");
        assertEquals("no", unknown.headers().firstValue("X-Known").orElse(""));
    }

    @Test
    void theBrowserStaysOnTheSite() throws Exception {
        for (String path : List.of("//evil.example/", "/%09/evil.example", "/%5Cevil.example", "/..//evil.example", "/%0d%0aSet-Cookie:a=b",
                "/;jsessionid=1", "/https://evil.example")) {
            Browser browser = password(employee());
            browser.get(path, "Accept", "text/html");
            HttpResponse<String> response = submit(browser, nextCode());
            assertEquals(303, response.statusCode(), path + response.body());
            assertTrue(Target.isLocal(location(response)), path + " leads to " + location(response));
            assertFalse(response.headers().map().getOrDefault("Set-Cookie", List.of()).toString().contains("a=b"), path);
        }
        // The control: the page that was wanted.
        Browser browser = password(employee());
        browser.get("/page?a=b%26&c", "Accept", "text/html");
        browser.get("/picture", "Accept", "image/png");
        browser.post("/form", "a", "b");
        assertEquals("/page?a=b%26&c", location(submit(browser, nextCode())));
    }

    @Test
    void aForgedFormIsNotLookedAt() throws Exception {
        String account = employee();
        String record = store.rows.get(account);
        Browser browser = password(account);
        String own = token(browser.get("/poterne/code"));
        String others = token(password(employee()).get("/poterne/code"));
        String code = nextCode();
        for (String token : List.of("", others, own.substring(1), own + "x", own.substring(0, 22), "é")) {
            assertEquals(403, browser.post("/poterne/code", "token", token, "code", code).statusCode());
        }
        assertEquals(403, browser.post("/poterne/code", "code", code).statusCode());
        assertEquals(403, browser.post("/poterne/leave", "token", others).statusCode());
        assertEquals(record, store.rows.get(account));
        assertFalse(isIn(browser));
        // By a GET neither, whatever stands in it.
        browser.get("/poterne/code?token=" + own + "&code=" + code);
        assertEquals(record, store.rows.get(account));
        assertEquals(303, browser.post("/poterne/code", "token", own, "code", code).statusCode());
        assertTrue(isIn(browser));
        // Of somebody else's forms a login that is complete knows nothing either.
        for (String name : List.of("enroll", "new-phone", "new-recovery", "leave")) {
            assertEquals(403, browser.post("/poterne/" + name, "token", others, "code", nextCode()).statusCode(), name);
        }
        assertTrue(isIn(browser));
    }

    @Test
    void theSessionGetsANewIdentifier() throws Exception {
        Browser browser = password(employee());
        browser.get("/page", "Accept", "text/html");
        String old = token(browser.get("/poterne/code"));
        String token = token(browser.get("/poterne/code"));
        String before = browser.cookie();
        String code = nextCode();
        assertEquals(303, browser.post("/poterne/code", "token", token, "code", code).statusCode());
        String after = browser.cookie();
        assertNotEquals(before, after);
        // Whoever had set the old one has nothing: neither by it, nor by a form of it, nor by the code.
        for (String path : List.of("/page", "/poterne/account", "/poterne/code")) {
            HttpRequest request = new Browser(port).request(path, "Cookie", before, "Accept", "text/html").build();
            assertFalse(new Browser(port).send(request).body().contains("poterne-new-phone"));
        }
        Browser thief = new Browser(port);
        HttpRequest guess = thief.form("/poterne/code", "token", (token.startsWith("A") ? "B" : "A") + token.substring(1), "code", code);
        thief.send(HttpRequest.newBuilder(guess, (name, value) -> true).header("Cookie", before).build());
        assertEquals("", thief.cookie().replace(before, ""));
        assertTrue(isIn(browser));
        // Nor do the forms of before the code open anything in the session that goes on. A tab that was forgotten shows the site.
        assertEquals(403, browser.post("/poterne/new-phone", "token", old, "code", nextCode()).statusCode());
        assertEquals(403, browser.post("/poterne/leave", "token", old).statusCode());
        assertEquals("/page", location(browser.post("/poterne/code", "token", old, "code", nextCode())));
        assertTrue(isIn(browser));
    }

    @Test
    void theSecondClickIsTheFirst() throws Exception {
        Browser browser = password(employee());
        HttpRequest click = browser.form("/poterne/code", "token", token(browser.get("/poterne/code")), "code", nextCode());
        HttpResponse<String> dropped = new Browser(port).send(click);
        assertEquals(303, dropped.statusCode());
        // The browser has dropped the first response, with the new cookie, and shows the second.
        HttpResponse<String> shown = browser.send(click);
        assertEquals(303, shown.statusCode());
        assertEquals(location(dropped), location(shown));
        assertTrue(isIn(browser));
        // The control: another form, with the same code, is a replay.
        Browser other = password("agent" + (names - 1));
        assertRefused(submit(other, code()), other);
    }

    @Test
    void theFirstClickEndsWhileTheSecondBegins() throws Exception {
        Browser browser = password(employee());
        String token = token(browser.get("/poterne/code"));
        String code = nextCode();
        HttpRequest first = browser.form("/poterne/code", "token", token, "code", code);
        HttpRequest second = HttpRequest.newBuilder(first, (name, value) -> true).header("X-Waits", "1").build();
        CompletableFuture<HttpResponse<String>> shown = CompletableFuture.supplyAsync(() -> {
            try {
                return browser.send(second);
            } catch (IOException | InterruptedException error) {
                throw new IllegalStateException(error);
            }
        });
        assertTrue(arrived.await(30, TimeUnit.SECONDS));
        HttpResponse<String> dropped = new Browser(port).send(first);
        goesOn.countDown();
        assertEquals(303, shown.get().statusCode(), shown.get().body());
        assertEquals(location(dropped), location(shown.get()));
        assertTrue(isIn(browser));
    }

    @Test
    void theSecondClickIsOfTheSameBrowser() throws Exception {
        Browser browser = password(employee());
        String former = browser.cookie();
        String token = token(browser.get("/poterne/code"));
        String code = nextCode();
        assertEquals(303, browser.post("/poterne/code", "token", token, "code", code).statusCode());
        // A form of somebody else's page sends the same from another browser: it must not get this account's session.
        Browser victim = new Browser(port);
        assertEquals(403, victim.post("/poterne/code", "token", token, "code", code).statusCode());
        assertEquals("", victim.cookie());
        String path = "/poterne/code;jsessionid=" + former.substring(former.indexOf('=') + 1);
        victim.post(path, "token", token, "code", code);
        assertFalse(victim.get("/poterne/account").body().contains("poterne-new-phone"));
        Browser waiting = password(employee());
        assertEquals(403, waiting.post("/poterne/code", "token", token, "code", code).statusCode());
        assertFalse(isIn(waiting));
    }

    /** A row of its own, with a seed of its own and a set of recovery codes: what an earlier release may have left. */
    private void secondDevice(String account) {
        byte[] seed = new byte[20];
        seed[0] = 1;
        ExistingCredential token = ExistingCredential.of(Secret.ofBytes(seed), Parameters.totp());
        store.rows.put(account + "#2", verifier.importCredential(account + "#2", token).record().orElseThrow());
        store.apply(verifier, account + "#2", credential -> credential.recoveryCodes(3)).close();
    }

    private String secondCode() {
        byte[] seed = new byte[20];
        seed[0] = 1;
        now = now.plusSeconds(90);
        return Totp.generate(Secret.ofBytes(seed), Parameters.totp(), now);
    }

    private int recoveryCodes(String row) {
        return verifier.credential(row, store.rows.get(row)).inspect().recoveryCodesLeft();
    }

    @Test
    void recoveryCodesStandOnOneRow() throws Exception {
        String account = employee();
        secondDevice(account);
        Browser browser = signedIn(account);
        store.apply(verifier, account, credential -> credential.recoveryCodes(5)).close();
        String stolen = store.rows.get(account);
        String form = token(browser.get("/poterne/new-recovery"));
        HttpResponse<String> made = browser.post("/poterne/new-recovery", "token", form, "device", "2", "code", secondCode());
        assertTrue(browser.get(location(made)).body().contains("<ol id=\"poterne-recovery\">"));
        assertNotEquals(stolen, store.rows.get(account), "the former sheet");
        assertEquals(8, recoveryCodes(account));
        assertEquals(0, recoveryCodes(account + "#2"));
        // A new second device brings no set of its own.
        form = token(browser.get("/poterne/new-phone"));
        browser.post("/poterne/new-phone", "token", form, "device", "2", "code", secondCode());
        HttpResponse<String> page = browser.get("/poterne/enroll");
        Secret secret = Secret.ofBase32(match(page.body(), "id=\"poterne-key\">([A-Z2-7 ]+)<").replace(" ", ""));
        String code = Totp.generate(secret, Parameters.totp(), now);
        assertEquals("/poterne/account?done=replaced", location(browser.post("/poterne/enroll", "token", token(page), "code", code)));
        assertEquals(8, recoveryCodes(account));
        assertEquals(0, recoveryCodes(account + "#2"));
        now = now.plusSeconds(90);
        assertEquals("accepted.otp", verifier.login(account + "#2", Totp.generate(secret, Parameters.totp(), now), store).code());
    }

    @Test
    void aTokenThatWasGivenMeanwhileEndsTheEnrollment() throws Exception {
        String account = "new" + names++;
        Browser browser = password(account);
        HttpResponse<String> page = browser.get("/poterne/enroll");
        Secret secret = Secret.ofBase32(match(page.body(), "id=\"poterne-key\">([A-Z2-7 ]+)<").replace(" ", ""));
        secondDevice(account);
        String code = Totp.generate(secret, Parameters.totp(), now);
        assertRefused(browser.post("/poterne/enroll", "token", token(page), "code", code), browser);
        assertFalse(store.rows.containsKey(account), "a second factor by the password alone");
    }

    @Test
    void theRequestThatSignsInShowsNothing() throws Exception {
        Browser browser = new Browser(port);
        HttpResponse<String> response = browser.post("/login", "user", employee());
        assertEquals("/poterne/code", location(response));
        assertFalse(response.body().contains("application"));
        assertEquals("yes", response.headers().firstValue("X-Done").orElse(""));
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertTrue(isIn(browser));
        // What has left the buffer cannot be taken back: the login ends.
        Browser flushed = new Browser(port);
        flushed.post("/login", "user", employee(), "flush", "1");
        assertEquals("/", location(flushed.get("/poterne/code")), "nobody waits");
    }

    @Test
    void toSignInAsSomebodyElseEndsTheSession() throws Exception {
        Browser browser = password(employee());
        HttpResponse<String> left = browser.post("/poterne/leave", "token", token(browser.get("/poterne/code")));
        assertEquals(303, left.statusCode(), left.body());
        assertEquals("/", location(browser.get("/poterne/code")), "nobody waits");
        Browser stuck = password(employee());
        assertEquals(500, stuck.post("/poterne/leave", "token", token(stuck.get("/poterne/code")), "fails", "1").statusCode());
        assertEquals("/", location(stuck.get("/poterne/code")), "also after a logout that failed");
    }

    @Test
    void aCodeIsForgottenWithItsLogin() throws Exception {
        String account = employee();
        String other = employee();
        Browser browser = signedIn(account);
        assertEquals(500, browser.get("/throws").statusCode());
        browser.post("/in", "user", account);
        assertFalse(isIn(browser), "the logout threw");
        browser = signedIn(account);
        browser.post("/in", "user", other);
        browser.post("/in", "user", account);
        assertFalse(isIn(browser), "somebody else was in between");
    }

    @Test
    void theErrorPageStaysOnTheSite() throws Exception {
        Browser browser = password(employee());
        store.isGone = true;
        try {
            assertTrue(browser.get("/poterne/code").body().contains("href=\"/poterne/code\""), "the control");
            HttpResponse<String> page = browser.get("//evil.example/..;/poterne/code");
            // Tomcat shows ours. Jetty 12 refuses the address by itself, in the one way or the other, and may name it.
            if (page.statusCode() == 503) {
                assertTrue(page.body().contains("href=\"/\""), page.body());
                assertFalse(page.body().contains("evil.example"), page.body());
            } else {
                assertEquals(400, page.statusCode(), page.body());
                assertTrue(page.body().contains("Ambiguous"), page.body());
            }
        } finally {
            store.isGone = false;
        }
    }

    /** The session of a browser, as the application knows it. */
    private HttpSession session(Browser browser) throws Exception {
        browser.get("/static/a");
        return sessions.entrySet().stream().filter(each -> browser.cookie().contains(each.getKey().split("\\.")[0]))
                .findFirst().orElseThrow().getValue();
    }

    @Test
    void theWaitBeginsAtThePasswordAndIsNotProlonged() throws Exception {
        String end = "io.github.poterne.end";
        Browser browser = password(employee());
        HttpSession session = session(browser);
        assertTrue(session.getAttribute(end) != null, "without a look at the page");
        session.setAttribute(end, 1L);
        assertEquals(403, browser.get("/poterne/code").statusCode());
        assertEquals("/", location(browser.get("/poterne/code")), "the login ended");
        Browser enrolls = password("new" + names++);
        HttpSession other = session(enrolls);
        assertEquals("/poterne/enroll", location(enrolls.get("/poterne/code")));
        long set = (Long) other.getAttribute(end) - 100;
        other.setAttribute(end, set);
        enrolls.get("/poterne/code");
        enrolls.get("/poterne/enroll");
        assertEquals(set, other.getAttribute(end), "each look was fifteen minutes more");
    }

    @Test
    void noErrorPageOfTheApplication() throws Exception {
        Browser browser = password(employee());
        HttpResponse<String> missing = browser.get("/poterne/x");
        assertEquals(404, missing.statusCode());
        assertTrue(missing.body().contains("poterne.css"), "a page of ours: " + missing.body());
        HttpResponse<String> picture = browser.get("/a.png", "Accept", "image/png");
        assertEquals(403, picture.statusCode());
        assertEquals("", picture.body());
    }

    @Test
    void aRefusalIsCountedOnce() throws Exception {
        String account = employee();
        Browser browser = password(account);
        HttpRequest click = browser.form("/poterne/code", "token", token(browser.get("/poterne/code")), "code", "000000");
        for (int i = 0; i < 5; i++) {
            assertRefused(browser.send(click), browser);
        }
        assertEquals(1, verifier.credential(account, store.rows.get(account)).inspect().failures());
        assertRefused(submit(browser, "000000"), browser);
        assertEquals(2, verifier.credential(account, store.rows.get(account)).inspect().failures());
    }

    @Test
    void clicksAtOnceAreOneLogin() throws Exception {
        String account = employee();
        Browser browser = password(account);
        HttpRequest click = browser.form("/poterne/code", "token", token(browser.get("/poterne/code")), "code", nextCode());
        for (HttpResponse<String> response : atOnce(20, () -> new Browser(port).send(click))) {
            assertEquals(303, response.statusCode());
            Browser last = new Browser(port);
            last.keep(response);
            assertTrue(isIn(last), "whichever answer the browser shows");
        }
        assertEquals(0, verifier.credential(account, store.rows.get(account)).inspect().failures());
    }

    @Test
    void eachLoginTakesACode() throws Exception {
        String account = employee();
        String other = employee();
        Browser browser = signedIn(account);
        // A logout that keeps the session, with nothing between it and the next password.
        browser.get("/out");
        browser.post("/in", "user", account);
        assertFalse(isIn(browser));
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertTrue(isIn(browser));
        // Another account in the same session.
        browser.post("/in", "user", other);
        assertFalse(isIn(browser));
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertTrue(isIn(browser));
        browser.post("/in", "user", account);
        assertFalse(isIn(browser), "nor the first one again");
    }

    @Test
    void anErrorIsNoVerdict() throws Exception {
        String account = employee();
        Browser browser = password(account);
        String token = token(browser.get("/poterne/code"));
        String code = nextCode();
        store.isGone = true;
        try {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> response = browser.post("/poterne/code", "token", token, "code", code);
                assertEquals(503, response.statusCode());
                assertTrue(response.body().contains("poterne-error"));
            }
            assertEquals(503, browser.get("/poterne/code").statusCode());
            assertFalse(isIn(browser));
        } finally {
            store.isGone = false;
        }
        assertEquals(303, browser.post("/poterne/code", "token", token, "code", code).statusCode());
        assertTrue(isIn(browser));
    }

    @Test
    void enrollingLeavesNothingBehind() throws Exception {
        String account = "new" + names++;
        Browser browser = password(account);
        assertEquals("/poterne/enroll", location(browser.get("/poterne/code")));
        HttpResponse<String> page = browser.get("/poterne/enroll");
        Secret secret = Secret.ofBase32(match(page.body(), "id=\"poterne-key\">([A-Z2-7 ]+)<").replace(" ", ""));
        assertFalse(store.rows.containsKey(account), "a row that nobody has scanned");
        assertTrue(browser.get("/poterne/enroll").body().contains(match(page.body(), "id=\"poterne-key\">([A-Z2-7 ]+)<")));
        String code = Totp.generate(secret, Parameters.totp(), now);
        HttpRequest click = browser.form("/poterne/enroll", "token", token(page), "code", code);
        HttpResponse<String> first = browser.send(click);
        HttpResponse<String> second = browser.send(click);
        for (HttpResponse<String> each : List.of(first, second)) {
            String where = location(each);
            assertTrue(where.startsWith("/poterne/recovery?once="), where);
            // Nobody else reads them, and a HEAD does not take them.
            assertFalse(password(employee()).get(where + "x").body().contains("<ol id=\"poterne-recovery\">"));
            browser.send(browser.request(where).method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
            HttpResponse<String> shown = browser.get(where);
            assertTrue(shown.body().contains("<ol id=\"poterne-recovery\">"));
            assertEquals("no-store", shown.headers().firstValue("Cache-Control").orElse(""));
            assertFalse(browser.get(where).body().contains("<ol id=\"poterne-recovery\">"), "twice");
            for (Object held : inSessions.values()) {
                assertFalse(held.toString().contains(match(shown.body(), "<li>([A-Z0-9-]+)</li>")));
                assertFalse(held.toString().contains(code));
            }
        }
        assertFalse(isIn(browser), "a confirmation is no login");
        // Another account's codes behind this account's address.
        Browser again = password(account);
        assertEquals(303, again.get("/poterne/enroll").statusCode(), "a second app behind the password alone");
        now = now.plusSeconds(90);
        assertEquals(303, submit(browser, Totp.generate(secret, Parameters.totp(), now)).statusCode());
        assertTrue(isIn(browser));
    }

    @Test
    void whoMayNotEnrollIsSentToTheHelpDesk() throws Exception {
        Browser browser = password("stranger");
        HttpResponse<String> page = browser.get("/poterne/code");
        assertEquals(403, page.statusCode());
        assertTrue(page.body().contains("Call the help desk"));
        assertEquals("/poterne/code", location(browser.get("/poterne/enroll")));
        assertEquals(303, browser.post("/poterne/enroll", "token", token(page), "code", "123456").statusCode());
        assertFalse(store.rows.containsKey("stranger"));
        assertFalse(isIn(browser));
    }

    @Test
    void aPersonHasNoOtherPersonsRows() throws Exception {
        String account = employee();
        store.rows.put(account + "#2", store.rows.get(account));
        // Behind the password of somebody called so there is no row of the other's.
        Browser browser = password(account + "#2");
        assertEquals(503, browser.get("/poterne/code").statusCode());
        Browser own = password(account);
        HttpResponse<String> page = own.get("/poterne/code");
        assertTrue(page.body().contains("name=\"device\""));
        for (String device : List.of("4", "0", "-1", "#2", "2147483648", "eve", "agent0#2")) {
            now = now.plusSeconds(90);
            HttpResponse<String> response = own.post("/poterne/code", "token", token(page), "device", device, "code", "000000");
            assertRefused(response, own);
        }
        store.rows.remove(account + "#2");
    }

    @Test
    void textsThatNobodyTypes() throws Exception {
        Browser browser = password(employee());
        for (String code : List.of("", " ", "\0", "a".repeat(100_000), "１２３４５６", "😀", "\uFFFD", "<script>alert(1)</script>", "'\"{{token}}",
                "123456\r\nX-A: b", "${jndi:ldap://x}")) {
            HttpResponse<String> response = submit(browser, code);
            assertRefused(response, browser);
            assertFalse(response.body().contains("<script>"));
            assertTrue(response.headers().firstValue("X-A").isEmpty());
        }
        for (String name : List.of("<script>alert(1)</script>", "é".repeat(120), "{{token}}", "${7*7}", "a'b\"c", "x".repeat(250), "a+b/c?d&e#f%")) {
            Browser hostile = password("new" + name);
            HttpResponse<String> page = hostile.get("/poterne/enroll", "Accept-Language", "xx, <b>, \"");
            // Some containers refuse such a language by themselves.
            page = page.statusCode() == 400 ? hostile.get("/poterne/enroll") : page;
            assertEquals(200, page.statusCode(), name);
            assertFalse(page.body().contains("<script>"));
        }
        for (String name : List.of("a\r\nX-A: b", "a\0b", "x".repeat(300), "\n")) {
            Browser hostile = password(name);
            HttpResponse<String> page = hostile.get("/poterne/code");
            assertEquals(503, page.statusCode());
            assertFalse(isIn(hostile));
        }
    }

    @Test
    void headersAndMethods() throws Exception {
        Browser browser = password(employee());
        HttpResponse<String> page = browser.get("/poterne/code");
        Map<String, String> wanted = Map.of("Cache-Control", "no-store", "X-Content-Type-Options", "nosniff", "X-Frame-Options", "DENY",
                "Content-Language", "en");
        wanted.forEach((name, value) -> assertEquals(value, page.headers().firstValue(name).orElse(""), name));
        String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
        assertTrue(policy.contains("default-src 'none'") && !policy.contains("unsafe"), policy);
        assertFalse(page.body().contains("<script") || page.body().contains("style="));
        assertTrue(browser.get("/poterne/poterne.css").body().contains("--poterne-text"));
        assertEquals(404, browser.get("/poterne/../poterne/x").statusCode());
        assertEquals(404, browser.get("/poterne/texts_en.properties").statusCode());
        for (String method : List.of("PUT", "DELETE", "OPTIONS")) {
            HttpRequest request = browser.request("/poterne/code").method(method, HttpRequest.BodyPublishers.noBody()).build();
            assertEquals(405, browser.send(request).statusCode());
        }
        for (String[] pair : new String[][] {{"fr", "fr"}, {"fr-CA, en;q=0.5", "fr"}, {"de, en;q=0.8", "en"}, {"de", "en"}, {"en-GB", "en"}}) {
            assertTrue(browser.get("/poterne/code", "Accept-Language", pair[0]).body().contains("<html lang=\"" + pair[1] + "\""), pair[0]);
        }
    }

    @Test
    void theLogHasOutcomesAlone() throws Exception {
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Handler keep = new Handler() {
            @Override
            public void publish(LogRecord record) {
                log.add(record.getMessage() + (record.getThrown() == null ? "" : record.getThrown()));
            }

            @Override
            public void flush() {
                // Nothing waits.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger logger = Logger.getLogger("io.github.poterne.servlet");
        logger.addHandler(keep);
        try {
            Browser browser = password(employee());
            submit(browser, "000000");
            submit(browser, nextCode());
            store.isGone = true;
            browser.get("/poterne/account");
        } finally {
            store.isGone = false;
            logger.removeHandler(keep);
        }
        assertEquals(List.of("refused.wrong_code", "accepted.otp", "error.store"), log);
    }

    @Test
    void aWaitingSessionHoldsLittleAndEnds() throws Exception {
        String account = employee();
        Browser browser = password(account);
        browser.get("/page", "Accept", "text/html");
        browser.get("/poterne/code");
        browser.get("/static/a");
        HttpSession session = sessions.entrySet().stream().filter(each -> browser.cookie().contains(each.getKey().split("\\.")[0]))
                .findFirst().orElseThrow().getValue();
        assertEquals(301, session.getMaxInactiveInterval());
        int size = 0;
        for (String name : Collections.list(session.getAttributeNames())) {
            Object value = session.getAttribute(name);
            assertTrue(value instanceof String || value instanceof Integer || value instanceof Long, name + value.getClass());
            size += name.length() + value.toString().length();
        }
        assertTrue(size < 400, "characters: " + size);
        assertEquals(303, submit(browser, nextCode()).statusCode());
        assertNotEquals(301, session.getMaxInactiveInterval());
    }

    @Test
    void tenThousandWait() throws Exception {
        String account = employee();
        ExecutorService clients = Executors.newFixedThreadPool(8);
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            waiting.add(clients.submit(() -> password(account).get("/poterne/code").statusCode()));
        }
        for (Future<Integer> each : waiting) {
            assertEquals(200, each.get());
        }
        clients.shutdown();
        assertTrue(isIn(signedIn(account)));
    }

    static <T> List<T> atOnce(int count, Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<T> results = new ArrayList<>();
        for (Future<T> each : threads.invokeAll(Collections.nCopies(count, work))) {
            results.add(each.get());
        }
        threads.shutdown();
        return results;
    }

    private static String match(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertTrue(found.find(), pattern);
        return found.group(1);
    }
}
