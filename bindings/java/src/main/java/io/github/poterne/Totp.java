package io.github.poterne;

import java.time.Instant;
import java.util.Objects;

/** TOTP, RFC 6238: the bare, stateless generation (semantics 1.1). */
public final class Totp {
    private Totp() {}

    /**
     * Generates the one-time password of a time (semantics 1.3).
     *
     * @param secret the shared secret
     * @param parameters time-based
     * @param now the time
     * @return the digits
     * @throws PoterneException of kind {@link ErrorKind#TIME} if the time is before {@code t0}, {@link ErrorKind#ARGUMENT} if the
     *     parameters are counter-based
     */
    public static String generate(Secret secret, Parameters parameters, Instant now) {
        Request request = Objects.requireNonNull(secret, "secret").into(new Request())
                .bytes(Objects.requireNonNull(parameters, "parameters").packed()).time(Objects.requireNonNull(now, "now"));
        try (Response response = request.send(Native::totp, 0)) {
            return response.text();
        }
    }

    /**
     * Returns the time step of a time, T of RFC 6238 4.2.
     *
     * @param parameters time-based
     * @param now the time
     * @return the number of whole steps since {@code t0}
     * @throws PoterneException of kind {@link ErrorKind#TIME} if the time is before {@code t0}, {@link ErrorKind#ARGUMENT} if the
     *     parameters are counter-based
     */
    public static long timeStep(Parameters parameters, Instant now) {
        return new Request().bytes(Objects.requireNonNull(parameters, "parameters").packed())
                .time(Objects.requireNonNull(now, "now")).send(Native::timeStep, 0).number();
    }
}
