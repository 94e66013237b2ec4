package io.github.poterne;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** A packed verdict, which the native library alone reads; spent and wiped when it is asked. */
final class Verdict {
    private static final byte[] SPENT = {};

    private final AtomicReference<byte[]> packed;

    Verdict(byte[] packed) {
        this.packed = new AtomicReference<>(packed);
    }

    /** What the native library says for a number of rows; a verdict that is spent is an error. */
    Response ask(Request.Call call, long rows) {
        byte[] verdict = packed.getAndSet(SPENT);
        try {
            return new Request(verdict.length + 12).bytes(verdict).number(rows).send(call, 0);
        } finally {
            Arrays.fill(verdict, (byte) 0);
        }
    }
}
