package io.github.poterne.keycloak;

import io.github.poterne.Language;
import io.github.poterne.Policy;
import io.github.poterne.PolicyOption;
import java.nio.file.Path;
import java.util.Locale;
import org.keycloak.Config;

/**
 * What the operator sets for the server, as options {@code spi-authenticator--poterne--NAME}. None of it is in a realm, so no export
 * of a realm shows it.
 */
record Settings(
        Path keyring, String application, String issuer, String url, String driver, String user, String password, int connections,
        String table, String accountColumn, String recordColumn, String accountAttribute, boolean enrollsWithoutRecord,
        String checkAccount, int noticedFailures, Language fallback, Policy policy) {

    /** Returns null if no keyring is set: then the provider is there, and not in use. */
    static Settings read(Config.Scope scope) {
        if (scope.get("keyring") == null) {
            return null;
        }
        String url = required(scope, "dbUrl");
        String application = required(scope, "application");
        return new Settings(
                Path.of(scope.get("keyring")), application, scope.get("issuer", application), url, driver(scope, url),
                scope.get("dbUsername"), scope.get("dbPassword"), scope.getInt("dbConnections", 10), scope.get("table", "poterne"),
                scope.get("accountColumn", "account"), scope.get("recordColumn", "record"), scope.get("accountAttribute"),
                enrolls(scope.get("noRecord", "refuse")), scope.get("checkAccount", "poterne-check"),
                scope.getInt("noticedFailures", 3), language(scope.get("language", "en")), policy(scope));
    }

    private static String required(Config.Scope scope, String key) {
        String value = scope.get(key);
        if (value == null || value.isBlank()) {
            throw wrong(key, "is not set");
        }
        return value;
    }

    /** Named, since nobody has registered the driver with DriverManager. */
    private static String driver(Config.Scope scope, String url) {
        String named = scope.get("dbDriver");
        if (named != null) {
            return named;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return "org.postgresql.Driver";
        }
        if (url.startsWith("jdbc:mariadb:")) {
            return "org.mariadb.jdbc.Driver";
        }
        throw wrong("dbDriver", "is not set, and only jdbc:postgresql: and jdbc:mariadb: have a driver by default");
    }

    private static boolean enrolls(String value) {
        return switch (value) {
            case "refuse" -> false;
            case "enroll" -> true;
            default -> throw wrong("noRecord", "is neither refuse nor enroll");
        };
    }

    private static Language language(String tag) {
        return Language.fromTag(tag).orElseThrow(() -> wrong("language", "is neither en nor fr"));
    }

    private static Policy policy(Config.Scope scope) {
        Policy.Builder builder = Policy.builder();
        for (PolicyOption option : PolicyOption.values()) {
            String key = camelCase(option);
            String value = scope.get(key);
            if (value == null) {
                continue;
            }
            try {
                // A switch is 0 or 1, or false or true.
                builder.with(option, switch (value) {
                    case "true" -> 1;
                    case "false" -> 0;
                    default -> Long.parseLong(value);
                });
            } catch (RuntimeException error) {
                throw wrong(key, "is not a number from " + option.min() + " to " + option.max());
            }
        }
        return builder.build();
    }

    private static String camelCase(PolicyOption option) {
        StringBuilder name = new StringBuilder();
        for (String word : option.name().toLowerCase(Locale.ROOT).split("_")) {
            name.append(name.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }

    private static IllegalArgumentException wrong(String key, String what) {
        String name = key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new IllegalArgumentException("poterne: the option spi-authenticator--poterne--" + name + " " + what);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "Settings[" + application + "]";
    }
}
