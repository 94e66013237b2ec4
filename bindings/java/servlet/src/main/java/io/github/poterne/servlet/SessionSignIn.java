package io.github.poterne.servlet;

import io.github.poterne.Accepted;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.util.Optional;

/** Without a framework: the session holds whose code was accepted. */
final class SessionSignIn implements SignIn {
    private static final String PASSED = "io.github.poterne.passed";

    private final FirstFactor first;

    SessionSignIn(FirstFactor first) {
        this.first = first;
    }

    @Override
    public Optional<String> account(HttpServletRequest request) {
        return first.account(request);
    }

    @Override
    public boolean isComplete(HttpServletRequest request, String account) {
        HttpSession session = request.getSession(false);
        return session != null && account.equals(session.getAttribute(PASSED));
    }

    @Override
    public void complete(HttpServletRequest request, HttpServletResponse response, String account, Accepted accepted) {
        request.changeSessionId();
        request.getSession().setAttribute(PASSED, account);
    }

    @Override
    public Optional<String> wanted(HttpServletRequest request, HttpServletResponse response) {
        return first.account(request).flatMap(account -> Visit.of(request, account).target());
    }

    @Override
    public void signOut(HttpServletRequest request, HttpServletResponse response) throws ServletException {
        try {
            first.signOut(request);
        } finally {
            HttpSession session = request.getSession(false);
            if (session != null) {
                session.invalidate();
            }
        }
    }

    /** The account changed, and the code of the former one is none of this login's, nor of a later one's. */
    static void forgetOthers(HttpServletRequest request, String account) {
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(PASSED) != null && !account.equals(session.getAttribute(PASSED))) {
            session.removeAttribute(PASSED);
        }
    }

    /** The login ended and the session goes on: the next login in it takes a code again. */
    static void forget(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.removeAttribute(PASSED);
        }
    }
}
