package io.github.poterne;

/** How a secret is written in a CSV file (semantics 1.8). */
public enum SecretEncoding {
    /** Base32. */
    BASE32(1),
    /** Hexadecimal. */
    HEX(2);

    private final int number;

    SecretEncoding(int number) {
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

    static SecretEncoding of(long number) {
        for (SecretEncoding value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
