package io.github.poterne.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.web.authentication.session.NullAuthenticatedSessionStrategy;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;

/** What the chain keeps of its sessions, when the code is accepted and when the login ends. */
class SessionsTest {
    private static final Authentication BOB = UsernamePasswordAuthenticationToken.authenticated(
            "bob", null, List.of(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY)));

    private final SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();
    private int id = 1;

    private final HttpSession session = (HttpSession) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {HttpSession.class}, (proxy, method, arguments) -> method.getName().equals("getId") ? "id" + id : null);

    private final HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {HttpServletRequest.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("changeSessionId")) {
                    return "id" + ++id;
                }
                return method.getName().equals("getSession") ? session : null;
            });

    private final HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {HttpServletResponse.class}, (proxy, method, arguments) -> null);

    private SpringSignIn signIn(SessionAuthenticationStrategy sessions, List<String> ended) {
        return new SpringSignIn(holder, new RequestAttributeSecurityContextRepository(), new HttpSessionRequestCache(), Set.of(), sessions,
                List.of((ending, answer, who) -> ended.add(who.getName())));
    }

    @Test
    void theRegistryKnowsTheNewIdentifier() {
        SessionRegistryImpl registry = new SessionRegistryImpl();
        SessionAuthenticationStrategy register = new RegisterSessionAuthenticationStrategy(registry);
        holder.getContext().setAuthentication(BOB);
        try {
            signIn((who, asked, answer) -> {
                asked.changeSessionId();
                register.onAuthentication(who, asked, answer);
            }, List.of()).complete(request, response, "bob", null);
            assertEquals("id2", session.getId(), "once");
            assertEquals("bob", registry.getSessionInformation("id2").getPrincipal());
            assertTrue(holder.getContext().getAuthentication().getAuthorities().toString().contains(SecondStepConfigurer.AUTHORITY));
            // A chain that changes no identifier gets a new one all the same.
            signIn(new NullAuthenticatedSessionStrategy(), List.of()).complete(request, response, "bob", null);
            assertEquals("id3", session.getId());
        } finally {
            holder.clearContext();
        }
    }

    @Test
    void whatRemembersTheUserEndsWithTheLogin() {
        List<String> ended = new ArrayList<>();
        holder.getContext().setAuthentication(BOB);
        try {
            signIn(new NullAuthenticatedSessionStrategy(), ended).signOut(request, response);
            assertEquals(List.of("bob"), ended);
            assertNull(holder.getContext().getAuthentication());
        } finally {
            holder.clearContext();
        }
    }
}
