package io.github.poterne;

/** What happens to an authenticator that its user does not have, when a temporary code is issued (semantics 5.2). */
public enum MissingAuthenticator {
    /** It is suspended: lost or stolen. */
    SUSPEND,
    /** It stays as it is: forgotten at home. */
    KEEP
}
