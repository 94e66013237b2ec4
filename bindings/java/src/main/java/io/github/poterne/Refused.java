package io.github.poterne;

import java.util.Objects;

/** A refusal, with what belongs to it. */
public final class Refused {
    private final Refusal refusal;
    private final long detail;

    Refused(Refusal refusal, long detail) {
        this.refusal = refusal;
        this.detail = detail;
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
        return refusal == Refusal.WAIT ? detail : 0;
    }

    /**
     * Of {@link Refusal#CLOCK_OFF}: by how many time steps the phone's clock is wrong.
     *
     * @return the steps, negative if the phone is slow; else 0
     */
    public long clockOffSteps() {
        return refusal == Refusal.CLOCK_OFF ? detail : 0;
    }

    /** Seconds or steps, for those refusals that have them. */
    long detail() {
        return detail;
    }

    /**
     * A stable text for the application's own journal: {@code refused.replayed}.
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return refusal.code();
    }

    /**
     * What the end user may read: one and the same text, but for {@link Refusal#WAIT} and {@link Refusal#LOCKED}, which only an
     * application that has found the password right shows.
     *
     * @param language the language of the text
     * @return the text
     */
    public String messageToUser(Language language) {
        return message(language, true);
    }

    /**
     * What the help desk may read, and do next. Not for the end user: it tells a thief what to try.
     *
     * @param language the language of the text
     * @return the text
     */
    public String message(Language language) {
        return message(language, false);
    }

    private String message(Language language, boolean isForUser) {
        Objects.requireNonNull(language, "language");
        Request request = new Request().number(refusal.number()).number(detail).number(language.number()).flag(isForUser);
        return request.send(Native::refusalMessage, 0).text();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Refused && ((Refused) other).refusal == refusal && ((Refused) other).detail == detail;
    }

    @Override
    public int hashCode() {
        return 31 * refusal.hashCode() + Long.hashCode(detail);
    }

    /** The {@link #code}. */
    @Override
    public String toString() {
        return code();
    }
}
