package io.github.poterne;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * The bare, stateless search for a submitted code, for an application that keeps its own state. It is not a login: the caller
 * keeps the watermark.
 */
public final class Match {
    /** The result of a search. */
    public enum Kind {
        /** A moving factor above the watermark has this OTP. */
        FOUND(1),
        /** Only moving factors at or below the watermark have this OTP: it was used before. */
        REPLAYED(2),
        /** No candidate has this OTP. */
        NOT_FOUND(3),
        /** The submitted text is not an OTP with this number of digits (semantics 2.2). */
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
            throw new PoterneException(ErrorKind.VERSION, "the native library returned a number that the jar does not know");
        }
    }

    private final Kind kind;
    private final long movingFactor;

    private Match(Kind kind, long movingFactor) {
        this.kind = kind;
        this.movingFactor = movingFactor;
    }

    /**
     * Searches candidates for a submitted OTP. It computes and compares every candidate (semantics 4.3).
     *
     * <p>Moving factors are unsigned: a negative number stands for the unsigned number of the same bits.
     *
     * @param secret the shared secret
     * @param format the hash and the number of digits
     * @param submitted what the user typed
     * @param first the first candidate, a counter or time step
     * @param last the last candidate; at most 10,000 are tried
     * @return the result
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if there are no candidates or more than 10,000,
     *     {@link ErrorKind#COUNTER} if none is below 2^64 - 1
     */
    public static Match find(Secret secret, OtpFormat format, String submitted, long first, long last) {
        return find(secret, format, submitted, first, last, OptionalLong.empty());
    }

    /**
     * Searches as {@link #find(Secret, OtpFormat, String, long, long)}, above a watermark (semantics 4.4).
     *
     * @param secret the shared secret
     * @param format the hash and the number of digits
     * @param submitted what the user typed
     * @param first the first candidate, a counter or time step
     * @param last the last candidate; at most 10,000 are tried
     * @param watermark the highest factor accepted before: candidates up to it never match, they only reveal a replay
     * @return the result
     * @throws PoterneException as {@link #find(Secret, OtpFormat, String, long, long)}
     */
    public static Match find(
            Secret secret, OtpFormat format, String submitted, long first, long last, long watermark) {
        return find(secret, format, submitted, first, last, OptionalLong.of(watermark));
    }

    // What the native library returns if it has no factor, and nothing is wrong.
    private static final long REPLAYED = -1;
    private static final long NOT_FOUND = -2;

    /** Returns a text of so many ASCII characters, which most users type, with the last one in the lowest byte; 0 for any other. */
    private static long packed(String text, int digits) {
        if (text.length() != digits) {
            return 0;
        }
        long packed = 0;
        for (int i = 0; i < digits; i++) {
            char character = text.charAt(i);
            if (character > 127) {
                return 0;
            }
            packed = packed << Byte.SIZE | character;
        }
        return packed;
    }

    private static Match find(
            Secret secret, OtpFormat format, String submitted, long first, long last, OptionalLong watermark) {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(format, "format");
        long code = packed(Objects.requireNonNull(submitted, "submitted"), format.digits());
        if (code != 0) {
            long found = secret.find(format, code, first, last, watermark);
            if (found >= 0) {
                return new Match(Kind.FOUND, first + found);
            }
            if (found == REPLAYED || found == NOT_FOUND) {
                return new Match(found == REPLAYED ? Kind.REPLAYED : Kind.NOT_FOUND, 0);
            }
        }
        Request request = format.write(secret.into(new Request()))
                .submitted(submitted, "submitted").number(first).number(last)
                .optional(watermark);
        Response response = request.send(Native::match, 0);
        return new Match(Kind.of(response.number()), response.number());
    }

    /**
     * Returns the kind of the result.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the smallest moving factor above the watermark that has the submitted OTP (semantics 4.4).
     *
     * @return the factor; empty unless the kind is {@link Kind#FOUND}
     */
    public OptionalLong movingFactor() {
        return kind == Kind.FOUND ? OptionalLong.of(movingFactor) : OptionalLong.empty();
    }

    /** Shows the kind. */
    @Override
    public String toString() {
        return "Match[" + kind + "]";
    }
}
