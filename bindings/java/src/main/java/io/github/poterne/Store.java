package io.github.poterne;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table in which the application keeps records: one row an account. {@link JdbcColumn} is one, over JDBC.
 *
 * <pre>{@code
 * CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)
 * }</pre>
 */
public interface Store {
    /**
     * The stored record of an account. Read it where it is written, never from a replica.
     *
     * @param account the account's name as it is stored
     * @return the record, as it is; none if there is no row
     * @throws PoterneException by {@link PoterneException#unavailable}, whatever the database says
     */
    Optional<String> load(String account);

    /**
     * Replaces the old record by the new one, or inserts the new one without an old one, and COMMITS, in a transaction of its own:
     *
     * <pre>{@code
     * UPDATE poterne SET record = :replacement WHERE account = :account AND record = :old
     * }</pre>
     *
     * <p>Without an old record it is the account's first: an INSERT, or where the row has none an UPDATE with
     * {@code record IS NULL}. Is a record there, it stays and that is 0 rows, no error.
     *
     * <p>A serialization failure, a deadlock, a lock that others kept, a commit that failed or whose answer was lost are 0 rows;
     * what waits for a lock waits three times in a login, so let it wait a second or two.
     *
     * @param account the account's name as it is stored
     * @param old the record that was loaded, as it was loaded; none for the account's first
     * @param replacement the record to store
     * @return the number of updated rows
     * @throws PoterneException by {@link PoterneException#unavailable}, whatever else the database says
     */
    long swap(String account, Optional<String> old, String replacement);

    /**
     * Makes an attempt on the stored record, stores what it gives, and says what it came to; after a conflict again, at most
     * three times. {@link Verifier#login(String, String, Store)} is this with {@link Verifier#verify(String, String, String)}.
     *
     * <pre>{@code
     * Outcome outcome = store.attempt("a.martin", record -> verifier.confirm(record, "a.martin", code));
     * }</pre>
     *
     * @param account the account's name as it is stored
     * @param make makes the attempt; it is given an empty text if there is no row
     * @return what it came to
     * @throws PoterneException that of {@code make} and of the store; of kind {@link ErrorKind#ROWS} if a swap updates more than
     *     one row
     */
    default Outcome attempt(String account, Function<String, Attempt> make) {
        Objects.requireNonNull(make, "make");
        for (int tries = 1; ; tries++) {
            String old = load(account).orElse("");
            Attempt attempt = make.apply(old);
            Outcome outcome = attempt.outcome(attempt.isChanged() ? swap(account, Optional.of(old), attempt.record()) : 0);
            boolean isConflict = outcome.isRefused() && outcome.refused().refusal() == Refusal.CONFLICT;
            // Semantics 7.7.
            if (!isConflict || tries == 3) {
                return outcome;
            }
        }
    }

    /**
     * Makes a change on the stored record and stores it, if there is anything to store; after a conflict again, at most three
     * times.
     *
     * <pre>{@code
     * store.change("a.martin", record -> verifier.unlock(record, "a.martin"));
     * }</pre>
     *
     * @param <T> what the change brings
     * @param account the account's name as it is stored
     * @param make makes the change; it is given an empty text if there is no row
     * @return what the change brings
     * @throws RefusedException with {@link Refusal#CONFLICT} if the record changed in between three times: nothing is stored
     * @throws PoterneException as {@link #attempt}
     */
    default <T> T change(String account, Function<String, Change<T>> make) {
        Objects.requireNonNull(make, "make");
        for (int tries = 1; ; tries++) {
            String old = load(account).orElse("");
            Change<T> change = make.apply(old);
            try {
                return change.stored(change.isChanged() ? swap(account, Optional.of(old), change.record()) : 0);
            } catch (RefusedException conflict) {
                // Semantics 7.7.
                if (tries == 3) {
                    throw conflict;
                }
            }
        }
    }
}
