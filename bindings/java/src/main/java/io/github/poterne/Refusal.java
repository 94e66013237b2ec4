package io.github.poterne;

/** The reason why an attempt was refused, for the application and the help desk (semantics 3.10). */
public enum Refusal {
    /** The code is wrong. A wrong OTP or pair counts as a failure; a wrong recovery or temporary code does not. */
    WRONG_CODE(1, "wrong_code"),
    /** The code was used before. It does not count as a failure. */
    REPLAYED(2, "replayed"),
    /** The submitted text is not a code. */
    MALFORMED(3, "malformed"),
    /** Too many failures. The code was not checked. Recovery and temporary codes still work. */
    WAIT(4, "wait"),
    /** Locked until the help desk unlocks it. Recovery and temporary codes still work. */
    LOCKED(5, "locked"),
    /** The authenticator is not confirmed yet. */
    PENDING(6, "pending"),
    /** The credential is revoked. */
    REVOKED(7, "revoked"),
    /** The validity has not begun. */
    NOT_YET_VALID(8, "not_yet_valid"),
    /** The validity has ended, or the authenticator was not confirmed in time. */
    EXPIRED(9, "expired"),
    /** The server's clock is behind a code that was already accepted. */
    CLOCK_BEHIND(10, "clock_behind"),
    /** The phone's clock is wrong. */
    CLOCK_OFF(11, "clock_off"),
    /** The stored record changed in the meantime. Load it and try again. */
    CONFLICT(12, "conflict"),
    /** The account has no record. */
    NOT_ENROLLED(13, "not_enrolled"),
    /** The authenticator is suspended. Recovery and temporary codes still work. */
    SUSPENDED(14, "suspended"),
    /** The authenticator is already confirmed. */
    NOT_PENDING(15, "not_pending"),
    /** The ticket is late, altered, or made for another person or purpose. The login starts again with the password. */
    TICKET(16, "ticket");

    private final int number;
    private final String code;

    Refusal(int number, String name) {
        this.number = number;
        this.code = "refused." + name;
    }

    /**
     * Returns the number in every language (semantics 12).
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Returns a stable text for the application's own journal, such as {@code refused.replayed} (semantics 12).
     *
     * @return the text
     */
    public String code() {
        return code;
    }

    static Refusal of(long number) {
        for (Refusal value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
    }
}
