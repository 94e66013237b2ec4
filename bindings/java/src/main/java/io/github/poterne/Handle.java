package io.github.poterne;

import java.util.concurrent.atomic.AtomicLong;

/** Something that the native library holds, until it is closed. */
final class Handle implements AutoCloseable {
    private final AtomicLong value;

    Handle(long value) {
        this.value = new AtomicLong(value);
    }

    /** The handle; once closed it is 0, which the native library knows to be closed. */
    long get() {
        return value.get();
    }

    @Override
    public void close() {
        long open = value.getAndSet(0);
        if (open != 0) {
            Response.of(Native.close(open, new byte[0], 0));
        }
    }
}
