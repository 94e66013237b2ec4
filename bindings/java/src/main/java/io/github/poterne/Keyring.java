package io.github.poterne;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The keys that seal records: one primary key, which seals, and secondary keys, which still open (semantics 13).
 *
 * <p>The keyring and a copy of the table are enough to compute codes. Keep it on the application servers, readable only by the
 * application, and back it up apart from the database. Closing it wipes its keys.
 *
 * <p>To change keys on several servers, {@link #add} everywhere, {@link #promote} everywhere,
 * {@linkplain StoredCredential#reseal reseal} all records, then {@link #remove}.
 */
public final class Keyring implements AutoCloseable {
    private final Handle handle;

    private Keyring(Response response) {
        handle = new Handle(response.number(), "the keyring");
    }

    /**
     * Makes a keyring with one fresh key, the primary one (semantics 13).
     *
     * @param keyId a number from 1 to 4294967295 by which you recognize the key, such as its day of creation: 20261121
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another id
     */
    public static Keyring generate(long keyId) {
        return new Keyring(new Request().number(keyId).send(Native::keyringGenerate, 0));
    }

    /**
     * Reads a keyring from its text, for keys that come from systemd credentials, a container's secret or a vault (semantics 13).
     *
     * @param text the text
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING} if the text is damaged; the message says how
     */
    public static Keyring parse(String text) {
        return new Keyring(new Request().text(text, "text").send(Native::keyringParse, 0));
    }

    /**
     * Reads a keyring from its text in UTF-8, in an array that the caller can wipe (semantics 13).
     *
     * @param text the text; it is not changed
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING} if the text is damaged; the message says how
     */
    public static Keyring parse(byte[] text) {
        return new Keyring(new Request().bytes(Objects.requireNonNull(text, "text")).send(Native::keyringParse, 0));
    }

    /**
     * Reads a keyring from a file that only its owner can read (semantics 13). Permissions are checked on Unix only.
     *
     * @param path the file
     * @return the keyring
     * @throws PoterneException of kind {@link ErrorKind#KEYRING_FILE} if the file cannot be read, if its group or others can read
     *     or write it, or if it is not a file of the system, such as one inside an archive; of kind {@link ErrorKind#KEYRING} if
     *     its text is damaged
     */
    public static Keyring open(Path path) {
        // Of another file system's path the system would open a file of that name, or none.
        if (!Objects.requireNonNull(path, "path").getFileSystem().equals(FileSystems.getDefault())) {
            throw new PoterneException(
                    ErrorKind.KEYRING_FILE, "the keyring is not a file of the system: read it, and pass its bytes to Keyring.parse");
        }
        return new Keyring(new Request().text(path.toString(), "path").send(Native::keyringOpen, 0));
    }

    /**
     * Adds a fresh secondary key, which opens records but does not seal them (semantics 13).
     *
     * @param keyId a number from 1 to 4294967295
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the id is already there, or beyond 64 keys
     */
    public void add(long keyId) {
        new Request().number(keyId).send(Native::keyringAdd, handle.get());
    }

    /**
     * Makes a key the primary one (semantics 13). Every server must have the key first. Verifiers that were made from this keyring
     * keep the old primary key.
     *
     * @param keyId the key
     * @throws PoterneException of kind {@link ErrorKind#UNKNOWN_KEY} if the keyring does not have it; {@link ErrorKind#ARGUMENT} if
     *     the number cannot be a key's id
     */
    public void promote(long keyId) {
        new Request().number(keyId).send(Native::keyringPromote, handle.get());
    }

    /**
     * Removes a secondary key (semantics 13). Reseal the records that it sealed first: afterwards no key opens them.
     *
     * @param keyId the key
     * @throws PoterneException of kind {@link ErrorKind#UNKNOWN_KEY} if the keyring does not have it, {@link ErrorKind#ARGUMENT}
     *     for the primary key, or if the number cannot be a key's id
     */
    public void remove(long keyId) {
        new Request().number(keyId).send(Native::keyringRemove, handle.get());
    }

    /**
     * Returns the text to keep, with all keys in clear (semantics 13). Write it to a file of mode 0600, and wipe the array.
     *
     * @return the text, in ASCII
     */
    public byte[] toText() {
        try (Response response = new Request().send(Native::keyringText, handle.get())) {
            return response.bytes();
        }
    }

    /**
     * Returns the id of the primary key.
     *
     * @return the id
     */
    public long primaryKeyId() {
        return new Request().send(Native::keyringIds, handle.get()).number();
    }

    /**
     * Returns the ids of all keys, in the order of the text.
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

    /** Wipes the keys. Verifiers have their own copy. It may be closed twice. */
    @Override
    public void close() {
        handle.close();
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return "Keyring";
    }
}
