package io.github.poterne.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** A first factor whose names are what was typed, and the one spelling of each that is stored (rule 9.7). */
final class StoredName implements FirstFactor {
    /** The name as typed, and as stored: one look-up for a session, not three for a request. */
    private static final String FOUND = StoredName.class.getName();

    private final FirstFactor first;
    private final Function<String, String> stored;

    StoredName(FirstFactor first, Function<String, String> stored) {
        this.first = first;
        this.stored = Objects.requireNonNull(stored, "stored");
    }

    @Override
    public Optional<String> account(HttpServletRequest request) {
        return first.account(request).map(typed -> find(request.getSession(false), typed));
    }

    private String find(HttpSession session, String typed) {
        Object found = session == null ? null : session.getAttribute(FOUND);
        if (found instanceof String[] && ((String[]) found)[0].equals(typed)) {
            return ((String[]) found)[1];
        }
        String name = stored.apply(typed);
        if (name == null) {
            // Never empty: that means that nobody is logged in, and the filter would let the request through.
            throw new IllegalStateException("the first factor let somebody in whose stored name is not known");
        }
        if (session != null) {
            session.setAttribute(FOUND, new String[] {typed, name});
        }
        return name;
    }

    @Override
    public void signOut(HttpServletRequest request) throws ServletException {
        first.signOut(request);
    }
}
