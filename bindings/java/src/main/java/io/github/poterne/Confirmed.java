package io.github.poterne;

/** An authenticator that was confirmed, with the recovery codes to show now: they cannot be had again. Not a login. */
public final class Confirmed {
    private final long movingFactor;
    private final int drift;
    private final RecoveryCodes recoveryCodes;

    Confirmed(Response response) {
        movingFactor = response.number();
        drift = response.small();
        recoveryCodes = new RecoveryCodes(response);
    }

    /**
     * The counter or time step of the OTP.
     *
     * @return the factor
     */
    public long movingFactor() {
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
     * The recovery codes, as many as the policy says.
     *
     * @return the codes
     */
    public RecoveryCodes recoveryCodes() {
        return recoveryCodes;
    }

    /** No code. */
    @Override
    public String toString() {
        return "confirmed";
    }
}
