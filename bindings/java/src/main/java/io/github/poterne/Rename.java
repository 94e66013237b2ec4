package io.github.poterne;

/**
 * The record of a renamed account, for the row of the new name (semantics 8.8). It is not a {@link Change}, which would be stored
 * in the row of the old name.
 *
 * <pre>{@code
 * UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old
 * }</pre>
 */
public final class Rename {
    private final String record;
    private final Change<Stored> change;

    Rename(Response response) {
        change = Change.of("", response);
        record = change.record().orElse("");
    }

    /**
     * Returns the record to store under the new name.
     *
     * @return the record
     */
    public String record() {
        return record;
    }

    /**
     * Gives the answer, once (semantics 7.8).
     *
     * @param rowsUpdated the row count of the committed swap
     * @return that it is stored
     * @throws RefusedException with {@link Refusal#CONFLICT} for 0 rows: nothing changed
     * @throws PoterneException as {@link Attempt#outcome}
     */
    @CanIgnoreReturnValue
    public Stored outcome(long rowsUpdated) {
        return change.outcome(rowsUpdated);
    }

    /** Shows nothing of the record. */
    @Override
    public String toString() {
        return "Rename";
    }
}
