package io.github.poterne;

import java.util.Locale;

/** The options of a {@link Policy}, with their bounds and defaults (semantics 12). */
public enum PolicyOption {
    /**
     * Time steps before the present one, for an app. They allow for typing and for the way to the server. 0 to 10, default 1.
     */
    APP_STEPS_BACKWARD(1),
    /** Time steps after the present one, for an app. 0 to 10, default 1. */
    APP_STEPS_FORWARD(2),
    /** Time steps before the present one, for a hardware token. 0 to 10, default 2. */
    TOKEN_STEPS_BACKWARD(3),
    /** Time steps after the present one, for a hardware token. 0 to 10, default 1. */
    TOKEN_STEPS_FORWARD(4),
    /** Counters to try: s of RFC 4226 7.4. 1 to 100, default 10. */
    LOOK_AHEAD(5),
    /** Failures that lock a credential. 1 to 100, default 20. */
    MAX_FAILURES(6),
    /** Largest difference of a token's clock, in time steps. 1 to 200, default 120. */
    MAX_DRIFT(7),
    /** Counters to try in a resynchronization. 1 to 10,000, default 1000. */
    RESYNC_LOOK_AHEAD(8),
    /** Recovery codes that a confirmation issues. 0 to 10, default 8. */
    RECOVERY_CODES(9),
    /** 1: the first login with a pending authenticator confirms it (for roll-outs by letter). 0 to 1, default 0. */
    CONFIRM_AT_FIRST_LOGIN(10),
    /** 1: secrets of 10 to 15 bytes may be imported. 0 to 1, default 0. */
    ALLOW_SHORT_SECRET(11),
    /** 1: parameters and names that some authenticator apps do not honor may be enrolled. 0 to 1, default 0. */
    ALLOW_INCOMPATIBLE(12),
    /** Days within which an app must be confirmed, from its enrollment. 1 to 365, default 30. */
    CONFIRM_WITHIN_DAYS(13),
    /** Lifetime of a ticket, in seconds. 1 to 600, default 300. */
    TICKET_SECONDS(14);

    private final int number;

    PolicyOption(int number) {
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

    /**
     * Returns the smallest value.
     *
     * @return the value
     */
    public long min() {
        return Facts.of(this).min;
    }

    /**
     * Returns the largest value.
     *
     * @return the value
     */
    public long max() {
        return Facts.of(this).max;
    }

    /**
     * Returns the value in {@link Policy#standard()}.
     *
     * @return the value
     */
    public long defaultValue() {
        return Facts.of(this).defaultValue;
    }

    /** The native library's facts about an option. */
    private static final class Facts {
        private static final Facts[] ALL = read();

        final long min;
        final long max;
        final long defaultValue;

        private Facts(Response response) {
            min = response.number();
            max = response.number();
            defaultValue = response.number();
        }

        static Facts of(PolicyOption option) {
            return ALL[option.ordinal()];
        }

        private static Facts[] read() {
            Response response = new Request().send(Native::policyOptions, 0);
            Facts[] all = new Facts[response.small()];
            for (PolicyOption option : values()) {
                boolean isSame = response.number() == option.number()
                        && response.text().equals(option.name().toLowerCase(Locale.ROOT));
                if (!isSame) {
                    throw new PoterneException(ErrorKind.VERSION, "the native library has other policy options than the jar");
                }
                all[option.ordinal()] = new Facts(response);
            }
            return all;
        }
    }
}
