package io.github.poterne;

import java.util.Objects;

/**
 * A login, another attempt or a change was refused. It is the verdict "no".
 *
 * <p>Show the end user {@link #messageToUser} and nothing else (semantics 7.10).
 */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
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
     * Returns the seconds until the next attempt, of {@link Refusal#WAIT} (semantics 3.6).
     *
     * @return the seconds; 0 for other refusals
     */
    public long waitSeconds() {
        return refusal == Refusal.WAIT ? detail : 0;
    }

    /**
     * Returns by how many time steps the phone's clock is wrong, of {@link Refusal#CLOCK_OFF} (semantics 8.2).
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
     * Returns what the end user may read: one text for all refusals but {@link Refusal#WAIT} and {@link Refusal#LOCKED}. Show
     * these two only where the password was right (semantics 7.10).
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageToUser(Language language) {
        return message(language, 2);
    }

    /**
     * Returns what the page of an enrollment may say to whoever types a first code there, of {@link StoredCredential#confirm} and
     * {@link Verifier#replace}: what was wrong, and what to do. Not for a login: it tells a thief what to try (semantics 7.10).
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageAtEnrollment(Language language) {
        return message(language, 3);
    }

    /**
     * Returns what the help desk may read, and do next. Do not show it to the end user: it tells a thief what to try.
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
