package io.github.poterne;

/** The value that changes with each one-time password (RFC 4226 5.1, RFC 6238 4.2). */
public enum MovingFactor {
    /** HOTP: a counter that the device increments with each code. */
    COUNTER(1),
    /** TOTP: the number of time steps since {@code t0}. */
    TIME(2);

    private final int number;

    MovingFactor(int number) {
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

    static MovingFactor of(long number) {
        for (MovingFactor value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
