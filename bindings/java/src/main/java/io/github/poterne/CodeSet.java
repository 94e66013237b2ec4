package io.github.poterne;

/** The codes that {@link StoredCredential#endCodes} ends (semantics 5.5). */
public enum CodeSet {
    /** The recovery codes. */
    RECOVERY(1),
    /** The temporary code. */
    TEMPORARY(2),
    /** Both. */
    BOTH(3);

    private final int number;

    CodeSet(int number) {
        this.number = number;
    }

    /**
     * Returns the number in every language (semantics 12).
     *
     * @return the number
     */
    public int number() {
        return number;
    }
}
