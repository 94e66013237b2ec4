package io.github.poterne;

import java.time.Instant;
import java.util.Optional;

/** What the help desk may see of a credential: never the secret, counter, watermark or a date of use. */
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
     * Where the credential is in its life.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Application or hardware token.
     *
     * @return the kind
     */
    public Authenticator authenticator() {
        return authenticator;
    }

    /**
     * Counter or time.
     *
     * @return the moving factor
     */
    public MovingFactor movingFactor() {
        return movingFactor;
    }

    /**
     * Seconds per step.
     *
     * @return the seconds; 0 if counter-based
     */
    public int timeStep() {
        return timeStep;
    }

    /**
     * Where time steps begin.
     *
     * @return the beginning; 1970 if counter-based
     */
    public Instant t0() {
        return t0;
    }

    /**
     * The hash.
     *
     * @return the hash
     */
    public Algorithm algorithm() {
        return algorithm;
    }

    /**
     * The number of digits.
     *
     * @return 6, 7 or 8
     */
    public int digits() {
        return digits;
    }

    /**
     * The failures that count.
     *
     * @return the count
     */
    public int failures() {
        return failures;
    }

    /**
     * Seconds until the next attempt.
     *
     * @return the seconds, 0 if it may be made now
     */
    public long waitSeconds() {
        return waitSeconds;
    }

    /**
     * Whether only the help desk can help.
     *
     * @return true if it is locked
     */
    public boolean isLocked() {
        return isLocked;
    }

    /**
     * The drift of a token's clock, in time steps.
     *
     * @return the drift
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
     * The temporary code, while it is valid.
     *
     * @return the code's expiry and uses
     */
    public Optional<TemporaryStatus> temporaryCode() {
        return temporaryCode;
    }

    /**
     * The first valid second.
     *
     * @return the second, or no bound
     */
    public Optional<Instant> notBefore() {
        return notBefore;
    }

    /**
     * The last valid second.
     *
     * @return the second, or no bound
     */
    public Optional<Instant> notAfter() {
        return notAfter;
    }

    /**
     * The last second in which a pending authenticator can be confirmed.
     *
     * @return the second, or no bound
     */
    public Optional<Instant> confirmBy() {
        return confirmBy;
    }

    /**
     * Whether the secret has less than 16 bytes: replace the authenticator.
     *
     * @return true if it has
     */
    public boolean isSecretWeak() {
        return isSecretWeak;
    }

    /**
     * The key that sealed the record.
     *
     * @return its id
     */
    public long keyId() {
        return keyId;
    }

    /**
     * Whether that is not the primary key any more.
     *
     * @return true if {@link Verifier#reseal} is due
     */
    public boolean needsReseal() {
        return needsReseal;
    }

    /** The state and the authenticator. */
    @Override
    public String toString() {
        return "Status[" + state + ", " + authenticator + ", failures=" + failures + ", locked=" + isLocked + "]";
    }
}
