package io.github.poterne;

/** A resynchronized and stored token (semantics 8.4). It is not a login. */
public final class Resynchronized {
    private final long movingFactor;
    private final int drift;

    Resynchronized(Response response) {
        movingFactor = response.number();
        drift = response.small();
    }

    /**
     * Returns the counter or time step of the second OTP (semantics 8.4).
     *
     * @return the factor
     */
    public long movingFactor() {
        return movingFactor;
    }

    /**
     * Returns the drift of the token's clock, in time steps (semantics 4.9).
     *
     * @return the drift
     */
    public int drift() {
        return drift;
    }

    /**
     * Returns a stable text for the application's own journal (semantics 12).
     *
     * @return {@code resynchronized}
     */
    public String code() {
        return "resynchronized";
    }

    /** Shows the {@link #code()}. */
    @Override
    public String toString() {
        return code();
    }
}
