package io.github.poterne;

/** The kind of code that was accepted (semantics 12). */
public enum Method {
    /** A one-time password of the authenticator. */
    OTP(1, "otp"),
    /** A recovery code. It is spent. */
    RECOVERY_CODE(2, "recovery_code"),
    /** A temporary code of the help desk. */
    TEMPORARY_CODE(3, "temporary_code");

    private final int number;
    private final String code;

    Method(int number, String name) {
        this.number = number;
        this.code = "accepted." + name;
    }

    /**
     * Returns the number in every language (semantics 12).
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /** The text code of a login by this method. */
    String code() {
        return code;
    }

    static Method of(long number) {
        for (Method value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
