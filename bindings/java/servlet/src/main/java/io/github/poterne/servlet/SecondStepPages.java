package io.github.poterne.servlet;

import io.github.poterne.Language;
import io.github.poterne.PolicyOption;
import io.github.poterne.PoterneException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The pages of the second step, below {@link SecondStep#prefix}: the code, enrolling, recovery codes, and the user's own devices.
 *
 * <p>The logger {@code io.github.poterne.servlet} gets the code of each outcome, and nothing else of ours.
 */
public final class SecondStepPages {
    private static final Logger LOG = Logger.getLogger("io.github.poterne.servlet");
    private static final String POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'";

    final SecondStep settings;
    final SignIn signIn;
    final Submissions submissions = new Submissions();
    /** Recovery codes on their way to the browser. They never stand in a session, which a container may write to a disk. */
    final Expiring<Shown> toShow = new Expiring<>(60);

    /** Codes to show to one account. */
    static final class Shown {
        final String account;
        final List<String> codes;

        Shown(String account, List<String> codes) {
            this.account = account;
            this.codes = codes;
        }
    }

    /**
     * Makes the pages.
     *
     * @param settings the settings
     * @param signIn the login of the framework
     */
    public SecondStepPages(SecondStep settings, SignIn signIn) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.signIn = Objects.requireNonNull(signIn, "signIn");
    }

    /**
     * Answers a request for one of the pages. Call it for each request: the wait for the code begins at the first behind the password.
     *
     * @param request the request
     * @param response its response
     * @return false if the request is for something else
     * @throws IOException if the client is gone
     * @throws ServletException as the container throws
     */
    public boolean serve(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        if (!settings.isPage(request)) {
            if (request.getSession(false) != null) {
                signIn.account(request).filter(account -> !signIn.isComplete(request, account))
                        .ifPresent(account -> startWaiting(request, account));
            }
            return false;
        }
        String name = path(request).substring(settings.prefix().length() + 1);
        if (name.equals("poterne.css")) {
            response.setContentType("text/css;charset=UTF-8");
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setHeader("Cache-Control", "max-age=3600");
            response.getOutputStream().write(TemplateView.read(request, name));
            return true;
        }
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Content-Security-Policy", POLICY);
        if (request.getCharacterEncoding() == null) {
            request.setCharacterEncoding("UTF-8");
        }
        Exchange exchange = new Exchange(this, request, response);
        try {
            exchange.serve(name);
        } catch (PoterneException error) {
            // No verdict: nobody is let in, and nobody is refused.
            log(error.code());
            LOG.log(Level.FINE, error.getMessage());
            exchange.unavailable(error);
        }
        return true;
    }

    /** From the password on, and not from the first look at the page. */
    void startWaiting(HttpServletRequest request, String account) {
        Visit.of(request, account).startWaiting(settings.verifier.policy().get(PolicyOption.TICKET_SECONDS));
    }

    static void log(String outcome) {
        LOG.info(outcome);
    }

    /** The path within the application, as the container has decoded and normalized it. */
    static String path(HttpServletRequest request) {
        String info = request.getPathInfo();
        return request.getServletPath() + (info == null ? "" : info);
    }

    /** To a page of this site: 303 makes a GET of every method. */
    static void redirect(HttpServletResponse response, String location) {
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Location", location);
    }

    void show(HttpServletRequest request, HttpServletResponse response, int status, Page page) throws IOException, ServletException {
        response.setStatus(status);
        response.setHeader("Content-Language", Texts.tag(page.language()));
        page.with("language", Texts.tag(page.language()));
        page.with("style", request.getContextPath() + settings.prefix() + "/poterne.css");
        settings.view().show(request, response, page);
    }

    Language language(HttpServletRequest request) {
        return settings.language(request);
    }
}
