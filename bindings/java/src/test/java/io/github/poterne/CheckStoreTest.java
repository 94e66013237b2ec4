package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the check of a store finds, and what it lets through (semantics 7.9). */
class CheckStoreTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);
    private static final Keyring KEYRING = Keyring.generate(20261121);
    private static final Verifier VERIFIER =
            new Verifier(KEYRING, "grand-angle", Policy.standard(), Clock.fixed(NOW, ZoneOffset.UTC));
    private static final Secret SECRET = Secret.ofBytes("12345678901234567890".getBytes());

    @AfterAll
    static void close() {
        VERIFIER.close();
        KEYRING.close();
        SECRET.close();
    }

    private static String record() {
        return VERIFIER.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp())).record().orElseThrow();
    }

    /** What is wrong with a store, and what the check says: an error kind, or null. */
    enum Fault {
        NONE(null),
        /** A wider CHAR column, which is no fault. */
        PADDING(null),
        /** Writes a first record over one that is there, as MERGE does. */
        UPSERTING(ErrorKind.ROWS),
        /** Writes without a condition. */
        BLIND(ErrorKind.ROWS),
        /** Compares the first half. */
        PREFIX(ErrorKind.ROWS),
        /** Says what the caller wants to hear. */
        NOT_WRITING(ErrorKind.ROWS),
        /** Writes nothing, and says so. */
        NEVER(ErrorKind.ROWS),
        /** Two rows. */
        TWICE(ErrorKind.ROWS),
        NEGATIVE(ErrorKind.ROWS),
        /** Leaves a transaction open, which it sees itself. */
        NOT_COMMITTING(ErrorKind.ROWS),
        /** A column that is too narrow. */
        CUTTING(ErrorKind.RECORD),
        /** A column that folds the case. */
        LOWERING(ErrorKind.RECORD),
        /** Answers from what it loaded first. */
        CACHING(ErrorKind.ROWS),
        /** Loads from a copy that never catches up. */
        REPLICA(ErrorKind.ROWS),
        /** Has no row. */
        EMPTY(ErrorKind.STATE),
        DOWN(ErrorKind.STORE);

        final ErrorKind kind;

        Fault(ErrorKind kind) {
            this.kind = kind;
        }
    }

    /** The one row of a table. */
    private static final class Row {
        String record = record();

        synchronized boolean swap(String old, String replacement) {
            boolean isSame = record.equals(old);
            if (isSame) {
                record = replacement;
            }
            return isSame;
        }

        synchronized String get() {
            return record;
        }
    }

    /** A handle on a row. */
    private static class Table implements Store {
        final Row row;
        final Fault fault;
        final String first;
        String uncommitted;

        Table(Row row, Fault fault) {
            this.row = row;
            this.fault = fault;
            first = row.get();
        }

        @Override
        public Optional<String> load(String account) {
            return switch (fault) {
                case EMPTY -> Optional.empty();
                case DOWN -> throw PoterneException.unavailable(new SQLException("nobody is there"));
                case NOT_COMMITTING -> Optional.of(uncommitted == null ? row.get() : uncommitted);
                case CACHING, REPLICA -> Optional.of(first);
                case PADDING -> Optional.of(row.get() + " ".repeat(96));
                default -> Optional.of(row.get());
            };
        }

        @Override
        public long swap(String account, String old, String replacement) {
            String stored = row.get();
            String current = uncommitted == null ? stored : uncommitted;
            String wanted = old.replaceAll(" +$", "");
            boolean isSame = switch (fault) {
                case BLIND -> true;
                case PREFIX -> current.regionMatches(0, wanted, 0, 250);
                case NEVER -> false;
                default -> current.equals(wanted);
            };
            if (!isSame) {
                return 0;
            }
            switch (fault) {
                case NOT_WRITING -> { }
                case NOT_COMMITTING -> uncommitted = replacement;
                case CUTTING -> row.record = replacement.substring(0, 255);
                case LOWERING -> row.record = replacement.toLowerCase();
                case BLIND, PREFIX -> row.record = replacement;
                default -> {
                    return row.swap(stored, replacement) ? fault == Fault.TWICE ? 2 : fault == Fault.NEGATIVE ? -1 : 1 : 0;
                }
            }
            return 1;
        }

        @Override
        public long insert(String account, String record) {
            return fault == Fault.UPSERTING && row.swap(row.get(), record) ? 1 : 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void faults(Fault fault) {
        Row row = new Row();
        String before = row.get();
        Runnable check = () -> VERIFIER.checkStore("a.martin", new Table(row, fault), new Table(row, fault));
        if (fault.kind == null) {
            check.run();
            assertNotEquals(before, row.get());
        } else {
            assertEquals(fault.kind, assertThrows(PoterneException.class, check::run).kind());
        }
        if (fault != Fault.CUTTING && fault != Fault.LOWERING) {
            // The row still holds the credential, and the next code is good.
            Table table = new Table(row, Fault.NONE);
            assertEquals("accepted.otp", VERIFIER.login("a.martin", Totp.generate(SECRET, Parameters.totp(), NOW), table).code());
        }
    }

    /** Why there is a second handle: one that does not commit sees what it wrote itself. */
    @Test
    void theSecondHandleIsNeeded() {
        Table table = new Table(new Row(), Fault.NOT_COMMITTING);
        // The same connection behind another object, which nobody can see.
        Store behind = new Store() {
            @Override
            public Optional<String> load(String account) {
                return table.load(account);
            }

            @Override
            public long swap(String account, String old, String replacement) {
                return table.swap(account, old, replacement);
            }

            @Override
            public long insert(String account, String record) {
                return table.insert(account, record);
            }
        };
        VERIFIER.checkStore("a.martin", table, behind);
        assertNotEquals(table.row.get(), table.uncommitted);
        // The same object is seen.
        String before = table.uncommitted;
        assertEquals(ErrorKind.ARGUMENT,
                assertThrows(PoterneException.class, () -> VERIFIER.checkStore("a.martin", table, table)).kind());
        assertEquals(before, table.uncommitted);
    }

    /** A pool of one connection cannot be checked, and the error says why. */
    @Test
    void aPoolOfOne() throws SQLException {
        table(Engine.SQLITE);
        HikariConfig config = new HikariConfig();
        config.setDataSource(Engine.SQLITE.source());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(250);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            JdbcColumn column = new JdbcColumn(pool, "checked", "account", "record");
            PoterneException error = assertThrows(PoterneException.class, () -> column.check(VERIFIER, "a.martin"));
            assertEquals(ErrorKind.STORE, error.kind());
            assertTrue(error.getMessage().contains("two connections"), error::getMessage);
            assertTrue(column.load("a.martin").isPresent());
        }
    }

    @Test
    void aRevokedRecordWillDo() {
        Row row = new Row();
        Table table = new Table(row, Fault.NONE);
        table.apply(VERIFIER, "a.martin", credential -> credential.revoke());
        VERIFIER.checkStore("a.martin", table, new Table(row, Fault.NONE));
        assertEquals(State.REVOKED, VERIFIER.credential("a.martin", row.get()).inspect().state());
    }

    /** Somebody else writes before each of the first swaps. */
    private static final class Busy extends Table {
        int writes;

        Busy(int writes) {
            super(new Row(), Fault.NONE);
            this.writes = writes;
        }

        @Override
        public long swap(String account, String old, String replacement) {
            if (writes-- > 0) {
                row.record = VERIFIER.credential("a.martin", row.get()).reseal().record().orElseThrow();
            }
            return super.swap(account, old, replacement);
        }
    }

    /** What others write meanwhile proves nothing: it is tried again, and then said. */
    @Test
    void othersWrite() {
        Busy sometimes = new Busy(4);
        VERIFIER.checkStore("a.martin", sometimes, new Table(sometimes.row, Fault.NONE));
        assertTrue(sometimes.writes < 0);
        Busy always = new Busy(Integer.MAX_VALUE);
        RefusedException conflict = assertThrows(RefusedException.class,
                () -> VERIFIER.checkStore("a.martin", always, new Table(always.row, Fault.NONE)));
        assertEquals(Refusal.CONFLICT, conflict.refusal());
        // Whoever waits in a thread that is interrupted does not wait, and stays interrupted.
        Thread.currentThread().interrupt();
        Busy interrupted = new Busy(Integer.MAX_VALUE);
        assertThrows(RefusedException.class,
                () -> VERIFIER.checkStore("a.martin", interrupted, new Table(interrupted.row, Fault.NONE)));
        assertTrue(Thread.interrupted());
    }

    @Test
    void aVerifierThatIsClosedMeanwhile() {
        Verifier closed = new Verifier(KEYRING, "grand-angle");
        Row row = new Row();
        Table closing = new Table(row, Fault.NONE) {
            @Override
            public Optional<String> load(String account) {
                closed.close();
                return super.load(account);
            }
        };
        // The check under way has it to its end.
        closed.checkStore("a.martin", closing, new Table(row, Fault.NONE));
        assertEquals(ErrorKind.ARGUMENT,
                assertThrows(PoterneException.class, () -> closed.checkStore("a.martin", closing, closing)).kind());
    }

    /** Of twenty servers that start together each has proven the store, or nothing. */
    private static void together(Runnable check) throws Exception {
        int threads = 20;
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    barrier.await();
                    try {
                        check.run();
                        return true;
                    } catch (RefusedException conflict) {
                        assertEquals(Refusal.CONFLICT, conflict.refusal());
                        return false;
                    }
                }));
            }
            int proven = 0;
            for (Future<Boolean> one : all) {
                proven += one.get() ? 1 : 0;
            }
            assertTrue(proven > 0);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void twentyTogether() throws Exception {
        Row row = new Row();
        together(() -> VERIFIER.checkStore("a.martin", new Table(row, Fault.NONE), new Table(row, Fault.NONE)));
    }

    private static JdbcColumn column(Engine engine, UnaryOperator<Connection> prepared) {
        return new JdbcColumn(engine.source(prepared), "checked", "account", "record").withTimeout(Duration.ofSeconds(30));
    }

    private static void table(Engine engine) throws SQLException {
        engine.createTable("checked", "VARCHAR(255)", "VARCHAR(504)");
        assertEquals(1, column(engine, connection -> connection).insert("a.martin", record()));
    }

    private static ErrorKind found(Engine engine, UnaryOperator<Connection> prepared) throws SQLException {
        table(engine);
        return assertThrows(PoterneException.class, () -> column(engine, prepared).check(VERIFIER, "a.martin")).kind();
    }

    /** A connection whose statements are changed on their way. */
    private static UnaryOperator<Connection> saying(String from, String to) {
        return connection -> Engine.watched(connection, (real, method, arguments) -> {
            if (method.equals("prepareStatement")) {
                arguments[0] = arguments[0].toString().replace(from, to);
            }
        });
    }

    @ParameterizedTest
    @Tag("databases")
    @MethodSource("io.github.poterne.Engine#here")
    void columnsThatAreWrong(Engine engine) throws SQLException {
        table(engine);
        column(engine, connection -> connection).check(VERIFIER, "a.martin");
        // The control of the statements that are changed.
        column(engine, saying("nothing", "something")).check(VERIFIER, "a.martin");
        assertEquals(ErrorKind.ROWS, found(engine, saying("AND record = ?", "AND ? <> ''")));
        // A first record over one that is there.
        assertEquals(ErrorKind.ROWS, found(engine, saying("AND record IS NULL", "AND record IS NOT NULL")));
        String prefix = "AND substr(record, 1, 250) = substr(?, 1, 250)";
        assertEquals(ErrorKind.ROWS, found(engine, saying("AND record = ?", prefix)));
        assertEquals(ErrorKind.ROWS, found(engine, saying("AND record = ?", "AND record = ? AND 1 = 0")));
        assertEquals(ErrorKind.RECORD, found(engine, saying("SET record = ?", "SET record = substr(?, 1, 255)")));
        assertEquals(ErrorKind.RECORD, found(engine, saying("SET record = ?", "SET record = lower(?)")));
        // A replica that does not catch up.
        engine.createTable("replica", "VARCHAR(255)", "VARCHAR(504)");
        table(engine);
        engine.execute("INSERT INTO replica SELECT * FROM checked");
        JdbcColumn reading = column(engine, saying("SELECT record FROM checked", "SELECT record FROM replica"));
        assertEquals(ErrorKind.ROWS,
                assertThrows(PoterneException.class, () -> reading.check(VERIFIER, "a.martin")).kind());
    }

    /** A pool whose connections say what they should and commit nothing. */
    private static final class Uncommitting implements AutoCloseable {
        private final Engine engine;
        private final Deque<Connection> idle = new ArrayDeque<>();
        private final List<Connection> all = new ArrayList<>();

        Uncommitting(Engine engine) {
            this.engine = engine;
        }

        Connection lend() throws SQLException {
            Connection real = idle.isEmpty() ? open() : idle.pop();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "getAutoCommit" -> true;
                                case "setAutoCommit", "setReadOnly", "commit" -> null;
                                case "close" -> {
                                    idle.push(real);
                                    yield null;
                                }
                                default -> method.invoke(real, arguments);
                            });
        }

        private Connection open() throws SQLException {
            Connection real = engine.connect();
            real.setAutoCommit(false);
            all.add(real);
            return real;
        }

        @Override
        public void close() throws SQLException {
            for (Connection real : all) {
                real.rollback();
                real.close();
            }
        }
    }

    /** The check looks by a connection that cannot be the one that has written. */
    @ParameterizedTest
    @Tag("databases")
    @MethodSource("io.github.poterne.Engine#here")
    void aPoolThatDoesNotCommit(Engine engine) throws SQLException {
        table(engine);
        String before = column(engine, connection -> connection).load("a.martin").orElseThrow();
        try (Uncommitting pool = new Uncommitting(engine)) {
            JdbcColumn column = new JdbcColumn(Engine.source(pool::lend), "checked", "account", "record");
            // Its one connection sees what it wrote itself.
            String uncommitted = record();
            assertEquals(1, column.swap("a.martin", before, uncommitted));
            assertEquals(Optional.of(uncommitted), column.load("a.martin"));
            pool.all.get(0).rollback();
            assertEquals(ErrorKind.ROWS, assertThrows(PoterneException.class, () -> column.check(VERIFIER, "a.martin")).kind());
            assertEquals(2, pool.all.size());
        }
        assertEquals(before, column(engine, connection -> connection).load("a.martin").orElseThrow());
    }

    /** Columns of their own, as those of servers; and one column, of which two checks at a time would take all connections. */
    @ParameterizedTest
    @Tag("databases")
    @MethodSource("io.github.poterne.Engine#here")
    void twentyTogether(Engine engine) throws Exception {
        table(engine);
        together(() -> column(engine, connection -> connection).check(VERIFIER, "a.martin"));
        HikariConfig config = new HikariConfig();
        config.setDataSource(engine.source());
        config.setMaximumPoolSize(2);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            JdbcColumn shared = new JdbcColumn(pool, "checked", "account", "record");
            together(() -> shared.withTimeout(Duration.ofSeconds(30)).check(VERIFIER, "a.martin"));
        }
    }
}
