package io.github.poterne.servlet;

import io.github.poterne.ExistingCredential;
import io.github.poterne.Parameters;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import java.net.http.HttpResponse;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a login and a page take at a running DepartmentSite; with {@code -} for the keyring, at one without the second step.
 *
 * <pre>java ... Measure 8081 /path/to/poterne.keys jdbc:postgresql://127.0.0.1:5432/poterne 1000 /</pre>
 */
final class Measure {
    private static final byte[] SEED = new byte[20];

    private final Map<String, long[]> times = new LinkedHashMap<>();
    private final int rounds;

    private Measure(int rounds) {
        this.rounds = rounds;
    }

    private interface Call {
        HttpResponse<String> get() throws Exception;
    }

    /** The first third of the rounds warms up, and is not counted. */
    private HttpResponse<String> time(String name, int round, int status, Call call) throws Exception {
        long start = System.nanoTime();
        HttpResponse<String> response = call.get();
        times.computeIfAbsent(name, missing -> new long[rounds])[round] = System.nanoTime() - start;
        if (response.statusCode() != status) {
            throw new AssertionError(name + ": " + response.statusCode() + " " + response.body());
        }
        return response;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        Measure measure = new Measure(Integer.parseInt(arguments[3]));
        SecondStep settings = arguments[1].equals("-") ? null : DepartmentSite.settings(Paths.get(arguments[1]), arguments[2], 300);
        for (int i = 0; i < measure.rounds; i++) {
            measure.login(port, settings, "m" + System.nanoTime(), i);
        }
        measure.times.forEach((name, all) -> {
            long[] counted = Arrays.copyOfRange(all, all.length / 3, all.length);
            Arrays.sort(counted);
            System.out.printf("%-22s p50 %6.2f ms   p99 %6.2f ms%n", name, counted[counted.length / 2] / 1e6, counted[counted.length * 99 / 100] / 1e6);
        });
        System.exit(0);
    }

    private void login(int port, SecondStep settings, String account, int round) throws Exception {
        if (settings != null) {
            ExistingCredential phone = ExistingCredential.of(Secret.ofBytes(SEED), Parameters.totp());
            settings.store.insert(account, settings.verifier.importCredential(account, phone).record().orElseThrow());
        }
        Browser browser = new Browser(port);
        // Spring's form has a token of its own.
        String login = browser.get("/login").body();
        String csrf = login.contains("_csrf") ? login.replaceAll("(?s).*name=\"_csrf\"[^>]*value=\"([^\"]+)\".*", "$1") : "";
        time("password", round, 302, () -> browser.post("/login", "_csrf", csrf, "account", account, "password", "s3cret-" + account));
        if (settings != null) {
            HttpResponse<String> page = time("page with the code", round, 200, () -> browser.get("/poterne/code"));
            String code = Totp.generate(Secret.ofBytes(SEED), Parameters.totp(), Instant.now());
            time("code", round, 303, () -> browser.post("/poterne/code", "token", Browser.token(page), "code", code));
        }
        if (!time("page of the site", round, 200, () -> browser.get("/")).body().contains("id=\"account\"")) {
            throw new AssertionError("not logged in");
        }
    }
}
