package io.github.poterne.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.poterne.Keyring;
import io.github.poterne.Store;
import io.github.poterne.Verifier;
import io.github.poterne.servlet.SecondStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.authorization.EnableMultiFactorAuthentication;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.web.SecurityFilterChain;

/** A chain with the pages, and with no rule that sends anybody to them. */
class WarningTest {
    @EnableWebSecurity
    static class Chain {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            SecondStep settings = new SecondStep(new Verifier(Keyring.generate(1), "departement"), new Nobody(), "Département");
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated()).formLogin(Customizer.withDefaults())
                    .with(new SecondStepConfigurer(settings), Customizer.withDefaults()).build();
        }
    }

    @EnableMultiFactorAuthentication(authorities = {FactorGrantedAuthority.PASSWORD_AUTHORITY, SecondStepConfigurer.AUTHORITY})
    static class Both extends Chain {}

    /** An empty table. */
    private static final class Nobody implements Store {
        @Override
        public Optional<String> load(String account) {
            return Optional.empty();
        }

        @Override
        public long swap(String account, String old, String replacement) {
            return 0;
        }

        @Override
        public long insert(String account, String first) {
            return 0;
        }
    }

    private static List<String> warnings(Class<?> configuration) {
        List<String> warnings = new ArrayList<>();
        Handler keep = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(record.getMessage());
            }

            @Override
            public void flush() {
                // Nothing waits.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger logger = Logger.getLogger("io.github.poterne.spring");
        logger.addHandler(keep);
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(configuration)) {
            context.getBean(SecurityFilterChain.class);
            return warnings;
        } finally {
            logger.removeHandler(keep);
        }
    }

    @Test
    void aChainWithoutTheAnnotationIsToldOf() {
        assertEquals(1, warnings(Chain.class).size());
        assertEquals(List.of(), warnings(Both.class));
    }
}
