package io.github.poterne;

import java.util.Objects;

/**
 * How a moving factor becomes a one-time password: the hash and the number of digits (semantics 1.1).
 *
 * <pre>{@code
 * OtpFormat format = OtpFormat.standard().withAlgorithm(Algorithm.SHA256).withDigits(8);
 * }</pre>
 */
public final class OtpFormat {
    private static final OtpFormat STANDARD = new OtpFormat(Algorithm.SHA1, 6);

    private final Algorithm algorithm;
    private final int digits;

    OtpFormat(Algorithm algorithm, int digits) {
        this.algorithm = algorithm;
        this.digits = digits;
    }

    /**
     * Returns SHA-1 and 6 digits, the format of every authenticator app.
     *
     * @return the format
     */
    public static OtpFormat standard() {
        return STANDARD;
    }

    /**
     * Returns a copy with this hash.
     *
     * @param algorithm the hash
     * @return the copy
     */
    @CheckReturnValue
    public OtpFormat withAlgorithm(Algorithm algorithm) {
        return new OtpFormat(Objects.requireNonNull(algorithm, "algorithm"), digits);
    }

    /**
     * Returns a copy with this number of digits.
     *
     * @param digits 6, 7 or 8
     * @return the copy
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number
     */
    @CheckReturnValue
    public OtpFormat withDigits(int digits) {
        return new OtpFormat(algorithm, Parameters.totp().withDigits(digits).format().digits());
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
     * @return the number
     */
    public int digits() {
        return digits;
    }

    Request write(Request request) {
        return request.number(algorithm.number()).number(digits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OtpFormat && ((OtpFormat) other).algorithm == algorithm && ((OtpFormat) other).digits == digits;
    }

    @Override
    public int hashCode() {
        return 31 * algorithm.hashCode() + digits;
    }

    @Override
    public String toString() {
        return "OtpFormat[" + algorithm + ", " + digits + " digits]";
    }
}
