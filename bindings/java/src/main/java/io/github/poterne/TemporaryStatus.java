package io.github.poterne;

import java.time.Instant;

/** A valid temporary code (semantics 5.2). */
public final class TemporaryStatus {
    private final Instant expiry;
    private final int usesLeft;

    TemporaryStatus(Response response) {
        expiry = response.time();
        usesLeft = response.small();
    }

    /**
     * Returns the last second in which it is valid.
     *
     * @return the second
     */
    public Instant expiry() {
        return expiry;
    }

    /**
     * Returns how many times it can still be used.
     *
     * @return the count
     */
    public int usesLeft() {
        return usesLeft;
    }
}
