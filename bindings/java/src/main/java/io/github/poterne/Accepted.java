package io.github.poterne;

import java.util.OptionalLong;

/** A login that was accepted and stored. Only the library makes it (semantics 7.5). */
public final class Accepted {
    private final Method method;
    private final OptionalLong movingFactor;
    private final int drift;
    private final int recoveryCodesLeft;
    private final int failuresBefore;

    Accepted(Response response) {
        method = Method.of(response.number());
        movingFactor = response.optionalNumber();
        drift = response.small();
        recoveryCodesLeft = response.small();
        failuresBefore = response.small();
    }

    /**
     * Returns the kind of the code that was accepted (semantics 12).
     *
     * @return the method
     */
    public Method method() {
        return method;
    }

    /**
     * Returns the counter or time step of the OTP (semantics 4.8).
     *
     * @return the factor; empty for other methods
     */
    public OptionalLong movingFactor() {
        return movingFactor;
    }

    /**
     * Returns the drift of a token's clock, in time steps (semantics 4.9).
     *
     * @return the drift; 0 for an app
     */
    public int drift() {
        return drift;
    }

    /**
     * Returns the number of recovery codes that are left (semantics 5.3).
     *
     * @return the count
     */
    public int recoveryCodesLeft() {
        return recoveryCodesLeft;
    }

    /**
     * Returns the number of refused attempts since the last login by a one-time password (semantics 4.8). Show it to the user.
     *
     * @return the count
     */
    public int failuresBefore() {
        return failuresBefore;
    }

    /**
     * Returns a stable text for the application's own journal, such as {@code accepted.otp} (semantics 12).
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return method.code();
    }

    /** Shows the {@link #code}. */
    @Override
    public String toString() {
        return code();
    }
}
