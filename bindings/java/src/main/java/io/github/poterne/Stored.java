package io.github.poterne;

/** The answer of a change that returns nothing else: it is stored (semantics 7.8). */
public final class Stored {
    Stored() {}

    /** The text {@code stored}. */
    @Override
    public String toString() {
        return "stored";
    }
}
