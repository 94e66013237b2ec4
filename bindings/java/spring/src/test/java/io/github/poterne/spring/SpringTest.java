package io.github.poterne.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.poterne.Accepted;
import io.github.poterne.ExistingCredential;
import io.github.poterne.JdbcColumn;
import io.github.poterne.Keyring;
import io.github.poterne.Parameters;
import io.github.poterne.Refusal;
import io.github.poterne.RefusedException;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import io.github.poterne.Verifier;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.authentication.session.SessionFixationProtectionStrategy;
import org.springframework.security.web.authentication.session.SessionLimit;
import org.springframework.security.web.session.HttpSessionEventPublisher;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot on a Tomcat of its own, with PostgreSQL. */
@Tag("servers")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpringTest {
    private static final byte[] SEED = new byte[20];
    private static final String CSRF = "name=\"_csrf\"[^>]*value=\"([^\"]+)\"";
    private static final String TOKEN = "name=\"token\" value=\"([^\"]+)\"";

    /** As the container knows them. */
    private static final List<HttpSession> MADE = new CopyOnWriteArrayList<>();

    @TempDir
    static Path folder;

    private ConfigurableApplicationContext context;
    private Verifier verifier;
    private JdbcColumn column;
    private int port;
    private int names;

    @BeforeAll
    void start() throws Exception {
        String postgresql = System.getenv("POTERNE_POSTGRESQL_PORT");
        assertTrue(postgresql != null, "POTERNE_POSTGRESQL_PORT is not set: run bindings/java/servlet/test");
        Path keyring = folder.resolve("poterne.keys");
        Files.createFile(keyring, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Keyring made = Keyring.generate(1)) {
            Files.write(keyring, made.toText());
        }
        SpringApplication application = new SpringApplication(DepartmentSite.class, More.class);
        application.setAdditionalProfiles("both");
        application.setDefaultProperties(Map.of(
                "server.address", "127.0.0.1", "server.port", "0", "department.keyring", keyring.toString(), "department.ticket", "300",
                "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + postgresql + "/poterne", "spring.datasource.username", "poterne",
                "spring.datasource.password", "poterne", "spring.datasource.hikari.maximum-pool-size", "2"));
        context = application.run();
        port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
        verifier = context.getBean(Verifier.class);
        column = context.getBean(JdbcColumn.class);
        JdbcTemplate database = context.getBean(JdbcTemplate.class);
        database.execute("DROP TABLE IF EXISTS poterne");
        database.execute("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)");
        database.execute("DROP TABLE IF EXISTS payment");
        database.execute("CREATE TABLE payment (name VARCHAR(255) PRIMARY KEY)");
    }

    @AfterAll
    void stop() {
        context.close();
    }

    /** What the tests add to the site. */
    @EnableMethodSecurity
    @EnableTransactionManagement
    static class More {
        @Bean
        Payments payments(JdbcTemplate database, Verifier verifier, JdbcColumn column) {
            return new Payments(database, verifier, column);
        }

        @Bean
        SessionRegistry sessions() {
            return new SessionRegistryImpl();
        }

        @Bean
        HttpSessionListener keeper() {
            return new HttpSessionListener() {
                @Override
                public void sessionCreated(HttpSessionEvent event) {
                    MADE.add(event.getSession());
                }
            };
        }

        /** Tells the registry of identifiers that change and of sessions that end. */
        @Bean
        HttpSessionEventPublisher publisher() {
            return new HttpSessionEventPublisher();
        }

        /** Sites that put another session into the place of the one before, with or without what it holds. */
        @Bean
        Customizer<HttpSecurity> otherSession() {
            SessionFixationProtectionStrategy moves = new SessionFixationProtectionStrategy();
            SessionFixationProtectionStrategy empties = new SessionFixationProtectionStrategy();
            empties.setMigrateSessionAttributes(false);
            return http -> http.sessionManagement(sessions -> sessions.addSessionAuthenticationStrategy((who, request, response) -> {
                if (who.getName().startsWith("moved")) {
                    moves.onAuthentication(who, request, response);
                } else if (who.getName().startsWith("emptied")) {
                    empties.onAuthentication(who, request, response);
                }
            }));
        }

        /** One session for whoever is called so. */
        @Bean
        Customizer<HttpSecurity> oneSession(SessionRegistry registry) {
            return http -> http.sessionManagement(sessions -> sessions.sessionConcurrency(limit -> limit.sessionRegistry(registry)
                    .maximumSessions((SessionLimit) who -> who.getName().startsWith("single") ? 1 : -1)));
        }
    }

    /** A service of the application that asks for a code within its transaction, and then fails. */
    static class Payments {
        private final JdbcTemplate database;
        private final Verifier verifier;
        private final JdbcColumn column;

        Payments(JdbcTemplate database, Verifier verifier, JdbcColumn column) {
            this.database = database;
            this.verifier = verifier;
            this.column = column;
        }

        @Transactional
        public Accepted pay(String account, String code, boolean fails) {
            database.update("INSERT INTO payment VALUES (?)", account);
            Accepted accepted = verifier.login(account, code, column);
            if (fails) {
                throw new IllegalStateException("the bank does not answer");
            }
            return accepted;
        }
    }

    /** By a method, and not by the address. */
    @RestController
    static class Secured {
        @GetMapping("/secured")
        @PreAuthorize("hasAuthority('FACTOR_OTP')")
        String secured() {
            return "secured";
        }
    }

    /** A browser without a screen. */
    private final class Browser {
        final CookieManager cookies = new CookieManager();
        private final HttpClient client = HttpClient.newBuilder().cookieHandler(cookies).build();

        HttpResponse<String> get(String path) throws Exception {
            return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> post(String path, String... fields) throws Exception {
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < fields.length; i += 2) {
                body.append(fields[i]).append('=').append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8)).append('&');
            }
            HttpRequest request = request(path).header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }

        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Accept", "text/html");
        }

        void password(String account) throws Exception {
            String csrf = match(get("/login").body(), CSRF);
            assertEquals(302, post("/login", "_csrf", csrf, "account", account, "password", "s3cret-" + account).statusCode());
        }

        HttpResponse<String> submit(String code) throws Exception {
            return post("/poterne/code", "token", match(get("/poterne/code").body(), TOKEN), "code", code);
        }

        boolean isIn() throws Exception {
            return get("/").body().contains("id=\"account\"");
        }
    }

    private static String match(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertTrue(found.find(), pattern + " in " + text);
        return found.group(1);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }

    private String employee() {
        return employee("agent");
    }

    private String employee(String name) {
        String account = name + names++;
        ExistingCredential phone = ExistingCredential.of(Secret.ofBytes(SEED), Parameters.totp());
        assertEquals(1, column.insert(account, verifier.importCredential(account, phone).record().orElseThrow()));
        return account;
    }

    private static String code() {
        return Totp.generate(Secret.ofBytes(SEED), Parameters.totp(), Instant.now());
    }

    @Test
    void bothFactorsAreAskedFor() throws Exception {
        String account = employee();
        Browser browser = new Browser();
        assertTrue(location(browser.get("/")).contains("/login"));
        assertTrue(location(browser.get("/poterne/account")).endsWith("/"), "without a password there is no page");
        browser.password(account);
        assertTrue(location(browser.get("/?a=b")).endsWith("/poterne/code"));
        assertTrue(location(browser.get("/secured")).endsWith("/poterne/code"), "by a method");
        assertFalse(browser.isIn());
        assertTrue(location(browser.submit("000000")).contains("refused="));
        assertFalse(browser.isIn());
        String before = browser.cookies.getCookieStore().getCookies().toString();
        String code = code();
        HttpResponse<String> accepted = browser.submit(code);
        assertEquals(303, accepted.statusCode());
        assertTrue(browser.isIn());
        assertEquals("secured", browser.get("/secured").body());
        assertNotEquals(before, browser.cookies.getCookieStore().getCookies().toString());
        // The code does not open it again, and a code without a password opens nothing.
        Browser thief = new Browser();
        thief.password(account);
        assertTrue(location(thief.submit(code)).contains("refused="));
        assertFalse(thief.isIn());
        // After the logout both are asked for again.
        String csrf = match(browser.get("/logout").body(), CSRF);
        browser.post("/logout", "_csrf", csrf);
        browser.password(account);
        assertFalse(browser.isIn());
    }

    @Test
    void thePageThatWasWanted() throws Exception {
        Browser browser = new Browser();
        browser.get("/secured?a=b");
        browser.password(employee());
        browser.get("/secured?a=b");
        String where = location(browser.submit(code()));
        assertTrue(where.startsWith("/secured?a=b"), where);
        assertEquals("secured", browser.get(where).body());
    }

    @Test
    void aForgedFormIsNotLookedAt() throws Exception {
        String account = employee();
        String record = column.load(account).orElseThrow();
        Browser browser = new Browser();
        browser.password(account);
        browser.get("/poterne/code");
        assertEquals(403, browser.post("/poterne/code", "code", code()).statusCode());
        Browser other = new Browser();
        other.password(employee());
        String foreign = match(other.get("/poterne/code").body(), TOKEN);
        assertEquals(403, browser.post("/poterne/code", "token", foreign, "code", code()).statusCode());
        assertEquals(record, column.load(account).orElseThrow());
        assertFalse(browser.isIn());
    }

    @Test
    void theSecondClickIsTheFirst() throws Exception {
        Browser browser = new Browser();
        browser.password(employee());
        String token = match(browser.get("/poterne/code").body(), TOKEN);
        String cookie = browser.cookies.getCookieStore().getCookies().get(0).toString();
        String code = code();
        assertEquals(303, browser.post("/poterne/code", "token", token, "code", code).statusCode());
        // With the cookie of before, since the browser has dropped the first response.
        HttpRequest click = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/poterne/code")).header("Cookie", cookie)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=" + token + "&code=" + code)).build();
        HttpResponse<String> second = HttpClient.newHttpClient().send(click, HttpResponse.BodyHandlers.ofString());
        assertEquals(303, second.statusCode());
        String session = second.headers().allValues("Set-Cookie").stream().filter(each -> each.startsWith("JSESSIONID")).findFirst().orElseThrow();
        HttpRequest page = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).header("Cookie", session.split(";")[0]).build();
        assertTrue(HttpClient.newHttpClient().send(page, HttpResponse.BodyHandlers.ofString()).body().contains("id=\"account\""));
    }

    @Test
    void aRollbackDoesNotGiveTheCodeBack() {
        Payments payments = context.getBean(Payments.class);
        JdbcTemplate database = context.getBean(JdbcTemplate.class);
        String account = employee();
        String code = code();
        assertThrows(IllegalStateException.class, () -> payments.pay(account, code, true));
        assertEquals(0, database.queryForObject("SELECT count(*) FROM payment WHERE name = ?", Integer.class, account), "rolled back");
        RefusedException replayed = assertThrows(RefusedException.class, () -> payments.pay(account, code, false));
        assertEquals(Refusal.REPLAYED, replayed.refusal());
        // The control: the same without a failure, by somebody else.
        String other = employee();
        assertEquals("accepted.otp", payments.pay(other, code(), false).code());
        assertEquals(1, database.queryForObject("SELECT count(*) FROM payment WHERE name = ?", Integer.class, other));
    }

    /** The sessions that are not expired. */
    private List<SessionInformation> sessions(String account) {
        SessionRegistry registry = context.getBean(SessionRegistry.class);
        return registry.getAllPrincipals().stream().filter(who -> ((UserDetails) who).getUsername().equals(account))
                .flatMap(who -> registry.getAllSessions(who, false).stream()).toList();
    }

    @Test
    void anExpiredSessionShowsNothingAndIsNotRegisteredAnew() throws Exception {
        String account = employee();
        Browser browser = new Browser();
        browser.password(account);
        String token = match(browser.get("/poterne/code").body(), TOKEN);
        String record = column.load(account).orElseThrow();
        assertEquals(1, sessions(account).size(), "the control");
        sessions(account).get(0).expireNow();
        HttpResponse<String> response = browser.post("/poterne/code", "token", token, "code", code());
        assertFalse(response.headers().firstValue("Location").isPresent(), response.body());
        assertEquals(record, column.load(account).orElseThrow(), "the code was not looked at");
        assertEquals(List.of(), sessions(account));
        assertFalse(browser.isIn());
        // After the code the registry knows the new identifier, and that alone.
        Browser other = new Browser();
        other.password(account);
        assertEquals(303, other.submit(code()).statusCode());
        assertTrue(other.isIn());
        assertEquals(1, sessions(account).size());
        sessions(account).get(0).expireNow();
        assertFalse(other.isIn());
    }

    @Test
    void aLimitOfSessionsHolds() throws Exception {
        String account = employee("single");
        Browser waits = new Browser();
        waits.password(account);
        String token = match(waits.get("/poterne/code").body(), TOKEN);
        Browser last = new Browser();
        last.password(account);
        waits.post("/poterne/code", "token", token, "code", code());
        assertFalse(waits.isIn(), "who waits is put out by a later login");
        assertEquals(303, last.submit(code()).statusCode());
        assertTrue(last.isIn());
        assertEquals(1, sessions(account).size());
        new Browser().password(account);
        assertFalse(last.isIn(), "and so is who is in");
    }

    @Test
    void theWaitBeginsAtThePassword() throws Exception {
        Browser browser = new Browser();
        browser.password(employee());
        HttpSession session = MADE.get(MADE.size() - 1);
        assertFalse(browser.isIn());
        assertEquals(301, session.getMaxInactiveInterval(), "without a look at the page");
        session.setAttribute("io.github.poterne.end", 1L);
        assertEquals(403, browser.get("/poterne/code").statusCode());
        assertTrue(location(browser.get("/")).contains("/login"), "the login ended");
    }

    @Test
    void anotherSessionInTheSamePlace() throws Exception {
        for (String name : List.of("moved", "emptied")) {
            Browser browser = new Browser();
            browser.password(employee(name));
            String token = match(browser.get("/poterne/code").body(), TOKEN);
            assertTrue(location(browser.post("/poterne/code", "token", token, "code", "000000")).contains("refused="));
            assertTrue(location(browser.submit(code())).endsWith("/poterne/notice"), name);
            assertTrue(browser.get("/poterne/notice").body().contains("id=\"poterne-notice\""), "the refused code is told of");
            assertTrue(browser.isIn());
        }
    }

    @Test
    void anotherUserInTheSameSession() throws Exception {
        Browser browser = new Browser();
        browser.password(employee());
        assertEquals(303, browser.submit(code()).statusCode());
        assertTrue(browser.isIn());
        browser.password(employee());
        assertFalse(browser.isIn(), "the factor of one is none of the other's");
    }
}
