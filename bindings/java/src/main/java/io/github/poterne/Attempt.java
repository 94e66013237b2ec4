package io.github.poterne;

/**
 * A login try: the record to store, and a verdict that can be read only once it is stored.
 *
 * <p>The application replaces the record that it loaded with {@link #record()} in a compare-and-swap of one row, commits, and
 * reports how many rows were updated to {@link #outcome}. So one code is accepted once, on any number of servers.
 */
public final class Attempt {
    private final String record;
    private final boolean isChanged;
    private final Verdict verdict;

    Attempt(Response response) {
        record = response.text();
        isChanged = response.flag();
        verdict = new Verdict(response.bytes());
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
     * Whether there is something to store. If not, skip the swap and ask for the outcome with any number of rows.
     *
     * @return true if the record is to be stored
     */
    public boolean isChanged() {
        return isChanged;
    }

    /**
     * The verdict, for the number of rows that the committed swap updated. It can be asked once.
     *
     * <p>1 is the verdict; 0 is {@link Refusal#CONFLICT}, whatever the code was. A commit that failed, or whose answer was lost,
     * is 0 as well.
     *
     * @param rowsUpdated what {@code executeUpdate} returned
     * @return the verdict
     * @throws PoterneException of kind {@link ErrorKind#ROWS} for any other number: the swap is wrong; of kind
     *     {@link ErrorKind#ATTEMPT} when it is asked twice
     */
    public Outcome outcome(long rowsUpdated) {
        try (Response response = verdict.ask(Native::outcome, rowsUpdated)) {
            return Outcome.from(response);
        }
    }

    /** Nothing of the record or the verdict. */
    @Override
    public String toString() {
        return "Attempt[changed=" + isChanged + "]";
    }
}
