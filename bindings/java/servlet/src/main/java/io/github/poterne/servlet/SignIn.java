package io.github.poterne.servlet;

import io.github.poterne.Accepted;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;

/**
 * The login of a framework: who has passed the first factor, and where the second one is written down. {@link SecondStepFilter} has
 * one that keeps it in the session; another framework implements it and calls {@link SecondStepPages}.
 */
public interface SignIn {
    /**
     * Returns the account that has passed the first factor.
     *
     * @param request a request of this user
     * @return the account's name as it is stored; empty if nobody has
     */
    Optional<String> account(HttpServletRequest request);

    /**
     * Tells whether this account has passed the second factor too.
     *
     * @param request a request of this user
     * @param account what {@link #account} has returned
     * @return whether nothing is missing
     */
    boolean isComplete(HttpServletRequest request, String account);

    /**
     * Writes down that the second factor was passed, and gives the session a new identifier.
     *
     * @param request the request that brought the code
     * @param response its response
     * @param account what {@link #account} has returned
     * @param accepted how the code was accepted: only the library makes it
     */
    void complete(HttpServletRequest request, HttpServletResponse response, String account, Accepted accepted);

    /**
     * Returns the page that the user wanted before the code was asked for.
     *
     * @param request the request that brought the code
     * @param response its response
     * @return path and query; empty if there is none. Who calls this checks that it leads nowhere else
     */
    Optional<String> wanted(HttpServletRequest request, HttpServletResponse response);

    /**
     * Ends the login and the session.
     *
     * @param request a request of this user
     * @param response its response
     * @throws ServletException if the container cannot
     */
    void signOut(HttpServletRequest request, HttpServletResponse response) throws ServletException;
}
