package io.github.poterne;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Bytes that are wiped when they are closed. Threads can share them: each gets all of them, or an error. */
final class Wiped implements AutoCloseable {
    private final byte[] bytes;
    private final ErrorKind kind;
    private final String what;
    private boolean isClosed;

    /** Takes the array. The kind and the name appear in the error once it is closed. */
    Wiped(byte[] bytes, ErrorKind kind, String what) {
        this.bytes = Objects.requireNonNull(bytes, "bytes");
        this.kind = kind;
        this.what = what;
    }

    /** Adds them to a request. */
    synchronized Request into(Request request) {
        return request.bytes(open());
    }

    /** Returns a copy, for the caller to wipe. */
    synchronized byte[] copy() {
        return open().clone();
    }

    /** Returns the text of bytes in UTF-8. */
    synchronized String text() {
        return new String(open(), StandardCharsets.UTF_8);
    }

    private byte[] open() {
        if (isClosed) {
            throw new PoterneException(kind, what + " is closed: make a new one");
        }
        return bytes;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        Arrays.fill(bytes, (byte) 0);
    }
}
