package io.github.poterne;

import java.util.Objects;

/**
 * A call failed: a mistake of the caller, a damaged record, or a database that does not answer. It is never a verdict. Refuse the
 * login, and tell the operators (semantics 7.2).
 *
 * <p>The message holds no user data, no code and no record (semantics 11). Nor does the cause, if {@link JdbcColumn} made it. For
 * another {@link Store}, the cause is the one that it gave to {@link #unavailable}, and a driver's text may show a record:
 * PostgreSQL writes "Failing row contains". Write such an error into a journal by its {@link #code} and message, without its cause.
 */
public class PoterneException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kind of failure. */
    private final ErrorKind kind;

    PoterneException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    private PoterneException(ErrorKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /**
     * Makes an error of kind {@link ErrorKind#STORE}, in an implementation of {@link Store}: the database did not answer.
     *
     * <p>The cause is kept as it is. The texts of some drivers show values, including records. Drop the text, or turn it off in the
     * driver ({@code logServerErrorDetail=false} for PostgreSQL).
     *
     * @param cause the error of the database
     * @return the exception to throw
     */
    public static PoterneException unavailable(Throwable cause) {
        return unavailable("the store is unavailable: refuse the login and look at the database", cause);
    }

    static PoterneException unavailable(String message, Throwable cause) {
        return new PoterneException(ErrorKind.STORE, message, Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Returns the kind, for programs (semantics 12).
     *
     * @return the kind
     */
    public ErrorKind kind() {
        return kind;
    }

    /**
     * Returns a stable text for the application's own journal, such as {@code error.record} (semantics 12).
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return kind.code();
    }

    /**
     * Returns the message for the end user: one text for all errors, which does not look like a refused code.
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageToUser(Language language) {
        return kind.message(language, true);
    }

    /**
     * Returns the message for the help desk and the operators: what happened, and what to do next.
     *
     * @param language the language of the text
     * @return the text
     */
    public String message(Language language) {
        return kind.message(language, false);
    }
}
