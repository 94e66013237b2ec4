package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The conformance suite that every language runs. */
class VectorsTest {
    private static final Path FOLDER = Path.of("../../tests/vectors");

    @TestFactory
    Stream<DynamicContainer> vectors() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(FOLDER)) {
            files = all.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        // A file that nobody reads would be a suite that nobody runs.
        assertEquals(26, files.size());
        return files.stream().map(file -> {
            String name = file.getFileName().toString();
            List<VectorFile.Case> cases = read(file);
            return DynamicContainer.dynamicContainer(
                    name, cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> run(name, one))));
        });
    }

    /** An expected value that is wrong and a key that nobody knows are found. */
    @Test
    void controls() throws IOException {
        String hotp = Files.readString(FOLDER.resolve("hotp.txt"));
        VectorFile.Case wrong = VectorFile.read(hotp.replaceFirst("otp = .", "otp = X")).get(0);
        assertThrows(AssertionError.class, () -> run("hotp.txt", wrong));
        VectorFile.Case unknown = VectorFile.read(hotp.replaceFirst("\notp = ", "\nopt = ")).get(0);
        assertThrows(AssertionError.class, () -> run("hotp.txt", unknown));
        VectorFile.Case right = VectorFile.read(hotp).get(0);
        run("hotp.txt", right);
        String semantics = Files.readString(FOLDER.resolve("semantics-4.txt"));
        long found = VectorFile.read(semantics.replace("-> accepted otp ", "-> accepted otp 9")).stream()
                .filter(one -> fails("semantics-4.txt", one)).count();
        assertTrue(found > 10, () -> found + " cases failed");
        // A change that finds nothing is no change that was stored, and what is shown of the time to confirm is compared.
        for (String[] control : new String[][] {{"-> unchanged", "-> stored"}, {"confirm_by=none", "confirm_by=1"}}) {
            String text = Files.readString(FOLDER.resolve("semantics-8.txt"));
            assertTrue(text.contains(control[0]), control[0]);
            assertTrue(VectorFile.read(text.replace(control[0], control[1])).stream().anyMatch(one -> fails("semantics-8.txt", one)),
                    control[0]);
        }
    }

    private static boolean fails(String file, VectorFile.Case one) {
        try {
            run(file, one);
            return false;
        } catch (AssertionError error) {
            return true;
        }
    }

    private static List<VectorFile.Case> read(Path file) {
        try {
            return VectorFile.read(file);
        } catch (IOException error) {
            throw new AssertionError(error);
        }
    }

    private static void run(String file, VectorFile.Case one) {
        switch (file) {
            case "hotp.txt" -> hotp(one);
            case "totp.txt" -> totp(one);
            case "base32.txt" -> base32(one);
            case "hex.txt" -> hex(one);
            case "match.txt", "french-keyboard.txt" -> match(one);
            case "lifetime.txt" -> lifetime(one);
            case "split.txt" -> split(one);
            case "keyring.txt" -> keyring(one);
            case "uri.txt" -> uri(one);
            case "uri-parse.txt" -> uriParse(one);
            case "conflicts.txt" -> conflicts(one);
            case "rows.txt" -> rows(one);
            case "ticket.txt" -> ticket(one);
            case "pskc.txt", "etoken.txt", "token-csv.txt" -> TokenFileVectors.run(one);
            default -> {
                try (Script script = new Script()) {
                    one.lines().forEach(script::run);
                    assertTrue(script.calls > 0, "a script that calls nothing");
                }
            }
        }
    }

    private static void hotp(VectorFile.Case one) {
        one.allow("algorithm", "digits", "secret", "counter", "otp");
        try (Secret secret = secret(one)) {
            OtpFormat format = format(one);
            long counter = Long.parseUnsignedLong(one.one("counter"));
            assertEquals(one.one("otp"), Hotp.generate(secret, format, counter));
            Match match = Match.find(secret, format, one.one("otp"), counter, counter);
            assertEquals(OptionalLong.of(counter), match.movingFactor());
        }
    }

    private static void totp(VectorFile.Case one) {
        one.allow("algorithm", "digits", "secret", "time_step", "t0", "time", "otp", "error");
        try (Secret secret = secret(one)) {
            expect(one, "otp", () -> {
                OtpFormat format = format(one);
                Parameters parameters = Parameters.totp().withAlgorithm(format.algorithm()).withDigits(format.digits())
                        .withTimeStep(Integer.parseInt(one.one("time_step")))
                        .withT0(Instant.ofEpochSecond(Long.parseLong(one.one("t0"))));
                Instant now = Instant.ofEpochSecond(Long.parseLong(one.one("time")));
                String otp = Totp.generate(secret, parameters, now);
                assertEquals(otp, Hotp.generate(secret, parameters.format(), Totp.timeStep(parameters, now)));
                return otp;
            });
        }
    }

    private static void base32(VectorFile.Case one) {
        one.allow("text", "secret", "canonical", "error");
        String text = VectorFile.text(one.one("text"));
        expect(one, "canonical", () -> {
            try (Secret secret = Secret.ofBase32(text); Secret again = Secret.ofBase32(text.toCharArray())) {
                assertArrayEquals(VectorFile.bytes(one.one("secret")), secret.toBytes());
                assertArrayEquals(secret.toBytes(), again.toBytes());
                return new String(secret.toBase32());
            }
        });
    }

    private static void hex(VectorFile.Case one) {
        one.allow("text", "secret", "canonical", "error");
        String text = VectorFile.text(one.one("text"));
        expect(one, "canonical", () -> {
            try (Secret secret = Secret.ofHex(text); Secret again = Secret.ofHex(text.toCharArray())) {
                assertArrayEquals(VectorFile.bytes(one.one("secret")), secret.toBytes());
                assertArrayEquals(secret.toBytes(), again.toBytes());
                return new String(secret.toBase32());
            }
        });
        if (one.has("error")) {
            assertEquals("error secret", Script.errorOr(() -> Secret.ofHex(text.toCharArray()).toString()));
        }
    }

    private static void lifetime(VectorFile.Case one) {
        one.allow("policy", "authenticator", "time_step", "seconds", "error");
        Policy policy = one.has("policy") ? Script.with(Policy.standard(), one.one("policy")) : Policy.standard();
        Authenticator authenticator = Authenticator.valueOf(one.one("authenticator").toUpperCase(Locale.ROOT));
        // A number that no int holds becomes another one that is no time step.
        int timeStep = (int) Long.parseLong(one.one("time_step"));
        expect(one, "seconds", () -> Long.toString(policy.codeLifetime(authenticator, timeStep)));
    }

    private static void match(VectorFile.Case one) {
        one.allow("algorithm", "digits", "secret", "submitted", "candidates", "watermark", "match");
        String[] candidates = one.one("candidates").split(" ");
        String watermark = one.one("watermark");
        String actual = Script.errorOr(() -> {
            try (Secret secret = secret(one)) {
                String submitted = VectorFile.text(one.one("submitted"));
                long first = Long.parseUnsignedLong(candidates[0]);
                long last = Long.parseUnsignedLong(candidates[1]);
                Match match = watermark.equals("none")
                        ? Match.find(secret, format(one), submitted, first, last)
                        : Match.find(secret, format(one), submitted, first, last, Long.parseUnsignedLong(watermark));
                String kind = match.kind().name().toLowerCase(Locale.ROOT);
                return match.movingFactor().isPresent()
                        ? kind + " " + Long.toUnsignedString(match.movingFactor().getAsLong()) : kind;
            }
        });
        assertEquals(one.one("match"), actual);
    }

    private static void split(VectorFile.Case one) {
        one.allow("field", "digits", "password", "code");
        byte[] field = VectorFile.bytes(one.one("field"));
        byte[] password = VectorFile.bytes(one.one("password"));
        int digits = Integer.parseInt(one.one("digits"));
        String code = one.one("code");
        Optional<String> expected = code.equals("none") ? Optional.empty() : Optional.of(VectorFile.text(code));
        try (PasswordAndCode split = PasswordAndCode.split(field, digits)) {
            assertArrayEquals(password, split.passwordBytes());
            assertEquals(expected, split.code());
        }
        // Characters of which each is a byte, and those of UTF-8 if it is that.
        for (Charset charset : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_8)) {
            String text = new String(field, charset);
            if (Arrays.equals(text.getBytes(charset), field)) {
                try (PasswordAndCode split = PasswordAndCode.split(text.toCharArray(), digits)) {
                    assertEquals(new String(password, charset), new String(split.password()));
                    assertEquals(expected, split.code());
                }
            }
        }
    }

    private static void keyring(VectorFile.Case one) {
        one.allow("text", "primary", "keys", "error");
        StringBuilder text = new StringBuilder();
        one.lines().stream().filter(line -> line.key().equals("text"))
                .forEach(line -> text.append(VectorFile.text(line.value())).append('\n'));
        boolean isText = StandardCharsets.UTF_8.newEncoder().canEncode(text);
        expect(one, "primary", () -> {
            // Half a surrogate pair is no text; in bytes it would be the same as another damage.
            try (Keyring keyring = isText ? Keyring.parse(text.toString()) : Keyring.parse(text.toString().replace('\ud800', '?'))) {
                assertEquals(Integer.parseInt(one.one("keys")), keyring.keyIds().size());
                try (Keyring again = Keyring.parse(keyring.toText())) {
                    assertArrayEquals(keyring.toText(), again.toText());
                }
                return String.valueOf(keyring.primaryKeyId());
            }
        });
    }

    private static void uri(VectorFile.Case one) {
        one.allow("parameters", "secret", "issuer", "label", "incompatible", "uri", "error");
        String[] words = one.one("parameters").split(" ");
        try (Secret secret = secret(one)) {
            expect(one, "uri", () -> {
                Parameters parameters = parameters(words[0], words[1], words[2], words[3], words[4], words[5]);
                if (!words[6].equals("-")) {
                    parameters = parameters.withCounter(Long.parseUnsignedLong(words[6]));
                }
                try (OtpauthUri uri = OtpauthUri.build(
                        secret, parameters, VectorFile.text(one.one("issuer")), VectorFile.text(one.one("label")),
                        one.one("incompatible").equals("yes"));
                        OtpauthContent content = OtpauthUri.parse(uri.text())) {
                    assertArrayEquals(secret.toBytes(), content.secret().toBytes());
                    assertEquals(parameters.withAuthenticator(Authenticator.APP), content.parameters());
                    return uri.text();
                }
            });
        }
    }

    private static void uriParse(VectorFile.Case one) {
        one.allow("uri", "parameters", "secret", "issuer", "label", "error");
        expect(one, "label", () -> {
            try (OtpauthContent content = OtpauthUri.parse(VectorFile.text(one.one("uri")))) {
                String[] words = one.one("parameters").split(" ");
                String t0 = words[0].equals("time") ? "0" : "-";
                Parameters expected = parameters("app", words[0], words[1], words[2], words[3], t0);
                if (!words[4].equals("-")) {
                    expected = expected.withCounter(Long.parseUnsignedLong(words[4]));
                }
                assertEquals(expected, content.parameters());
                assertArrayEquals(VectorFile.bytes(one.one("secret")), content.secret().toBytes());
                String issuer = one.one("issuer");
                assertEquals(issuer.equals("none") ? Optional.empty() : Optional.of(VectorFile.text(issuer)), content.issuer());
                assertEquals(VectorFile.text(one.one("label")), content.label());
                return one.one("label");
            }
        });
    }

    private static void rows(VectorFile.Case one) {
        one.allow("login_name", "person", "row", "rows", "error");
        String loginName = VectorFile.text(one.one("login_name"));
        Person person = Person.ofLoginName(loginName);
        assertEquals(VectorFile.text(one.one("person")), person.name());
        assertEquals(Integer.parseInt(one.one("row")), person.row());
        List<String> rows = one.lines().stream().filter(line -> line.key().equals("rows"))
                .map(line -> VectorFile.text(line.value())).toList();
        String actual = Script.errorOr(() -> String.join("\n", Person.rows(loginName)));
        assertEquals(one.has("error") ? "error " + one.one("error") : String.join("\n", rows), actual);
    }

    private static void ticket(VectorFile.Case one) {
        one.allow("keyring", "policy", "application", "account", "purpose", "context", "ticket", "made", "dud", "now", "said", "error");
        Policy policy = one.has("policy") ? Script.with(Policy.standard(), one.one("policy")) : Policy.standard();
        SetClock clock = new SetClock(Instant.EPOCH);
        String account = VectorFile.text(one.one("account"));
        TicketBinding binding =
                TicketBinding.of(VectorFile.text(one.one("purpose")), VectorFile.bytes(one.one("context")));
        try (Keyring keyring = Keyring.parse(VectorFile.text(one.one("keyring")));
                Verifier verifier = new Verifier(keyring, VectorFile.text(one.one("application")), policy, clock)) {
            expect(one, "said", () -> {
                String ticket;
                if (one.has("ticket")) {
                    ticket = VectorFile.text(one.one("ticket"));
                } else {
                    clock.now = Instant.ofEpochSecond(Long.parseLong(one.one(one.has("made") ? "made" : "dud")));
                    ticket = one.has("made") ? verifier.ticket(account, binding) : verifier.dudTicket(account, binding);
                }
                clock.now = Instant.ofEpochSecond(Long.parseLong(one.one("now")));
                Attempt<Accepted> attempt = verifier.credential(account).verifyWithTicket(ticket, binding, "123456");
                RefusedException refused = assertThrows(RefusedException.class, () -> attempt.outcome(0));
                return refused.code().replace('.', ' ');
            });
        }
    }

    private static void conflicts(VectorFile.Case one) {
        one.allow("product", "database", "sqlstate", "code", "conflict");
        String state = one.one("sqlstate").equals("none") ? null : VectorFile.text(one.one("sqlstate"));
        Integer code = one.one("code").equals("none") ? null : Integer.valueOf(one.one("code"));
        List<VectorFile.Line> products = one.lines().stream().filter(line -> line.key().equals("product")).toList();
        assertTrue(!products.isEmpty());
        for (VectorFile.Line product : products) {
            String name = VectorFile.text(product.value());
            Conflicts.Answer answer = Conflicts.ask(name, state, code);
            assertEquals(one.one("database"), answer.database, name);
            assertEquals(one.one("conflict"), answer.isConflict ? "yes" : "no", name);
            // As a driver throws it, behind another error.
            SQLException error = new SQLException("of a pool");
            error.setNextException(new SQLException("of the driver", state, code == null ? 0 : code));
            assertEquals(answer.isConflict, Conflicts.isConflict(name, error));
            assertEquals(answer.isConflict, Conflicts.isConflict(name, new SQLException("wrapped", error.getNextException())));
        }
    }

    /** The error that the case names, or the value of a key. */
    private static void expect(VectorFile.Case one, String key, Supplier<String> call) {
        String actual = Script.errorOr(call);
        if (one.has("error")) {
            // Where bytes are no UTF-8, a string cannot even hold them: half a surrogate pair is refused before.
            boolean isNoText = actual.equals("error utf8") && one.lines().stream().anyMatch(
                    line -> VectorFile.text(line.value()).indexOf('\ud800') >= 0);
            assertTrue(isNoText || actual.equals("error " + one.one("error")), () -> actual + ", not " + one.one("error"));
        } else {
            assertEquals(one.one(key), actual);
        }
    }

    private static Secret secret(VectorFile.Case one) {
        return Secret.ofBytes(VectorFile.bytes(one.one("secret")));
    }

    private static OtpFormat format(VectorFile.Case one) {
        return OtpFormat.standard().withAlgorithm(Algorithm.valueOf(one.one("algorithm")))
                .withDigits(Integer.parseInt(one.one("digits")));
    }

    static Parameters parameters(
            String authenticator, String factor, String algorithm, String digits, String timeStep, String t0) {
        Parameters parameters = switch (factor) {
            case "time" -> Parameters.totp().withTimeStep(Integer.parseInt(timeStep))
                    .withT0(Instant.ofEpochSecond(Long.parseLong(t0)));
            case "counter" -> Parameters.hotp();
            default -> throw new AssertionError("unknown factor " + factor);
        };
        return parameters.withAuthenticator(Authenticator.valueOf(authenticator.toUpperCase(Locale.ROOT)))
                .withAlgorithm(Algorithm.valueOf(algorithm)).withDigits(Integer.parseInt(digits));
    }
}
