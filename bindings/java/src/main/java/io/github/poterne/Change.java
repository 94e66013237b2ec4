package io.github.poterne;

import java.util.function.Function;

/**
 * A changed record to store, and what can be had once it is.
 *
 * <p>Every write of a record is a compare-and-swap, this one too: a blind write would bring a used code back to life.
 *
 * @param <T> what it brings: codes to show, or {@link Void}
 */
public final class Change<T> {
    private final String record;
    private final boolean isChanged;
    private final Verdict verdict;
    private final Function<Response, T> read;

    Change(Response response, Function<Response, T> read) {
        record = response.text();
        isChanged = response.flag();
        verdict = new Verdict(response.bytes());
        this.read = read;
        response.close();
    }

    /**
     * The record to store; the one that was given if nothing changed.
     *
     * @return the record
     */
    public String record() {
        return record;
    }

    /**
     * Whether there is something to store. Only {@link Verifier#repairClock} may find nothing: then skip the swap, and ask for
     * {@link #stored} with any number of rows.
     *
     * @return true if the record is to be stored
     */
    public boolean isChanged() {
        return isChanged;
    }

    /**
     * What the change brings, for the number of rows that the committed swap updated. It can be asked once.
     *
     * @param rowsUpdated what {@code executeUpdate} returned: 1, or 0 for a conflict
     * @return what the change brings; null for a change without codes
     * @throws RefusedException with {@link Refusal#CONFLICT} for 0 rows: nothing changed; load the record and try again
     * @throws PoterneException of kind {@link ErrorKind#ROWS} for any other number: the swap is wrong; of kind
     *     {@link ErrorKind#ATTEMPT} when it is asked twice
     */
    public T stored(long rowsUpdated) {
        try (Response response = verdict.ask(Native::stored, rowsUpdated)) {
            if (!response.flag()) {
                throw new RefusedException(new Refused(Refusal.CONFLICT, 0));
            }
            return read.apply(response);
        }
    }

    /** Nothing of the record. */
    @Override
    public String toString() {
        return "Change[changed=" + isChanged + "]";
    }
}
