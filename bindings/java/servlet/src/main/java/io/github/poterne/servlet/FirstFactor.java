package io.github.poterne.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Tells whose password was right. It asks the server alone: the container, or the session of the application. */
@FunctionalInterface
public interface FirstFactor {
    /**
     * Returns the account whose password was right.
     *
     * @param request a request of this user
     * @return the account's name as it is stored; empty if nobody is logged in
     */
    Optional<String> account(HttpServletRequest request);

    /**
     * Ends the login. The session is ended afterwards, in any case. The container is asked by default, if it knows of a login. A filter
     * that signs in ends a login in its own way.
     *
     * @param request a request of this user
     * @throws ServletException if the container cannot
     */
    default void signOut(HttpServletRequest request) throws ServletException {
        // Jetty 12 throws where there is none: the application's session, and not the container, may hold the account.
        if (request.getUserPrincipal() != null) {
            request.logout();
        }
    }

    /**
     * Looks up the stored spelling of each name. A directory takes {@code A.MARTIN} for {@code a.martin}, and its realm returns what was
     * typed; poterne's names are never folded (rule 9.7), so each spelling would be a person of its own, without an app.
     *
     * @param stored finds the stored name for the one that the first factor tells; asked once for a session. It throws, or returns null,
     *        if there is none, and the request ends with an error
     * @return this first factor, with the stored names
     */
    default FirstFactor withStoredNames(Function<String, String> stored) {
        return new StoredName(this, stored);
    }

    /**
     * Asks the container: {@code login-config} of web.xml, a realm, a client certificate. A realm on a directory tells what was typed:
     * see {@link #withStoredNames}.
     *
     * @return what {@link HttpServletRequest#getUserPrincipal} says
     */
    static FirstFactor ofContainer() {
        return request -> Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName);
    }

    /**
     * Asks the application's own login page, which keeps the account in the session.
     *
     * @param name the name of the session's attribute; its {@code toString} is the account
     * @return the value of the attribute
     */
    static FirstFactor ofSessionAttribute(String name) {
        Objects.requireNonNull(name, "name");
        return request -> {
            HttpSession session = request.getSession(false);
            return session == null ? Optional.empty() : Optional.ofNullable(session.getAttribute(name)).map(Object::toString);
        };
    }
}
