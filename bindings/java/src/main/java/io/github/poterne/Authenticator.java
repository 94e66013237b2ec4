package io.github.poterne;

/** What holds the secret and shows the codes. */
public enum Authenticator {
    /** An authenticator application on a phone, whose clock is kept by its network. */
    APP(1),
    /** A hardware token, whose clock drifts. */
    TOKEN(2);

    private final int number;

    Authenticator(int number) {
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

    static Authenticator of(long number) {
        for (Authenticator value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library gave a number that the jar does not know");
    }
}
