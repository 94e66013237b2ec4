package io.github.poterne;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A field in which the password is typed first and the code behind it, for clients that have room for one field.
 *
 * <p>The code is the last digits of the field if all of them are digits; the password is what stands before it, untouched, and
 * may be empty. The length is never guessed.
 */
public final class PasswordAndCode implements AutoCloseable {
    private final char[] password;
    private final Optional<String> code;
    private boolean isClosed;

    private PasswordAndCode(char[] password, Optional<String> code) {
        this.password = password;
        this.code = code;
    }

    /**
     * Splits a field.
     *
     * @param field what the user typed; it is not changed
     * @param digits how many digits a code has: 6, 7 or 8
     * @return the password and the code
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number of digits
     */
    public static PasswordAndCode split(char[] field, int digits) {
        // The end alone decides, and what somebody types has any length.
        int end = Math.min(Objects.requireNonNull(field, "field").length, END);
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(field, field.length - end, end));
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
        try (Response response = new Request().bytes(bytes).number(digits).send(Native::split, 0)) {
            Optional<String> code = response.optionalText();
            int length = field.length - code.map(String::length).orElse(0);
            return new PasswordAndCode(Arrays.copyOf(field, length), code);
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * The password: the whole field if there is no code.
     *
     * @return a copy, for the caller to wipe
     */
    public synchronized char[] password() {
        if (isClosed) {
            throw new PoterneException(ErrorKind.ARGUMENT, "the password is closed: split the field again");
        }
        return password.clone();
    }

    /**
     * The code.
     *
     * @return the digits, or nothing
     */
    public Optional<String> code() {
        return code;
    }

    /** Wipes the password. */
    @Override
    public synchronized void close() {
        isClosed = true;
        Arrays.fill(password, '\0');
    }

    /** Nothing of either. */
    @Override
    public String toString() {
        return "PasswordAndCode";
    }

    /** More than a code has, with its separators. */
    private static final int END = 64;
}
