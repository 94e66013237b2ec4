package io.github.poterne;

/** The hash under HMAC (RFC 6238 1.2). */
public enum Algorithm {
    /** HMAC-SHA-1, the only one that every authenticator application honors. */
    SHA1(1),
    /** HMAC-SHA-256. */
    SHA256(2),
    /** HMAC-SHA-512. */
    SHA512(3);

    private final int number;

    Algorithm(int number) {
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

    static Algorithm of(long number) {
        for (Algorithm value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library gave a number that the jar does not know");
    }
}
