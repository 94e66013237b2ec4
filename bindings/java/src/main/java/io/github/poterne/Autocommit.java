package io.github.poterne;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;

/**
 * When an UPDATE may commit itself, so that a swap is one round trip (semantics 7.2): with the drivers that tell of a transaction that was
 * begun behind JDBC's back, or end it. All copies of a column share what was learned.
 */
final class Autocommit {
    private static final String POSTGRESQL = "PostgreSQL JDBC Driver";
    private static final String MARIADB = "MariaDB Connector/J";
    /** SQL:2003, invalid transaction state: a transaction is active. */
    private static final String ACTIVE_TRANSACTION = "25001";

    private volatile boolean isOff;

    /**
     * Returns whether an UPDATE on this connection, which has autocommit on, may commit itself.
     *
     * @throws PoterneException of kind {@link ErrorKind#STORE} if the driver knows a transaction that was begun behind JDBC's back
     */
    boolean isPossible(Connection connection) {
        String driver = driver(connection);
        // Asked in any case: a COMMIT of its own would end somebody's transaction.
        boolean isPossible = driver.equals(MARIADB) || driver.equals(POSTGRESQL) && isIdle(connection);
        return isPossible && !isOff;
    }

    /**
     * Asks the driver of PostgreSQL, which keeps what the server says about transactions: no call of it goes to the server. What a
     * connection that only reads says with BEGIN needs a BEGIN.
     */
    private static boolean isIdle(Connection connection) {
        try {
            boolean isReadOnly = connection.isReadOnly();
            // It changes nothing, and JDBC forbids it inside a transaction.
            connection.setReadOnly(isReadOnly);
            return !isReadOnly;
        } catch (SQLException error) {
            if (ACTIVE_TRANSACTION.equals(error.getSQLState())) {
                throw new PoterneException(
                        ErrorKind.STORE, "a statement has begun a transaction on the connection, and not ended it: give the column a data "
                                + "source of its own");
            }
            return false;
        }
    }

    /** Ends what may have been begun behind the back of JDBC: MariaDB's driver knows, and sends nothing if there is nothing. */
    void end(Connection connection) throws SQLException {
        if (driver(connection).equals(MARIADB)) {
            connection.commit();
        }
    }

    /** From here on each UPDATE has a COMMIT of its own. */
    void switchOff() {
        isOff = true;
    }

    /** Returns whether the answer of an UPDATE may be lost, and with it that of its commit. */
    static boolean isLost(Connection connection, SQLException error) {
        try {
            return hasClass(error, "08") || connection.isClosed();
        } catch (SQLException another) {
            return true;
        }
    }

    /** Returns whether a statement was ended because it took too long: it is not tried once more. */
    static boolean isTimeout(SQLException error) {
        return error instanceof SQLTimeoutException || hasClass(error, "57");
    }

    private static boolean hasClass(SQLException error, String stateClass) {
        String state = error.getSQLState();
        return state != null && state.startsWith(stateClass);
    }

    private static String driver(Connection connection) {
        try {
            return String.valueOf(connection.getMetaData().getDriverName());
        } catch (SQLException | RuntimeException error) {
            return "";
        }
    }
}
