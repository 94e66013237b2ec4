package io.github.poterne.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets nobody through whose password was right and who has shown no code yet. Who has not logged in at all goes through: the first
 * factor and the rights are the business of the container and of the application.
 *
 * <p>{@link #addTo} maps it to all requests, before the filters of the application. It shows its own pages below {@link SecondStep#prefix}.
 */
public final class SecondStepFilter implements Filter {
    private final SecondStep settings;
    private final SecondStepPages pages;
    private final SignIn signIn;
    private final List<String> open;

    /**
     * Makes the filter.
     *
     * @param settings the settings
     * @param first tells whose password was right
     * @param open paths that need no code, such as {@code /logout}; one that ends in a slash stands for all below it,
     *        for each servlet: {@code /static/x.do} too, if one is mapped to {@code *.do}
     */
    public SecondStepFilter(SecondStep settings, FirstFactor first, String... open) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.open = Arrays.asList(open.clone());
        signIn = new SessionSignIn(Objects.requireNonNull(first, "first"));
        pages = new SecondStepPages(settings, signIn);
    }

    /**
     * Registers the filter for all requests of an application that is starting, before the filters of web.xml.
     *
     * @param context the application's
     */
    public void addTo(ServletContext context) {
        addTo(context, false);
    }

    /**
     * Registers the filter for all requests of an application that is starting.
     *
     * @param context the application's
     * @param behind whether it stands behind the filters that are registered already, those of web.xml too: it must, if one of them is
     *        the first factor, for it sees nobody before that one
     */
    public void addTo(ServletContext context, boolean behind) {
        FilterRegistration.Dynamic registration = context.addFilter("poterne", this);
        // Otherwise no servlet behind it could answer later.
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), behind, "/*");
    }

    /** Needs nothing. */
    @Override
    public void init(FilterConfig config) {
        // All is said already.
    }

    /** Keeps nothing. */
    @Override
    public void destroy() {
        // The verifier belongs to the application.
    }

    /**
     * Shows a page, asks for the code, or goes on.
     *
     * @param request an HTTP request
     * @param response its response
     * @param chain the application
     */
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
        doFilter((HttpServletRequest) request, (HttpServletResponse) response, chain);
    }

    private void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (pages.serve(request, response)) {
            return;
        }
        Optional<String> account = signIn.account(request);
        if (!account.isPresent()) {
            end(request);
        } else {
            SessionSignIn.forgetOthers(request, account.get());
            if (!signIn.isComplete(request, account.get()) && !isOpen(SecondStepPages.path(request))) {
                ask(request, response, account.get());
                return;
            }
        }
        try {
            chain.doFilter(request, response);
        } finally {
            if (!signIn.account(request).isPresent()) {
                // A logout that keeps the session, and may have thrown.
                end(request);
            }
        }
        Optional<String> after = signIn.account(request);
        if (after.isPresent() && !after.equals(account)) {
            askWhoSignedIn(request, response, after.get());
        }
    }

    private static void end(HttpServletRequest request) {
        SessionSignIn.forget(request);
        Visit.end(request);
    }

    /** What the request that signs in shows or forwards to is behind the password alone. A redirection shows nothing. */
    private void askWhoSignedIn(HttpServletRequest request, HttpServletResponse response, String account)
            throws IOException, ServletException {
        SessionSignIn.forgetOthers(request, account);
        if (!signIn.isComplete(request, account) && request.getSession(false) != null) {
            pages.startWaiting(request, account);
        }
        boolean redirects = response.getStatus() >= 300 && response.getStatus() < 400;
        if (redirects || signIn.isComplete(request, account) || isOpen(SecondStepPages.path(request)) || request.isAsyncStarted()) {
            return;
        }
        if (response.isCommitted()) {
            signIn.signOut(request, response);
            return;
        }
        response.resetBuffer();
        response.setContentLength(0);
        SecondStepPages.redirect(response, request.getContextPath() + settings.prefix() + "/code");
    }

    /** A page is remembered for after the code. A picture, a script or a form is not. */
    private void ask(HttpServletRequest request, HttpServletResponse response, String account) throws IOException {
        String accept = request.getHeader("Accept");
        if (accept != null && !accept.contains("text/html") && !accept.contains("*/*")) {
            // Not by sendError: the application's error page is behind the code as well.
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        if (request.getMethod().equals("GET") && accept != null && accept.contains("text/html")) {
            String query = request.getQueryString();
            String target = request.getRequestURI() + (query == null ? "" : "?" + query);
            if (Target.isLocal(target)) {
                Visit.of(request, account).wants(target);
            }
        }
        SecondStepPages.redirect(response, request.getContextPath() + settings.prefix() + "/code");
    }

    private boolean isOpen(String path) {
        return open.stream().anyMatch(each -> each.endsWith("/") ? path.startsWith(each) : path.equals(each));
    }
}
