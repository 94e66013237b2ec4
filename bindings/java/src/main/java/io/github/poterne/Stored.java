package io.github.poterne;

/** The answer of a change that gives nothing but itself: it is stored (semantics 7.8). */
public final class Stored {
    Stored() {}

    /** The text {@code stored}. */
    @Override
    public String toString() {
        return "stored";
    }
}
