package io.github.poterne;

/** What happens to an authenticator that its user does not have, when a temporary code is issued (semantics 5.2). */
public enum MissingAuthenticator {
    /** It stays as it is: forgotten at home. */
    KEEP(1),
    /** It is suspended: lost or stolen. */
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
