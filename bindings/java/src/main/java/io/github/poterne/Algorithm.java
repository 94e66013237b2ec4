package io.github.poterne;

/** The hash under HMAC (RFC 6238 1.2, semantics 1.1). */
public enum Algorithm {
    /** HMAC-SHA-1, the only one that every authenticator app honors. */
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
     * Returns the number in every language (semantics 12).
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
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
