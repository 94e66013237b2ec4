package io.github.poterne;

/** A temporary code to tell once, in the form XXXXX-XXXX-XXXX. */
public final class TemporaryCode implements AutoCloseable {
    private final Wiped text;

    TemporaryCode(Response response) {
        text = new Wiped(response.bytes(), ErrorKind.ARGUMENT, "the code");
    }

    /**
     * The code, as the person will type it.
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

    /** Not the code. */
    @Override
    public String toString() {
        return "TemporaryCode";
    }
}
