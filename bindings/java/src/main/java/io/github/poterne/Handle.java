package io.github.poterne;

import java.util.concurrent.atomic.AtomicLong;

/** An object that the native library holds until it is closed. */
final class Handle implements AutoCloseable {
    private final AtomicLong value;
    private final String what;

    /** The name appears in the error once it is closed. */
    Handle(long value, String what) {
        this.value = new AtomicLong(value);
        this.what = what;
    }

    /**
     * Returns the handle; it is an error once closed. If it is closed right after this call, the native library reports the error.
     */
    long get() {
        long open = value.get();
        if (open == 0) {
            throw new PoterneException(ErrorKind.ARGUMENT, what + " is closed: make a new one");
        }
        return open;
    }

    @Override
    public void close() {
        long open = value.getAndSet(0);
        if (open != 0) {
            Response.of(Native.close(open, new byte[0], 0));
        }
    }
}
