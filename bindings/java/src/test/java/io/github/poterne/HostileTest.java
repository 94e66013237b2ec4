package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Bad input of every kind: exceptions and refusals, never a crash. */
class HostileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);
    private static final Keyring KEYRING = Keyring.generate(20261121);
    private static final Verifier VERIFIER = new Verifier(KEYRING, "grand-angle");
    private static final Secret SECRET = Secret.ofBytes("12345678901234567890".getBytes());
    private static final String RECORD = record();

    private static String record() {
        return VERIFIER.importCredential("a.martin", Imported.of(SECRET, Parameters.totp()), NOW).record();
    }

    @AfterAll
    static void close() {
        VERIFIER.close();
        KEYRING.close();
        SECRET.close();
    }

    /** Every public method and constructor, with null for each parameter that can be null. */
    @Test
    void nullIsNamed() throws Exception {
        int count = 0;
        for (Class<?> type : List.of(
                Keyring.class, Verifier.class, Parameters.class, Policy.class, Policy.Builder.class, PolicyOption.class,
                Secret.class, Imported.class, Hotp.class, Totp.class, Match.class, OtpauthUri.class, Enrollment.class,
                PasswordAndCode.class, JdbcColumn.class, Apps.class, Apps.App.class, Language.class, Refused.class,
                ErrorKind.class, PoterneException.class)) {
            List<Executable> calls = new ArrayList<>(List.of(type.getConstructors()));
            for (Method method : type.getDeclaredMethods()) {
                boolean isOurs = Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()
                        && !method.getName().equals("equals") && !method.getName().equals("valueOf");
                if (isOurs) {
                    calls.add(method);
                }
            }
            for (Executable call : calls) {
                for (int at = 0; at < call.getParameterCount(); at++) {
                    if (!call.getParameterTypes()[at].isPrimitive()) {
                        assertNullRefused(call, at);
                        count++;
                    }
                }
            }
        }
        assertTrue(count > 120, "only " + count + " parameters");
    }

    private static void assertNullRefused(Executable call, int at) throws ReflectiveOperationException {
        Object[] arguments = new Object[call.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == at ? null : sample(call.getParameterTypes()[i]);
        }
        try {
            if (call instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                ((Method) call).invoke(sample(call.getDeclaringClass()), arguments);
            }
        } catch (InvocationTargetException thrown) {
            assertEquals(NullPointerException.class, thrown.getCause().getClass(), () -> call + " " + at);
            assertTrue(thrown.getCause().getMessage().matches("[a-zA-Z0-9]+"),
                    () -> call + " does not name it: " + thrown.getCause().getMessage());
            return;
        }
        throw new AssertionError(call + " takes null at " + at);
    }

    private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(
            Map.entry(String.class, "x"), Map.entry(byte[].class, new byte[20]), Map.entry(char[].class, new char[8]),
            Map.entry(int.class, 1), Map.entry(long.class, 1L), Map.entry(boolean.class, false),
            Map.entry(Instant.class, NOW), Map.entry(Optional.class, Optional.empty()),
            Map.entry(OptionalLong.class, OptionalLong.empty()), Map.entry(Path.class, Path.of("keys")),
            Map.entry(Parameters.class, Parameters.totp()), Map.entry(Policy.class, Policy.standard()),
            Map.entry(Policy.Builder.class, Policy.builder()), Map.entry(Secret.class, SECRET),
            Map.entry(Keyring.class, KEYRING), Map.entry(Verifier.class, VERIFIER),
            Map.entry(Imported.class, Imported.of(SECRET, Parameters.totp())),
            Map.entry(Refused.class, new Refused(Refusal.WAIT, 5)),
            Map.entry(Enrollment.class, VERIFIER.enroll("a.martin", Parameters.totp(), NOW)),
            Map.entry(Apps.App.class, Apps.all().get(0)), Map.entry(Throwable.class, new Exception()),
            Map.entry(Store.class, new Broken()), Map.entry(javax.sql.DataSource.class, new org.sqlite.SQLiteDataSource()),
            Map.entry(JdbcColumn.class, new JdbcColumn(new org.sqlite.SQLiteDataSource(), "t", "a", "r")));

    private static Object sample(Class<?> type) {
        return type.isEnum() ? type.getEnumConstants()[0] : SAMPLES.get(type);
    }

    /** A table that has a record, and updates without comparing. */
    static class Broken implements Store {
        String record = RECORD;

        @Override
        public Optional<String> load(String account) {
            return Optional.of(record);
        }

        @Override
        public long swap(String account, Optional<String> old, String replacement) {
            record = replacement;
            return 1;
        }
    }

    @Test
    void whatIsTypedIsNeverAnError() {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        String pending = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).record();
        for (String typed : List.of(
                "", " ", "x".repeat(1 << 20), "\ud800", "\udc00" + code, code + "\ud83d", "\udc00\ud800".repeat(3), "\0", code + "\0",
                "\0" + code, code.substring(0, 3) + "\0" + code.substring(3), "１２３４５６", "-".repeat(64), code + "?", code + "\ufffd",
                // More than 64 characters, of which all but the code would be dropped; and more bytes.
                " ".repeat(59) + code, code + "\u3000".repeat(84), code + "\ud83d\ude00".repeat(30))) {
            for (Attempt attempt : List.of(
                    VERIFIER.verify(RECORD, "a.martin", typed, NOW), VERIFIER.confirm(pending, "a.martin", typed, NOW),
                    VERIFIER.replace(RECORD, pending, "a.martin", typed, NOW),
                    VERIFIER.resynchronize(RECORD, "a.martin", typed, code, NOW),
                    VERIFIER.resynchronize(RECORD, "a.martin", code, typed, NOW))) {
                assertFalse(attempt.isChanged());
                assertEquals("refused.malformed", attempt.outcome(1).code());
            }
            for (String record : List.of("", " ", " ".repeat(504))) {
                for (Attempt attempt : List.of(
                        VERIFIER.verify(record, "a.martin", typed, NOW), VERIFIER.confirm(record, "a.martin", typed, NOW),
                        VERIFIER.resynchronize(record, "a.martin", typed, typed, NOW))) {
                    assertFalse(attempt.isChanged());
                    assertEquals("refused.not_enrolled", attempt.outcome(0).code());
                }
            }
        }
        // As many characters as there may be.
        assertEquals("accepted.otp", VERIFIER.verify(RECORD, "a.martin", " ".repeat(58) + code, NOW).outcome(1).code());
    }

    /** A change of an account that has no record is an error that says so, and so is a look at it. */
    @Test
    void noRecordIsNoDamagedOne() {
        String pending = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).record();
        for (String record : List.of("", "   ")) {
            for (Runnable call : List.<Runnable>of(
                    () -> VERIFIER.inspect(record, "a.martin", NOW), () -> VERIFIER.unlock(record, "a.martin"),
                    () -> VERIFIER.repairClock(record, "a.martin", NOW), () -> VERIFIER.suspend(record, "a.martin"),
                    () -> VERIFIER.resume(record, "a.martin"), () -> VERIFIER.revoke(record, "a.martin"),
                    () -> VERIFIER.forget(record, "a.martin", NOW), () -> VERIFIER.reseal(record, "a.martin"),
                    () -> VERIFIER.rename(record, "a.martin", "a.durand"), () -> VERIFIER.recoveryCodes(record, "a.martin", 8),
                    () -> VERIFIER.temporaryCode(record, "a.martin", Optional.empty(), 1, Meanwhile.KEEP, NOW),
                    () -> VERIFIER.endCodes(record, "a.martin", CodeSet.BOTH),
                    () -> VERIFIER.otpauthUri(record, "a.martin", "issuer", "label", NOW),
                    () -> VERIFIER.replace(record, pending, "a.martin", "123456", NOW))) {
                assertKind(ErrorKind.STATE, call);
            }
        }
        Store empty = new Broken() {
            @Override
            public Optional<String> load(String account) {
                return Optional.empty();
            }
        };
        assertKind(ErrorKind.STATE, () -> empty.change("a.martin", record -> VERIFIER.unlock(record, "a.martin")));
        assertEquals("refused.not_enrolled",
                empty.attempt("a.martin", record -> VERIFIER.confirm(record, "a.martin", "123456", NOW)).code());
    }

    /** A repair that finds nothing swaps nothing, and gives its value whatever the rows. */
    @Test
    void aRepairThatFindsNothing() {
        for (long rows : new long[] {0, 1, 2, -1, Long.MIN_VALUE}) {
            Change<Void> nothing = VERIFIER.repairClock(RECORD, "a.martin", NOW);
            assertFalse(nothing.isChanged());
            assertEquals(RECORD, nothing.record());
            nothing.stored(rows);
            assertKind(ErrorKind.ATTEMPT, () -> nothing.stored(rows));
        }
        List<String> swaps = new ArrayList<>();
        Store store = new Broken() {
            @Override
            public long swap(String account, Optional<String> old, String replacement) {
                swaps.add(replacement);
                return super.swap(account, old, replacement);
            }
        };
        store.change("a.martin", record -> VERIFIER.repairClock(record, "a.martin", NOW));
        assertEquals(List.of(), swaps);
        // A clock that was ahead by a day: the login lies in the future, until it is repaired.
        Instant ahead = NOW.plusSeconds(86400);
        VERIFIER.login("a.martin", Totp.generate(SECRET, Parameters.totp(), ahead), store, ahead);
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        assertEquals(Refusal.CLOCK_BEHIND, assertThrows(
                RefusedException.class, () -> VERIFIER.login("a.martin", code, store, NOW)).refusal());
        store.change("a.martin", record -> VERIFIER.unlock(record, "a.martin"));
        assertEquals(Refusal.CLOCK_BEHIND, assertThrows(
                RefusedException.class, () -> VERIFIER.login("a.martin", code, store, NOW)).refusal());
        int before = swaps.size();
        store.change("a.martin", record -> VERIFIER.repairClock(record, "a.martin", NOW));
        assertEquals(before + 1, swaps.size());
        assertEquals("accepted.otp", VERIFIER.login(
                "a.martin", Totp.generate(SECRET, Parameters.totp(), NOW.plusSeconds(660)), store, NOW.plusSeconds(660)).code());
    }

    /** The password part is what was given, unit by unit and byte by byte. */
    @Test
    void fields() {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        for (String code : List.of("755224", "7QWK2-M3TX-9PAB", "")) {
            byte[] field = Arrays.copyOf(every, every.length + code.length());
            System.arraycopy(code.getBytes(), 0, field, every.length, code.length());
            try (PasswordAndCode split = PasswordAndCode.split(field, 6)) {
                assertArrayEquals(every, split.passwordBytes());
                assertEquals(code, split.code().orElse(""));
                assertKind(ErrorKind.ARGUMENT, split::password);
                split.close();
                assertKind(ErrorKind.ARGUMENT, split::passwordBytes);
            }
            String password = "é\ud83d\ude00\ud800\0-";
            try (PasswordAndCode split = PasswordAndCode.split((password + code).toCharArray(), 6)) {
                assertEquals(password, new String(split.password()));
                assertEquals(code, split.code().orElse(""));
                assertKind(ErrorKind.ARGUMENT, split::passwordBytes);
            }
        }
        for (int digits : new int[] {0, 5, 9, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertKind(ErrorKind.ARGUMENT, () -> PasswordAndCode.split(new byte[20], digits));
            assertKind(ErrorKind.ARGUMENT, () -> PasswordAndCode.split(new char[20], digits));
        }
        for (int length = 0; length < 70; length++) {
            try (PasswordAndCode bytes = PasswordAndCode.split(new byte[length], 8);
                    PasswordAndCode characters = PasswordAndCode.split(new char[length], 8)) {
                assertEquals(length, bytes.passwordBytes().length);
                assertEquals(length, characters.password().length);
            }
        }
    }

    /** What parameters and a status say of the time to confirm. */
    @Test
    void confirmBy() {
        Instant bound = NOW.plusSeconds(3600);
        Parameters parameters = Parameters.totp().withConfirmBy(Optional.of(bound));
        assertEquals(Optional.of(bound), parameters.confirmBy());
        assertEquals(Optional.empty(), parameters.withConfirmBy(Optional.empty()).confirmBy());
        assertEquals(Parameters.totp(), parameters.withConfirmBy(Optional.empty()));
        String record = VERIFIER.enroll("a.martin", parameters, NOW).record();
        assertEquals(Optional.of(bound), VERIFIER.inspect(record, "a.martin", NOW).confirmBy());
        VERIFIER.otpauthUri(record, "a.martin", "issuer", "label", bound).close();
        assertKind(ErrorKind.STATE, () -> VERIFIER.otpauthUri(record, "a.martin", "issuer", "label", bound.plusSeconds(1)));
        String standard = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).record();
        assertEquals(Optional.of(NOW.plusSeconds(30 * 86400)), VERIFIER.inspect(standard, "a.martin", NOW).confirmBy());
        assertEquals(Optional.empty(), VERIFIER.inspect(RECORD, "a.martin", NOW).confirmBy());
        assertKind(ErrorKind.TIME, () -> Parameters.totp().withConfirmBy(Optional.of(Instant.MIN)));
    }

    /** Of any length, in every call that takes what somebody typed; the native library takes 16 MiB at most. */
    @Test
    void whatIsTypedHasAnyLength() {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        String pending = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).record();
        int most = 16 * 1024 * 1024;
        for (String typed : List.of(
                "x".repeat(most + 1), code.repeat(most / 6 + 1), "\ud83d\ude00".repeat(most / 4 + 1), "-".repeat(most) + code,
                code + "x".repeat(most),
                // A pair that the cut goes through, and halves of pairs.
                "x".repeat(256) + "\ud83d\ude00", "\ud83d\ude00".repeat(129), "\ud800".repeat(257), "1".repeat(257))) {
            for (Attempt attempt : List.of(
                    VERIFIER.verify(RECORD, "a.martin", typed, NOW), VERIFIER.confirm(pending, "a.martin", typed, NOW),
                    VERIFIER.replace(RECORD, pending, "a.martin", typed, NOW),
                    VERIFIER.resynchronize(RECORD, "a.martin", typed, code, NOW),
                    VERIFIER.resynchronize(RECORD, "a.martin", code, typed, NOW))) {
                assertFalse(attempt.isChanged());
                assertEquals("refused.malformed", attempt.outcome(1).code());
            }
            assertEquals("refused.not_enrolled", VERIFIER.verifyAbsent("a.martin", typed, NOW).outcome(0).code());
            assertEquals(Refusal.MALFORMED, assertThrows(
                    RefusedException.class, () -> VERIFIER.login("a.martin", typed, new Broken(), NOW)).refusal());
            assertEquals(Match.Kind.MALFORMED,
                    Match.find(SECRET, Parameters.totp(), typed, 0, 1, OptionalLong.empty()).kind());
        }
        char[] field = ("\ud83d\ude00".repeat(most / 2) + code).toCharArray();
        try (PasswordAndCode split = PasswordAndCode.split(field, 6)) {
            assertEquals(Optional.of(code), split.code());
            assertEquals(most, split.password().length);
        }
        assertKind(ErrorKind.RECORD, () -> VERIFIER.verify("x".repeat(most + 1), "a.martin", code, NOW));
        assertKind(ErrorKind.RECORD, () -> VERIFIER.inspect(RECORD + "x".repeat(most), "a.martin", NOW));
    }

    /** Whoever uses a secret while another thread closes it has all of it, or an error; never a part that is wiped. */
    @Test
    void closedUnderOtherThreads() throws Exception {
        byte[] bytes = "7".repeat(1024).getBytes();
        String code;
        try (Secret secret = Secret.ofBytes(bytes)) {
            code = Hotp.generate(secret, Parameters.hotp(), 1);
        }
        String uri = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).otpauthUri("issuer", "label").text();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 1000; round++) {
                Secret secret = Secret.ofBytes(bytes);
                OtpauthUri text = OtpauthUri.ofText(uri);
                RecoveryCodes codes = VERIFIER.recoveryCodes(RECORD, "a.martin", 10).stored(1);
                List<String> all = codes.all();
                CyclicBarrier together = new CyclicBarrier(4);
                List<Future<?>> readers = List.of(
                        pool.submit(() -> untilClosed(ErrorKind.SECRET, together, () -> {
                            assertArrayEquals(bytes, secret.toBytes());
                            assertEquals(code, Hotp.generate(secret, Parameters.hotp(), 1));
                        })),
                        pool.submit(() -> untilClosed(ErrorKind.ARGUMENT, together, () -> assertEquals(uri, text.text()))),
                        pool.submit(() -> untilClosed(ErrorKind.ARGUMENT, together, () -> assertEquals(all, codes.all()))));
                together.await();
                for (int spin = round % 100; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                for (AutoCloseable closeable : List.of(secret, text, codes)) {
                    closeable.close();
                }
                for (Future<?> reader : readers) {
                    reader.get();
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Void untilClosed(ErrorKind kind, CyclicBarrier together, Runnable use) throws Exception {
        together.await();
        assertKind(kind, () -> {
            while (true) {
                use.run();
            }
        });
        return null;
    }

    @Test
    void garbageRecordsAreErrors() {
        String cut = RECORD.substring(1);
        for (String record : List.of("x", "\ud800", "x".repeat(1 << 20), cut, RECORD + "A", RECORD.toLowerCase(), "POTERNE1")) {
            assertKind(ErrorKind.RECORD, () -> VERIFIER.verify(record, "a.martin", "123456", NOW));
            assertKind(ErrorKind.RECORD, () -> VERIFIER.inspect(record, "a.martin", NOW));
        }
        assertKind(ErrorKind.RECORD, () -> VERIFIER.verify(RECORD, "a.durand", "123456", NOW));
        assertKind(ErrorKind.RECORD_FORMAT, () -> VERIFIER.verify("POTERNE2" + RECORD.substring(8), "a.martin", "1", NOW));
    }

    @Test
    void namesAndTimes() {
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.verify(RECORD, "", "123456", NOW));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.verify(RECORD, "x".repeat(1 << 20), "123456", NOW));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.verify(RECORD, "a\0", "123456", NOW));
        // Two halves would both become question marks, and two accounts one.
        assertKind(ErrorKind.UTF8, () -> VERIFIER.verify(RECORD, "a\ud800", "123456", NOW));
        assertKind(ErrorKind.UTF8, () -> VERIFIER.rename(RECORD, "a.martin", "\udc00\ud800"));
        assertKind(ErrorKind.UTF8, () -> new Verifier(KEYRING, "\udfff"));
        for (Instant time : List.of(Instant.ofEpochSecond(-1), Instant.MIN, Instant.MAX, Instant.ofEpochSecond(253402300800L))) {
            assertKind(ErrorKind.TIME, () -> VERIFIER.verify(RECORD, "a.martin", "123456", time));
        }
        assertKind(ErrorKind.ARGUMENT, () -> Keyring.generate(0));
        assertKind(ErrorKind.ARGUMENT, () -> Keyring.generate(1L << 32));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.recoveryCodes(RECORD, "a.martin", -1));
        assertKind(ErrorKind.ARGUMENT, () -> Policy.builder().maxFailures(Long.MIN_VALUE));
        assertKind(ErrorKind.COUNTER, () -> Parameters.hotp().withCounter(-1));
        assertKind(ErrorKind.ARGUMENT, () -> Parameters.hotp().withTimeStep(30));
        assertKind(ErrorKind.KEYRING_FILE, () -> Keyring.open(Path.of("no such file")));
    }

    @Test
    void rowsThatAreNoAnswer() {
        String wrong = Totp.generate(SECRET, Parameters.totp(), NOW.plusSeconds(3600));
        for (long rows : new long[] {2, -1, -2, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Attempt attempt = VERIFIER.verify(RECORD, "a.martin", wrong, NOW);
            assertKind(ErrorKind.ROWS, () -> attempt.outcome(rows));
            assertKind(ErrorKind.ATTEMPT, () -> attempt.outcome(1));
            Change<Void> change = VERIFIER.suspend(RECORD, "a.martin");
            assertKind(ErrorKind.ROWS, () -> change.stored(rows));
            assertKind(ErrorKind.ATTEMPT, () -> change.stored(1));
        }
    }

    @Test
    void whatIsClosedIsClosed() {
        Keyring keyring = Keyring.generate(1);
        Verifier verifier = new Verifier(keyring, "closed");
        Enrollment enrollment = verifier.enroll("a.martin", Parameters.totp(), NOW);
        Secret secret = Secret.generate(20);
        for (AutoCloseable closeable : List.of(keyring, verifier, enrollment, secret)) {
            for (int twice = 0; twice < 2; twice++) {
                try {
                    closeable.close();
                } catch (Exception error) {
                    throw new AssertionError(error);
                }
            }
        }
        assertKind(ErrorKind.ARGUMENT, keyring::toText);
        assertKind(ErrorKind.ARGUMENT, () -> new Verifier(keyring, "closed"));
        assertKind(ErrorKind.ARGUMENT, () -> verifier.enroll("a.martin", Parameters.totp(), NOW));
        assertKind(ErrorKind.ARGUMENT, () -> verifier.verify(RECORD, "a.martin", "123456", NOW));
        assertKind(ErrorKind.ARGUMENT, () -> enrollment.otpauthUri("issuer", "label"));
        assertKind(ErrorKind.SECRET, secret::toBytes);
        OtpauthUri uri = VERIFIER.enroll("a.martin", Parameters.totp(), NOW).otpauthUri("issuer", "label");
        Qr qr = uri.qr();
        RecoveryCodes codes = VERIFIER.recoveryCodes(RECORD, "a.martin", 2).stored(1);
        TemporaryCode temporary =
                VERIFIER.temporaryCode(RECORD, "a.martin", Optional.empty(), 1, Meanwhile.KEEP, NOW).stored(1);
        PasswordAndCode split = PasswordAndCode.split("secret123456".toCharArray(), 6);
        uri.close();
        qr.close();
        codes.close();
        temporary.close();
        split.close();
        // Nothing is shown instead of what was wiped.
        for (Runnable call : List.<Runnable>of(
                uri::text, uri::secretToType, uri::qr, qr::svg, qr::png, qr::text, codes::all, temporary::text, split::password)) {
            assertKind(ErrorKind.ARGUMENT, call);
        }
        // A slot that is used again has another generation.
        try (Keyring another = Keyring.generate(2)) {
            assertKind(ErrorKind.ARGUMENT, keyring::toText);
            assertEquals(2, another.primaryKeyId());
        }
    }

    @Test
    void nothingSecretIsPrinted() {
        try (Enrollment enrollment = VERIFIER.enroll("a.martin", Parameters.totp(), NOW);
                OtpauthUri uri = enrollment.otpauthUri("Département", "a.martin"); Qr qr = uri.qr()) {
            String secret = uri.text().replaceFirst(".*secret=([A-Z2-7]+).*", "$1");
            Attempt attempt = VERIFIER.confirm(enrollment.record(), "a.martin", "000000", NOW);
            Change<RecoveryCodes> change = VERIFIER.recoveryCodes(RECORD, "a.martin", 3);
            RecoveryCodes codes = change.stored(1);
            String printed = List.of(KEYRING, VERIFIER, enrollment, uri, qr, SECRET, attempt, change, codes,
                    Imported.of(SECRET, Parameters.totp()), OtpauthUri.parse(uri.text()), attempt.outcome(1)).toString();
            assertEquals(32, secret.length());
            assertFalse(printed.contains(secret) || printed.contains("POTERNE1") || printed.contains(codes.all().get(0)));
            assertEquals(3, codes.size());
        }
    }

    /** One verifier, 64 threads, and somebody who closes it under them. */
    @Test
    void threads() throws Exception {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        Verifier shared = new Verifier(KEYRING, "grand-angle");
        ExecutorService pool = Executors.newFixedThreadPool(64);
        try {
            Function<Integer, Integer> work = calls -> {
                int accepted = 0;
                for (int i = 0; i < calls; i++) {
                    Outcome outcome = shared.verify(RECORD, "a.martin", i % 2 == 0 ? code : "12345", NOW).outcome(1);
                    accepted += outcome.isAccepted() ? 1 : 0;
                }
                return accepted;
            };
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(pool.submit(() -> work.apply(1000)));
            }
            for (Future<Integer> one : all) {
                assertEquals(500, one.get());
            }
            List<Future<?>> closing = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                closing.add(pool.submit(() -> assertKind(ErrorKind.ARGUMENT, () -> work.apply(Integer.MAX_VALUE))));
            }
            Thread.sleep(50);
            shared.close();
            for (Future<?> one : closing) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aMillionRandomRequests() throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(List.of(), RandomBytes.class, "1000000", "20261121");
        assertEquals(0, result.exit(), result::said);
        assertTrue(result.said().startsWith("1000000 calls of "), result::said);
        // Something got through, or the requests would be nothing but noise.
        assertTrue(result.said().contains("ok="), result::said);
    }

    /** The checks of the virtual machine on what natives do with it find nothing, and say nothing. */
    @Test
    void checkedJni() throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(List.of("-Xcheck:jni"), RandomBytes.class, "100000", "7");
        assertEquals(0, result.exit(), result::said);
        assertEquals(1, result.said().lines().count(), result::said);
    }

    private static void assertKind(ErrorKind kind, Runnable call) {
        assertEquals(kind, assertThrows(PoterneException.class, call::run).kind());
    }
}
