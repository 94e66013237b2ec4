package io.github.poterne;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The keys that seal records: one primary key, which seals, and others, which still open.
 *
 * <p>Whoever has the keyring and a copy of the table can compute codes: keep it on the application servers, readable by the
 * application alone, and its backup apart from the database's. Keys are wiped when it is closed.
 *
 * <p>To change keys on several servers: {@link #add} everywhere, {@link #promote}, {@linkplain Verifier#reseal reseal} all
 * records, {@link #remove}.
 */
public final class Keyring implements AutoCloseable {
    private final Handle handle;

    private Keyring(Response response) {
        handle = new Handle(response.number());
    }

    /**
     * A keyring with one fresh key, the primary.
     *
     * @param keyId a number from 1 to 4294967295 to recognize the key by; the day of creation reads well: 20261121
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another id
     */
    public static Keyring generate(long keyId) {
        return new Keyring(new Request().number(keyId).send(Native::keyringGenerate, 0));
    }

    /**
     * A keyring from its text, for keys that come from systemd credentials, a container's secret or a vault.
     *
     * @param text the text
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING} if the text is damaged; the message says how
     */
    public static Keyring parse(String text) {
        return new Keyring(new Request().text(text, "text").send(Native::keyringParse, 0));
    }

    /**
     * A keyring from its text in UTF-8, which the caller can wipe.
     *
     * @param text the text; it is not changed
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING} if the text is damaged; the message says how
     */
    public static Keyring parse(byte[] text) {
        return new Keyring(new Request().bytes(Objects.requireNonNull(text, "text")).send(Native::keyringParse, 0));
    }

    /**
     * A keyring from a file that nobody but its owner can read. On systems other than Unix the file's permissions are not
     * looked at.
     *
     * @param path the file
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING_FILE} if the file cannot be read, or if its group or others can
     *     read or write it; of kind {@link ErrorKind#KEYRING} if its text is damaged
     */
    public static Keyring open(Path path) {
        String name = Objects.requireNonNull(path, "path").toString();
        return new Keyring(new Request().text(name, "path").send(Native::keyringOpen, 0));
    }

    /**
     * Adds a fresh secondary key, which opens records but does not seal them.
     *
     * @param keyId a number from 1 to 4294967295
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for an id that is there already, or beyond 64 keys
     */
    public void add(long keyId) {
        new Request().number(keyId).send(Native::keyringAdd, handle.get());
    }

    /**
     * Makes a key the primary one. Every server must have it before. Verifiers made from this keyring keep the old one.
     *
     * @param keyId the key
     * @throws PoterneException of kind {@link ErrorKind#UNKNOWN_KEY} if the keyring does not have it
     */
    public void promote(long keyId) {
        new Request().number(keyId).send(Native::keyringPromote, handle.get());
    }

    /**
     * Removes a secondary key. Records that it sealed cannot be opened any more: reseal them before.
     *
     * @param keyId the key
     * @throws PoterneException of kind {@link ErrorKind#UNKNOWN_KEY} if the keyring does not have it,
     *     {@link ErrorKind#ARGUMENT} for the primary key
     */
    public void remove(long keyId) {
        new Request().number(keyId).send(Native::keyringRemove, handle.get());
    }

    /**
     * The text to keep: all keys in clear. Write it to a file of mode 0600, and wipe the array.
     *
     * @return the text, in ASCII
     */
    public byte[] toText() {
        try (Response response = new Request().send(Native::keyringText, handle.get())) {
            return response.bytes();
        }
    }

    /**
     * The id of the key that seals.
     *
     * @return the id
     */
    public long primaryKeyId() {
        return new Request().send(Native::keyringIds, handle.get()).number();
    }

    /**
     * The ids of all keys, in the order of the text.
     *
     * @return the ids
     */
    public List<Long> keyIds() {
        Response response = new Request().send(Native::keyringIds, handle.get());
        response.number();
        return Collections.unmodifiableList(
                LongStream.generate(response::number).limit(response.number()).boxed().collect(Collectors.toList()));
    }

    long handle() {
        return handle.get();
    }

    /** Wipes the keys. Verifiers have their own copy. Closing twice is fine. */
    @Override
    public void close() {
        handle.close();
    }

    /** No key is printed. */
    @Override
    public String toString() {
        return "Keyring";
    }
}
