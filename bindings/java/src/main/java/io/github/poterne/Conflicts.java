package io.github.poterne;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The errors of databases when another transaction was first: they count as 0 rows, not as a failure. The library has the table.
 */
final class Conflicts {
    private Conflicts() {}

    /**
     * Returns whether an error, or one linked to it, is a serialization failure, a deadlock or a lock timeout.
     *
     * @param product the name of the database, from its driver's metadata
     */
    static boolean isConflict(String product, SQLException error) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> links = new ArrayDeque<>();
        links.add(error);
        while (!links.isEmpty()) {
            Throwable link = links.remove();
            // A driver may have linked them in a circle. All are asked: a trigger can say a thousand things before COMMIT says one.
            if (!seen.add(link)) {
                continue;
            }
            if (link.getCause() != null) {
                links.add(link.getCause());
            }
            if (link instanceof SQLException) {
                SQLException one = (SQLException) link;
                // JDBC has no code but 0 for none.
                if (ask(product, one.getSQLState(), one.getErrorCode() == 0 ? null : one.getErrorCode()).isConflict) {
                    return true;
                }
                if (one.getNextException() != null) {
                    links.add(one.getNextException());
                }
            }
        }
        return false;
    }

    /** Returns the library's answer about one error: the database that it recognizes, and whether it is a conflict. */
    static Answer ask(String product, String state, Integer code) {
        Request request = new Request().typed(product, "product").flag(state != null);
        if (state != null) {
            request.typed(state, "state");
        }
        request.flag(code != null);
        if (code != null) {
            request.number(code);
        }
        Response response = request.send(Native::conflict, 0);
        return new Answer(response.text(), response.flag());
    }

    static final class Answer {
        final String database;
        final boolean isConflict;

        Answer(String database, boolean isConflict) {
            this.database = database;
            this.isConflict = isConflict;
        }
    }
}
