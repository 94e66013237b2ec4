package io.github.poterne;

import java.time.Instant;
import java.util.Optional;

/**
 * The status of a credential, for the help desk (semantics 8.8). It never holds the secret, the counter, the watermark or a date of
 * use.
 */
public final class Status {
    private final State state;
    private final Authenticator authenticator;
    private final MovingFactor movingFactor;
    private final int timeStep;
    private final Instant t0;
    private final Algorithm algorithm;
    private final int digits;
    private final int failures;
    private final long waitSeconds;
    private final boolean isLocked;
    private final int drift;
    private final int recoveryCodesLeft;
    private final Optional<TemporaryStatus> temporaryCode;
    private final Optional<Instant> notBefore;
    private final Optional<Instant> notAfter;
    private final Optional<Instant> confirmBy;
    private final boolean isSecretWeak;
    private final long keyId;
    private final boolean needsReseal;

    Status(Response response) {
        state = State.of(response.number());
        authenticator = Authenticator.of(response.number());
        movingFactor = MovingFactor.of(response.number());
        timeStep = response.small();
        t0 = response.time();
        algorithm = Algorithm.of(response.number());
        digits = response.small();
        failures = response.small();
        waitSeconds = response.number();
        isLocked = response.flag();
        drift = response.small();
        recoveryCodesLeft = response.small();
        temporaryCode = response.flag() ? Optional.of(new TemporaryStatus(response)) : Optional.empty();
        notBefore = response.optionalTime();
        notAfter = response.optionalTime();
        confirmBy = response.optionalTime();
        isSecretWeak = response.flag();
        keyId = response.number();
        needsReseal = response.flag();
    }

    /**
     * Returns the state (semantics 8).
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Returns whether it is an app or a hardware token.
     *
     * @return the kind
     */
    public Authenticator authenticator() {
        return authenticator;
    }

    /**
     * Returns whether its codes follow a counter or the time.
     *
     * @return the moving factor
     */
    public MovingFactor movingFactor() {
        return movingFactor;
    }

    /**
     * Returns the seconds of a time step.
     *
     * @return the seconds; 0 if counter-based
     */
    public int timeStep() {
        return timeStep;
    }

    /**
     * Returns the time from which steps are counted.
     *
     * @return the time; 1970 if counter-based
     */
    public Instant t0() {
        return t0;
    }

    /**
     * Returns the hash.
     *
     * @return the hash
     */
    public Algorithm algorithm() {
        return algorithm;
    }

    /**
     * Returns the number of digits.
     *
     * @return 6, 7 or 8
     */
    public int digits() {
        return digits;
    }

    /**
     * Returns the number of failures that count (semantics 6).
     *
     * @return the count
     */
    public int failures() {
        return failures;
    }

    /**
     * Returns the seconds until the next attempt (semantics 3.6).
     *
     * @return the seconds; 0 if it may be made now
     */
    public long waitSeconds() {
        return waitSeconds;
    }

    /**
     * Returns whether it is locked until the help desk unlocks it (semantics 6.2).
     *
     * @return true if it is locked
     */
    public boolean isLocked() {
        return isLocked;
    }

    /**
     * Returns the drift of a token's clock, in time steps (semantics 4.9).
     *
     * @return the drift
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
     * Returns the temporary code, if there is a valid one (semantics 5.2).
     *
     * @return the code's expiry and uses; empty if there is none
     */
    public Optional<TemporaryStatus> temporaryCode() {
        return temporaryCode;
    }

    /**
     * Returns the first valid second (semantics 3.4).
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> notBefore() {
        return notBefore;
    }

    /**
     * Returns the last valid second (semantics 3.4).
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> notAfter() {
        return notAfter;
    }

    /**
     * Returns the last second in which a pending authenticator can be confirmed (semantics 8.12).
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> confirmBy() {
        return confirmBy;
    }

    /**
     * Returns whether the secret has fewer than 16 bytes (semantics 1.4). If so, replace the authenticator.
     *
     * @return true if it has
     */
    public boolean isSecretWeak() {
        return isSecretWeak;
    }

    /**
     * Returns the id of the key that sealed the record (semantics 9.1).
     *
     * @return its id
     */
    public long keyId() {
        return keyId;
    }

    /**
     * Returns whether that key is no longer the primary one (semantics 8.8).
     *
     * @return true if {@link StoredCredential#reseal} is due
     */
    public boolean needsReseal() {
        return needsReseal;
    }

    /** Shows the state and the authenticator. */
    @Override
    public String toString() {
        return "Status[" + state + ", " + authenticator + ", failures=" + failures + ", locked=" + isLocked + "]";
    }
}
