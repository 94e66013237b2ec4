package io.github.poterne;

/** What becomes of the authenticator when a temporary code is issued. */
public enum Meanwhile {
    /** It is suspended: lost or stolen. */
    SUSPEND,
    /** It is kept as it is: forgotten at home. */
    KEEP
}
