package io.github.poterne;

import java.util.Optional;

/**
 * The first code of an authenticator that replaces another, made by {@link Verifier#replace} (semantics 8.9). It is not an
 * {@link Attempt}: {@link Store#apply} would store that in place of whatever it loaded.
 */
public final class ReplacementAttempt {
    private final Attempt<Confirmed> attempt;

    ReplacementAttempt(Response response) {
        attempt = new Attempt<>("", response, Confirmed::new);
    }

    /**
     * Returns the record to store in place of the old one.
     *
     * @return the record; empty if the code was refused, which changes nothing: skip the swap, and pass any number to
     *     {@link #outcome}
     */
    public Optional<String> record() {
        return attempt.record();
    }

    /**
     * Gives the answer, once (semantics 7.2). After a conflict, enroll the new authenticator again.
     *
     * @param rowsUpdated the row count of the committed swap
     * @return the confirmation of the new authenticator
     * @throws RefusedException as {@link Attempt#outcome}
     * @throws PoterneException as {@link Attempt#outcome}
     */
    @CanIgnoreReturnValue
    public Confirmed outcome(long rowsUpdated) {
        return attempt.outcome(rowsUpdated);
    }

    /** Shows neither the record nor the answer. */
    @Override
    public String toString() {
        return "Replacement" + attempt;
    }
}
