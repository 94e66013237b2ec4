package io.github.poterne;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * A column of records in a table of the application, over JDBC.
 *
 * <pre>{@code
 * JdbcColumn column = new JdbcColumn(dataSource, "poterne", "account", "record");
 * verifier.login("a.martin", code, column); // or RefusedException
 * }</pre>
 *
 * <p>Each call takes a connection of its own from the source, works in a transaction of its own, commits before it returns, and
 * gives the connection back as it was. Values are bound, and passed as they were loaded, never trimmed. With the drivers of PostgreSQL and
 * MariaDB, and autocommit on, a load and a swap are one statement each, which commits itself: a login is two round trips.
 *
 * <p>If a connection comes with autocommit off, it may be inside a transaction of the application: a Spring transaction, behind a
 * {@code TransactionAwareDataSourceProxy}, or one of a server (JTA). That is an error of kind {@link ErrorKind#STORE}, and the
 * connection is left as it is (semantics 7.2). Give the column a source that takes part in no transaction. If the idle connections
 * of a pool come with autocommit off, call {@link #withAutoCommitOff()}. If the text of a statement has begun a transaction, behind JDBC's
 * back, the driver of PostgreSQL tells, and a swap or an insert is that error too. Other drivers do not: the column ends that
 * transaction.
 *
 * <p>A serialization failure, a deadlock or a lock timeout counts as 0 rows, and the login tries again. So does a commit that
 * PostgreSQL's synchronous standby did not confirm (semantics 7.11), of which the server must tell: leave {@code client_min_messages} at
 * {@code notice} or {@code warning}. Any other {@link SQLException}, including a timeout, is a
 * {@link PoterneException} of kind {@link ErrorKind#STORE}, never a verdict. Its cause has the class, the SQLSTATE, the vendor code
 * and the place of the driver's exception, but not its text, which may show a record. If the source gave no connection, nothing was
 * sent yet, and the cause is the exception of the source.
 *
 * <p>Threads can share the column if they can share the source.
 */
public final class JdbcColumn implements Store {
    private final DataSource dataSource;
    private final String table;
    private final String accountColumn;
    private final String recordColumn;
    private final int timeout;
    private final boolean isAutoCommitOff;
    /** Shared by all copies of the column. */
    private final Autocommit autocommit;
    /** One check at a time, for all copies of the column. */
    private final Object checking;

    /**
     * Makes a store of a column. Its statements end after 2 seconds. A name has letters, digits, {@code _}, {@code $} and
     * {@code #}, and is not quoted. A schema and a catalog may stand before the table, separated by dots. The account column must
     * be unique.
     *
     * @param dataSource gives connections to the primary server
     * @param table the table
     * @param accountColumn the column with the account's name
     * @param recordColumn the column with the record, VARCHAR(504) (semantics 9.1)
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another name
     */
    public JdbcColumn(DataSource dataSource, String table, String accountColumn, String recordColumn) {
        this(Objects.requireNonNull(dataSource, "dataSource"), checked(TABLE, table, "table"),
                checked(COLUMN, accountColumn, "accountColumn"), checked(COLUMN, recordColumn, "recordColumn"), 2, false,
                new Autocommit(), new Object());
    }

    private JdbcColumn(
            DataSource dataSource, String table, String accountColumn, String recordColumn, int timeout, boolean isAutoCommitOff,
            Autocommit autocommit, Object checking) {
        this.dataSource = dataSource;
        this.table = table;
        this.accountColumn = accountColumn;
        this.recordColumn = recordColumn;
        this.timeout = timeout;
        this.isAutoCommitOff = isAutoCommitOff;
        this.autocommit = autocommit;
        this.checking = checking;
    }

    /**
     * Returns a copy with another timeout of its statements. A login has up to six statements (semantics 7.7).
     *
     * @param timeout how long a statement may take, at least a second; JDBC counts whole seconds, rounded up
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} below a second or above 2^31 - 1 seconds
     */
    @CheckReturnValue
    public JdbcColumn withTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        // Before it is rounded up: more seconds than there are would be few.
        if (timeout.compareTo(LEAST) < 0 || timeout.compareTo(MOST) > 0) {
            throw new PoterneException(ErrorKind.ARGUMENT, "a timeout has at least 1 second and at most 2147483647");
        }
        int seconds = (int) (timeout.getSeconds() + (timeout.getNano() > 0 ? 1 : 0));
        return new JdbcColumn(dataSource, table, accountColumn, recordColumn, seconds, isAutoCommitOff, autocommit, checking);
    }

    /**
     * Returns a copy for a pool that hands out its idle connections with autocommit off, such as HikariCP with
     * {@code autoCommit=false}. Never use it for a source that takes part in transactions of the application: it would end them
     * (semantics 7.2).
     *
     * @return the copy
     */
    @CheckReturnValue
    public JdbcColumn withAutoCommitOff() {
        return new JdbcColumn(dataSource, table, accountColumn, recordColumn, timeout, true, autocommit, checking);
    }

    /**
     * Checks that the table swaps, compares, commits and keeps, as {@link Verifier#checkStore} (semantics 7.9). Call it when the
     * application starts, before the first login.
     *
     * <p>It takes a second connection from the source, to see only committed data, and keeps it until it ends: a pool must have
     * two.
     *
     * @param verifier the verifier
     * @param account an account kept for this check, or any account that has a record
     * @throws RefusedException as {@link Verifier#checkStore}: others kept writing the record, and nothing is proven
     * @throws PoterneException as {@link Verifier#checkStore}
     */
    public void check(Verifier verifier, String account) {
        Objects.requireNonNull(verifier, "verifier");
        Objects.requireNonNull(account, "account");
        // Two checks that have one connection each, of a pool of two, would wait for one another.
        synchronized (checking) {
            try (Connection connection = connect()) {
                checkThatThereIsASecond();
                verifier.checkStore(account, this, new Second(connection));
            } catch (SQLException error) {
                throw unavailable(error);
            }
        }
    }

    private void checkThatThereIsASecond() throws SQLException {
        Connection connection;
        try {
            connection = dataSource.getConnection();
        } catch (SQLException error) {
            throw PoterneException.unavailable(
                    "the check needs two connections at once, and got one: give the pool two. Nothing is proven", error);
        }
        connection.close();
    }

    /** The table over the check's own connection. It only loads. */
    private final class Second implements Store {
        private final Connection connection;

        Second(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Optional<String> load(String account) {
            try {
                return alone(connection, one -> select(one, selectSql(), account));
            } catch (SQLException error) {
                throw unavailable(error);
            }
        }

        @Override
        public long swap(String account, String old, String replacement) {
            throw new UnsupportedOperationException("a check swaps by the column itself");
        }

        @Override
        public long insert(String account, String record) {
            throw new UnsupportedOperationException("a check inserts by the column itself");
        }
    }

    /** {@inheritDoc} More than one row is an error of kind {@link ErrorKind#ROWS}. */
    @Override
    public Optional<String> load(String account) {
        Objects.requireNonNull(account, "account");
        try (Connection connection = connect()) {
            return alone(connection, one -> select(one, selectSql(), account));
        } catch (SQLException error) {
            throw unavailable(error);
        }
    }

    /** {@inheritDoc} If it updates more than one row, it is rolled back, unless it has committed itself. */
    @Override
    @CheckReturnValue
    public long swap(String account, String old, String replacement) {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(old, "old");
        Objects.requireNonNull(replacement, "replacement");
        String sql = updateWhere(recordColumn + " = ?");
        try (Connection connection = connect()) {
            boolean isAlone = autoCommit(connection) && autocommit.isPossible(connection);
            OptionalLong alone = isAlone ? updateAlone(connection, sql, replacement, account, old) : OptionalLong.empty();
            if (alone.isPresent()) {
                return alone.getAsLong();
            }
            long rows = inTransaction(connection, one -> committed(one, update(one, sql, replacement, account, old)));
            if (isAlone) {
                // What does not work alone works like this.
                autocommit.switchOff();
            }
            return rows;
        } catch (LostSwap lost) {
            return 0;
        } catch (SQLException error) {
            throw unavailable(error);
        }
    }

    @Override
    @CheckReturnValue
    public long insert(String account, String record) {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(record, "record");
        String fill = updateWhere(recordColumn + " IS NULL");
        String insert = "INSERT INTO " + table + " (" + accountColumn + ", " + recordColumn + ") VALUES (?, ?)";
        try (Connection connection = connect()) {
            return inTransaction(connection, one -> {
                long filled = update(one, fill, record, account);
                return committed(one, filled == 0 ? update(one, insert, account, record) : filled);
            });
        } catch (LostSwap lost) {
            return 0;
        } catch (SQLException error) {
            PoterneException unavailable = unavailable(error);
            // The database refused a second row for the account, or something else: the row that is there tells which.
            String there = loadAfter(unavailable, account).orElseThrow(() -> unavailable);
            // Spaces or nothing are no record (semantics 3.0).
            return Request.trimmed(there).isEmpty() ? swap(account, there, record) : 0;
        }
    }

    private Optional<String> loadAfter(PoterneException before, String account) {
        try {
            return load(account);
        } catch (PoterneException another) {
            before.addSuppressed(another);
            return Optional.empty();
        }
    }

    private Connection connect() {
        try {
            return dataSource.getConnection();
        } catch (SQLException error) {
            // Nothing was sent yet that its text could show.
            throw PoterneException.unavailable(error);
        }
    }

    /** Without the driver's text, which may show what was sent, and without what is linked to it. */
    private static PoterneException unavailable(SQLException error) {
        String what = error.getClass().getName() + ", SQLSTATE " + error.getSQLState() + ", code " + error.getErrorCode();
        SQLException bare = new SQLException(what, error.getSQLState(), error.getErrorCode());
        bare.setStackTrace(error.getStackTrace());
        return PoterneException.unavailable(bare);
    }

    private String selectSql() {
        return "SELECT " + recordColumn + " FROM " + table + " WHERE " + accountColumn + " = ?";
    }

    private String updateWhere(String condition) {
        return "UPDATE " + table + " SET " + recordColumn + " = ? WHERE " + accountColumn + " = ? AND " + condition;
    }

    private Optional<String> select(Connection connection, String sql, String account) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, account); ResultSet rows = statement.executeQuery()) {
            String record = rows.next() ? rows.getString(1) : null;
            if (rows.next()) {
                throw new PoterneException(
                        ErrorKind.ROWS, "the account has more than one row: make the account column unique");
            }
            return Optional.ofNullable(record);
        }
    }

    private long update(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection, String sql, String... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setQueryTimeout(timeout);
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException error) {
            statement.close();
            throw error;
        }
    }

    /** Commits if exactly one row was changed. */
    private static long committed(Connection connection, long rows) throws SQLException {
        if (rows != 1) {
            connection.rollback();
            return rows;
        }
        try {
            connection.clearWarnings();
            connection.commit();
            SQLWarning warning = connection.getWarnings();
            if (warning != null && Conflicts.isConflict(product(connection), warning)) {
                // Committed here, but not on the standby that was to confirm it.
                throw warning;
            }
            return rows;
        } catch (SQLException error) {
            throw new LostSwap(error);
        }
    }

    /** Somebody else was in the way, a commit failed, or its answer was lost: this counts as 0 rows (semantics 7.2). */
    private static final class LostSwap extends SQLException {
        private static final long serialVersionUID = 1;

        LostSwap(SQLException cause) {
            super(cause);
        }
    }

    /** Returns the driver's name of the database; empty if it does not say. */
    private static String product(Connection connection) {
        try {
            return String.valueOf(connection.getMetaData().getDatabaseProductName());
        } catch (SQLException | RuntimeException error) {
            return "";
        }
    }

    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs one statement that only reads and is its own transaction. */
    private <T> T alone(Connection connection, Work<T> work) throws SQLException {
        if (autoCommit(connection)) {
            return work.run(connection);
        }
        T result;
        try {
            result = work.run(connection);
        } catch (SQLException | RuntimeException | Error error) {
            isRolledBack(connection, error);
            throw error;
        }
        connection.rollback();
        return result;
    }

    /** Works in a transaction of its own, and leaves the connection as it was. */
    private <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        boolean isAutoCommit = autoCommit(connection);
        if (isAutoCommit) {
            begin(connection);
        }
        T result;
        try {
            result = work.run(connection);
        } catch (SQLException | RuntimeException | Error error) {
            // Turning autocommit on would commit what could not be rolled back.
            if (isRolledBack(connection, error)) {
                restore(connection, isAutoCommit);
            }
            if (isLost(connection, error)) {
                throw new LostSwap((SQLException) error);
            }
            throw error;
        }
        restore(connection, isAutoCommit);
        return result;
    }

    /**
     * Runs an UPDATE that commits itself, and returns how many rows it has stored. Empty if the server has refused it: the statement or
     * its commit, which are not the same (semantics 7.2). A COMMIT of its own tells which.
     */
    private OptionalLong updateAlone(Connection connection, String sql, String... values) throws SQLException {
        long rows;
        SQLWarning warning;
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            rows = statement.executeUpdate();
            autocommit.end(connection);
            warning = statement.getWarnings();
        } catch (SQLException error) {
            if (isLost(connection, error) || Autocommit.isLost(connection, error)) {
                throw new LostSwap(error);
            }
            if (Autocommit.isTimeout(error)) {
                throw error;
            }
            return OptionalLong.empty();
        }
        if (rows == 1 && warning != null && Conflicts.isConflict(product(connection), warning)) {
            // Committed here, but not on the standby that was to confirm it. Or a trigger of the table speaks, at every login: a COMMIT
            // of its own tells the two apart.
            autocommit.switchOff();
            throw new LostSwap(warning);
        }
        return OptionalLong.of(rows);
    }

    /** Returns whether autocommit is on. Off is an error unless it is expected of the source (semantics 7.2). */
    private boolean autoCommit(Connection connection) throws SQLException {
        boolean isOn = connection.getAutoCommit();
        if (!isOn && !isAutoCommitOff) {
            // Perhaps somebody's transaction: not ours to commit, and not ours to roll back.
            throw new PoterneException(
                    ErrorKind.STORE, "the connection comes with autocommit off, and may be inside a transaction: give the column a data "
                            + "source that takes part in none, or call withAutoCommitOff() for a pool whose idle connections come like that");
        }
        return isOn;
    }

    /** What fails here may be somebody's transaction that was begun by a statement: it is not rolled back. */
    private void begin(Connection connection) throws SQLException {
        // The driver of PostgreSQL would go on in such a transaction: here it is an error.
        autocommit.isPossible(connection);
        try {
            connection.setAutoCommit(false);
        } catch (SQLException error) {
            throw isLost(connection, error) ? new LostSwap(error) : error;
        }
    }

    private static boolean isLost(Connection connection, Throwable error) {
        return error instanceof SQLException && !(error instanceof LostSwap)
                && Conflicts.isConflict(product(connection), (SQLException) error);
    }

    private static boolean isRolledBack(Connection connection, Throwable error) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException | RuntimeException another) {
            error.addSuppressed(another);
            return false;
        }
    }

    private static void restore(Connection connection, boolean isAutoCommit) {
        try {
            connection.setAutoCommit(isAutoCommit);
        } catch (SQLException error) {
            // What was done is done; the pool finds out that the connection is broken.
        }
    }

    private static String checked(Pattern pattern, String name, String parameter) {
        if (!pattern.matcher(Objects.requireNonNull(name, parameter)).matches()) {
            throw new PoterneException(
                    ErrorKind.ARGUMENT, parameter + " is not a name: use letters, digits, _, $ and #, not quoted");
        }
        return name;
    }

    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(Integer.MAX_VALUE);

    private static final String NAME = "[\\p{L}_][\\p{L}\\p{N}_$#]{0,127}";
    private static final Pattern COLUMN = Pattern.compile(NAME);
    private static final Pattern TABLE = Pattern.compile(NAME + "(\\." + NAME + "){0,2}");
}
