package io.github.poterne;

/** The state of a credential (semantics 8). */
public enum State {
    /** Enrolled, and not confirmed yet. */
    PENDING(0),
    /** In use. */
    ACTIVE(1),
    /** The authenticator is out of use. Recovery and temporary codes still work. */
    SUSPENDED(2),
    /** Ended. */
    REVOKED(3);

    private final int number;

    State(int number) {
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

    static State of(long number) {
        for (State value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
