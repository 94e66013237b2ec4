package io.github.poterne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The tokens of a file: PSKC (RFC 6030), eToken PASS or CSV (semantics 16). The secrets stay in native memory; closing it wipes them.
 *
 * <p>A token that is wrong is an entry with a {@linkplain TokenEntry#fault fault}, and the others are read. A file that is wrong as a
 * whole is an exception. The caller's arrays are not changed: wipe them after reading.
 */
public final class TokenFile implements AutoCloseable {
    private final Handle handle;
    private final List<TokenEntry> entries;

    private TokenFile(Response response) {
        handle = new Handle(response.number(), "the token file");
        long count = response.number();
        List<TokenEntry> read = new ArrayList<>();
        for (long index = 0; index < count; index++) {
            read.add(new TokenEntry(handle, index, false));
        }
        entries = Collections.unmodifiableList(read);
    }

    /**
     * Reads PSKC in clear.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @return the tokens
     * @throws PoterneException of kind {@link ErrorKind#TOKEN_FILE}, {@link ErrorKind#TOKEN_PASSWORD} if it is encrypted,
     *     {@link ErrorKind#TOKEN_UNSUPPORTED}
     */
    public static TokenFile readPskc(byte[] file) {
        return new TokenFile(request(file).number(0).bytes(new byte[0]).send(Native::tokenFilePskc, 0));
    }

    /**
     * Reads PSKC under a pre-shared key.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @param key 16, 24 or 32 bytes
     * @return the tokens
     * @throws PoterneException as {@link #readPskc(byte[])}; of kind {@link ErrorKind#TOKEN_PASSWORD} if the key is wrong,
     *     {@link ErrorKind#TOKEN_MAC} if the file is not authenticated
     */
    public static TokenFile readPskc(byte[] file, byte[] key) {
        return new TokenFile(request(file).number(1).bytes(Objects.requireNonNull(key, "key")).send(Native::tokenFilePskc, 0));
    }

    /**
     * Reads PSKC under a password.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @param password the password in UTF-8
     * @return the tokens
     * @throws PoterneException as {@link #readPskc(byte[], byte[])}
     */
    public static TokenFile readPskcWithPassword(byte[] file, byte[] password) {
        Request request = request(file).number(2).bytes(Objects.requireNonNull(password, "password"));
        return new TokenFile(request.send(Native::tokenFilePskc, 0));
    }

    /**
     * Reads the XML of SafeNet (Aladdin) eToken PASS (semantics 16.9). Secrets of 20 bytes are for SHA-1 and of 32 bytes for SHA-256;
     * others are faults.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @return the tokens
     * @throws PoterneException of kind {@link ErrorKind#TOKEN_FILE}
     */
    public static TokenFile readEtoken(byte[] file) {
        return new TokenFile(request(file).number(0).send(Native::tokenFileEtoken, 0));
    }

    /**
     * Reads the XML of SafeNet (Aladdin) eToken PASS with another hash.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @param algorithm the hash
     * @return the tokens
     * @throws PoterneException of kind {@link ErrorKind#TOKEN_FILE}
     */
    public static TokenFile readEtoken(byte[] file, Algorithm algorithm) {
        long number = Objects.requireNonNull(algorithm, "algorithm").number();
        return new TokenFile(request(file).number(number).send(Native::tokenFileEtoken, 0));
    }

    /**
     * Reads CSV (semantics 16.10 to 16.12).
     *
     * @param file the bytes of the file, at most 16 MiB
     * @param options what it is
     * @return the tokens
     * @throws PoterneException of kind {@link ErrorKind#TOKEN_FILE}, {@link ErrorKind#TOKEN_UNSUPPORTED}, or
     *     {@link ErrorKind#ARGUMENT} if the options do not fit the layout
     */
    public static TokenFile readCsv(byte[] file, CsvOptions options) {
        return new TokenFile(options(file, options).send(Native::tokenFileCsv, 0));
    }

    /**
     * Finds out encoding and hash of a CSV file by a code that one of its tokens shows (semantics 16.13). What the options leave open is
     * tried.
     *
     * @param file the bytes of the file, at most 16 MiB
     * @param options what is known
     * @param serial the serial number of the token
     * @param code the code that it shows
     * @param now the time
     * @return the options with what fits. One: it is proved. None: another token or file, a clock that is wrong, or a typing error.
     *     Several, by chance: try the next code
     * @throws PoterneException as {@link #readCsv}; of kind {@link ErrorKind#ARGUMENT} if no token of this serial number can be read,
     *     or the code does not have as many digits as the token
     */
    public static List<Fit> proveCsv(byte[] file, CsvOptions options, String serial, String code, Instant now) {
        Request request = options(file, options).text(serial, "serial").text(code, "code").time(now);
        Response response = request.send(Native::tokenFileProve, 0);
        List<Fit> fits = new ArrayList<>();
        for (long count = response.number(); count > 0; count--) {
            fits.add(new Fit(SecretEncoding.of(response.number()), Algorithm.of(response.number())));
        }
        return Collections.unmodifiableList(fits);
    }

    /** An encoding and a hash with which a token makes a code. */
    public static final class Fit {
        private final SecretEncoding encoding;
        private final Algorithm algorithm;

        Fit(SecretEncoding encoding, Algorithm algorithm) {
            this.encoding = encoding;
            this.algorithm = algorithm;
        }

        /**
         * Returns how the secrets are written.
         *
         * @return the encoding
         */
        public SecretEncoding encoding() {
            return encoding;
        }

        /**
         * Returns the hash.
         *
         * @return the hash
         */
        public Algorithm algorithm() {
            return algorithm;
        }

        @Override
        public String toString() {
            return encoding + ", " + algorithm;
        }
    }

    /**
     * Returns the tokens, and what is wrong with others, in the file's order.
     *
     * @return the entries
     */
    public List<TokenEntry> entries() {
        return entries;
    }

    private static Request request(byte[] file) {
        Objects.requireNonNull(file, "file");
        return new Request(file.length + 512).bytes(file);
    }

    private static Request options(byte[] file, CsvOptions options) {
        return Objects.requireNonNull(options, "options").write(request(file));
    }

    /** Wipes the secrets. It may be closed twice. */
    @Override
    public void close() {
        handle.close();
    }

    /** Shows the number of entries. */
    @Override
    public String toString() {
        return "TokenFile[" + entries.size() + " entries]";
    }
}
