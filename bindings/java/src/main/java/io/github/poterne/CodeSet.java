package io.github.poterne;

/** The codes that {@link Verifier#endCodes} ends. */
public enum CodeSet {
    /** The recovery codes. */
    RECOVERY(1),
    /** The temporary code. */
    TEMPORARY(2),
    /** All of them. */
    BOTH(3);

    private final int number;

    CodeSet(int number) {
        this.number = number;
    }

    /**
     * The number in every language.
     *
     * @return the number
     */
    public int number() {
        return number;
    }
}
