package io.github.poterne.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a session holds of ours: texts and numbers only, and none that lets anybody in. A record in it is sealed.
 */
final class Visit {
    private static final String NAME = "io.github.poterne.";
    private static final String ACCOUNT = NAME + "account";
    private static final String END = NAME + "end";
    private static final String ENROLLING = NAME + "enrolling";
    private static final String IDLE = NAME + "idle";
    private static final String KEY = NAME + "key";
    private static final String TARGET = NAME + "target";
    private static final String PENDING = NAME + "pending";
    private static final String REPLACED = NAME + "replaced";
    private static final String ROW = NAME + "row";
    private static final String ENROLL_BY = NAME + "enroll_by";
    private static final String FAILURES = NAME + "failures";
    private static final List<String> ENROLLMENT = Arrays.asList(PENDING, REPLACED, ROW, ENROLL_BY);

    private final HttpSession session;

    private Visit(HttpSession session) {
        this.session = session;
    }

    /** Of this account: what is left of another one's is forgotten. */
    static Visit of(HttpServletRequest request, String account) {
        Visit visit = new Visit(request.getSession(true));
        if (!account.equals(visit.session.getAttribute(ACCOUNT))) {
            visit.forget();
            visit.session.setAttribute(ACCOUNT, account);
            visit.session.setAttribute(KEY, FormToken.random());
        }
        return visit;
    }

    /** After a login has ended in a session that goes on. */
    static void end(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(ACCOUNT) != null) {
            new Visit(session).forget();
        }
    }

    private void forget() {
        stopWaiting();
        for (String name : Arrays.asList(ACCOUNT, KEY, TARGET, FAILURES)) {
            session.removeAttribute(name);
        }
        endEnrollment();
    }

    /** Begins to wait for a code, unless it waits already. The container ends a session that nobody comes back to. */
    void startWaiting(long seconds) {
        if (session.getAttribute(END) == null) {
            session.setAttribute(END, now() + seconds);
            session.setAttribute(IDLE, session.getMaxInactiveInterval());
            limit(seconds);
        }
    }

    void waitAgain(long seconds) {
        if (session.getAttribute(END) != null) {
            session.setAttribute(END, now() + seconds);
            limit(seconds);
        }
    }

    /** Once in a wait: to ask for the page again does not make it longer. */
    void waitToEnroll() {
        if (session.getAttribute(ENROLLING) == null) {
            session.setAttribute(ENROLLING, 1);
            waitAgain(SecondStep.ENROLLING_SECONDS);
        }
    }

    private void limit(long seconds) {
        int idle = (Integer) session.getAttribute(IDLE);
        int wanted = Math.toIntExact(seconds) + 1;
        // 0 or less is no limit.
        session.setMaxInactiveInterval(idle > 0 ? Math.min(idle, wanted) : wanted);
    }

    void stopWaiting() {
        Object idle = session.getAttribute(IDLE);
        if (idle != null) {
            session.setMaxInactiveInterval((Integer) idle);
        }
        session.removeAttribute(IDLE);
        session.removeAttribute(ENROLLING);
        session.removeAttribute(END);
    }

    boolean isLate() {
        Object end = session.getAttribute(END);
        return end != null && now() > (Long) end;
    }

    String formToken() {
        return FormToken.make(key());
    }

    boolean made(String token) {
        return FormToken.isOf(key(), token);
    }

    /** The forms of before the code are of nobody's any more: somebody else may have known the session while it waited. */
    void renewKey() {
        session.setAttribute(KEY, FormToken.random());
    }

    private String key() {
        return (String) session.getAttribute(KEY);
    }

    void wants(String target) {
        session.setAttribute(TARGET, target);
    }

    Optional<String> target() {
        return Optional.ofNullable((String) session.getAttribute(TARGET));
    }

    /** An authenticator that was enrolled and not confirmed. Of a first one there is no record that it replaces. */
    void enrolls(String pending, String replaced, int row, long seconds) {
        session.setAttribute(PENDING, pending);
        session.setAttribute(REPLACED, replaced);
        session.setAttribute(ROW, row);
        session.setAttribute(ENROLL_BY, now() + seconds);
    }

    /** After a refused code: its failures were counted. */
    void enrolls(String pending) {
        session.setAttribute(PENDING, pending);
    }

    Optional<String> pending() {
        Object end = session.getAttribute(ENROLL_BY);
        return end == null || now() > (Long) end ? Optional.empty() : Optional.ofNullable((String) session.getAttribute(PENDING));
    }

    Optional<String> replaced() {
        return Optional.ofNullable((String) session.getAttribute(REPLACED)).filter(record -> !record.isEmpty());
    }

    int row() {
        return (Integer) session.getAttribute(ROW);
    }

    void endEnrollment() {
        ENROLLMENT.forEach(session::removeAttribute);
    }

    void failures(int count) {
        session.setAttribute(FAILURES, count);
    }

    int failures() {
        Object count = session.getAttribute(FAILURES);
        return count == null ? 0 : (Integer) count;
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
