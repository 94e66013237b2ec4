package io.github.poterne;

/** The device that holds the secret and shows the codes (semantics 4.1). */
public enum Authenticator {
    /** An authenticator app on a phone, whose clock is set by its network. */
    APP(1),
    /** A hardware token, whose clock drifts. */
    TOKEN(2);

    private final int number;

    Authenticator(int number) {
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

    static Authenticator of(long number) {
        for (Authenticator value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
