package io.github.poterne;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How one-time passwords are made, and for what kind of authenticator.
 *
 * <p>The defaults are the only combination that every authenticator application honors: SHA-1, 6 digits, 30 seconds, 20 bytes.
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
    private final Algorithm algorithm;
    private final int digits;
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
        algorithm = Algorithm.of(response.number());
        digits = response.small();
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
     * Time-based (RFC 6238): SHA-1, 6 digits, 30 seconds from 1970, for an application, a secret of 20 bytes.
     *
     * @return the parameters
     */
    public static Parameters totp() {
        return defaults(MovingFactor.TIME);
    }

    /**
     * Counter-based (RFC 4226): SHA-1, 6 digits, from counter 0, for a hardware token, a secret of 20 bytes.
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
     * For this kind of authenticator.
     *
     * @param authenticator the kind
     * @return other parameters
     */
    public Parameters withAuthenticator(Authenticator authenticator) {
        return with(1, request -> request.number(Objects.requireNonNull(authenticator, "authenticator").number()));
    }

    /**
     * With this hash.
     *
     * @param algorithm the hash
     * @return other parameters
     */
    public Parameters withAlgorithm(Algorithm algorithm) {
        return with(2, request -> request.number(Objects.requireNonNull(algorithm, "algorithm").number()));
    }

    /**
     * With so many digits.
     *
     * @param digits 6, 7 or 8
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number
     */
    public Parameters withDigits(int digits) {
        return with(3, request -> request.number(digits));
    }

    /**
     * With steps of so many seconds.
     *
     * @param timeStep 1 to 86,400; in a record 30 to 120
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another length, or if the OTP is counter-based
     */
    public Parameters withTimeStep(int timeStep) {
        return with(4, request -> request.number(timeStep));
    }

    /**
     * With steps counted from {@code t0}.
     *
     * @param t0 where the first step begins
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the OTP is counter-based
     */
    public Parameters withT0(Instant t0) {
        return with(5, request -> request.time(Objects.requireNonNull(t0, "t0")));
    }

    /**
     * With the counter that the device shows next.
     *
     * @param counter the counter
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#COUNTER} below 0, {@link ErrorKind#ARGUMENT} if the OTP is time-based
     */
    public Parameters withCounter(long counter) {
        return with(6, request -> request.number(counter));
    }

    /**
     * With a generated secret of so many bytes.
     *
     * @param secretLength 16 to 64
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#SECRET} for another length
     */
    public Parameters withSecretLength(int secretLength) {
        return with(7, request -> request.number(secretLength));
    }

    /**
     * Valid from one second to another, both included.
     *
     * @param notBefore the first valid second; empty is no bound
     * @param notAfter the last valid second; empty is no bound
     * @return other parameters
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the first is after the second
     */
    public Parameters withValidity(Optional<Instant> notBefore, Optional<Instant> notAfter) {
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(notAfter, "notAfter");
        return with(8, request -> request.optionalTime(notBefore).optionalTime(notAfter));
    }

    /**
     * With a last second in which the pending authenticator can be confirmed. Without it, an application has what the policy says
     * at its enrollment, {@link PolicyOption#CONFIRM_WITHIN_DAYS}, and a token has no bound. One that is over when it is enrolled,
     * or before it is valid, is an error then, of kind {@link ErrorKind#ARGUMENT}.
     *
     * @param confirmBy the last second; empty is none
     * @return other parameters
     */
    public Parameters withConfirmBy(Optional<Instant> confirmBy) {
        Objects.requireNonNull(confirmBy, "confirmBy");
        return with(9, request -> request.optionalTime(confirmBy));
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
     * Application or hardware token.
     *
     * @return the kind
     */
    public Authenticator authenticator() {
        return authenticator;
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
     * The first counter.
     *
     * @return the counter; 0 if time-based
     */
    public long counter() {
        return counter;
    }

    /**
     * The length of a secret that is generated.
     *
     * @return the length in bytes
     */
    public int secretLength() {
        return secretLength;
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
     * The last second in which the pending authenticator can be confirmed.
     *
     * @return the second, or no bound
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
        return "Parameters[" + authenticator + ", " + factor + ", " + algorithm + ", " + digits + " digits]";
    }
}
