package io.github.poterne;

import java.util.OptionalLong;

/** A login that was accepted and stored. Only the library makes it. */
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
     * By what.
     *
     * @return the method
     */
    public Method method() {
        return method;
    }

    /**
     * The counter or time step of the OTP.
     *
     * @return the factor; none for other methods
     */
    public OptionalLong movingFactor() {
        return movingFactor;
    }

    /**
     * The drift of a token's clock, in time steps.
     *
     * @return the drift; 0 for an application
     */
    public int drift() {
        return drift;
    }

    /**
     * How many recovery codes are left.
     *
     * @return the count
     */
    public int recoveryCodesLeft() {
        return recoveryCodesLeft;
    }

    /**
     * How many attempts were refused since the last login by a one-time password: worth showing to the person.
     *
     * @return the count
     */
    public int failuresBefore() {
        return failuresBefore;
    }

    /**
     * A stable text for the application's own journal: {@code accepted.otp}.
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return method.code();
    }

    /** The {@link #code}. */
    @Override
    public String toString() {
        return code();
    }
}
