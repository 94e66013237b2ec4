package io.github.poterne;

import java.util.Objects;

/** HOTP, RFC 4226: the bare, stateless generation (semantics 1.1). */
public final class Hotp {
    private Hotp() {}

    /**
     * Generates the one-time password of a counter.
     *
     * @param secret the shared secret
     * @param format the hash and the number of digits
     * @param counter the counter; a negative number stands for the unsigned number of the same bits
     * @return the digits
     */
    public static String generate(Secret secret, OtpFormat format, long counter) {
        Request request = Objects.requireNonNull(format, "format")
                .write(Objects.requireNonNull(secret, "secret").into(new Request())).number(counter);
        try (Response response = request.send(Native::hotp, 0)) {
            return response.text();
        }
    }
}
