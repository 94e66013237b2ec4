package io.github.poterne;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** What databases say when another transaction was first: 0 rows, not a failure (guide, databases). */
final class Conflicts {
    private Conflicts() {}

    /** A serialization failure, a deadlock, or a lock that others kept. */
    static boolean isConflict(SQLException error) {
        return any(error, link -> STATES.contains(String.valueOf(link.getSQLState())) || CODES.contains(link.getErrorCode())
                || isSqlite(link) && SQLITE_CODES.contains(link.getErrorCode() & 0xff));
    }

    /** A row that is there already. */
    static boolean isDuplicate(SQLException error) {
        return any(error, link -> String.valueOf(link.getSQLState()).startsWith(CONSTRAINT)
                || isSqlite(link) && (link.getErrorCode() & 0xff) == SQLITE_CONSTRAINT);
    }

    private static boolean any(SQLException error, Predicate<SQLException> test) {
        for (SQLException link = error; link != null; link = link.getNextException()) {
            if (test.test(link)) {
                return true;
            }
        }
        return false;
    }

    /** Its exceptions have no SQLState. */
    private static boolean isSqlite(SQLException error) {
        return error.getClass().getName().startsWith("org.sqlite.");
    }

    /** Serialization failure, deadlock, lock not available. */
    private static final Set<String> STATES = new HashSet<>(Arrays.asList("40001", "40P01", "55P03"));

    /** The class of constraint violations. */
    private static final String CONSTRAINT = "23";

    /**
     * MariaDB, MySQL and SQL Server: 1205 and 1213, lock wait and deadlock; 1020, changed since last read. SQL Server: 1222, lock
     * timeout; 3960, snapshot conflict. Oracle: 60, deadlock; 8177, cannot serialize; 30006, resource busy.
     */
    private static final Set<Integer> CODES = new HashSet<>(Arrays.asList(1020, 1205, 1213, 1222, 3960, 60, 8177, 30006));

    /** SQLITE_BUSY and SQLITE_LOCKED. */
    private static final Set<Integer> SQLITE_CODES = new HashSet<>(Arrays.asList(5, 6));

    private static final int SQLITE_CONSTRAINT = 19;
}
