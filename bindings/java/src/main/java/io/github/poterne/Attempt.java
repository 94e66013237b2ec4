package io.github.poterne;

import java.util.Optional;
import java.util.function.Function;

/**
 * A record to store, and the answer that waits until it is stored (semantics 7.1 to 7.5).
 *
 * <p>The application replaces the record that it loaded with {@link #record()} in a compare-and-swap, commits, and passes the
 * updated row count to {@link #outcome}. {@link Store#apply} does all of this.
 *
 * @param <T> the answer if nothing is refused: {@link Accepted}, {@link Confirmed} or {@link Resynchronized}; of a {@link Change}
 *     it is {@link Stored}, {@link RecoveryCodes} or {@link TemporaryCode}
 */
public class Attempt<T> {
    private final String madeOn;
    private final Optional<String> record;
    private final Answer answer;
    private final Function<Response, T> read;

    /** Of a first record {@code madeOn} is empty. */
    Attempt(String madeOn, Response response, Function<Response, T> read) {
        this.madeOn = Request.trimmed(madeOn);
        record = response.optionalText();
        // What stands before it is sealed.
        answer = new Answer(response.taken());
        this.read = read;
    }

    /**
     * Returns the record to store.
     *
     * @return the record; empty if there is nothing to store (semantics 7.3): skip the swap, and pass any number to
     *     {@link #outcome}
     */
    public Optional<String> record() {
        return record;
    }

    /**
     * Returns whether it was made on this record. Otherwise another's answer would be stored over it, or a guess would not be
     * counted.
     */
    boolean wasMadeOn(String loaded) {
        return madeOn.equals(Request.trimmed(loaded));
    }

    /**
     * Gives the answer, once (semantics 7.2). If the commit failed, or its answer was lost, pass 0.
     *
     * @param rowsUpdated the row count of the committed swap
     * @return the answer
     * @throws RefusedException if it is a refusal; with {@link Refusal#CONFLICT} for 0 rows, even if the code was right
     * @throws PoterneException of kind {@link ErrorKind#ROWS} for a count other than 0 and 1: the swap is wrong; of kind
     *     {@link ErrorKind#ATTEMPT} if the answer was already given
     */
    @CanIgnoreReturnValue
    public T outcome(long rowsUpdated) {
        try (Response response = answer.ask(rowsUpdated)) {
            if (!response.flag()) {
                throw new RefusedException(Refusal.of(response.number()), response.number());
            }
            return read.apply(response);
        }
    }

    /** Shows neither the record nor the answer. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[changed=" + record.isPresent() + "]";
    }
}
