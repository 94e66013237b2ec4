package io.github.poterne;

import java.util.Objects;

/**
 * The purpose of a ticket, and a context that binds it to one client. Both must be the same when {@link Verifier#ticket} makes it
 * and when it comes back (semantics 15.2).
 *
 * <p>Until it expires, a ticket stands for the password. Put into the context data that the client's next request has as well, such
 * as a random cookie that scripts cannot read, and data that changes with the password: its hash, or the time at which it was
 * changed (semantics 15.5).
 */
public final class TicketBinding {
    private final String purpose;
    private final byte[] context;

    private TicketBinding(String purpose, byte[] context) {
        this.purpose = purpose;
        this.context = context;
    }

    /**
     * Binds a ticket. The call that receives the binding throws an error if a length is wrong.
     *
     * @param purpose the purpose of the login, such as {@code portal}: 1 to 64 bytes
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

    /** Shows nothing of the context, which may hold data that changes with the password. */
    @Override
    public String toString() {
        return "TicketBinding[" + purpose + "]";
    }
}
