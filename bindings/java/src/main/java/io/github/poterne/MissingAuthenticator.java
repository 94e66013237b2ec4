package io.github.poterne;

/** How to treat an authenticator that is not at hand when a temporary code is issued (semantics 5.2). */
public enum MissingAuthenticator {
    /** Keep it as it is: the user forgot it at home. */
    KEEP(1),
    /** Suspend it: it was lost or stolen. */
    SUSPEND(2);

    private final int number;

    MissingAuthenticator(int number) {
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
