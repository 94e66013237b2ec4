package io.github.poterne;

/** Why an attempt was refused: for the application and the help desk (semantics 3.10). */
public enum Refusal {
    /** The code is wrong. A failure was counted, unless it was a recovery or temporary code. */
    WRONG_CODE(1, "wrong_code"),
    /** The code was used before. Not a failure. */
    REPLAYED(2, "replayed"),
    /** What was typed is not a code. */
    MALFORMED(3, "malformed"),
    /** Too many failures: the code was not looked at. Recovery and temporary codes work. */
    WAIT(4, "wait"),
    /** Locked until the help desk unlocks it. Recovery and temporary codes work. */
    LOCKED(5, "locked"),
    /** The authenticator was not confirmed yet. */
    PENDING(6, "pending"),
    /** The credential is revoked. */
    REVOKED(7, "revoked"),
    /** Before the validity begins. */
    NOT_YET_VALID(8, "not_yet_valid"),
    /** After the validity ended, or after the time in which the authenticator could be confirmed. */
    EXPIRED(9, "expired"),
    /** The server's clock is behind an accepted code. */
    CLOCK_BEHIND(10, "clock_behind"),
    /** The phone's clock is wrong. */
    CLOCK_OFF(11, "clock_off"),
    /** The stored record changed in between: load it and try again. */
    CONFLICT(12, "conflict"),
    /** The account has no record. */
    NOT_ENROLLED(13, "not_enrolled"),
    /** The authenticator is suspended; recovery and temporary codes work. */
    SUSPENDED(14, "suspended"),
    /** The authenticator is confirmed already. */
    NOT_PENDING(15, "not_pending"),
    /** The ticket is late, altered, or for somebody or something else: the login begins again, with the password. */
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
        throw new PoterneException(ErrorKind.VERSION, "the native library gave a number that the jar does not know");
    }
}
