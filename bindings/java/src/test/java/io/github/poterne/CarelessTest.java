package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a careless application does, and who notices: the compiler, Error Prone, an exception, or the check at the start. The faults
 * of a store stand in {@link CheckStoreTest}, a connection that is shared in {@link JdbcColumnTest}.
 */
class CarelessTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);
    private static final Keyring KEYRING = Keyring.generate(20261121);
    private static final Verifier VERIFIER =
            new Verifier(KEYRING, "grand-angle", Policy.standard(), Clock.fixed(NOW, ZoneOffset.UTC));
    private static final Secret SECRET = Secret.ofBytes("12345678901234567890".getBytes());
    private static final String CODE = Totp.generate(SECRET, Parameters.totp(), NOW);
    private static final String RECORD =
            VERIFIER.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp())).record().orElseThrow();

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        VERIFIER.close();
        KEYRING.close();
        SECRET.close();
    }

    /** A login, a confirmation and a change are three questions, and none of them is answered by a boolean. */
    @Test
    void doesNotCompile() throws Exception {
        List<String> wrong = List.of(
                "if (verifier.login(\"a\", code, store)) letIn();",
                "if (verifier.credential(\"a\", record).verify(code)) letIn();",
                "if (verifier.credential(\"a\", record).verify(code).outcome(1)) letIn();",
                "Accepted accepted = verifier.credential(\"a\", record).verify(code);",
                "Accepted accepted = verifier.credential(\"a\", record).confirm(code).outcome(1);",
                "Accepted accepted = store.apply(verifier, \"a\", credential -> credential.unlock());",
                "Accepted accepted = new Accepted();",
                "Confirmed confirmed = store.apply(verifier, \"a\", credential -> credential.verify(code));",
                // Stored under the old name, the record of a renamed account would open no more.
                "store.apply(verifier, \"a\", credential -> credential.rename(\"b\"));",
                // Made again after a conflict, it would replace what nobody has looked at.
                "store.apply(verifier, \"a\", credential -> verifier.replace(credential, pending, code));",
                "verifier.login(\"a\", store, code);",
                // A ticket is not a login, and no call says that one is valid.
                "Accepted accepted = verifier.ticket(\"a\", binding);",
                "if (verifier.checkTicket(\"a\", ticket, binding)) letIn();",
                "if (verifier.credential(\"a\", record).verifyWithTicket(ticket, binding, code)) letIn();",
                "verifier.credential(\"a\", record).unlock(\"b\");",
                "store.timeout(60);");
        List<String> right = List.of(
                "Accepted accepted = verifier.login(\"a\", code, store);",
                "Accepted accepted = verifier.loginWithTicket(\"a\", ticket, binding, code, store);",
                "Confirmed confirmed = store.apply(verifier, \"a\", credential -> credential.confirm(code));",
                "Stored stored = store.apply(verifier, \"a\", credential -> credential.unlock());");
        for (String said : Compiler.say(folder, wrong)) {
            assertTrue(said.contains("compiler.err.") && !said.contains("CheckReturnValue"), () -> "it compiles: " + said);
        }
        // The control.
        Compiler.say(folder, right).forEach(said -> assertEquals("", said));
    }

    /** What must be looked at is reported, and nothing of what throws by itself. */
    @Test
    void ignoredResults() throws Exception {
        List<String> ignored = List.of(
                "verifier.credential(\"a\", record).verify(code);",
                "verifier.credential(\"a\", record).verifyWithTicket(ticket, binding, code);",
                "verifier.ticket(\"a\", binding);",
                "verifier.credential(\"a\", record).confirm(code);",
                "verifier.credential(\"a\", record).unlock();",
                "verifier.credential(\"a\", record).rename(\"b\");",
                "verifier.replace(verifier.credential(\"a\", record), pending, code);",
                "verifier.enroll(\"a\", Parameters.totp());",
                "verifier.importCredential(\"a\", ExistingCredential.of(secret, Parameters.totp()));",
                "store.swap(\"a\", record, pending);",
                "store.insert(\"a\", record);",
                "store.withTimeout(Duration.ofSeconds(60));",
                "store.withAutoCommitOff();",
                "Parameters.totp().withDigits(8);",
                "Match.find(secret, OtpFormat.standard(), code, 1, 2);",
                "Policy.builder().maxFailures(3).build();",
                "new Verifier(keyring, \"grand-angle\");");
        List<String> fine = List.of(
                "verifier.login(\"a\", code, store); letIn();",
                "verifier.credential(\"a\", record).login(code, store); letIn();",
                "verifier.loginWithTicket(\"a\", ticket, binding, code, store); letIn();",
                "verifier.credential(\"a\", record).verify(code).outcome(store.swap(\"a\", record, pending)); letIn();",
                "store.apply(verifier, \"a\", credential -> credential.unlock());",
                "verifier.credential(\"a\", record).rename(\"b\").outcome(1);",
                "Policy.Builder builder = Policy.builder(); builder.maxFailures(3);",
                "keyring.add(7); keyring.close(); store.check(verifier, \"a\");");
        List<String> all = new ArrayList<>(ignored);
        all.addAll(fine);
        List<String> said = Compiler.say(folder, all);
        for (int i = 0; i < all.size(); i++) {
            int at = i;
            assertEquals(i < ignored.size(), said.get(i).contains("[CheckReturnValue]"), () -> all.get(at) + " " + said.get(at));
        }
    }

    /** SpotBugs looks at the method alone: each that gives something to store, a copy, or a row count. */
    @Test
    void annotatedMethods() {
        int count = 0;
        for (Class<?> type : List.of(
                Verifier.class, StoredCredential.class, Store.class, JdbcColumn.class, Parameters.class, OtpFormat.class,
                ExistingCredential.class)) {
            for (java.lang.reflect.Method method : type.getDeclaredMethods()) {
                Class<?> result = method.getReturnType();
                boolean isChecked = Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
                        && (List.of(Attempt.class, Change.class, Rename.class, ReplacementAttempt.class, Enrollment.class).contains(result)
                                || result == type || result == long.class && Store.class.isAssignableFrom(type));
                if (isChecked) {
                    assertTrue(method.isAnnotationPresent(CheckReturnValue.class), method::toString);
                    count++;
                }
            }
        }
        assertTrue(count > 35, "only " + count + " methods");
    }

    /** One row, without a database. */
    private static final class Row implements Store {
        private String record = RECORD;

        @Override
        public synchronized Optional<String> load(String account) {
            return account.equals("a.martin") ? Optional.of(record) : Optional.empty();
        }

        @Override
        public synchronized long swap(String account, String old, String replacement) {
            boolean isSame = record.equals(old);
            record = isSame ? replacement : record;
            return isSame ? 1 : 0;
        }

        @Override
        public long insert(String account, String record) {
            return 0;
        }
    }

    private static Refusal refusal(Runnable call) {
        return assertThrows(RefusedException.class, call::run).refusal();
    }

    private static ErrorKind kind(Runnable call) {
        return assertThrows(PoterneException.class, call::run).kind();
    }

    /** Whoever ignores what these return is stopped by what they throw. */
    @Test
    void aRefusalStopsWhoIgnoresTheResult() {
        Row row = new Row();
        assertEquals(Refusal.WRONG_CODE, refusal(() -> VERIFIER.login("a.martin", "000000", row)));
        assertEquals(Refusal.WRONG_CODE, refusal(() -> VERIFIER.credential("a.martin", RECORD).login("000000", row)));
        assertEquals(Refusal.WRONG_CODE, refusal(
                () -> new Row().apply(VERIFIER, "a.martin", credential -> credential.verify("000000"))));
        assertEquals(Refusal.WRONG_CODE, refusal(() -> VERIFIER.credential("a.martin", RECORD).verify("000000").outcome(1)));
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.credential("a.martin", RECORD).verify(CODE).outcome(0)));
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.credential("a.martin", RECORD).unlock().outcome(0)));
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.credential("a.martin", RECORD).rename("b").outcome(0)));
        // The control.
        VERIFIER.login("a.martin", CODE, row);
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", CODE, row)));
    }

    @Test
    void anAttemptIsSpent() {
        Attempt<Accepted> attempt = VERIFIER.credential("a.martin", RECORD).verify(CODE);
        attempt.outcome(1);
        assertEquals(ErrorKind.ATTEMPT, kind(() -> attempt.outcome(1)));
    }

    @Test
    void oneAttemptOfManyThreads() throws Exception {
        Attempt<Accepted> attempt = VERIFIER.credential("a.martin", RECORD).verify(CODE);
        CyclicBarrier barrier = new CyclicBarrier(32);
        ExecutorService pool = Executors.newFixedThreadPool(32);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                all.add(pool.submit(() -> {
                    barrier.await();
                    try {
                        attempt.outcome(1);
                        return true;
                    } catch (PoterneException error) {
                        assertEquals(ErrorKind.ATTEMPT, error.kind());
                        return false;
                    }
                }));
            }
            int accepted = 0;
            for (Future<Boolean> one : all) {
                accepted += one.get() ? 1 : 0;
            }
            assertEquals(1, accepted);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void whatIsClosedEarly() {
        Keyring keyring = Keyring.generate(1);
        Verifier verifier = new Verifier(keyring, "grand-angle");
        keyring.close();
        StoredCredential credential = verifier.credential("a.martin");
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> credential.verify(CODE).outcome(0)));
        verifier.close();
        assertEquals(ErrorKind.ARGUMENT, kind(() -> credential.verify(CODE)));
        assertEquals(ErrorKind.ARGUMENT, kind(() -> verifier.login("a.martin", CODE, new Row())));
    }

    @Test
    void anAccountInAnotherCase() {
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.login("A.Martin", CODE, new Row())));
        assertEquals(ErrorKind.RECORD, kind(() -> VERIFIER.credential("A.Martin", RECORD).verify(CODE)));
    }

    /** A record of another account, of which the verdict would not be this account's. */
    @Test
    void aRecordOfAnotherAccount() {
        assertEquals(ErrorKind.RECORD, kind(() -> VERIFIER.credential("a.durand", RECORD).login(CODE, new Row())));
    }

    /** A column that is too narrow is an error when the first record is stored; one that pads is none. */
    @Test
    void columns() throws SQLException {
        String url = "jdbc:h2:mem:careless";
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE narrow (account VARCHAR(255) PRIMARY KEY, record VARCHAR(255))");
            statement.execute("CREATE TABLE padded (account CHAR(20) PRIMARY KEY, record CHAR(600))");
            JdbcColumn narrow = new JdbcColumn(
                    Engine.source(() -> DriverManager.getConnection(url)), "narrow", "account", "record");
            assertEquals(ErrorKind.STORE, kind(() -> narrow.insert("a.martin", RECORD)));
            JdbcColumn padded = new JdbcColumn(
                    Engine.source(() -> DriverManager.getConnection(url)), "padded", "account", "record");
            assertEquals(1, padded.insert("a.martin", RECORD));
            assertEquals(600, padded.load("a.martin").orElseThrow().length());
            padded.check(VERIFIER, "a.martin");
            VERIFIER.login("a.martin", CODE, padded);
            assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", CODE, padded)));
        }
    }
}
