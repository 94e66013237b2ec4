package io.github.poterne.spring;

import io.github.poterne.servlet.SecondStep;
import io.github.poterne.servlet.SecondStepPages;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Logger;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.config.annotation.web.configurers.LogoutConfigurer;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.session.NullAuthenticatedSessionStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.session.ConcurrentSessionFilter;

/**
 * Adds the pages of the second step to a filter chain, and sends to them whoever lacks {@link #AUTHORITY}.
 *
 * <p>Which pages want it, Spring Security says:
 *
 * <pre>{@code
 * @EnableMultiFactorAuthentication(authorities = {FactorGrantedAuthority.PASSWORD_AUTHORITY, SecondStepConfigurer.AUTHORITY})
 * class Security {
 *     @Bean
 *     SecurityFilterChain chain(HttpSecurity http, SecondStep secondStep) throws Exception {
 *         return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
 *                 .formLogin(Customizer.withDefaults())
 *                 .with(new SecondStepConfigurer(secondStep), Customizer.withDefaults())
 *                 .build();
 *     }
 * }
 * }</pre>
 */
public final class SecondStepConfigurer extends AbstractHttpConfigurer<SecondStepConfigurer, HttpSecurity> {
    /** The authority of whoever has shown a code; its time of issue is that of the code. */
    public static final String AUTHORITY = "FACTOR_OTP";

    private static final Logger LOG = Logger.getLogger("io.github.poterne.spring");

    private final SecondStep settings;
    private Set<String> firstFactors = Set.of(FactorGrantedAuthority.PASSWORD_AUTHORITY);

    /**
     * Makes the configurer.
     *
     * @param settings the settings of the pages
     */
    public SecondStepConfigurer(SecondStep settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * Sets what counts as the first factor, for whoever is shown the pages. The default is the password alone.
     *
     * @param authorities constants of {@link FactorGrantedAuthority}: those of {@code @EnableMultiFactorAuthentication}, without the code
     * @return the configurer
     */
    public SecondStepConfigurer firstFactor(String... authorities) {
        Set<String> named = Set.of(authorities);
        if (named.isEmpty() || named.contains(AUTHORITY)) {
            throw new IllegalArgumentException("the code is no first factor");
        }
        firstFactors = named;
        return this;
    }

    /**
     * Sends whoever lacks the authority to the page that asks for a code, and takes the pages out of Spring's own look for forged
     * requests: their forms have a token of their own.
     *
     * @param http the chain
     */
    @Override
    public void init(HttpSecurity http) {
        @SuppressWarnings("unchecked")
        CsrfConfigurer<HttpSecurity> csrf = http.getConfigurer(CsrfConfigurer.class);
        if (csrf != null) {
            csrf.ignoringRequestMatchers(settings::isPage);
        }
        ExceptionHandlingConfigurer<HttpSecurity> handling = configurer(http);
        handling.defaultDeniedHandlerForMissingAuthority((request, response, exception) ->
                response.sendRedirect(request.getContextPath() + settings.prefix() + "/code"), AUTHORITY);
    }

    @SuppressWarnings("unchecked")
    private static ExceptionHandlingConfigurer<HttpSecurity> configurer(HttpSecurity http) {
        ExceptionHandlingConfigurer<HttpSecurity> handling = http.getConfigurer(ExceptionHandlingConfigurer.class);
        return Objects.requireNonNull(handling, "exceptionHandling must not be disabled");
    }

    /** The list itself: other configurers may add to it after this one. */
    @SuppressWarnings("unchecked")
    private static List<LogoutHandler> handlers(HttpSecurity http) {
        LogoutConfigurer<HttpSecurity> logout = http.getConfigurer(LogoutConfigurer.class);
        return logout == null ? List.of() : logout.getLogoutHandlers();
    }

    /**
     * Adds the pages, behind the filters that end an expired session or say of a single request who sends it: the proxy, a certificate.
     *
     * @param http the chain
     */
    @Override
    public void configure(HttpSecurity http) {
        if (http.getSharedObject(ApplicationContext.class).getBeanNamesForType(AuthorizationManagerFactory.class).length == 0) {
            LOG.warning("Without @EnableMultiFactorAuthentication a code is asked for by the rules that name " + AUTHORITY + " alone");
        }
        SecurityContextRepository repository = http.getSharedObject(SecurityContextRepository.class);
        RequestCache requests = http.getSharedObject(RequestCache.class);
        SessionAuthenticationStrategy sessions = http.getSharedObject(SessionAuthenticationStrategy.class);
        SpringSignIn signIn = new SpringSignIn(
                getSecurityContextHolderStrategy(),
                repository != null ? repository : new HttpSessionSecurityContextRepository(),
                requests != null ? requests : new HttpSessionRequestCache(), firstFactors,
                sessions != null ? sessions : new NullAuthenticatedSessionStrategy(), handlers(http));
        http.addFilterAfter(new SecondStepPagesFilter(new SecondStepPages(settings, signIn)), ConcurrentSessionFilter.class);
    }
}
