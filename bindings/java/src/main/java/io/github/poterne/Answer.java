package io.github.poterne;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** A packed answer, which the native library alone reads; spent and wiped when it is asked. */
final class Answer {
    private static final byte[] SPENT = {};

    private final AtomicReference<byte[]> packed;

    Answer(byte[] packed) {
        this.packed = new AtomicReference<>(packed);
    }

    /** What the native library says for a row count; an answer that is spent is an error. */
    Response ask(long rows) {
        byte[] answer = packed.getAndSet(SPENT);
        try {
            return new Request(answer.length + 12).bytes(answer).number(rows).send(Native::outcome, 0);
        } finally {
            Arrays.fill(answer, (byte) 0);
        }
    }
}
