package io.github.poterne.servlet;

import static io.github.poterne.servlet.Browser.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.poterne.ExistingCredential;
import io.github.poterne.Keyring;
import io.github.poterne.Language;
import io.github.poterne.Parameters;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import io.github.poterne.Verifier;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.Valve;
import org.apache.catalina.authenticator.BasicAuthenticator;
import org.apache.catalina.authenticator.FormAuthenticator;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind the login of the container, a realm of Tomcat's, and with pages of the site's own. */
class RealmTest {
    private static final String PASSWORD = "Basic " + Base64.getEncoder().encodeToString("a.martin:secret".getBytes(StandardCharsets.UTF_8));

    /** The application /app: one agent, who has a phone, and a page for everything. */
    private static Tomcat start(Path folder, LoginConfig login, Valve authenticator) throws Exception {
        return start(folder, login, authenticator, FirstFactor.ofContainer());
    }

    private static Tomcat start(Path folder, LoginConfig login, Valve authenticator, FirstFactor first) throws Exception {
        MemoryStore store = new MemoryStore();
        Verifier verifier = new Verifier(Keyring.generate(1), "departement");
        ExistingCredential phone = ExistingCredential.of(Secret.ofBytes(new byte[20]), Parameters.totp());
        store.rows.put("a.martin", verifier.importCredential("a.martin", phone).record().orElseThrow());
        SecondStep settings = new SecondStep(verifier, store, "Département").withPrefix("/second").withHome("/desk")
                .withLanguage(request -> Language.FRENCH).withEnrollmentBy(account -> true);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.addUser("a.martin", "secret");
        tomcat.addRole("a.martin", "agent");
        // A directory folds: the same person and password, and the realm tells what was typed.
        tomcat.addUser("A.MARTIN", "secret");
        tomcat.addRole("A.MARTIN", "agent");
        Context context = tomcat.addContext("/app", folder.resolve("site").toString());
        SecurityConstraint everything = new SecurityConstraint();
        SecurityCollection all = new SecurityCollection();
        all.addPattern("/*");
        everything.addCollection(all);
        everything.addAuthRole("agent");
        context.addConstraint(everything);
        context.setLoginConfig(login);
        context.getPipeline().addValve(authenticator);
        context.addServletContainerInitializer((classes, servlets) -> {
            new SecondStepFilter(settings, first, "/out").addTo(servlets);
            servlets.addServlet("all", new HttpServlet() {
                @Override
                protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
                    if (request.getServletPath().equals("/out")) {
                        request.logout(); // the session goes on
                    }
                    response.getWriter().write(request.getUserPrincipal() == null ? "log in" : "hello " + request.getUserPrincipal().getName());
                }
            }).addMapping("/");
        }, Collections.emptySet());
        tomcat.start();
        return tomcat;
    }

    @Test
    void aLogoutThatKeepsTheSession(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("site"));
        Tomcat tomcat = start(folder, new LoginConfig("FORM", "app", "/login", "/error"), new FormAuthenticator());
        try {
            Browser browser = new Browser(tomcat.getConnector().getLocalPort());
            password(browser);
            HttpResponse<String> page = browser.get("/app/second/code");
            String code = Totp.generate(Secret.ofBytes(new byte[20]), Parameters.totp(), Instant.now());
            assertEquals("/app/desk", Browser.location(browser.post("/app/second/code", "token", token(page), "code", code)));
            assertEquals("hello a.martin", browser.get("/app/desk").body());
            assertEquals("log in", browser.get("/app/out").body());
            // The container takes the password before any filter sees the request.
            password(browser);
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    /** The form of the container, and then no page without a code. */
    private static void password(Browser browser) throws Exception {
        assertEquals("log in", browser.get("/app/desk").body());
        browser.post("/app/j_security_check", "j_username", "a.martin", "j_password", "secret");
        assertEquals("/app/second/code", Browser.location(browser.get("/app/desk", "Accept", "text/html")));
    }

    @Test
    void aRealmIsAFirstFactor(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("site/WEB-INF/poterne"));
        Files.writeString(folder.resolve("site/WEB-INF/poterne/foot.html"), "<p>{{title}}, département</p></main></body></html>");
        Tomcat tomcat = start(folder, new LoginConfig("BASIC", "app", null, null), new BasicAuthenticator());
        try {
            Browser browser = new Browser(tomcat.getConnector().getLocalPort());
            assertEquals(401, browser.get("/app/second/code").statusCode(), "the first factor is the container's");
            HttpResponse<String> page = browser.get("/app/second/code", "Authorization", PASSWORD);
            assertTrue(page.body().contains("<html lang=\"fr\"") && page.body().contains("<p>Code à usage unique, département</p>"), page.body());
            assertEquals("/app/second/code", Browser.location(browser.get("/app/x", "Authorization", PASSWORD)));
            String code = Totp.generate(Secret.ofBytes(new byte[20]), Parameters.totp(), Instant.now());
            HttpResponse<String> accepted = browser.send(java.net.http.HttpRequest.newBuilder(
                    browser.form("/app/second/code", "token", token(page), "code", code), (name, value) -> true)
                    .header("Authorization", PASSWORD).build());
            assertEquals("/app/desk", Browser.location(accepted));
            assertEquals("hello a.martin", browser.get("/app/desk", "Authorization", PASSWORD).body());
            // The password alone, from another browser.
            assertFalse(new Browser(tomcat.getConnector().getLocalPort()).get("/app/desk", "Authorization", PASSWORD).body().contains("hello"));
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    /** What a browser is shown that signs in as A.MARTIN, who is a.martin. */
    private static HttpResponse<String> inCapitals(Path folder, FirstFactor first) throws Exception {
        Files.createDirectories(folder.resolve("site"));
        Tomcat tomcat = start(folder, new LoginConfig("BASIC", "app", null, null), new BasicAuthenticator(), first);
        try {
            Browser browser = new Browser(tomcat.getConnector().getLocalPort());
            String password = "Basic " + Base64.getEncoder().encodeToString("A.MARTIN:secret".getBytes(StandardCharsets.UTF_8));
            HttpResponse<String> page = browser.get("/app/second/code", "Authorization", password);
            if (page.statusCode() != 200) {
                assertFalse(browser.get("/app/x", "Authorization", password).body().contains("hello"), "no stored name, no way in");
                return page;
            }
            String code = Totp.generate(Secret.ofBytes(new byte[20]), Parameters.totp(), Instant.now());
            return browser.send(java.net.http.HttpRequest.newBuilder(
                    browser.form("/app/second/code", "token", token(page), "code", code), (name, value) -> true)
                    .header("Authorization", password).build());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void aStoredNameIsTheAccountWhateverWasTyped(@TempDir Path folder) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        FirstFactor stored = FirstFactor.ofContainer().withStoredNames(typed -> {
            asked.incrementAndGet();
            return typed.toLowerCase(Locale.ROOT);
        });
        assertEquals("/app/desk", Browser.location(inCapitals(folder, stored)));
        assertTrue(asked.get() <= 2, "asked " + asked + " times for one session");
        // The control: as it was typed, this is somebody without an app.
        HttpResponse<String> typed = inCapitals(folder, FirstFactor.ofContainer());
        assertEquals("/app/second/enroll", Browser.location(typed));
    }

    @Test
    void aNameThatIsNotStoredIsAnError(@TempDir Path folder) throws Exception {
        assertEquals(500, inCapitals(folder, FirstFactor.ofContainer().withStoredNames(typed -> null)).statusCode());
    }
}
