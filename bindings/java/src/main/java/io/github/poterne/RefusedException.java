package io.github.poterne;

import java.util.Objects;

/**
 * A login, another attempt or a change was refused. It is the verdict "no".
 *
 * <p>Show the end user {@link #messageToUser} and nothing else (semantics 7.10).
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The reason. */
    private final Refusal refusal;
    /** Seconds or steps. */
    private final long detail;

    RefusedException(Refusal refusal, long detail) {
        // A refusal is no fault to trace.
        super(refusal.code(), null, false, false);
        this.refusal = refusal;
        this.detail = detail;
    }

    /**
     * Returns the reason, for the application and the help desk (semantics 3.10).
     *
     * @return the reason
     */
    public Refusal refusal() {
        return refusal;
    }

    /**
     * Returns the seconds until the next attempt, for {@link Refusal#WAIT} (semantics 3.6).
     *
     * @return the seconds; 0 for other refusals
     */
    public long waitSeconds() {
        return refusal == Refusal.WAIT ? detail : 0;
    }

    /**
     * Returns the error of the phone's clock in time steps, for {@link Refusal#CLOCK_OFF} (semantics 8.2).
     *
     * @return the steps, negative if the phone is slow; 0 for other refusals
     */
    public long clockOffSteps() {
        return refusal == Refusal.CLOCK_OFF ? detail : 0;
    }

    /**
     * Returns a stable text for the application's own journal, such as {@code refused.replayed} (semantics 12).
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return refusal.code();
    }

    /**
     * Returns the message for the end user: one text for all refusals except {@link Refusal#WAIT} and {@link Refusal#LOCKED}. Show
     * those two only once the password is right (semantics 7.10).
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageToUser(Language language) {
        return message(language, 2);
    }

    /**
     * Returns the message for an enrollment page that asks for a first code, with {@link StoredCredential#confirm} or
     * {@link Verifier#replace}: what was wrong, and what to do. Do not use it at a login: it tells a thief what to try (semantics
     * 7.10).
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageAtEnrollment(Language language) {
        return message(language, 3);
    }

    /**
     * Returns the message for the help desk: what happened, and what to do next. Never show it to the end user: it tells a thief
     * what to try.
     *
     * @param language the language of the text
     * @return the text
     */
    public String message(Language language) {
        return message(language, 1);
    }

    private String message(Language language, int reader) {
        Objects.requireNonNull(language, "language");
        Request request = new Request().number(refusal.number()).number(detail).number(language.number()).number(reader);
        return request.send(Native::refusalMessage, 0).text();
    }
}
