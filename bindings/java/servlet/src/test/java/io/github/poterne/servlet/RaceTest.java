package io.github.poterne.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.github.poterne.ExistingCredential;
import io.github.poterne.Parameters;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand browsers with one code, at two nodes of different makes that share a table in PostgreSQL. */
@Tag("servers")
class RaceTest {
    private static final int BROWSERS = 1000;

    @Test
    void oneOfAThousandIsAccepted(@TempDir Path folder) throws Exception {
        String postgresql = System.getenv("POTERNE_POSTGRESQL_PORT");
        assertTrue(postgresql != null, "POTERNE_POSTGRESQL_PORT is not set: run bindings/java/servlet/test");
        String database = "jdbc:postgresql://127.0.0.1:" + postgresql + "/poterne";
        Path keyring = folder.resolve("poterne.keys");
        Files.createFile(keyring, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (io.github.poterne.Keyring made = io.github.poterne.Keyring.generate(1)) {
            Files.write(keyring, made.toText());
        }
        byte[] seed = new byte[20];
        try (HikariDataSource pool = DepartmentSite.pool(database, 2); Connection connection = pool.getConnection()) {
            connection.createStatement().execute("DROP TABLE IF EXISTS poterne");
            connection.createStatement().execute("CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)");
            SecondStep settings = DepartmentSite.settings(keyring, database, 300);
            ExistingCredential phone = ExistingCredential.of(Secret.ofBytes(seed), Parameters.totp());
            assertEquals(1, settings.store.insert("a.martin", settings.verifier.importCredential("a.martin", phone).record().orElseThrow()));
        }
        String jetty = jakarta.servlet.Filter.class.getName().startsWith("jakarta") ? "Jetty12" : "Jetty9";
        try (Server one = Server.named("Tomcat"); Server two = Server.named(jetty)) {
            int[] ports = {one.start(new DepartmentSite(keyring, database, 300), 0), two.start(new DepartmentSite(keyring, database, 300), 0)};
            List<Browser> browsers = new ArrayList<>();
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < BROWSERS; i++) {
                Browser browser = new Browser(ports[i % 2]);
                assertEquals(302, browser.post("/login", "account", "a.martin", "password", "s3cret-a.martin").statusCode());
                browsers.add(browser);
                tokens.add(Browser.token(browser.get("/poterne/code")));
            }
            String code = Totp.generate(Secret.ofBytes(seed), Parameters.totp(), Instant.now());
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < BROWSERS; i++) {
                HttpRequest request = browsers.get(i).form("/poterne/code", "token", tokens.get(i), "code", code);
                answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            int accepted = 0;
            for (int i = 0; i < BROWSERS; i++) {
                HttpResponse<String> answer = answers.get(i).get();
                browsers.get(i).keep(answer);
                boolean isIn = browsers.get(i).get("/").body().contains("id=\"account\"");
                assertEquals(answer.statusCode() == 303 && !Browser.location(answer).contains("refused="), isIn);
                accepted += isIn ? 1 : 0;
            }
            assertEquals(1, accepted);
        }
    }
}
