package io.github.poterne;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A field that holds the password followed by the code, for clients with one field (semantics 10.1).
 *
 * <p>The code is the last digits of the field if all of them are digits. Otherwise it is the last 15 characters if they are a
 * recovery or temporary code as it is shown, XXXXX-XXXX-XXXX. The password is everything before the code, unchanged; it may be
 * empty. The number of digits is never guessed. Do not put a separator between password and code.
 */
public final class PasswordAndCode implements AutoCloseable {
    /** In the form of the given field; the other one is null. */
    private final char[] password;
    private final byte[] passwordBytes;
    private final Optional<String> code;
    private boolean isClosed;

    private PasswordAndCode(char[] password, byte[] passwordBytes, Optional<String> code) {
        this.password = password;
        this.passwordBytes = passwordBytes;
        this.code = code;
    }

    /**
     * Splits a field of characters (semantics 10.1).
     *
     * @param field the text that the user typed; it is not changed
     * @param digits the number of digits of a code: 6, 7 or 8
     * @return the password and the code
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number of digits
     */
    public static PasswordAndCode split(char[] field, int digits) {
        // The end alone decides, and what somebody types has any length.
        int end = Math.min(Objects.requireNonNull(field, "field").length, END);
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(field, field.length - end, end));
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
        try {
            Optional<String> code = code(bytes, digits);
            return new PasswordAndCode(Arrays.copyOf(field, before(field.length, code)), null, code);
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Splits a field of bytes, in any encoding in which ASCII stands for itself (semantics 10.1).
     *
     * @param field the text that the user typed; it is not changed
     * @param digits the number of digits of a code: 6, 7 or 8
     * @return the password, as {@link #passwordBytes()}, and the code
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another number of digits
     */
    public static PasswordAndCode split(byte[] field, int digits) {
        int end = Math.min(Objects.requireNonNull(field, "field").length, END);
        byte[] bytes = Arrays.copyOfRange(field, field.length - end, field.length);
        try {
            Optional<String> code = code(bytes, digits);
            return new PasswordAndCode(null, Arrays.copyOf(field, before(field.length, code)), code);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static Optional<String> code(byte[] end, int digits) {
        try (Response response = new Request().bytes(end).number(digits).send(Native::split, 0)) {
            return response.optionalText();
        }
    }

    private static int before(int length, Optional<String> code) {
        return length - code.map(String::length).orElse(0);
    }

    /**
     * Returns the password of a field of characters: the whole field if there is no code.
     *
     * @return a copy, for the caller to wipe
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the field was bytes, or if it is closed
     */
    public synchronized char[] password() {
        if (password == null) {
            throw new PoterneException(ErrorKind.ARGUMENT, "the field was bytes: ask for passwordBytes()");
        }
        checkOpen();
        return password.clone();
    }

    /**
     * Returns the password of a field of bytes, byte for byte: the whole field if there is no code.
     *
     * @return a copy, for the caller to wipe
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the field was characters, or if it is closed
     */
    public synchronized byte[] passwordBytes() {
        if (passwordBytes == null) {
            throw new PoterneException(ErrorKind.ARGUMENT, "the field was characters: ask for password()");
        }
        checkOpen();
        return passwordBytes.clone();
    }

    private void checkOpen() {
        if (isClosed) {
            throw new PoterneException(ErrorKind.ARGUMENT, "the password is closed: split the field again");
        }
    }

    /**
     * Returns the code.
     *
     * @return the code as it was typed; empty if there is none
     */
    public Optional<String> code() {
        return code;
    }

    /** Wipes the password. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (password != null) {
            Arrays.fill(password, '\0');
        }
        if (passwordBytes != null) {
            Arrays.fill(passwordBytes, (byte) 0);
        }
    }

    /** Shows nothing of either. */
    @Override
    public String toString() {
        return "PasswordAndCode";
    }

    /** More characters than a code with its hyphens. The encoded end of a field of characters has at least as many bytes. */
    private static final int END = 64;
}
