package io.github.poterne;

import java.util.Arrays;

/** A temporary code to tell once, in the form XXXX-XXXX-XXXX. */
public final class TemporaryCode implements AutoCloseable {
    private final char[] text;

    TemporaryCode(Response response) {
        text = response.text().toCharArray();
    }

    /**
     * The code, as the person will type it.
     *
     * @return the code
     */
    public String text() {
        return new String(text);
    }

    /** Wipes the code. */
    @Override
    public void close() {
        Arrays.fill(text, '\0');
    }

    /** Not the code. */
    @Override
    public String toString() {
        return "TemporaryCode";
    }
}
