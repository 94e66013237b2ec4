package io.github.poterne;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** A packed answer, which only the native library reads. Asking it spends and wipes it. */
final class Answer {
    private static final byte[] SPENT = {};

    private final AtomicReference<byte[]> packed;

    Answer(byte[] packed) {
        this.packed = new AtomicReference<>(packed);
    }

    /** Returns the native library's response to a row count. A spent answer is an error. */
    Response ask(long rows) {
        byte[] answer = packed.getAndSet(SPENT);
        if (answer.length > 0 && Native.gives(answer[0] != 0, rows)) {
            return Response.behind(1, answer);
        }
        try {
            return new Request(answer.length + 12).bytes(answer).number(rows).send(Native::outcome, 0);
        } finally {
            Arrays.fill(answer, (byte) 0);
        }
    }
}
