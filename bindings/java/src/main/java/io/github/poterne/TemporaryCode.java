package io.github.poterne;

/** A temporary code to tell once, in the form XXXXX-XXXX-XXXX (semantics 5.2). */
public final class TemporaryCode implements AutoCloseable {
    private final Wiped text;

    TemporaryCode(Response response) {
        text = new Wiped(response.bytes(), ErrorKind.ARGUMENT, "the code");
    }

    /**
     * Returns the code, as the user will type it.
     *
     * @return the code
     */
    public String text() {
        return text.text();
    }

    /** Wipes the code. */
    @Override
    public void close() {
        text.close();
    }

    /** Shows nothing of the code. */
    @Override
    public String toString() {
        return "TemporaryCode";
    }
}
