package io.github.poterne.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.authentication.session.NullAuthenticatedSessionStrategy;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;

/** Who stands between the two factors. */
class FirstFactorTest {
    private static final GrantedAuthority PASSWORD = FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY);
    private static final GrantedAuthority MAIL = FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.OTT_AUTHORITY);

    private static Authentication bob(GrantedAuthority... authorities) {
        return UsernamePasswordAuthenticationToken.authenticated("bob", null, List.of(authorities));
    }

    private static Optional<String> account(Authentication authentication, String... firstFactors) {
        SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();
        holder.getContext().setAuthentication(authentication);
        try {
            return new SpringSignIn(holder, new HttpSessionSecurityContextRepository(), new HttpSessionRequestCache(), Set.of(firstFactors),
                    new NullAuthenticatedSessionStrategy(), List.of())
                    .account(null);
        } finally {
            holder.clearContext();
        }
    }

    @Test
    void thePasswordIsTheFirstFactor() {
        String password = FactorGrantedAuthority.PASSWORD_AUTHORITY;
        assertEquals(Optional.of("bob"), account(bob(PASSWORD), password), "the control");
        assertEquals(Optional.empty(), account(bob(new SimpleGrantedAuthority("ROLE_USER")), password));
        assertEquals(Optional.empty(), account(bob(new SimpleGrantedAuthority(password)), password), "a role that is called so");
        assertEquals(Optional.empty(), account(bob(FactorGrantedAuthority.fromAuthority(SecondStepConfigurer.AUTHORITY)), password));
        assertEquals(Optional.empty(), account(bob(MAIL), password));
        assertEquals(Optional.of("bob"), account(bob(MAIL), FactorGrantedAuthority.OTT_AUTHORITY));
    }

    @Test
    void whoActsAsSomebodyElseIsNobody() {
        SwitchUserGrantedAuthority former = new SwitchUserGrantedAuthority("ROLE_PREVIOUS_ADMINISTRATOR", bob(PASSWORD));
        assertEquals(Optional.empty(), account(bob(PASSWORD, former), FactorGrantedAuthority.PASSWORD_AUTHORITY));
    }
}
