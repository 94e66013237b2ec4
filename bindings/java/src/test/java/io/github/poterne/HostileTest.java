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
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input of every kind: exceptions and refusals, never a crash. */
class HostileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);
    private static final SetClock CLOCK = new SetClock(NOW);
    private static final Keyring KEYRING = Keyring.generate(20261121);
    private static final Verifier VERIFIER = new Verifier(KEYRING, "grand-angle", Policy.standard(), CLOCK);
    private static final Secret SECRET = Secret.ofBytes("12345678901234567890".getBytes());
    private static final String RECORD = record();

    private static String record() {
        return VERIFIER.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp())).record().orElseThrow();
    }

    @BeforeEach
    void setTheClock() {
        CLOCK.now = NOW;
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
                Secret.class, ExistingCredential.class, Hotp.class, Totp.class, Match.class, OtpFormat.class, OtpauthUri.class, Enrollment.class,
                PasswordAndCode.class, JdbcColumn.class, Apps.class, Apps.App.class, Language.class, RefusedException.class,
                StoredCredential.class, Store.class, Person.class,
                ErrorKind.class, PoterneException.class)) {
            List<Executable> calls = new ArrayList<>(List.of(type.getConstructors()));
            for (Method method : type.getDeclaredMethods()) {
                int modifiers = method.getModifiers();
                boolean isOurs = Modifier.isPublic(modifiers) && !Modifier.isAbstract(modifiers) && !method.isSynthetic()
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
        assertTrue(count > 100, "only " + count + " parameters");
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
            Map.entry(OtpFormat.class, OtpFormat.standard()), Map.entry(Policy.Builder.class, Policy.builder()), Map.entry(Secret.class, SECRET),
            Map.entry(Keyring.class, KEYRING), Map.entry(Verifier.class, VERIFIER),
            Map.entry(ExistingCredential.class, ExistingCredential.of(SECRET, Parameters.totp())),
            Map.entry(RefusedException.class, new RefusedException(Refusal.WAIT, 5)),
            Map.entry(StoredCredential.class, VERIFIER.credential("a.martin", RECORD)), Map.entry(Clock.class, CLOCK), Map.entry(Person.class, Person.ofLoginName("a.martin")),
            Map.entry(Duration.class, Duration.ofSeconds(5)),
            Map.entry(Function.class, (Function<StoredCredential, Attempt<?>>) StoredCredential::unlock),
            Map.entry(Enrollment.class, VERIFIER.enroll("a.martin", Parameters.totp())),
            Map.entry(Apps.App.class, Apps.all().get(0)), Map.entry(Throwable.class, new Exception()),
            Map.entry(PoterneException.class, PoterneException.unavailable(new Exception())),
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
        public long swap(String account, String old, String replacement) {
            record = replacement;
            return 1;
        }

        @Override
        public long insert(String account, String record) {
            return 0;
        }
    }

    @Test
    void whatIsTypedIsNeverAnError() {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        String pending = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        for (String typed : List.of(
                "", " ", "x".repeat(1 << 20), "\ud800", "\udc00" + code, code + "\ud83d", "\udc00\ud800".repeat(3), "\0", code + "\0",
                "\0" + code, code.substring(0, 3) + "\0" + code.substring(3), "１２３４５６", "-".repeat(64), code + "?", code + "\ufffd",
                // More than 64 characters, of which all but the code would be dropped; and more bytes.
                " ".repeat(59) + code, code + "\u3000".repeat(84), code + "\ud83d\ude00".repeat(30))) {
            for (Attempt<?> attempt : List.of(
                    VERIFIER.credential("a.martin", RECORD).verify(typed), VERIFIER.credential("a.martin", pending).confirm(typed),
                    VERIFIER.credential("a.martin", RECORD).resynchronize(typed, code),
                    VERIFIER.credential("a.martin", RECORD).resynchronize(code, typed))) {
                assertFalse(attempt.record().isPresent());
                assertEquals(Refusal.MALFORMED, refusal(() -> attempt.outcome(1)));
            }
            ReplacementAttempt replacement = VERIFIER.replace(VERIFIER.credential("a.martin", RECORD), pending, typed);
            assertFalse(replacement.record().isPresent());
            assertEquals(Refusal.MALFORMED, refusal(() -> replacement.outcome(1)));
            for (String record : List.of("", " ", " ".repeat(504))) {
                for (Attempt<?> attempt : List.of(
                        VERIFIER.credential("a.martin", record).verify(typed), VERIFIER.credential("a.martin", record).confirm(typed),
                        VERIFIER.credential("a.martin", record).resynchronize(typed, typed))) {
                    assertFalse(attempt.record().isPresent());
                    assertEquals(Refusal.NOT_ENROLLED, refusal(() -> attempt.outcome(0)));
                }
            }
        }
        // As many characters as there may be.
        assertEquals("accepted.otp", VERIFIER.credential("a.martin", RECORD).verify(" ".repeat(58) + code).outcome(1).code());
    }

    /** A change of an account that has no record is an error that says so, and so is a look at it. */
    @Test
    void noRecordIsNoDamagedOne() {
        String pending = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        for (String record : List.of("", "   ")) {
            StoredCredential nothing = VERIFIER.credential("a.martin", record);
            for (Runnable call : List.<Runnable>of(
                    nothing::inspect, nothing::unlock, nothing::repairClock, nothing::suspend, nothing::resume, nothing::revoke,
                    nothing::forget, nothing::reseal, () -> nothing.rename("a.durand"), () -> nothing.recoveryCodes(8),
                    () -> nothing.temporaryCode(MissingAuthenticator.KEEP, 1), () -> nothing.endCodes(CodeSet.BOTH),
                    () -> nothing.otpauthUri("issuer", "label"), () -> VERIFIER.replace(nothing, pending, "123456"))) {
                assertKind(ErrorKind.STATE, call);
            }
        }
        Store empty = new Broken() {
            @Override
            public Optional<String> load(String account) {
                return Optional.empty();
            }
        };
        assertKind(ErrorKind.STATE, () -> empty.apply(VERIFIER, "a.martin", credential -> credential.unlock()));
        assertEquals(Refusal.NOT_ENROLLED,
                refusal(() -> empty.apply(VERIFIER, "a.martin", credential -> credential.confirm("123456"))));
    }

    /** Else another record's answer would be stored over this one's: somebody else's code, or an older one. */
    @Test
    void anAttemptOnAnotherRecord() {
        List<String> swaps = new ArrayList<>();
        Store store = new Broken() {
            @Override
            public long swap(String account, String old, String replacement) {
                swaps.add(replacement);
                return super.swap(account, old, replacement);
            }
        };
        String code = Totp.generate(SECRET, Parameters.totp(), CLOCK.now);
        String sealedAnew = VERIFIER.credential("a.martin", RECORD).reseal().record().get();
        for (String other : List.of(sealedAnew, "", "    ")) {
            StoredCredential another = VERIFIER.credential("a.martin", other);
            assertKind(ErrorKind.ARGUMENT, () -> store.apply(VERIFIER, "a.martin", credential -> another.verify(code)));
        }
        assertKind(ErrorKind.ARGUMENT, () -> store.apply(VERIFIER, "a.martin",
                credential -> VERIFIER.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp()))));
        assertEquals(List.of(), swaps);
        StoredCredential same = VERIFIER.credential("a.martin", RECORD + "  ");
        store.apply(VERIFIER, "a.martin", credential -> same.unlock());
        assertEquals(1, swaps.size());
    }

    /** Attempts that somebody has kept: of the record that was there before, of another verifier, of the round before. */
    @Test
    void attemptsThatWereKept() {
        Broken store = new Broken();
        StoredCredential byHand = VERIFIER.credential("a.martin", RECORD);
        Attempt<Stored> first = byHand.suspend();
        Attempt<Stored> second = byHand.unlock();
        store.apply(VERIFIER, "a.martin", credential -> first);
        String suspended = store.record;
        assertKind(ErrorKind.ARGUMENT, () -> store.apply(VERIFIER, "a.martin", credential -> second));
        assertEquals(suspended, store.record);

        // Somebody else writes before the first swap.
        List<String> swaps = new ArrayList<>();
        Broken contended = new Broken() {
            @Override
            public long swap(String account, String old, String replacement) {
                swaps.add(old);
                record = VERIFIER.credential("a.martin", record).reseal().record().get();
                return 0;
            }
        };
        List<Attempt<Stored>> cached = new ArrayList<>();
        assertKind(ErrorKind.ARGUMENT, () -> contended.apply(VERIFIER, "a.martin", credential -> {
            if (cached.isEmpty()) {
                cached.add(credential.unlock());
            }
            return cached.get(0);
        }));
        assertEquals(List.of(RECORD), swaps);

        try (Verifier another = new Verifier(KEYRING, "another", Policy.standard(), CLOCK)) {
            String theirs = another.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp())).record().get();
            Broken table = new Broken();
            String code = Totp.generate(SECRET, Parameters.totp(), NOW);
            assertKind(ErrorKind.ARGUMENT,
                    () -> table.apply(VERIFIER, "a.martin", credential -> another.credential("a.martin", theirs).verify(code)));
            assertEquals(RECORD, table.record);
        }
    }

    /** Its clock stands still: an hour later it would accept a code of an hour ago. */
    @Test
    void aCredentialThatWasKept() {
        Broken store = new Broken();
        List<StoredCredential> kept = new ArrayList<>();
        store.apply(VERIFIER, "a.martin", credential -> {
            kept.add(credential);
            assertEquals(State.ACTIVE, credential.inspect().state());
            return credential.repairClock();
        });
        assertThrows(IllegalStateException.class, () -> store.apply(VERIFIER, "a.martin", credential -> {
            kept.add(credential);
            throw new IllegalStateException("an operation that fails");
        }));
        String old = Totp.generate(SECRET, Parameters.totp(), NOW);
        String pending = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        CLOCK.now = NOW.plusSeconds(3600);
        // The control: the credential that the message names.
        assertEquals(Refusal.WRONG_CODE, refusal(() -> VERIFIER.credential("a.martin", RECORD).login(old, new Broken())));
        assertEquals(2, kept.size());
        for (StoredCredential saved : kept) {
            for (Runnable call : List.<Runnable>of(
                    () -> saved.login(old, store), () -> saved.verify(old), () -> saved.confirm(old), () -> saved.resynchronize(old, old),
                    () -> saved.recoveryCodes(8), () -> saved.temporaryCode(MissingAuthenticator.KEEP, 1),
                    () -> saved.temporaryCode(MissingAuthenticator.KEEP, 1, NOW), () -> saved.endCodes(CodeSet.BOTH), saved::unlock,
                    saved::repairClock, saved::forget, saved::suspend, saved::resume, saved::revoke, saved::reseal,
                    () -> saved.rename("b"), saved::inspect, () -> saved.otpauthUri("issuer", "label"),
                    () -> VERIFIER.replace(saved, pending, old))) {
                PoterneException error = assertThrows(PoterneException.class, call::run);
                assertEquals(ErrorKind.ATTEMPT, error.kind());
                assertTrue(error.getMessage().contains("verifier.credential("), error::getMessage);
            }
        }
        assertEquals(RECORD, store.record);
    }

    /** To some databases a name that is none is a failure, and to the operators an alarm. */
    @Test
    void aWrongNameDoesNotReachTheStore() {
        List<String> asked = new ArrayList<>();
        Store store = new Broken() {
            @Override
            public Optional<String> load(String account) {
                asked.add(account);
                return super.load(account);
            }

            @Override
            public long swap(String account, String old, String replacement) {
                asked.add(account);
                return super.swap(account, old, replacement);
            }
        };
        Map<String, ErrorKind> names = Map.of(
                "", ErrorKind.ARGUMENT, "   ", ErrorKind.ARGUMENT, "a\0", ErrorKind.ARGUMENT, "a\nb", ErrorKind.ARGUMENT,
                "é".repeat(128), ErrorKind.ARGUMENT, "a\ud800", ErrorKind.UTF8);
        names.forEach((name, kind) -> {
            assertKind(kind, () -> VERIFIER.login(name, "123456", store));
            assertKind(kind, () -> VERIFIER.credential(name, RECORD).login("123456", store));
            assertKind(kind, () -> VERIFIER.credential(name).login("123456", store));
            assertKind(kind, () -> store.apply(VERIFIER, name, credential -> credential.unlock()));
            assertKind(kind, () -> VERIFIER.checkStore(name, store, new Broken()));
        });
        assertEquals(List.of(), asked);
        // The control: spaces behind a name are its column's.
        VERIFIER.login("a.martin  ", Totp.generate(SECRET, Parameters.totp(), NOW), store);
        assertEquals(List.of("a.martin  ", "a.martin  "), asked);
    }

    @Test
    void aStoreThatLoadsNull() {
        Store store = new Broken() {
            @Override
            public Optional<String> load(String account) {
                return null;
            }

            @Override
            public long swap(String account, String old, String replacement) {
                return 0;
            }
        };
        Store comparing = new Broken() {
            @Override
            public long swap(String account, String old, String replacement) {
                return record.equals(old) ? super.swap(account, old, replacement) : 0;
            }
        };
        for (Runnable call : List.<Runnable>of(
                () -> VERIFIER.login("a.martin", "123456", store), () -> store.apply(VERIFIER, "a.martin", credential -> credential.unlock()),
                () -> VERIFIER.credential("a.martin", RECORD).login("000000", store),
                () -> VERIFIER.checkStore("a.martin", store, new Broken()), () -> VERIFIER.checkStore("a.martin", comparing, store))) {
            String said = assertThrows(NullPointerException.class, call::run).getMessage();
            assertTrue(said.startsWith("Store.load returned null"), said);
        }
    }

    /** The seconds that a statement of a column gets. */
    private static int seconds(java.util.function.UnaryOperator<JdbcColumn> with) {
        List<Integer> set = new ArrayList<>();
        java.sql.PreparedStatement statement = (java.sql.PreparedStatement) java.lang.reflect.Proxy.newProxyInstance(
                HostileTest.class.getClassLoader(), new Class<?>[] {java.sql.PreparedStatement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("setQueryTimeout")) {
                        set.add((Integer) arguments[0]);
                        throw new java.sql.SQLException("enough");
                    }
                    return null;
                });
        java.sql.Connection connection = (java.sql.Connection) java.lang.reflect.Proxy.newProxyInstance(
                HostileTest.class.getClassLoader(), new Class<?>[] {java.sql.Connection.class}, (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "getAutoCommit" -> true;
                            case "prepareStatement" -> statement;
                            default -> null;
                        });
        JdbcColumn column = with.apply(new JdbcColumn(Engine.source(() -> connection), "t", "a", "r"));
        assertKind(ErrorKind.STORE, () -> column.load("a.martin"));
        assertEquals(1, set.size());
        return set.get(0);
    }

    @Test
    void timeouts() {
        assertEquals(2, seconds(column -> column));
        Map<Duration, Integer> good = Map.of(
                Duration.ofSeconds(1), 1, Duration.ofNanos(1_000_000_001), 2, Duration.ofMillis(1500), 2, Duration.ofSeconds(60), 60,
                Duration.ofSeconds(Integer.MAX_VALUE), Integer.MAX_VALUE,
                Duration.ofSeconds(Integer.MAX_VALUE).minusNanos(1), Integer.MAX_VALUE);
        good.forEach((timeout, seconds) -> assertEquals(seconds, seconds(column -> column.withTimeout(timeout)), timeout::toString));
        for (Duration timeout : List.of(
                Duration.ZERO, Duration.ofNanos(999_999_999), Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(Integer.MAX_VALUE, 1), Duration.ofSeconds(1L << 32), Duration.ofSeconds((1L << 32) + 5),
                Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE, 1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
            assertKind(ErrorKind.ARGUMENT, () -> seconds(column -> column.withTimeout(timeout)));
        }
    }

    /** The system would look for a file of that name, beside the application. */
    @Test
    void aKeyringInsideAnArchive(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("poterne.keys"), KEYRING.toText());
        Files.setAttribute(file, "unix:mode", 0600);
        Keyring.open(file).close();
        try (FileSystem archive = FileSystems.newFileSystem(folder.resolve("keys.zip"), Map.of("create", "true"))) {
            Path inside = Files.copy(file, archive.getPath(file.getFileName().toString()));
            Path sameName = Files.createDirectories(archive.getPath(folder.toString())).resolve("poterne.keys");
            for (Path path : List.of(inside, sameName)) {
                PoterneException error = assertThrows(PoterneException.class, () -> Keyring.open(path));
                assertEquals(ErrorKind.KEYRING_FILE, error.kind());
                assertTrue(error.getMessage().contains("Keyring.parse"), error::getMessage);
            }
            Keyring.parse(Files.readAllBytes(inside)).close();
        }
    }

    /** A repair that finds nothing swaps nothing, and gives its value whatever the rows. */
    @Test
    void aRepairThatFindsNothing() {
        for (long rows : new long[] {0, 1, 2, -1, Long.MIN_VALUE}) {
            Change<Stored> nothing = VERIFIER.credential("a.martin", RECORD).repairClock();
            assertFalse(nothing.record().isPresent());
            nothing.outcome(rows);
            assertKind(ErrorKind.ATTEMPT, () -> nothing.outcome(rows));
        }
        List<String> swaps = new ArrayList<>();
        Store store = new Broken() {
            @Override
            public long swap(String account, String old, String replacement) {
                swaps.add(replacement);
                return super.swap(account, old, replacement);
            }
        };
        store.apply(VERIFIER, "a.martin", credential -> credential.repairClock());
        assertEquals(List.of(), swaps);
        // A clock that was ahead by a day: the login lies in the future, until it is repaired.
        CLOCK.now = NOW.plusSeconds(86400);
        VERIFIER.login("a.martin", Totp.generate(SECRET, Parameters.totp(), CLOCK.now), store);
        CLOCK.now = NOW;
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        assertEquals(Refusal.CLOCK_BEHIND, refusal(() -> VERIFIER.login("a.martin", code, store)));
        store.apply(VERIFIER, "a.martin", credential -> credential.unlock());
        assertEquals(Refusal.CLOCK_BEHIND, refusal(() -> VERIFIER.login("a.martin", code, store)));
        int before = swaps.size();
        store.apply(VERIFIER, "a.martin", credential -> credential.repairClock());
        assertEquals(before + 1, swaps.size());
        CLOCK.now = NOW.plusSeconds(660);
        String later = Totp.generate(SECRET, Parameters.totp(), CLOCK.now);
        assertEquals("accepted.otp", VERIFIER.login("a.martin", later, store).code());
    }

    /** A call on a store has one time, however often it tries (semantics 7.9). */
    @Test
    void theClockIsReadOnce() {
        List<Instant> read = new ArrayList<>();
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                read.add(NOW);
                return NOW;
            }

            @Override
            public ZoneId getZone() {
                throw new UnsupportedOperationException("a clock that has an instant alone");
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
        Store contended = new Broken() {
            @Override
            public long swap(String account, String old, String replacement) {
                return 0;
            }
        };
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        try (Verifier verifier = new Verifier(KEYRING, "grand-angle", Policy.standard(), clock)) {
            for (Runnable call : List.<Runnable>of(
                    () -> verifier.login("a.martin", code, contended),
                    () -> verifier.credential("a.martin", RECORD).login(code, contended),
                    () -> contended.apply(verifier, "a.martin", StoredCredential::forget))) {
                assertEquals(Refusal.CONFLICT, refusal(call));
                assertEquals(List.of(NOW), read);
                read.clear();
            }
        }
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
        Parameters parameters = Parameters.totp().withConfirmBy(bound);
        assertEquals(Optional.of(bound), parameters.confirmBy());
        assertEquals(Optional.empty(), Parameters.totp().confirmBy());
        String record = VERIFIER.enroll("a.martin", parameters).record();
        assertEquals(Optional.of(bound), VERIFIER.credential("a.martin", record).inspect().confirmBy());
        CLOCK.now = bound;
        VERIFIER.credential("a.martin", record).otpauthUri("issuer", "label").close();
        CLOCK.now = bound.plusSeconds(1);
        assertKind(ErrorKind.STATE, () -> VERIFIER.credential("a.martin", record).otpauthUri("issuer", "label"));
        CLOCK.now = NOW;
        String standard = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        assertEquals(Optional.of(NOW.plusSeconds(30 * 86400)), VERIFIER.credential("a.martin", standard).inspect().confirmBy());
        assertEquals(Optional.empty(), VERIFIER.credential("a.martin", RECORD).inspect().confirmBy());
        assertKind(ErrorKind.TIME, () -> Parameters.totp().withConfirmBy(Instant.MIN));
    }

    /** Of any length, in every call that takes what somebody typed; the native library takes 16 MiB at most. */
    @Test
    void whatIsTypedHasAnyLength() {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        String pending = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        int most = 16 * 1024 * 1024;
        for (String typed : List.of(
                "x".repeat(most + 1), code.repeat(most / 6 + 1), "\ud83d\ude00".repeat(most / 4 + 1), "-".repeat(most) + code,
                code + "x".repeat(most),
                // A pair that the cut goes through, and halves of pairs.
                "x".repeat(256) + "\ud83d\ude00", "\ud83d\ude00".repeat(129), "\ud800".repeat(257), "1".repeat(257))) {
            for (Attempt<?> attempt : List.of(
                    VERIFIER.credential("a.martin", RECORD).verify(typed), VERIFIER.credential("a.martin", pending).confirm(typed),
                    VERIFIER.credential("a.martin", RECORD).resynchronize(typed, code),
                    VERIFIER.credential("a.martin", RECORD).resynchronize(code, typed))) {
                assertFalse(attempt.record().isPresent());
                assertEquals(Refusal.MALFORMED, refusal(() -> attempt.outcome(1)));
            }
            ReplacementAttempt replacement = VERIFIER.replace(VERIFIER.credential("a.martin", RECORD), pending, typed);
            assertFalse(replacement.record().isPresent());
            assertEquals(Refusal.MALFORMED, refusal(() -> replacement.outcome(1)));
            assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.credential("a.martin").verify(typed).outcome(0)));
            assertEquals(Refusal.MALFORMED, refusal(() -> VERIFIER.login("a.martin", typed, new Broken())));
            assertEquals(Match.Kind.MALFORMED,
                    Match.find(SECRET, OtpFormat.standard(), typed, 0, 1).kind());
        }
        char[] field = ("\ud83d\ude00".repeat(most / 2) + code).toCharArray();
        try (PasswordAndCode split = PasswordAndCode.split(field, 6)) {
            assertEquals(Optional.of(code), split.code());
            assertEquals(most, split.password().length);
        }
        assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", "x".repeat(most + 1)).verify(code));
        assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", RECORD + "x".repeat(most)).inspect());
        // However wide its column is: spaces are no damage, and what stands behind them is.
        for (int width : new int[] {1, 504, 1 << 16, 1 << 20, most}) {
            String padded = RECORD + " ".repeat(width);
            assertEquals(State.ACTIVE, VERIFIER.credential("a.martin", padded).inspect().state());
            assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", padded + "x").inspect());
            assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", padded + "x ").verify(code));
            assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", " ".repeat(width) + "x").verify(code));
            assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.credential("a.martin", " ".repeat(width)).verify(code).outcome(0)));
        }
    }

    /** Whoever uses a secret while another thread closes it has all of it, or an error; never a part that is wiped. */
    @Test
    void closedUnderOtherThreads() throws Exception {
        byte[] bytes = "7".repeat(1024).getBytes();
        String code;
        try (Secret secret = Secret.ofBytes(bytes)) {
            code = Hotp.generate(secret, OtpFormat.standard(), 1);
        }
        String uri = VERIFIER.enroll("a.martin", Parameters.totp()).otpauthUri("issuer", "label").text();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 1000; round++) {
                Secret secret = Secret.ofBytes(bytes);
                OtpauthUri text = OtpauthUri.ofText(uri);
                RecoveryCodes codes = VERIFIER.credential("a.martin", RECORD).recoveryCodes(10).outcome(1);
                List<String> all = codes.all();
                CyclicBarrier together = new CyclicBarrier(4);
                List<Future<?>> readers = List.of(
                        pool.submit(() -> untilClosed(ErrorKind.SECRET, together, () -> {
                            assertArrayEquals(bytes, secret.toBytes());
                            assertEquals(code, Hotp.generate(secret, OtpFormat.standard(), 1));
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
            assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", record).verify("123456"));
            assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.martin", record).inspect());
        }
        assertKind(ErrorKind.RECORD, () -> VERIFIER.credential("a.durand", RECORD).verify("123456"));
        assertKind(ErrorKind.RECORD_FORMAT, () -> VERIFIER.credential("a.martin", "POTERNE2" + RECORD.substring(8)).verify("1"));
    }

    @Test
    void namesAndTimes() {
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.credential("", RECORD).verify("123456"));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.credential("x".repeat(1 << 20), RECORD).verify("123456"));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.credential("a\0", RECORD).verify("123456"));
        // Two halves would both become question marks, and two accounts one.
        assertKind(ErrorKind.UTF8, () -> VERIFIER.credential("a\ud800", RECORD).verify("123456"));
        assertKind(ErrorKind.UTF8, () -> VERIFIER.credential("a.martin", RECORD).rename("\udc00\ud800"));
        assertKind(ErrorKind.UTF8, () -> new Verifier(KEYRING, "\udfff"));
        for (Instant time : List.of(Instant.ofEpochSecond(-1), Instant.MIN, Instant.MAX, Instant.ofEpochSecond(253402300800L))) {
            CLOCK.now = time;
            assertKind(ErrorKind.TIME, () -> VERIFIER.credential("a.martin", RECORD).verify("123456"));
        }
        assertKind(ErrorKind.ARGUMENT, () -> Keyring.generate(0));
        assertKind(ErrorKind.ARGUMENT, () -> Keyring.generate(1L << 32));
        assertKind(ErrorKind.ARGUMENT, () -> VERIFIER.credential("a.martin", RECORD).recoveryCodes(-1));
        assertKind(ErrorKind.ARGUMENT, () -> Policy.builder().maxFailures(Long.MIN_VALUE));
        assertKind(ErrorKind.COUNTER, () -> Parameters.hotp().withCounter(-1));
        for (int digits : new int[] {0, 5, 9, -1, Integer.MAX_VALUE}) {
            assertKind(ErrorKind.ARGUMENT, () -> OtpFormat.standard().withDigits(digits));
            assertKind(ErrorKind.ARGUMENT, () -> Parameters.totp().withDigits(digits));
        }
        assertKind(ErrorKind.ARGUMENT, () -> Parameters.hotp().withTimeStep(30));
        assertKind(ErrorKind.KEYRING_FILE, () -> Keyring.open(Path.of("no such file")));
        for (long id : new long[] {-1, 1L << 32, Long.MIN_VALUE}) {
            assertKind(ErrorKind.ARGUMENT, () -> KEYRING.promote(id));
            assertKind(ErrorKind.ARGUMENT, () -> KEYRING.remove(id));
        }
    }

    /** What the page of the package says of all times and texts. */
    @Test
    void everyTimeAndEveryText() {
        for (Instant time : List.of(Instant.ofEpochSecond(-1), Instant.MIN, Instant.MAX, Instant.ofEpochSecond(253402300800L))) {
            for (Runnable call : List.<Runnable>of(
                    () -> Parameters.totp().withT0(time), () -> Parameters.totp().withNotBefore(time),
                    () -> Parameters.totp().withNotAfter(time), () -> Parameters.totp().withConfirmBy(time),
                    () -> VERIFIER.credential("a.martin", RECORD).temporaryCode(MissingAuthenticator.KEEP, 1, time),
                    () -> Totp.generate(SECRET, Parameters.totp(), time), () -> Totp.timeStep(Parameters.totp(), time))) {
                assertKind(ErrorKind.TIME, call);
            }
        }
        String half = "a\ud800";
        String pending = VERIFIER.enroll("a.martin", Parameters.totp()).record();
        Enrollment enrollment = VERIFIER.enroll("a.martin", Parameters.totp());
        for (Runnable call : List.<Runnable>of(
                () -> VERIFIER.enroll(half, Parameters.totp()), () -> VERIFIER.enrollToken(half, SECRET, Parameters.totp()),
                () -> VERIFIER.importCredential(half, ExistingCredential.of(SECRET, Parameters.totp())),
                () -> enrollment.otpauthUri(half, "label"), () -> enrollment.otpauthUri("issuer", half),
                () -> VERIFIER.credential("a.martin", pending).otpauthUri(half, "label"),
                () -> VERIFIER.credential("a.martin", pending).otpauthUri("issuer", half), () -> Keyring.parse(half))) {
            assertKind(ErrorKind.UTF8, call);
        }
    }

    @Test
    void rowsThatAreNoAnswer() {
        String wrong = Totp.generate(SECRET, Parameters.totp(), NOW.plusSeconds(3600));
        for (long rows : new long[] {2, -1, -2, Long.MAX_VALUE, Long.MIN_VALUE}) {
            Attempt<?> attempt = VERIFIER.credential("a.martin", RECORD).verify(wrong);
            assertKind(ErrorKind.ROWS, () -> attempt.outcome(rows));
            assertKind(ErrorKind.ATTEMPT, () -> attempt.outcome(1));
            Change<Stored> change = VERIFIER.credential("a.martin", RECORD).suspend();
            assertKind(ErrorKind.ROWS, () -> change.outcome(rows));
            assertKind(ErrorKind.ATTEMPT, () -> change.outcome(1));
        }
    }

    @Test
    void whatIsClosedIsClosed() {
        Keyring keyring = Keyring.generate(1);
        Verifier verifier = new Verifier(keyring, "closed");
        Enrollment enrollment = verifier.enroll("a.martin", Parameters.totp());
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
        assertKind(ErrorKind.ARGUMENT, () -> verifier.enroll("a.martin", Parameters.totp()));
        assertKind(ErrorKind.ARGUMENT, () -> verifier.credential("a.martin", RECORD).verify("123456"));
        assertKind(ErrorKind.ARGUMENT, () -> enrollment.otpauthUri("issuer", "label"));
        assertKind(ErrorKind.SECRET, secret::toBytes);
        // It says what is closed.
        Map<String, Runnable> named = Map.of(
                "the keyring", keyring::keyIds, "the verifier", () -> verifier.login("a.martin", "123456", new Broken()),
                "the enrollment", () -> enrollment.otpauthUri("issuer", "label"), "the secret", secret::toBytes);
        named.forEach((what, call) -> assertEquals(what + " is closed: make a new one",
                assertThrows(PoterneException.class, call::run).getMessage()));
        OtpauthUri uri = VERIFIER.enroll("a.martin", Parameters.totp()).otpauthUri("issuer", "label");
        Qr qr = uri.qr();
        RecoveryCodes codes = VERIFIER.credential("a.martin", RECORD).recoveryCodes(2).outcome(1);
        TemporaryCode temporary =
                VERIFIER.credential("a.martin", RECORD).temporaryCode(MissingAuthenticator.KEEP, 1).outcome(1);
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
        try (Enrollment enrollment = VERIFIER.enroll("a.martin", Parameters.totp());
                OtpauthUri uri = enrollment.otpauthUri("Département", "a.martin"); Qr qr = uri.qr()) {
            String secret = uri.text().replaceFirst(".*secret=([A-Z2-7]+).*", "$1");
            Attempt<?> attempt = VERIFIER.credential("a.martin", enrollment.record()).confirm("000000");
            Change<RecoveryCodes> change = VERIFIER.credential("a.martin", RECORD).recoveryCodes(3);
            RecoveryCodes codes = change.outcome(1);
            RefusedException refused = assertThrows(RefusedException.class, () -> attempt.outcome(1));
            String printed = List.of(KEYRING, VERIFIER, enrollment, uri, qr, SECRET, attempt, change, codes,
                    ExistingCredential.of(SECRET, Parameters.totp()), OtpauthUri.parse(uri.text()), refused,
                    VERIFIER.credential("a.martin", enrollment.record())).toString();
            assertEquals(32, secret.length());
            assertFalse(printed.contains(secret) || printed.contains("POTERNE1") || printed.contains(codes.all().get(0)));
            assertEquals(3, codes.size());
        }
    }

    /** A refusal that a server sends on is the same one. */
    @Test
    void refusalsAreSerializable() throws Exception {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        new java.io.ObjectOutputStream(bytes).writeObject(new RefusedException(Refusal.WAIT, 5));
        RefusedException read = (RefusedException) new java.io.ObjectInputStream(
                new java.io.ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertEquals(Refusal.WAIT, read.refusal());
        assertEquals(5, read.waitSeconds());
        assertEquals("refused.wait", read.getMessage());
    }

    /** One verifier, 64 threads, and somebody who closes it under them. */
    @Test
    void threads() throws Exception {
        String code = Totp.generate(SECRET, Parameters.totp(), NOW);
        Verifier shared = new Verifier(KEYRING, "grand-angle", Policy.standard(), CLOCK);
        ExecutorService pool = Executors.newFixedThreadPool(64);
        try {
            Function<Integer, Integer> work = calls -> {
                int accepted = 0;
                for (int i = 0; i < calls; i++) {
                    try {
                        shared.credential("a.martin", RECORD).verify(i % 2 == 0 ? code : "12345").outcome(1);
                        accepted++;
                    } catch (RefusedException refused) {
                        assertEquals(Refusal.MALFORMED, refused.refusal());
                    }
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

    private static Refusal refusal(Runnable call) {
        return assertThrows(RefusedException.class, call::run).refusal();
    }

    private static void assertKind(ErrorKind kind, Runnable call) {
        assertEquals(kind, assertThrows(PoterneException.class, call::run).kind());
    }
}
