package io.github.poterne;

import java.util.Objects;

/**
 * A call failed: by a mistake of the caller, a damaged record, or a database that does not answer. It is never a verdict: refuse
 * the login, and tell the operator.
 *
 * <p>The message holds no user data, no code and no record.
 */
public class PoterneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What failed. */
    private final ErrorKind kind;

    PoterneException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    private PoterneException(ErrorKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /**
     * An error of kind {@link ErrorKind#STORE}, for implementations of {@link Store}: the database did not answer.
     *
     * @param cause what the database said
     * @return the exception to throw
     */
    public static PoterneException unavailable(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        return new PoterneException(
                ErrorKind.STORE, "the store is unavailable: refuse the login and look at the database", cause);
    }

    /**
     * The kind, for programs.
     *
     * @return the kind
     */
    public ErrorKind kind() {
        return kind;
    }

    /**
     * A stable text for the application's own journal: {@code error.record}.
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return kind.code();
    }
}
