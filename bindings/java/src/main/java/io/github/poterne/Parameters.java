package io.github.poterne;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How one-time passwords are made, and for what kind of authenticator (semantics 1.1 to 1.5).
 *
 * <p>The defaults are the only combination that every authenticator app honors: SHA-1, 6 digits, 30 seconds, 20 bytes.
 *
 * <pre>{@code
 * Parameters token = Parameters.totp().withAuthenticator(Authenticator.TOKEN).withTimeStep(60);
 * }</pre>
 */
public final class Parameters {
    /** As the native library writes and reads them. */
    private final byte[] packed;

    private final MovingFactor movingFactor;
    private final Authenticator authenticator;
    private final OtpFormat format;
    private final int timeStep;
    private final Instant t0;
    private final long counter;
    private final int secretLength;
    private final Optional<Instant> notBefore;
    private final Optional<Instant> notAfter;
    private final Optional<Instant> confirmBy;

    Parameters(byte[] packed) {
        this.packed = packed;
        Response response = Response.within(packed);
        movingFactor = MovingFactor.of(response.number());
        authenticator = Authenticator.of(response.number());
        format = new OtpFormat(Algorithm.of(response.number()), response.small());
        boolean isTime = movingFactor == MovingFactor.TIME;
        timeStep = isTime ? response.small() : 0;
        t0 = isTime ? response.time() : Instant.EPOCH;
        counter = isTime ? 0 : response.number();
        secretLength = response.small();
        notBefore = response.optionalTime();
        notAfter = response.optionalTime();
        confirmBy = response.optionalTime();
    }

    /**
     * Returns the time-based defaults (RFC 6238): for an app, SHA-1, 6 digits, 30 seconds from 1970, a secret of 20 bytes.
     *
     * @return the parameters
     */
    public static Parameters totp() {
        return defaults(MovingFactor.TIME);
    }

    /**
     * Returns the counter-based defaults (RFC 4226): for a hardware token, SHA-1, 6 digits, from counter 0, a secret of 20 bytes.
     *
     * @return the parameters
     */
    public static Parameters hotp() {
        return defaults(MovingFactor.COUNTER);
    }

    private static Parameters defaults(MovingFactor movingFactor) {
        return new Parameters(new Request().number(movingFactor.number()).send(Native::parameters, 0).bytes());
    }

    /**
     * Returns a copy for this kind of authenticator (semantics 4.1).
     *
     * @param authenticator the kind
     * @return the copy
     */
    @CheckReturnValue
    public Parameters withAuthenticator(Authenticator authenticator) {
        return with(1, request -> request.number(Objects.requireNonNull(authenticator, "authenticator").number()));
    }

    /**
     * Returns a copy with this hash (semantics 1.1).
     *
     * @param algorithm the hash
     * @return the copy
     */
    @CheckReturnValue
    public Parameters withAlgorithm(Algorithm algorithm) {
        return with(2, request -> request.number(Objects.requireNonNull(algorithm, "algorithm").number()));
    }

    /**
     * Returns a copy with this number of digits (semantics 1.1).
     *
     * @param digits 6, 7 or 8
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number
     */
    @CheckReturnValue
    public Parameters withDigits(int digits) {
        return with(3, request -> request.number(digits));
    }

    /**
     * Returns a copy with another time step (semantics 1.5).
     *
     * @param timeStep the seconds, 1 to 86,400; in a record 30 to 120
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another length, or if the OTP is counter-based
     */
    @CheckReturnValue
    public Parameters withTimeStep(int timeStep) {
        return with(4, request -> request.number(timeStep));
    }

    /**
     * Returns a copy whose time steps are counted from {@code t0} (semantics 1.5).
     *
     * @param t0 the time from which steps are counted
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the OTP is counter-based
     */
    @CheckReturnValue
    public Parameters withT0(Instant t0) {
        return with(5, request -> request.time(Objects.requireNonNull(t0, "t0")));
    }

