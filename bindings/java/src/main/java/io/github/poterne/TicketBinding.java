package io.github.poterne;

import java.util.Objects;

/**
 * What a ticket is for, and what binds it to the way it came: the same when {@link Verifier#ticket} makes it and when it comes back
 * (semantics 15.2).
 *
 * <p>Within its time a ticket stands for the password. The context holds what the next request of the same client has as well, such
 * as a random cookie that scripts cannot read, and what changes with the password: its hash, or the time of its change
 * (semantics 15.5).
 */
public final class TicketBinding {
    private final String purpose;
    private final byte[] context;

    private TicketBinding(String purpose, byte[] context) {
        this.purpose = purpose;
        this.context = context;
    }

    /**
     * Binds a ticket. A length that a ticket does not have is an error of the call that is given it.
     *
     * @param purpose what the login is for, such as {@code portal}: 1 to 64 bytes
     * @param context at most 1,024 bytes, which are copied
     * @return the binding
     */
    public static TicketBinding of(String purpose, byte[] context) {
        return new TicketBinding(
                Objects.requireNonNull(purpose, "purpose"), Objects.requireNonNull(context, "context").clone());
    }

    Request write(Request request) {
        return request.text(purpose, "purpose").bytes(context);
    }

    /** Shows nothing of the context, which may hold what changes with the password. */
    @Override
    public String toString() {
        return "TicketBinding[" + purpose + "]";
    }
}
