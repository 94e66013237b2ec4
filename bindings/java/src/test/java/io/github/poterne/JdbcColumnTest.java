package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** The JDBC column on real engines. */
@Tag("databases")
class JdbcColumnTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);
    private static final SetClock CLOCK = new SetClock(NOW);
    private static final Keyring KEYRING = Keyring.generate(20261121);
    private static final Verifier VERIFIER =
            new Verifier(KEYRING, "grand-angle", Policy.standard(), CLOCK);
    private static final Secret SECRET = Secret.ofBytes("12345678901234567890".getBytes());

    @AfterAll
    static void close() {
        VERIFIER.close();
        KEYRING.close();
        SECRET.close();
    }

    private static String code(Instant time) {
        return Totp.generate(SECRET, Parameters.totp(), time);
    }

    private static String record() {
        return VERIFIER.importCredential("a.martin", ExistingCredential.of(SECRET, Parameters.totp())).record().orElseThrow();
    }

    private static JdbcColumn column(DataSource source) {
        return new JdbcColumn(source, "poterne", "account", "record").withTimeout(Duration.ofSeconds(5));
    }

    /** Connections with autocommit off, of which a test sees every call: each write has a COMMIT of its own. */
    private static JdbcColumn inTransactions(Engine engine, Engine.Before before) {
        return column(Engine.source(() -> {
            Connection connection = engine.connect();
            connection.setAutoCommit(false);
            return Engine.watched(connection, before);
        })).withAutoCommitOff();
    }

    private static JdbcColumn inTransactions(Engine engine) {
        return inTransactions(engine, (real, method, arguments) -> {});
    }

    /** A table with one active credential. */
    private static void table(Engine engine) throws SQLException {
        engine.createTable("poterne", "VARCHAR(255)", "VARCHAR(504)");
        assertEquals(1, column(engine.source()).insert("a.martin", record()));
    }

    private static Refusal refusal(Runnable login) {
        return assertThrows(RefusedException.class, login::run).refusal();
    }

    private static PoterneException unavailable(Runnable call) {
        PoterneException error = assertThrows(PoterneException.class, call::run);
        assertEquals(ErrorKind.STORE, error.kind());
        assertInstanceOf(SQLException.class, error.getCause());
        return error;
    }

    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void aLogin(Engine engine) throws SQLException {
        table(engine);
        JdbcColumn column = column(engine.source());
        Accepted accepted = VERIFIER.login("a.martin", code(NOW), column);
        assertEquals("accepted.otp", accepted.code());
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.login("a.durand", code(NOW), column)));
        Instant later = NOW.plusSeconds(60);
        CLOCK.now = later;
        assertEquals(Refusal.WRONG_CODE, refusal(() -> VERIFIER.login("a.martin", code(NOW.minusSeconds(3600)), column)));
        // The failure is stored although the login was refused.
        assertEquals(1, VERIFIER.credential("a.martin", column.load("a.martin").orElseThrow()).inspect().failures());
        assertEquals(1, VERIFIER.login("a.martin", code(later), column).failuresBefore());
        CLOCK.now = NOW;
        // A record that is there is never replaced by a first one.
        assertEquals(0, column.insert("a.martin", record()));
        column.check(VERIFIER, "a.martin");
        assertEquals(ErrorKind.STATE,
                assertThrows(PoterneException.class, () -> column.check(VERIFIER, "a.durand")).kind());
    }

    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void theHelpDesk(Engine engine) throws SQLException {
        table(engine);
        JdbcColumn column = column(engine.source());
        column.apply(VERIFIER, "a.martin", credential -> credential.suspend());
        assertEquals(Refusal.SUSPENDED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
        TemporaryCode temporary = column.apply(
                VERIFIER, "a.martin", credential -> credential.temporaryCode(MissingAuthenticator.SUSPEND, 1));
        assertEquals(Method.TEMPORARY_CODE, VERIFIER.login("a.martin", temporary.text(), column).method());
        column.apply(VERIFIER, "a.martin", credential -> credential.resume());
        assertEquals(Method.OTP, VERIFIER.login("a.martin", code(NOW), column).method());
    }

    /** A login that begins with a record that the application has loaded: with one load less, and no other answer. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void aLoginFromALoadedRecord(Engine engine) throws SQLException {
        table(engine);
        List<String> statements = new ArrayList<>();
        JdbcColumn column = column(engine.source(connection -> Engine.watched(connection, (real, method, arguments) -> {
            if (method.equals("prepareStatement")) {
                statements.add(arguments[0].toString().substring(0, 6));
            }
        })));
        JdbcColumn application = column(engine.source());
        String loaded = application.load("a.martin").orElseThrow();
        assertEquals("accepted.otp", VERIFIER.credential("a.martin", loaded).login(code(NOW), column).code());
        assertEquals(List.of("UPDATE"), statements);
        // The same row once more: it is no longer what is stored, so its code is not accepted twice.
        statements.clear();
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.credential("a.martin", loaded).login(code(NOW), column)));
        assertEquals(List.of("UPDATE", "SELECT"), statements);
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.credential("a.durand").login(code(NOW), column)));
    }

    /** The connection comes back as it was lent; nothing stays open. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void autocommit(Engine engine) throws SQLException {
        for (boolean isOn : new boolean[] {true, false}) {
            table(engine);
            List<Connection> lent = new ArrayList<>();
            JdbcColumn column = column(Engine.source(() -> {
                Connection connection = engine.connect();
                connection.setAutoCommit(isOn);
                lent.add(connection);
                // Closed below: the test looks at it first.
                return Engine.watched(connection, (real, method, arguments) -> {
                    if (method.equals("close")) {
                        assertEquals(isOn, real.getAutoCommit());
                    }
                });
            }));
            JdbcColumn switched = isOn ? column : column.withAutoCommitOff().withTimeout(Duration.ofSeconds(5));
            VERIFIER.login("a.martin", code(NOW), switched);
            // Another connection sees it: it was committed.
            assertEquals(Refusal.REPLAYED,
                    refusal(() -> VERIFIER.login("a.martin", code(NOW), column(engine.source()))));
            assertEquals(2, lent.size());
            assertTrue(lent.get(0).isClosed() && lent.get(1).isClosed());
        }
    }

    /** Every call of the column that takes a connection. */
    private static List<Runnable> calls(JdbcColumn column) {
        return List.of(
                () -> column.load("a.martin"), () -> column.swap("a.martin", record(), record()),
                () -> column.insert("a.martin", record()), () -> column.insert("a.durand", record()),
                () -> VERIFIER.login("a.martin", code(NOW), column), () -> column.check(VERIFIER, "a.martin"));
    }

    private static void assertRefusesTheConnection(Runnable call) {
        PoterneException error = assertThrows(PoterneException.class, call::run);
        assertEquals(ErrorKind.STORE, error.kind());
        assertTrue(error.getMessage().contains("autocommit off") && error.getMessage().contains("withAutoCommitOff()"), error::getMessage);
    }

    /** Behind Spring's proxy, inside its transaction: an error, and the application's work ends as the application says. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void insideATransactionOfSpring(Engine engine) throws SQLException {
        for (boolean isCommitted : new boolean[] {true, false}) {
            table(engine);
            engine.createTable("work", "VARCHAR(255)", "VARCHAR(504)");
            String before = column(engine.source()).load("a.martin").orElseThrow();
            DataSource source = engine.source();
            DataSource proxy = new TransactionAwareDataSourceProxy(source);
            JdbcColumn column = column(proxy);
            new TransactionTemplate(new DataSourceTransactionManager(source)).executeWithoutResult(transaction -> {
                try (Connection connection = proxy.getConnection(); Statement statement = connection.createStatement()) {
                    statement.executeUpdate("INSERT INTO work VALUES ('invoice', 'paid')");
                } catch (SQLException error) {
                    throw new AssertionError(error);
                }
                calls(column).forEach(JdbcColumnTest::assertRefusesTheConnection);
                if (!isCommitted) {
                    transaction.setRollbackOnly();
                }
            });
            assertEquals(isCommitted ? 1 : 0, count(engine, "work"));
            assertEquals(before, column(engine.source()).load("a.martin").orElseThrow());
            // Outside a transaction the proxy hands out idle connections.
            assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column).code());
        }
    }

    private static int count(Engine engine, String table) throws SQLException {
        try (Connection connection = engine.connect(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** A connection with autocommit off is given back without a single call that changes it. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void whatComesWithAutocommitOffStaysUntouched(Engine engine) throws SQLException {
        table(engine);
        List<String> called = new ArrayList<>();
        JdbcColumn column = column(Engine.source(() -> {
            Connection connection = engine.connect();
            connection.setAutoCommit(false);
            return Engine.watched(connection, (real, method, arguments) -> called.add(method));
        }));
        for (Runnable call : calls(column)) {
            assertRefusesTheConnection(call);
        }
        assertEquals(List.of("getAutoCommit", "close"), called.stream().distinct().toList());
    }

    /** A load that finds autocommit on ends no transaction, not even one that was begun behind JDBC's back. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void aLoadEndsNothing(Engine engine) throws SQLException {
        table(engine);
        List<String> called = new ArrayList<>();
        JdbcColumn column = column(engine.source(
                connection -> Engine.watched(connection, (real, method, arguments) -> called.add(method))));
        assertTrue(column.load("a.martin").isPresent());
        assertEquals(List.of("getAutoCommit", "prepareStatement", "close"), called);
    }

    /** HikariCP, with the two connections that a check takes: told to hand them out with autocommit off, and as it is by itself. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void aPool(Engine engine) throws SQLException {
        for (boolean isOn : new boolean[] {true, false}) {
            table(engine);
            HikariConfig config = new HikariConfig();
            config.setDataSource(engine.source());
            config.setMaximumPoolSize(2);
            config.setConnectionTimeout(2000);
            config.setAutoCommit(isOn);
            try (HikariDataSource pool = new HikariDataSource(config)) {
                JdbcColumn column = column(pool);
                if (!isOn) {
                    calls(column).forEach(JdbcColumnTest::assertRefusesTheConnection);
                    column = column.withAutoCommitOff();
                }
                VERIFIER.login("a.martin", code(NOW), column);
                for (int i = 0; i < 5; i++) {
                    JdbcColumn used = column;
                    assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", code(NOW), used)));
                }
                column.check(VERIFIER, "a.martin");
                try (Connection connection = pool.getConnection()) {
                    assertEquals(isOn, connection.getAutoCommit());
                }
                // Committed: another connection sees it.
                assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column(engine.source()))));
            }
        }
    }

    /** What fails after the UPDATE is rolled back, also where giving the connection back would commit. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void rollback(Engine engine) throws SQLException {
        table(engine);
        String before = column(engine.source()).load("a.martin").orElseThrow();
        AtomicInteger commits = new AtomicInteger();
        JdbcColumn column = inTransactions(engine, (real, method, arguments) -> {
            if (method.equals("commit")) {
                commits.incrementAndGet();
                throw new SQLException("no commit today");
            }
        });
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
        assertEquals(3, commits.get());
        assertEquals(before, column(engine.source()).load("a.martin").orElseThrow());
        JdbcColumn throwing = inTransactions(engine, (real, method, arguments) -> {
            if (method.equals("commit")) {
                throw new IllegalStateException("a fault of a driver");
            }
        });
        assertThrows(IllegalStateException.class, () -> VERIFIER.login("a.martin", code(NOW), throwing));
        assertEquals(before, column(engine.source()).load("a.martin").orElseThrow());
    }

    /** A commit whose answer is lost is no login, and its code is spent. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void lostCommit(Engine engine) throws SQLException {
        table(engine);
        JdbcColumn column = inTransactions(engine, (real, method, arguments) -> {
            if (method.equals("commit")) {
                real.commit();
                throw new SQLException("the answer was lost");
            }
        });
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
    }

    /** Somebody else is first, between load and swap, at every isolation level: a Conflict, then a new try. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void conflict(Engine engine) throws SQLException {
        int[] levels = engine == Engine.SQLITE ? new int[] {Connection.TRANSACTION_SERIALIZABLE} : new int[] {
            Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE
        };
        for (int level : levels) {
            for (boolean isOn : new boolean[] {true, false}) {
                table(engine);
                AtomicInteger swaps = new AtomicInteger();
                JdbcColumn other = column(engine.source());
                JdbcColumn column = column(Engine.source(() -> {
                    Connection connection = engine.connect();
                    connection.setTransactionIsolation(level);
                    connection.setAutoCommit(isOn);
                    return Engine.watched(connection, (real, method, arguments) -> {
                        boolean isSwap = method.equals("prepareStatement") && arguments[0].toString().startsWith("UPDATE");
                        if (isSwap && swaps.incrementAndGet() == 1) {
                            other.apply(VERIFIER, "a.martin", credential -> credential.reseal());
                        }
                        if (method.equals("close")) {
                            assertEquals(level, real.getTransactionIsolation());
                            assertEquals(isOn, real.getAutoCommit());
                        }
                    });
                }));
                assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), isOn ? column : column.withAutoCommitOff()).code());
                assertEquals(2, swaps.get());
            }
        }
    }

    /** Three tries, whether the record is loaded by the store or by the application, in `login` and in `apply`. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void threeTries(Engine engine) throws SQLException {
        table(engine);
        AtomicInteger swaps = new AtomicInteger();
        JdbcColumn real = column(engine.source());
        Store contended = new Store() {
            @Override
            public Optional<String> load(String account) {
                return real.load(account);
            }

            @Override
            public long swap(String account, String old, String replacement) {
                swaps.incrementAndGet();
                real.apply(VERIFIER, account, credential -> credential.reseal());
                return real.swap(account, old, replacement);
            }

            @Override
            public long insert(String account, String record) {
                return real.insert(account, record);
            }
        };
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.login("a.martin", code(NOW), contended)));
        assertEquals(3, swaps.getAndSet(0));
        assertEquals(Refusal.CONFLICT, refusal(() -> VERIFIER.credential("a.martin", real.load("a.martin").orElseThrow())
                .login(code(NOW), contended)));
        assertEquals(3, swaps.getAndSet(0));
        assertEquals(Refusal.CONFLICT,
                refusal(() -> contended.apply(VERIFIER, "a.martin", credential -> credential.revoke())));
        assertEquals(3, swaps.get());
    }

    /** A serialization failure of the server itself: its snapshot is older than the row. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void serializationFailure(Engine engine) throws SQLException {
        table(engine);
        String old = column(engine.source()).load("a.martin").orElseThrow();
        // What the server really says to this sequence.
        try (Connection connection = engine.connect()) {
            connection.setAutoCommit(false);
            changeBehind(engine, connection);
            SQLException error = assertThrows(SQLException.class,
                    () -> connection.createStatement().executeUpdate("UPDATE poterne SET record = 'x'"));
            assertTrue(engine == Engine.MARIADB ? error.getErrorCode() == 1020 : error.getSQLState().equals("40001"));
            connection.rollback();
        }
        JdbcColumn column = inTransactions(engine, (real, method, arguments) -> {
            if (method.equals("prepareStatement") && arguments[0].toString().startsWith("UPDATE")) {
                changeBehind(engine, real);
            }
        });
        assertEquals(0, column.swap("a.martin", old, record()));
    }

    /** The connection takes its snapshot, then another one changes the row. */
    private static void changeBehind(Engine engine, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (engine == Engine.MARIADB) {
                statement.execute("SET innodb_snapshot_isolation = ON");
            } else {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            statement.executeQuery("SELECT record FROM poterne").close();
        }
        column(engine.source()).apply(VERIFIER, "a.martin", credential -> credential.reseal());
    }

    /** Two transactions that wait for each other: the server ends one, which is a Conflict if it is ours. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void deadlock(Engine engine) throws Exception {
        table(engine);
        engine.createTable("other", "VARCHAR(255)", "VARCHAR(504)");
        engine.execute("INSERT INTO other VALUES ('x', 'x')");
        String old = column(engine.source()).load("a.martin").orElseThrow();
        AtomicReference<String> ours = new AtomicReference<>("ours went through");
        try (Connection rival = engine.connect()) {
            rival.setAutoCommit(false);
            CompletableFuture<?>[] waiting = new CompletableFuture<?>[1];
            // Ours takes the other table's row first, in its own transaction; the rival has the account's.
            JdbcColumn column = inTransactions(engine, (real, method, arguments) -> {
                if (method.equals("prepareStatement") && arguments[0].toString().startsWith("UPDATE")) {
                    try (Statement mine = real.createStatement(); Statement theirs = rival.createStatement()) {
                        mine.executeUpdate("UPDATE other SET record = 'ours'");
                        // The rival has written more, so the server ends ours.
                        theirs.executeUpdate("UPDATE poterne SET record = record");
                        theirs.executeUpdate("UPDATE poterne SET record = 'theirs'");
                    }
                    waiting[0] = CompletableFuture.runAsync(() -> {
                        try (Statement theirs = rival.createStatement()) {
                            theirs.executeUpdate("UPDATE other SET record = 'theirs'");
                        } catch (SQLException error) {
                            ours.set("the rival was ended: " + error.getSQLState());
                        }
                    });
                    try {
                        // Until it waits.
                        Thread.sleep(30);
                    } catch (InterruptedException error) {
                        throw new AssertionError(error);
                    }
                }
            });
            long rows = column.swap("a.martin", old, record());
            waiting[0].get();
            rival.rollback();
            // Either way there is no third: ended, 0 rows; or the rival ended, and ours compared with what was there.
            assertEquals(ours.get().startsWith("the rival was ended") ? 1 : 0, rows, ours::get);
        }
    }

    /** A lock that others keep: the statement ends after its timeout, which is no verdict. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void timeout(Engine engine) throws Exception {
        table(engine);
        try (Connection rival = engine.connect(); Statement statement = rival.createStatement()) {
            rival.setAutoCommit(false);
            statement.executeUpdate("UPDATE poterne SET record = 'theirs'");
            AtomicInteger updates = new AtomicInteger();
            JdbcColumn column = column(engine.source(connection -> Engine.watched(connection, (real, method, arguments) -> {
                if (method.equals("prepareStatement") && arguments[0].toString().startsWith("UPDATE")) {
                    updates.incrementAndGet();
                }
            }))).withTimeout(Duration.ofSeconds(1));
            String old = column.load("a.martin").orElseThrow();
            long begin = System.nanoTime();
            unavailable(() -> column.swap("a.martin", old, record()));
            assertEquals(1, updates.get(), "what took too long is not tried once more");
            unavailable(() -> VERIFIER.login("a.martin", code(NOW), column));
            double seconds = (System.nanoTime() - begin) / 1e9;
            assertTrue(seconds > 1.5 && seconds < 8, () -> seconds + " s");
            rival.rollback();
        }
        assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column(engine.source())).code());
        assertEquals(ErrorKind.ARGUMENT,
                assertThrows(PoterneException.class, () -> column(engine.source()).withTimeout(Duration.ofSeconds(0))).kind());
    }

    /** A lock that others keep longer than the engine's own timeout for locks is 0 rows. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void lockTimeout(Engine engine) throws SQLException {
        table(engine);
        String old = column(engine.source()).load("a.martin").orElseThrow();
        String impatience = engine == Engine.POSTGRESQL ? "SET lock_timeout = '100ms'" : "SET SESSION innodb_lock_wait_timeout = 1";
        try (Connection rival = engine.connect(); Statement statement = rival.createStatement()) {
            rival.setAutoCommit(false);
            statement.executeUpdate("UPDATE poterne SET record = 'theirs'");
            AtomicReference<SQLException> said = new AtomicReference<>();
            JdbcColumn column = column(Engine.source(() -> {
                Connection connection = engine.connect();
                try (Statement mine = connection.createStatement()) {
                    mine.execute(impatience);
                    said.set(assertThrows(SQLException.class, () -> mine.executeUpdate("UPDATE poterne SET record = 'ours'")));
                }
                return connection;
            }));
            assertEquals(0, column.swap("a.martin", old, record()));
            assertEquals(engine == Engine.POSTGRESQL ? "55P03 0" : "HY000 1205",
                    said.get().getSQLState() + " " + said.get().getErrorCode());
            rival.rollback();
        }
    }

    /** A commit that succeeds without its standby is no login, and its code is spent. The control: the same, and nobody listens. */
    @ParameterizedTest
    @Tag("servers")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void commitThatTheStandbyDoesNotConfirm(boolean isAutoCommit, boolean isHeard) throws Exception {
        Engine engine = Engine.POSTGRESQL;
        table(engine);
        JdbcColumn source = column(Engine.source(() -> {
            Connection connection = engine.connect();
            connection.setAutoCommit(isAutoCommit);
            return isHeard ? connection : (Connection) deaf(Connection.class, connection);
        }));
        JdbcColumn column = isAutoCommit ? source : source.withAutoCommitOff();
        engine.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        try {
            CompletableFuture<String> login = CompletableFuture.supplyAsync(() -> {
                try {
                    return VERIFIER.login("a.martin", code(NOW), column).code();
                } catch (RefusedException refused) {
                    return refused.refusal().code();
                }
            });
            // It waits for the standby until somebody cancels that.
            try (Connection connection = engine.connect(); Statement statement = connection.createStatement()) {
                boolean isCanceled = false;
                while (!isCanceled && !login.isDone()) {
                    try (ResultSet rows = statement.executeQuery(
                            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
                        isCanceled = rows.next();
                    }
                }
                assertTrue(isCanceled, "no commit waited");
            }
            assertEquals(isHeard ? Refusal.REPLAYED.code() : "accepted.otp", login.get());
        } finally {
            engine.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        }
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column(engine.source()))));
    }

    /** What tells no warning, and whose statements tell none. */
    private static Object deaf(Class<?> type, Object real) {
        return Proxy.newProxyInstance(JdbcColumnTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("getWarnings")) {
                return null;
            }
            try {
                Object result = method.invoke(real, arguments);
                return result instanceof PreparedStatement ? deaf(PreparedStatement.class, result) : result;
            } catch (InvocationTargetException error) {
                throw error.getCause();
            }
        });
    }

    /** Engines within the program: two transactions that write one row, of which the second is ended. */
    @ParameterizedTest
    @ValueSource(strings = {"jdbc:h2:mem:poterne;LOCK_TIMEOUT=100", "jdbc:hsqldb:mem:poterne;hsqldb.tx=mvcc;hsqldb.tx_level=serializable"})
    void embeddedEngines(String url) throws SQLException {
        // The database lives as long as one connection is open.
        try (Connection rival = DriverManager.getConnection(url); Statement statement = rival.createStatement()) {
            statement.execute("CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)");
            AtomicReference<SQLException> said = new AtomicReference<>();
            JdbcColumn column = column(Engine.source(() -> DriverManager.getConnection(url)));
            assertEquals(1, column.insert("a.martin", record()));
            assertEquals(0, column.insert("a.martin", record()));
            for (String blank : List.of("", "  ")) {
                statement.executeUpdate("UPDATE poterne SET record = '" + blank + "'");
                blankIsFilled(column);
            }
            statement.executeUpdate("UPDATE poterne SET record = '" + record() + "'");
            String old = column.load("a.martin").orElseThrow();
            rival.setAutoCommit(false);
            statement.executeUpdate("UPDATE poterne SET record = 'theirs'");
            JdbcColumn late = column(Engine.source(() -> Engine.watched(DriverManager.getConnection(url), (real, method, arguments) -> {
                if (method.equals("prepareStatement")) {
                    try (Statement mine = real.createStatement()) {
                        mine.executeUpdate("UPDATE poterne SET record = 'ours'");
                    } catch (SQLException error) {
                        said.set(error);
                        throw error;
                    }
                }
            })));
            assertEquals(0, late.swap("a.martin", old, record()));
            assertEquals(url.contains("h2") ? "HYT00 50200" : "40001 -4861",
                    said.get().getSQLState() + " " + said.get().getErrorCode());
            rival.rollback();
            assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column).code());
        }
    }

    /** A lock that SQLite cannot get is 0 rows. */
    @Test
    void busySqlite() throws SQLException {
        table(Engine.SQLITE);
        String old = column(Engine.SQLITE.source()).load("a.martin").orElseThrow();
        DataSource impatient = Engine.source(() -> {
            Connection connection = Engine.SQLITE.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 100");
            }
            return connection;
        });
        try (Connection rival = Engine.SQLITE.connect(); Statement statement = rival.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertEquals(0, column(impatient).swap("a.martin", old, record()));
            statement.execute("ROLLBACK");
        }
        assertEquals(1, column(impatient).swap("a.martin", old, record()));
    }

    /** The server ends the connection before a load, before a swap, or before its commit. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void lostConnection(Engine engine) throws SQLException {
        for (String moment : List.of("SELECT", "UPDATE")) {
            table(engine);
            JdbcColumn column = inTransactions(engine, (real, method, arguments) -> {
                if (method.equals("prepareStatement") && arguments[0].toString().startsWith(moment)) {
                    kill(engine, real);
                }
            });
            unavailable(() -> VERIFIER.login("a.martin", code(NOW), column));
            // The code was not spent.
            assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column(engine.source())).code());
        }
        // Before the commit: 0 rows, and the next try goes through on a new connection. So before an UPDATE that commits itself.
        for (String moment : List.of("commit", "prepareStatement UPDATE")) {
            table(engine);
            AtomicInteger killed = new AtomicInteger();
            Engine.Before before = (real, method, arguments) -> {
                String call = method.equals("prepareStatement") ? method + " " + arguments[0] : method;
                if (call.startsWith(moment) && killed.getAndIncrement() == 0) {
                    kill(engine, real);
                }
            };
            JdbcColumn column = moment.equals("commit") ? inTransactions(engine, before)
                    : column(engine.source(connection -> Engine.watched(connection, before)));
            assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column).code());
            assertEquals(2, killed.get(), moment);
        }
    }

    private static void kill(Engine engine, Connection connection) throws SQLException {
        boolean isPostgresql = engine == Engine.POSTGRESQL;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(isPostgresql ? "SELECT pg_backend_pid()" : "SELECT CONNECTION_ID()")) {
            rows.next();
            long id = rows.getLong(1);
            engine.execute(isPostgresql ? "SELECT pg_terminate_backend(" + id + ", 5000)" : "KILL " + id);
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void moreThanOneRow(Engine engine) throws SQLException {
        engine.execute("DROP TABLE IF EXISTS twice", "CREATE TABLE twice (account VARCHAR(255), record VARCHAR(504))");
        String record = record();
        engine.execute("INSERT INTO twice VALUES ('a.martin', '" + record + "')",
                "INSERT INTO twice VALUES ('a.martin', '" + record + "')");
        JdbcColumn column = new JdbcColumn(engine.source(), "twice", "account", "record");
        assertEquals(ErrorKind.ROWS,
                assertThrows(PoterneException.class, () -> VERIFIER.login("a.martin", code(NOW), column)).kind());
        // The library calls two rows an error. They are rolled back, or have committed themselves.
        String replacement = record();
        assertEquals(2, column.swap("a.martin", record, replacement));
        assertEquals(engine == Engine.SQLITE ? 0 : 2, column.swap("a.martin", replacement, record));
        JdbcColumn inTransactions = new JdbcColumn(Engine.source(() -> {
            Connection connection = engine.connect();
            connection.setAutoCommit(false);
            return connection;
        }), "twice", "account", "record").withAutoCommitOff();
        assertEquals(2, inTransactions.swap("a.martin", record, replacement));
        assertEquals(0, inTransactions.swap("a.martin", replacement, record));
        Attempt<Accepted> attempt = VERIFIER.credential("a.martin", record).verify(code(NOW));
        assertEquals(ErrorKind.ROWS, assertThrows(PoterneException.class, () -> attempt.outcome(2)).kind());
    }

    /** Columns that pad: the account is passed as it was loaded, the record has nothing to pad. */
    @ParameterizedTest
    @Tag("servers")
    @ValueSource(strings = {"a.martin", "a.martin            "})
    void charColumns(String account) throws SQLException {
        Engine.POSTGRESQL.createTable("poterne", "CHAR(20)", "CHAR(504)");
        JdbcColumn column = column(Engine.POSTGRESQL.source());
        assertEquals(1, column.insert(account, record()));
        assertEquals("accepted.otp", VERIFIER.login(account, code(NOW), column).code());
        assertEquals(Refusal.REPLAYED, refusal(() -> VERIFIER.login(account, code(NOW), column)));
        column.check(VERIFIER, account);
    }

    /** MariaDB has no CHAR above 255: the account alone pads there. */
    @ParameterizedTest
    @Tag("servers")
    @ValueSource(strings = {"a.martin", "a.martin            "})
    void charAccounts(String account) throws SQLException {
        Engine.MARIADB.createTable("poterne", "CHAR(20)", "VARCHAR(504)");
        JdbcColumn column = column(Engine.MARIADB.source());
        assertEquals(1, column.insert(account, record()));
        assertEquals("accepted.otp", VERIFIER.login(account, code(NOW), column).code());
        column.check(VERIFIER, account);
    }

    /** A row without a record gets its first one, once. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void emptyColumn(Engine engine) throws SQLException {
        engine.createTable("poterne", "VARCHAR(255)", "VARCHAR(504)");
        engine.execute("INSERT INTO poterne (account) VALUES ('a.martin')");
        JdbcColumn column = column(engine.source());
        assertEquals(Optional.empty(), column.load("a.martin"));
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
        String first = record();
        assertEquals(1, column.insert("a.martin", first));
        assertEquals(0, column.insert("a.martin", record()));
        assertEquals(Optional.of(first), column.load("a.martin"));
        // Nothing and spaces are no record either (semantics 3.0), in a column that pads or does not.
        for (String blank : List.of("", " ", " ".repeat(504))) {
            engine.execute("UPDATE poterne SET record = '" + blank + "'");
            blankIsFilled(column);
        }
    }

    private static void blankIsFilled(JdbcColumn column) {
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.login("a.martin", code(NOW), column)));
        assertEquals(1, column.insert("a.martin", record()));
        assertEquals(0, column.insert("a.martin", record()));
        assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column).code());
    }

    /** All that a journal shows of an exception. */
    private static String printed(Throwable error) {
        java.io.StringWriter printed = new java.io.StringWriter();
        error.printStackTrace(new java.io.PrintWriter(printed, true));
        return printed.toString();
    }

    /** The row of an error: the control is what the driver says by itself. */
    private static void assertHidden(Engine.Connect connect, JdbcColumn column, String state) throws SQLException {
        String record = record();
        try (Connection connection = connect.connect(); Statement statement = connection.createStatement()) {
            String said = printed(assertThrows(SQLException.class,
                    () -> statement.execute("INSERT INTO narrow VALUES ('a.martin', '" + record + "')")));
            assertTrue(said.contains("POTERNE1"), said);
        }
        PoterneException error = unavailable(() -> column.insert("a.martin", record));
        String shown = printed(error);
        assertTrue(!shown.contains("POTERNE1") && !shown.contains("a.martin"), shown);
        SQLException cause = (SQLException) error.getCause();
        assertEquals(state, cause.getSQLState());
        assertTrue(cause.getMessage().contains("Exception, SQLSTATE " + state), cause::getMessage);
        assertEquals("io.github.poterne.JdbcColumn", java.util.Arrays.stream(cause.getStackTrace()).map(StackTraceElement::getClassName)
                .filter(name -> name.startsWith("io.github.poterne.")).findFirst().orElseThrow());
    }

    /** The texts of drivers show rows. */
    @Test
    void theTextOfADriver() throws SQLException {
        String url = "jdbc:h2:mem:narrow";
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE narrow (account VARCHAR(255) PRIMARY KEY, record VARCHAR(255))");
            Engine.Connect connect = () -> DriverManager.getConnection(url);
            assertHidden(connect, new JdbcColumn(Engine.source(connect), "narrow", "account", "record"), "22001");
        }
    }

    @Test
    @Tag("servers")
    void theTextOfPostgresql() throws SQLException {
        Engine.POSTGRESQL.execute("DROP TABLE IF EXISTS narrow",
                "CREATE TABLE narrow (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) CHECK (length(record) < 255))");
        assertHidden(Engine.POSTGRESQL::connect,
                new JdbcColumn(Engine.POSTGRESQL.source(), "narrow", "account", "record"), "23514");
    }

    /** Of many first records of one account one is stored, whether its row is there or not, and nothing is an error. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void firstRecordsTogether(Engine engine) throws Exception {
        engine.createTable("poterne", "VARCHAR(255)", "VARCHAR(504)");
        engine.execute("INSERT INTO poterne (account) VALUES ('a.durand')");
        JdbcColumn column = column(engine.source()).withTimeout(Duration.ofSeconds(30));
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (String account : List.of("a.martin", "a.durand")) {
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<Future<Long>> all = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    all.add(pool.submit(() -> {
                        barrier.await();
                        return column.insert(account, record());
                    }));
                }
                long stored = 0;
                for (Future<Long> one : all) {
                    stored += one.get();
                }
                assertEquals(1, stored, account);
                assertTrue(column.load(account).isPresent());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** A trigger that says or does something, after each UPDATE or at the end of its transaction. */
    private static void trigger(String when, String statement) throws SQLException {
        boolean isLate = when.equals("COMMIT");
        Engine.POSTGRESQL.execute(
                "CREATE OR REPLACE FUNCTION says() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statement + "; RETURN NULL; END $$",
                "DROP TRIGGER IF EXISTS says ON poterne",
                "CREATE " + (isLate ? "CONSTRAINT " : "") + "TRIGGER says AFTER UPDATE ON poterne "
                        + (isLate ? "DEFERRABLE INITIALLY DEFERRED " : "") + "FOR EACH ROW EXECUTE FUNCTION says()");
    }

    /**
     * What the server says of a commit that succeeds: a warning of class 01 is 0 rows, another text is none (semantics 7.11). A statement
     * that commits itself does not tell a trigger's warning from its commit's. That is learned from the first one.
     */
    @ParameterizedTest
    @Tag("servers")
    @ValueSource(booleans = {true, false})
    void commitWarnings(boolean isAutoCommit) throws SQLException {
        try {
            for (String when : List.of("COMMIT", "UPDATE")) {
                for (String state : List.of("01000", "01004", "00100", "42000")) {
                    table(Engine.POSTGRESQL);
                    JdbcColumn column = isAutoCommit ? column(Engine.POSTGRESQL.source()) : inTransactions(Engine.POSTGRESQL);
                    trigger(when, "RAISE WARNING USING MESSAGE = 'canceled', ERRCODE = '" + state + "'");
                    for (int swap = 0; swap < 2; swap++) {
                        String old = column.load("a.martin").orElseThrow();
                        boolean isWarning = state.startsWith("01") && (when.equals("COMMIT") || isAutoCommit && swap == 0);
                        assertEquals(isWarning ? 0 : 1, column.swap("a.martin", old, record()), when + " " + state + " " + swap);
                        assertNotEquals(old, column.load("a.martin").orElseThrow());
                    }
                }
            }
        } finally {
            Engine.POSTGRESQL.execute("DROP FUNCTION says CASCADE");
        }
    }

    /** An error of the commit is 0 rows, one of the statement is no verdict, whether the statement commits itself or not. */
    @ParameterizedTest
    @Tag("servers")
    @ValueSource(booleans = {true, false})
    void errorsOfAStatementAndOfItsCommit(boolean isAutoCommit) throws SQLException {
        table(Engine.POSTGRESQL);
        JdbcColumn column = isAutoCommit ? column(Engine.POSTGRESQL.source()) : inTransactions(Engine.POSTGRESQL);
        String old = column.load("a.martin").orElseThrow();
        try {
            trigger("COMMIT", "RAISE EXCEPTION 'no'");
            assertEquals(0, column.swap("a.martin", old, record()));
            trigger("UPDATE", "RAISE EXCEPTION 'no'");
            unavailable(() -> column.swap("a.martin", old, record()));
        } finally {
            Engine.POSTGRESQL.execute("DROP FUNCTION says CASCADE");
        }
        assertEquals(old, column.load("a.martin").orElseThrow());
        assertEquals(1, column.swap("a.martin", old, record()));
    }

    /** The calls of a swap, but those that ask for what the driver knows. */
    private static List<String> callsOfASwap(JdbcColumn column, List<String> called) {
        String old = column.load("a.martin").orElseThrow();
        called.clear();
        assertEquals(1, column.swap("a.martin", old, record()));
        called.removeAll(List.of("getAutoCommit", "getMetaData", "isReadOnly"));
        return called;
    }

    /** A swap is one statement that commits itself, and a login two; MariaDB's own count of them is the proof. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void twoRoundTrips(Engine engine) throws SQLException {
        table(engine);
        List<String> called = new ArrayList<>();
        List<Long> statements = new ArrayList<>();
        JdbcColumn column = column(Engine.source(() -> {
            Connection connection = engine.connect();
            long before = engine == Engine.MARIADB ? questions(connection) : 0;
            return Engine.watched(connection, (real, method, arguments) -> {
                called.add(method);
                if (method.equals("close") && engine == Engine.MARIADB) {
                    // The two questions themselves, of which the first was counted before it was answered.
                    statements.add(questions(real) - before - 1);
                }
            });
        }));
        // The driver of MariaDB commits only what was begun by a text, that of PostgreSQL sends nothing for its other call.
        List<String> calls = engine == Engine.MARIADB
                ? List.of("prepareStatement", "commit", "close") : List.of("setReadOnly", "prepareStatement", "close");
        assertEquals(calls, callsOfASwap(column, called));
        assertEquals(engine == Engine.MARIADB ? List.of(1L, 1L) : List.of(), statements);
    }

    /** How many statements the connection has sent. */
    private static long questions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Questions'")) {
            rows.next();
            return rows.getLong(2);
        }
    }

    /** A driver that does not take what a statement needs to commit itself gets transactions, after the first swap. */
    @Test
    @Tag("servers")
    void whatCannotCommitItself() throws SQLException {
        table(Engine.MARIADB);
        List<String> called = new ArrayList<>();
        JdbcColumn column = column(Engine.MARIADB.source(connection -> Engine.watched(connection, (real, method, arguments) -> {
            called.add(method);
            if (method.equals("commit") && real.getAutoCommit()) {
                throw new SQLException("not with autocommit on");
            }
        })));
        String old = column.load("a.martin").orElseThrow();
        String replacement = record();
        // Stored, and not known to be committed.
        assertEquals(0, column.swap("a.martin", old, replacement));
        assertEquals(Optional.of(replacement), column.load("a.martin"));
        assertTrue(callsOfASwap(column, called).contains("setAutoCommit"));
    }

    /** A connection that only reads stays one, and so stays what it says with BEGIN. */
    @Test
    @Tag("servers")
    void readOnly() throws SQLException {
        table(Engine.POSTGRESQL);
        JdbcColumn column = column(Engine.source(() -> {
            Connection connection = Engine.POSTGRESQL.connect();
            connection.setReadOnly(true);
            return Engine.watched(connection, (real, method, arguments) -> {
                if (method.equals("close")) {
                    assertTrue(real.isReadOnly());
                }
            });
        }));
        String old = column.load("a.martin").orElseThrow();
        PoterneException error = unavailable(() -> column.swap("a.martin", old, record()));
        assertEquals("25006", ((SQLException) error.getCause()).getSQLState());
        assertEquals(Optional.of(old), column.load("a.martin"));
    }

    /** A transaction that the text of a statement has begun: never a login that a later rollback takes back. */
    @ParameterizedTest
    @Tag("servers")
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void insideATransactionOfText(Engine engine) throws SQLException {
        table(engine);
        String old = column(engine.source()).load("a.martin").orElseThrow();
        try (Connection connection = engine.connect(); Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            JdbcColumn column = column(Engine.source(() -> open(connection)));
            if (engine == Engine.POSTGRESQL) {
                assertInsideATransaction(() -> VERIFIER.login("a.martin", code(NOW), column));
                assertInsideATransaction(() -> column.insert("a.durand", record()));
            } else {
                assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), column).code());
            }
            statement.execute("ROLLBACK");
        }
        boolean isOld = column(engine.source()).load("a.martin").orElseThrow().equals(old);
        assertEquals(engine == Engine.POSTGRESQL, isOld);
    }

    /** Also where each UPDATE has a COMMIT of its own, because a trigger speaks: that would commit what somebody has begun. */
    @Test
    @Tag("servers")
    void insideATransactionOfTextWithATrigger() throws SQLException {
        table(Engine.POSTGRESQL);
        try (Connection connection = Engine.POSTGRESQL.connect(); Statement statement = connection.createStatement()) {
            JdbcColumn column = column(Engine.source(() -> open(connection)));
            trigger("UPDATE", "RAISE WARNING 'each time'");
            String old = column.load("a.martin").orElseThrow();
            assertEquals(0, column.swap("a.martin", old, record()));
            assertEquals(1, column.swap("a.martin", column.load("a.martin").orElseThrow(), old));
            statement.execute("BEGIN");
            assertInsideATransaction(() -> column.swap("a.martin", old, record()));
            statement.execute("ROLLBACK");
            assertEquals(Optional.of(old), column.load("a.martin"));
        } finally {
            Engine.POSTGRESQL.execute("DROP FUNCTION IF EXISTS says CASCADE");
        }
    }

    /** A trigger that speaks of each row before COMMIT warns; and what a driver has linked in a circle. */
    @Test
    void whatIsLinkedToAnError() {
        SQLWarning said = new SQLWarning("of a trigger", "00000");
        for (int i = 0; i < 1000; i++) {
            said.setNextWarning(new SQLWarning("of a trigger", "00000"));
        }
        assertFalse(Conflicts.isConflict("PostgreSQL", said));
        said.setNextWarning(new SQLWarning("canceled", "01000"));
        assertTrue(Conflicts.isConflict("PostgreSQL", said));
        SQLException one = new SQLException("one", "42000", new SQLException("its cause", "42000"));
        SQLException other = new SQLException("other", "42000", one);
        one.setNextException(other);
        other.setNextException(one);
        assertFalse(Conflicts.isConflict("PostgreSQL", one));
    }

    private static void assertInsideATransaction(Executable call) {
        PoterneException error = assertThrows(PoterneException.class, call);
        assertEquals(ErrorKind.STORE, error.kind());
        assertTrue(error.getMessage().contains("has begun a transaction"), error::getMessage);
    }

    /** A connection that nobody closes but its owner. */
    private static Connection open(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                JdbcColumnTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException error) {
                        throw error.getCause();
                    }
                });
    }

    /** The row is locked by somebody who then changes it, at every isolation level: 0 rows. */
    @ParameterizedTest
    @Tag("servers")
    @ValueSource(ints = {
        Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE
    })
    void waitsForAnother(int level) throws Exception {
        table(Engine.POSTGRESQL);
        JdbcColumn column = column(Engine.source(() -> {
            Connection connection = Engine.POSTGRESQL.connect();
            connection.setTransactionIsolation(level);
            return connection;
        }));
        String old = column.load("a.martin").orElseThrow();
        try (Connection rival = Engine.POSTGRESQL.connect(); Statement statement = rival.createStatement();
                Connection watching = Engine.POSTGRESQL.connect(); Statement watch = watching.createStatement()) {
            rival.setAutoCommit(false);
            statement.executeUpdate("UPDATE poterne SET record = 'theirs'");
            CompletableFuture<Long> swap = CompletableFuture.supplyAsync(() -> column.swap("a.martin", old, record()));
            boolean isWaiting = false;
            while (!isWaiting && !swap.isDone()) {
                try (ResultSet rows = watch.executeQuery("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
                    isWaiting = rows.next();
                }
            }
            assertTrue(isWaiting, "the swap did not wait");
            rival.commit();
            assertEquals(0, swap.get());
        }
        assertEquals(Optional.of("theirs"), column.load("a.martin"));
    }

    /** The control of `check`: a statement that has lost its comparison is found. */
    @ParameterizedTest
    @MethodSource("io.github.poterne.Engine#here")
    void aStatementThatDoesNotCompare(Engine engine) throws SQLException {
        table(engine);
        JdbcColumn broken = column(engine.source(connection -> Engine.watched(connection, (real, method, arguments) -> {
            if (method.equals("prepareStatement")) {
                arguments[0] = arguments[0].toString().replace("AND record = ?", "AND ? <> ''");
            }
        })));
        PoterneException error = assertThrows(PoterneException.class, () -> broken.check(VERIFIER, "a.martin"));
        assertEquals(ErrorKind.ROWS, error.kind());
    }

    @Test
    @Tag("servers")
    void unavailableDatabases() {
        SQLException cause = new SQLException("nobody is there");
        JdbcColumn column = column(Engine.source(() -> {
            throw cause;
        }));
        assertEquals(cause, unavailable(() -> VERIFIER.login("a.martin", code(NOW), column)).getCause());
        unavailable(() -> column.insert("a.martin", record()));
        JdbcColumn nowhere = new JdbcColumn(Engine.POSTGRESQL.source(), "no_such_table", "account", "record");
        unavailable(() -> VERIFIER.login("a.martin", code(NOW), nowhere));
    }

    @Test
    @Tag("servers")
    void names() throws SQLException {
        DataSource source = Engine.POSTGRESQL.source();
        for (String name : List.of("", " ", "a b", "a;b", "a\"b", "a'b", "a--", "a)", "1a", "a..b", ".a", "a.", "a.b.c.d", "a\0")) {
            for (int at = 0; at < 3; at++) {
                String[] names = {"poterne", "account", "record"};
                names[at] = name;
                PoterneException error = assertThrows(
                        PoterneException.class, () -> new JdbcColumn(source, names[0], names[1], names[2]), name);
                assertEquals(ErrorKind.ARGUMENT, error.kind());
            }
        }
        assertThrows(PoterneException.class, () -> new JdbcColumn(source, "poterne", "a.b", "record"));
        table(Engine.POSTGRESQL);
        JdbcColumn qualified = new JdbcColumn(source, "public.poterne", "account", "record");
        assertEquals("accepted.otp", VERIFIER.login("a.martin", code(NOW), qualified).code());
        // Values are bound.
        String odd = "x'; DROP TABLE poterne; --";
        assertEquals(Refusal.NOT_ENROLLED, refusal(() -> VERIFIER.login(odd, code(NOW), qualified)));
        assertTrue(qualified.load("a.martin").isPresent());
    }
}
