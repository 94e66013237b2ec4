package io.github.poterne;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A shared secret of 1 to 1,024 bytes (RFC 4226 5.1). Closing it wipes it. It is never printed and never compared.
 *
 * <p>A record takes 16 bytes or more. For a secret of more than 64 bytes it stores the key that HMAC derives from it (semantics
 * 1.4). {@link Hotp}, {@link Totp} and {@link Match} take every length. Threads can share it: if another thread closes it during a
 * call, the call has either the whole secret or an error.
 */
public final class Secret implements AutoCloseable {
    // What a text or an array is.
    private static final long BYTES = 0;
    private static final long BASE32 = 1;
    private static final long HEX = 2;

    private final Wiped bytes;

    /** Takes the array. */
    Secret(byte[] bytes) {
        this.bytes = new Wiped(bytes, ErrorKind.SECRET, "the secret");
    }

    /**
     * Makes a secret from bytes, which are copied.
     *
     * @param bytes 1 to 1,024 bytes
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} for another length
     */
    public static Secret ofBytes(byte[] bytes) {
        return decoded(new Request().number(BYTES).bytes(Objects.requireNonNull(bytes, "bytes")));
    }

    /**
     * Reads base32 as people write it (semantics 1.8): either case; spaces, dashes and invisible characters anywhere; padding at
     * the end.
     *
     * @param text the text
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} if the text is not base32, is empty or is too long
     */
    public static Secret ofBase32(String text) {
        return decoded(new Request().number(BASE32).typed(text, "text"));
    }

    /**
     * Reads base32, as {@link #ofBase32(String)}, from an array that the caller can wipe.
     *
     * @param text the text; it is not changed
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} if the text is not base32, is empty or is too long
     */
    public static Secret ofBase32(char[] text) {
        return decoded(BASE32, text);
    }

    /**
     * Reads hexadecimal as token manufacturers print it (semantics 1.8): either case; spaces, dashes and invisible characters
     * anywhere. The library never guesses the encoding of a text: hexadecimal that consists of the digits 2 to 7 is also base32.
     *
     * @param text the text
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} if the text is not hexadecimal, has an odd number of digits, is
     *     empty or is too long
     */
    public static Secret ofHex(String text) {
        return decoded(new Request().number(HEX).typed(text, "text"));
    }

    /**
     * Reads hexadecimal, as {@link #ofHex(String)}, from an array that the caller can wipe.
     *
     * @param text the text; it is not changed
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} if the text is not hexadecimal, has an odd number of digits, is
     *     empty or is too long
     */
    public static Secret ofHex(char[] text) {
        return decoded(HEX, text);
    }

    private static Secret decoded(long encoding, char[] text) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(Objects.requireNonNull(text, "text")));
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());
        try {
            return decoded(new Request().number(encoding).bytes(bytes));
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * Generates a random secret; RFC 4226 R6 recommends 20 bytes (semantics 1.4).
     *
     * @param length 16 to 64 bytes
     * @return the secret
     * @throws PoterneException of kind {@link ErrorKind#SECRET} for another length, {@link ErrorKind#RANDOM} if the system gives
     *     no randomness
     */
    public static Secret generate(int length) {
        try (Response response = new Request().number(length).send(Native::secretGenerate, 0)) {
            return new Secret(response.bytes());
        }
    }

    private static Secret decoded(Request request) {
        try (Response response = request.send(Native::secretDecode, 0)) {
            return new Secret(response.bytes());
        }
    }

    /**
     * Returns a copy of the bytes.
     *
     * @return the bytes, for the caller to wipe
     */
    public byte[] toBytes() {
        return bytes.copy();
    }

    /**
     * Returns the base32 text, in upper case and without padding.
     *
     * @return the text, in an array for the caller to wipe
     */
    public char[] toBase32() {
        try (Response response = into(new Request()).send(Native::secretEncode, 0)) {
            byte[] text = response.bytes();
            char[] characters = StandardCharsets.US_ASCII.decode(ByteBuffer.wrap(text)).array();
            Arrays.fill(text, (byte) 0);
            return characters;
        }
    }

    /** Searches as {@link Native#find}. */
    long find(OtpFormat format, long code, long first, long last, OptionalLong watermark) {
        return bytes.whole(secret -> Native.find(
                secret, secret.length, format.algorithm().number(), format.digits(), code, first, last, watermark.isPresent(),
                watermark.orElse(0)));
    }

    /** Adds the bytes to a request. */
    Request into(Request request) {
        return bytes.into(request);
    }

    /** Wipes the secret. It may be closed twice. */
    @Override
    public void close() {
        bytes.close();
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "Secret";
    }
}
