package io.github.poterne;

/**
 * What an attempt came to. Only {@link #accepted()} is a login.
 *
 * <p>Each of the four methods gives the one that it is, and throws for the others: whoever does not look is not let in.
 */
public final class Outcome {
    private final Object value;
    private final String code;

    /** The outcome that a native gives. */
    static Outcome from(Response response) {
        int what = response.small();
        switch (what) {
            case 1:
                Accepted accepted = new Accepted(response);
                return new Outcome(accepted, accepted.code());
            case 2:
                return new Outcome(new Confirmed(response), "confirmed");
            case 3:
                return new Outcome(new Resynchronized(response), "resynchronized");
            case 4:
                Refused refused = new Refused(Refusal.of(response.number()), response.number());
                return new Outcome(refused, refused.code());
            default:
                throw new PoterneException(ErrorKind.VERSION, "the native library gave an outcome that the jar does not know");
        }
    }

    private Outcome(Object value, String code) {
        this.value = value;
        this.code = code;
    }

    /**
     * Whether it is a login.
     *
     * @return true for a login, and for nothing else
     */
    public boolean isAccepted() {
        return value instanceof Accepted;
    }

    /**
     * Whether an authenticator was confirmed. Not a login.
     *
     * @return true if it was
     */
    public boolean isConfirmed() {
        return value instanceof Confirmed;
    }

    /**
     * Whether an authenticator was resynchronized. Not a login.
     *
     * @return true if it was
     */
    public boolean isResynchronized() {
        return value instanceof Resynchronized;
    }

    /**
     * Whether it was refused.
     *
     * @return true if it was
     */
    public boolean isRefused() {
        return value instanceof Refused;
    }

    /**
     * The login.
     *
     * @return what was accepted
     * @throws RefusedException if it was refused
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it was no login
     */
    public Accepted accepted() {
        return get(Accepted.class);
    }

    /**
     * The confirmation.
     *
     * @return what was confirmed, with the recovery codes
     * @throws RefusedException if it was refused
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it was no confirmation
     */
    public Confirmed confirmed() {
        return get(Confirmed.class);
    }

    /**
     * The resynchronization.
     *
     * @return what was resynchronized
     * @throws RefusedException if it was refused
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it was no resynchronization
     */
    public Resynchronized resynchronized() {
        return get(Resynchronized.class);
    }

    /**
     * The refusal.
     *
     * @return why it was refused
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it was not
     */
    public Refused refused() {
        if (!isRefused()) {
            throw another();
        }
        return (Refused) value;
    }

    /**
     * A stable text for the application's own journal: {@code accepted.otp}, {@code refused.replayed}.
     *
     * @return the text, without date, code or secret
     */
    public String code() {
        return code;
    }

    private <T> T get(Class<T> type) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        if (isRefused()) {
            throw new RefusedException((Refused) value);
        }
        throw another();
    }

    private PoterneException another() {
        return new PoterneException(ErrorKind.STATE, "the outcome is another one: " + code);
    }

    /** The {@link #code}: an outcome may reach a log. */
    @Override
    public String toString() {
        return code;
    }
}
