package io.github.poterne;

/**
 * The record of a renamed account, for the row of the new name. It is no {@link Change}, which would be stored in the old one.
 *
 * <pre>{@code
 * UPDATE poterne SET account = :new_account, record = :new WHERE account = :account AND record = :old
 * }</pre>
 */
public final class Rename {
    private final Change<Void> change;

    Rename(Response response) {
        change = new Change<>(response, nothing -> null);
    }

    /**
     * The record to store, under the new name.
     *
     * @return the record
     */
    public String record() {
        return change.record();
    }

    /**
     * Ends the renaming, for the number of rows that the committed swap updated.
     *
     * @param rowsUpdated what {@code executeUpdate} returned: 1, or 0 for a conflict
     * @throws RefusedException with {@link Refusal#CONFLICT} for 0 rows: nothing changed
     * @throws PoterneException of kind {@link ErrorKind#ROWS} for any other number: the swap is wrong; of kind
     *     {@link ErrorKind#ATTEMPT} when it is asked twice
     */
    public void stored(long rowsUpdated) {
        change.stored(rowsUpdated);
    }

    /** Nothing of the record. */
    @Override
    public String toString() {
        return "Rename";
    }
}
