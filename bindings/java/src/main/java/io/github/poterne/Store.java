package io.github.poterne;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table in which the application keeps records, one row per account. {@link JdbcColumn} is one over JDBC.
 *
 * <pre>{@code
 * CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)
 * }</pre>
 */
public interface Store {
    /**
     * Loads the stored record of an account. Read from the server that {@link #swap} writes to, never from a replica.
     *
     * @param account the account's name as it is stored
     * @return the record as it is stored; empty if there is none
     * @throws PoterneException made by {@link PoterneException#unavailable}, for any error of the database
     */
    Optional<String> load(String account);

    /**
     * Replaces the old record with the new one and COMMITS, in a transaction of its own (semantics 7.2):
     *
     * <pre>{@code
     * UPDATE poterne SET record = :replacement WHERE account = :account AND record = :old
     * }</pre>
     *
     * <p>These count as 0 rows: a serialization failure, a deadlock, a lock timeout, a commit that failed or whose answer was lost
     * (semantics 7.11). A login may wait for a lock three times, so let each wait end after a second or two.
     *
     * @param account the account's name as it is stored
     * @param old the record, exactly as it was loaded
     * @param replacement the record to store
     * @return the number of updated rows
     * @throws PoterneException made by {@link PoterneException#unavailable}, for any other error of the database
     */
    @CheckReturnValue
    long swap(String account, String old, String replacement);

    /**
     * Stores the first record of an account and COMMITS, in a transaction of its own (semantics 7.2). If the account has a row
     * without a record, it uses that row, otherwise a new one.
     *
     * <pre>{@code
     * INSERT INTO poterne (account, record) VALUES (:account, :record)
     * }</pre>
     *
     * <p>It never replaces a record. If a record is there, or if others were in the way as in {@link #swap}, that counts as 0 rows
     * and is not an error. If the database says that the key exists, look with {@link #load} whether a record does.
     *
     * @param account the account's name as it is stored
     * @param record the record of its enrollment or import
     * @return the number of stored rows: 1, or 0 if the account already has a record
     * @throws PoterneException made by {@link PoterneException#unavailable}, for any other error of the database
     */
    @CheckReturnValue
    long insert(String account, String record);

    /**
     * Makes an attempt or a change on the stored record, stores it, and gives the answer. After a conflict it starts again, with at
     * most three swaps in all (semantics 7.7).
     *
     * <pre>{@code
     * Confirmed confirmed = store.apply(verifier, "a.martin", credential -> credential.confirm(code));
     * store.apply(verifier, "a.martin", credential -> credential.unlock());
     * }</pre>
     *
     * @param <T> the answer
     * @param verifier the verifier, whose clock is read once
     * @param account the account's name as it is stored
     * @param operation makes the attempt on the credential that it receives. Do not keep that credential: it is of no use once the
     *     operation returns
     * @return the answer
     * @throws RefusedException if it is a refusal; with {@link Refusal#CONFLICT} if others changed the record three times
     * @throws PoterneException of the operation and of the store; of kind {@link ErrorKind#ARGUMENT} if the account is not a name
     *     (semantics 9.7), before the store is asked, and if the attempt is on a record other than the loaded one;
     *     {@link ErrorKind#ROWS} if a swap updates more than one row
     */
    @CanIgnoreReturnValue
    default <T> T apply(
            Verifier verifier, String account, Function<? super StoredCredential, ? extends Attempt<T>> operation) {
        Objects.requireNonNull(operation, "operation");
        return Objects.requireNonNull(verifier, "verifier").apply(account, this, operation);
    }
}