    /**
     * Returns a copy with the counter that the device shows next (semantics 4.7).
     *
     * @param counter the counter
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#COUNTER} below 0, {@link ErrorKind#ARGUMENT} if the OTP is time-based
     */
    @CheckReturnValue
    public Parameters withCounter(long counter) {
        return with(6, request -> request.number(counter));
    }

    /**
     * Returns a copy with another length of a generated secret (semantics 1.4).
     *
     * @param secretLength the bytes, 16 to 64
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#SECRET} for another length
     */
    @CheckReturnValue
    public Parameters withSecretLength(int secretLength) {
        return with(7, request -> request.number(secretLength));
    }

    /**
     * Returns a copy that is not valid before a second (semantics 3.4).
     *
     * @param notBefore the first valid second
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if it is after {@link #notAfter()}
     */
    @CheckReturnValue
    public Parameters withNotBefore(Instant notBefore) {
        return withValidity(Optional.of(Objects.requireNonNull(notBefore, "notBefore")), notAfter);
    }

    /**
     * Returns a copy that is not valid after a second (semantics 3.4).
     *
     * @param notAfter the last valid second
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if it is before {@link #notBefore()}
     */
    @CheckReturnValue
    public Parameters withNotAfter(Instant notAfter) {
        return withValidity(notBefore, Optional.of(Objects.requireNonNull(notAfter, "notAfter")));
    }

    private Parameters withValidity(Optional<Instant> first, Optional<Instant> last) {
        return with(8, request -> request.optionalTime(first).optionalTime(last));
    }

    /**
     * Returns a copy with the last second in which a pending authenticator can be confirmed (semantics 8.12). Without it, an app
     * has {@link PolicyOption#CONFIRM_WITHIN_DAYS} of the policy, and a token has no limit. Enrolling throws an error of kind
     * {@link ErrorKind#ARGUMENT} if the second is past, or before {@link #notBefore()}.
     *
     * @param confirmBy the last second
     * @return the copy
     */
    @CheckReturnValue
    public Parameters withConfirmBy(Instant confirmBy) {
        Objects.requireNonNull(confirmBy, "confirmBy");
        return with(9, request -> request.flag(true).time(confirmBy));
    }

    /**
     * Returns whether codes follow a counter or the time.
     *
     * @return the moving factor
     */
    public MovingFactor movingFactor() {
        return movingFactor;
    }

    /**
     * Returns whether they are for an app or a hardware token.
     *
     * @return the kind
     */
    public Authenticator authenticator() {
        return authenticator;
    }

    /**
     * Returns the hash and the number of digits (semantics 1.1).
     *
     * @return the format
     */
    public OtpFormat format() {
        return format;
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
     * Returns the first counter.
     *
     * @return the counter; 0 if time-based
     */
    public long counter() {
        return counter;
    }

    /**
     * Returns the length of a generated secret.
     *
     * @return the length in bytes
     */
    public int secretLength() {
        return secretLength;
    }

    /**
     * Returns the first valid second.
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> notBefore() {
        return notBefore;
    }

    /**
     * Returns the last valid second.
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> notAfter() {
        return notAfter;
    }

    /**
     * Returns the last second in which the pending authenticator can be confirmed.
     *
     * @return the second; empty if there is no limit
     */
    public Optional<Instant> confirmBy() {
        return confirmBy;
    }

    /** For a request; not to be changed. */
    byte[] packed() {
        return packed;
    }

    private Parameters with(int what, UnaryOperator<Request> value) {
        Request request = value.apply(new Request().bytes(packed).number(what));
        return new Parameters(request.send(Native::parametersWith, 0).bytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Parameters && Arrays.equals(((Parameters) other).packed, packed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packed);
    }

    @Override
    public String toString() {
        String factor = movingFactor == MovingFactor.TIME ? "TIME, " + timeStep + " s" : "COUNTER";
        return "Parameters[" + authenticator + ", " + factor + ", " + format + "]";
    }
}
