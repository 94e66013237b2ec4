package io.github.poterne;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The bare, stateless search for a submitted code, for those who keep their own state. It is not a login: whoever calls it keeps
 * the watermark.
 */
public final class Match {
    /** What a search found. */
    public enum Kind {
        /** A moving factor above the watermark has this OTP. */
        FOUND(1),
        /** Only moving factors at or below the watermark have this OTP: it was used before. */
        REPLAYED(2),
        /** No candidate has this OTP. */
        NOT_FOUND(3),
        /** What was submitted is not an OTP of so many digits. */
        MALFORMED(4);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        private static Kind of(long number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new PoterneException(ErrorKind.VERSION, "the native library gave a number that the jar does not know");
        }
    }

    private final Kind kind;
    private final long movingFactor;

    private Match(Kind kind, long movingFactor) {
        this.kind = kind;
        this.movingFactor = movingFactor;
    }

    /**
     * Looks for a submitted OTP among candidates. Every candidate is computed and compared, whatever was submitted.
     *
     * <p>Moving factors are unsigned: a negative number stands for the unsigned number of the same bits.
     *
     * @param secret the shared secret
     * @param parameters of which the algorithm and the digits count
     * @param submitted what the user typed
     * @param first the first candidate, a counter or time step
     * @param last the last candidate; at most 10,000 are tried
     * @param watermark the highest factor accepted before: candidates up to it never match, they only tell a replay
     * @return what was found
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for no candidates or more than 10,000,
     *     {@link ErrorKind#COUNTER} if none is below 2^64 - 1
     */
    public static Match find(
            Secret secret, Parameters parameters, String submitted, long first, long last, OptionalLong watermark) {
        Request request = Objects.requireNonNull(secret, "secret").into(new Request())
                .bare(Objects.requireNonNull(parameters, "parameters"))
                .submitted(submitted, "submitted").number(first).number(last)
                .optional(Objects.requireNonNull(watermark, "watermark"));
        Response response = request.send(Native::match, 0);
        return new Match(Kind.of(response.number()), response.number());
    }

    /**
     * What was found.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The smallest moving factor above the watermark whose OTP was submitted.
     *
     * @return the factor; empty unless the kind is {@link Kind#FOUND}
     */
    public OptionalLong movingFactor() {
        return kind == Kind.FOUND ? OptionalLong.of(movingFactor) : OptionalLong.empty();
    }

    /** The kind. */
    @Override
    public String toString() {
        return "Match[" + kind + "]";
    }
}
