package io.github.poterne;

/** An authenticator that was resynchronized. Not a login. */
public final class Resynchronized {
    private final long movingFactor;
    private final int drift;

    Resynchronized(Response response) {
        movingFactor = response.number();
        drift = response.small();
    }

    /**
     * The counter or time step of the second OTP.
     *
     * @return the factor
     */
    public long movingFactor() {
        return movingFactor;
    }

    /**
     * The drift of a token's clock, in time steps.
     *
     * @return the drift
     */
    public int drift() {
        return drift;
    }

    /** The code of the outcome. */
    @Override
    public String toString() {
        return "resynchronized";
    }
}
