package io.github.poterne;

/**
 * A login, or a change, was refused: the verdict, where a call returns only what was accepted.
 *
 * <p>Show the end user {@link Refused#messageToUser}, and nothing else.
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    private final Refusal refusal;
    /** Seconds or steps. */
    private final long detail;

    RefusedException(Refused refused) {
        // A refusal is no fault to trace.
        super(refused.code(), null, false, false);
        refusal = refused.refusal();
        detail = refused.detail();
    }

    /**
     * Why, with what belongs to it.
     *
     * @return the refusal
     */
    public Refused refused() {
        return new Refused(refusal, detail);
    }

    /**
     * Why.
     *
     * @return the reason, for the application and the help desk
     */
    public Refusal refusal() {
        return refusal;
    }

    /**
     * Of {@link Refusal#WAIT}: seconds until the next attempt.
     *
     * @return the seconds, else 0
     */
    public long waitSeconds() {
        return refused().waitSeconds();
    }

    /**
     * A stable text for the application's own journal: {@code refused.replayed}.
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return refusal.code();
    }
}
