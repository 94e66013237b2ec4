package io.github.poterne.spring;

import com.zaxxer.hikari.HikariDataSource;
import io.github.poterne.JdbcColumn;
import io.github.poterne.Keyring;
import io.github.poterne.Policy;
import io.github.poterne.Verifier;
import io.github.poterne.servlet.SecondStep;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.authorization.EnableMultiFactorAuthentication;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * The site of the tests of all hosts, with Spring Boot: the password of NAME is s3cret-NAME. Without a keyring, {@code -}, it is the same
 * site with the password alone, to compare with.
 *
 * <pre>java ... DepartmentSite Tomcat 8081 /path/to/poterne.keys jdbc:postgresql://127.0.0.1:5432/poterne 300</pre>
 */
@SpringBootApplication(proxyBeanMethods = false)
public class DepartmentSite {
    public static void main(String[] arguments) {
        boolean plain = arguments[2].equals("-");
        SpringApplication application = new SpringApplication(DepartmentSite.class);
        application.setAdditionalProfiles(plain ? "plain" : "both");
        application.setDefaultProperties(Map.of(
                "server.address", "127.0.0.1", "server.port", arguments[1], "department.keyring", arguments[2],
                "department.ticket", arguments[4], "spring.datasource.url", arguments[3], "spring.datasource.username", "poterne",
                "spring.datasource.password", "poterne", "spring.datasource.hikari.connection-timeout", "2000"));
        Environment running = application.run().getEnvironment();
        System.out.println("ready on " + running.getProperty("local.server.port"));
    }

    @Bean
    UserDetailsService users() {
        return name -> User.withUsername(name).password("{noop}s3cret-" + name).roles("USER").build();
    }

    /** With the password alone. */
    @Configuration(proxyBeanMethods = false)
    @Profile("plain")
    static class Plain {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(login -> login.usernameParameter("account")).build();
        }
    }

    /** The same, and a code. */
    @EnableMultiFactorAuthentication(authorities = {FactorGrantedAuthority.PASSWORD_AUTHORITY, SecondStepConfigurer.AUTHORITY})
    @Configuration(proxyBeanMethods = false)
    @Profile("both")
    static class SecondFactor {
        @Bean
        Verifier verifier(Environment settings) {
            Policy policy = Policy.builder().confirmAtFirstLogin(true)
                    .ticketSeconds(Long.parseLong(settings.getRequiredProperty("department.ticket"))).build();
            return new Verifier(Keyring.open(Path.of(settings.getRequiredProperty("department.keyring"))), "departement", policy);
        }

        /** On connections of its own: never those of the application's transactions. */
        @Bean
        JdbcColumn column(Environment settings) {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(settings.getRequiredProperty("spring.datasource.url"));
            pool.setUsername(settings.getRequiredProperty("spring.datasource.username"));
            pool.setPassword(settings.getRequiredProperty("spring.datasource.password"));
            pool.setMaximumPoolSize(8);
            pool.setConnectionTimeout(2000);
            pool.setValidationTimeout(1000);
            pool.setInitializationFailTimeout(-1);
            return new JdbcColumn(pool, "poterne", "account", "record").withTimeout(Duration.ofSeconds(2));
        }

        @Bean
        SecondStep secondStep(Verifier verifier, JdbcColumn column) {
            return new SecondStep(verifier, column, "Département").withEnrollmentBy(account -> true);
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http, SecondStep secondStep) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .formLogin(login -> login.usernameParameter("account"))
                    .with(new SecondStepConfigurer(secondStep), Customizer.withDefaults()).build();
        }
    }

    /** Whom it greets. */
    @RestController
    static class Home {
        private final JdbcTemplate database;

        Home(JdbcTemplate database) {
            this.database = database;
        }

        @GetMapping(path = "/", produces = "text/html;charset=UTF-8")
        String home(Principal user) {
            database.queryForObject("SELECT 1", Integer.class);
            return "<!DOCTYPE html><html lang=\"fr\"><title>Site</title><main><h1>Site</h1><p id=\"account\">"
                    + HtmlUtils.htmlEscape(user.getName()) + "</p><p><a href=\"/poterne/account\">Double authentification</a></p></main></html>";
        }
    }
}
