package io.github.poterne.spring;

import io.github.poterne.Accepted;
import io.github.poterne.servlet.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;

/** The security context: a code that was accepted is one more authority in it. */
final class SpringSignIn implements SignIn {
    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
    private final SecurityContextHolderStrategy holder;
    private final SecurityContextRepository repository;
    private final RequestCache requests;
    private final Set<String> firstFactors;
    private final SessionAuthenticationStrategy sessions;
    private final List<LogoutHandler> logout;

    SpringSignIn(SecurityContextHolderStrategy holder, SecurityContextRepository repository, RequestCache requests, Set<String> firstFactors,
            SessionAuthenticationStrategy sessions, List<LogoutHandler> logout) {
        this.sessions = sessions;
        this.logout = logout;
        this.firstFactors = firstFactors;
        this.holder = holder;
        this.repository = repository;
        this.requests = requests;
    }

    /** Whoever comes by a remember-me cookie alone has shown no first factor, nor has an administrator who acts as somebody else. */
    @Override
    public Optional<String> account(HttpServletRequest request) {
        return Optional.ofNullable(holder.getContext().getAuthentication()).filter(trust::isFullyAuthenticated)
                .filter(this::hasFirstFactor).map(Authentication::getName);
    }

    private boolean hasFirstFactor(Authentication authentication) {
        return authentication.getAuthorities().stream().noneMatch(SwitchUserGrantedAuthority.class::isInstance)
                && authentication.getAuthorities().stream().anyMatch(
                        authority -> authority instanceof FactorGrantedAuthority && firstFactors.contains(authority.getAuthority()));
    }

    @Override
    public boolean isComplete(HttpServletRequest request, String account) {
        return holder.getContext().getAuthentication().getAuthorities().stream()
                .anyMatch(authority -> SecondStepConfigurer.AUTHORITY.equals(authority.getAuthority()));
    }

    @Override
    public void complete(HttpServletRequest request, HttpServletResponse response, String account, Accepted accepted) {
        Authentication both = holder.getContext().getAuthentication().toBuilder()
                .authorities(all -> all.add(FactorGrantedAuthority.fromAuthority(SecondStepConfigurer.AUTHORITY))).build();
        // As after a password: a new identifier that the registry of sessions knows, and a new token against forged requests.
        String former = request.getSession().getId();
        sessions.onAuthentication(both, request, response);
        if (former.equals(request.getSession().getId())) {
            request.changeSessionId();
        }
        // A new context: the old one may be in the hands of another request.
        SecurityContext context = holder.createEmptyContext();
        context.setAuthentication(both);
        holder.setContext(context);
        repository.saveContext(context, request, response);
    }

    /** Spring keeps the whole address, with the host that the browser has named: only what follows it is used. */
    @Override
    public Optional<String> wanted(HttpServletRequest request, HttpServletResponse response) {
        SavedRequest saved = requests.getRequest(request, response);
        requests.removeRequest(request, response);
        if (saved == null || !saved.getMethod().equals("GET")) {
            return Optional.empty();
        }
        try {
            URI wanted = URI.create(saved.getRedirectUrl());
            return Optional.of(wanted.getRawPath() + (wanted.getRawQuery() == null ? "" : "?" + wanted.getRawQuery()));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    @Override
    public void signOut(HttpServletRequest request, HttpServletResponse response) {
        Authentication ending = holder.getContext().getAuthentication();
        // Those of the chain first: the cookie that remembers the user ends too.
        logout.forEach(handler -> handler.logout(request, response, ending));
        SecurityContextLogoutHandler context = new SecurityContextLogoutHandler();
        context.setSecurityContextHolderStrategy(holder);
        context.setSecurityContextRepository(repository);
        context.logout(request, response, ending);
    }
}
