package io.github.poterne;

import java.util.concurrent.atomic.AtomicLong;

/** Something that the native library holds, until it is closed. */
final class Handle implements AutoCloseable {
    private final AtomicLong value;
    private final String what;

    /** The name is that of the error once it is closed. */
    Handle(long value, String what) {
        this.value = new AtomicLong(value);
        this.what = what;
    }

    /** The handle; once closed it is an error. What is closed right after this is one of the native library's. */
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
