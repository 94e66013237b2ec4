package io.github.poterne;

/** A confirmed and stored authenticator (semantics 8.2). It is not a login. */
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
     * Returns the counter or time step of the OTP (semantics 4.8).
     *
     * @return the factor
     */
    public long movingFactor() {
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
     * Returns the recovery codes. The policy sets their number. Show them now: no later call returns them (semantics 5.1).
     *
     * @return the codes
     */
    public RecoveryCodes recoveryCodes() {
        return recoveryCodes;
    }

    /**
     * Returns a stable text for the application's own journal (semantics 12).
     *
     * @return {@code confirmed}
     */
    public String code() {
        return "confirmed";
    }

    /** Shows the {@link #code()}, and no recovery code. */
    @Override
    public String toString() {
        return code();
    }
}
