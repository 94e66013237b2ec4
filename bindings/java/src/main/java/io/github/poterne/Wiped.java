package io.github.poterne;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;

/** Bytes that are wiped when they are closed. Threads can share them: each gets all of them, or an error. */
final class Wiped implements AutoCloseable {
    private final byte[] bytes;
    private final ErrorKind kind;
    private final String what;
    private final AtomicBoolean isClosed = new AtomicBoolean();

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

    /** Hands the bytes themselves to a native, which copies them first. Nobody waits for it; what was wiped meanwhile gives an error. */
    long whole(ToLongFunction<byte[]> call) {
        long result = call.applyAsLong(bytes);
        open();
        return result;
    }

    private byte[] open() {
        if (isClosed.get()) {
            throw new PoterneException(kind, what + " is closed: make a new one");
        }
        return bytes;
    }

    @Override
    public synchronized void close() {
        // Not only set: nothing is wiped before others can see it.
        isClosed.getAndSet(true);
        Arrays.fill(bytes, (byte) 0);
    }
}
