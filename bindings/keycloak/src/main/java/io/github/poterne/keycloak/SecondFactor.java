package io.github.poterne.keycloak;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.github.poterne.Enrollment;
import io.github.poterne.ErrorKind;
import io.github.poterne.JdbcColumn;
import io.github.poterne.Keyring;
import io.github.poterne.Parameters;
import io.github.poterne.Person;
import io.github.poterne.PolicyOption;
import io.github.poterne.PoterneException;
import io.github.poterne.RefusedException;
import io.github.poterne.Verifier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.UserModel;

/** The verifier and the table of records, one for the whole server. */
final class SecondFactor implements AutoCloseable {
    final Settings settings;
    final Verifier verifier;
    final JdbcColumn column;
    private final AgroalDataSource pool;

    private SecondFactor(Settings settings, Verifier verifier, AgroalDataSource pool) {
        this.settings = settings;
        this.verifier = verifier;
        this.pool = pool;
        column = new JdbcColumn(pool, settings.table(), settings.accountColumn(), settings.recordColumn());
    }

    /** Opens the keyring, and connects to the database when somebody asks. */
    static SecondFactor open(Settings settings) {
        try (Keyring keyring = Keyring.open(settings.keyring())) {
            return new SecondFactor(settings, new Verifier(keyring, settings.application(), settings.policy()), pool(settings));
        }
    }

    /** A pool that takes part in no transaction of Keycloak's: the swap commits before the verdict (semantics 7.2). */
    private static AgroalDataSource pool(Settings settings) {
        Class<?> driver;
        try {
            driver = Class.forName(settings.driver());
        } catch (ClassNotFoundException error) {
            throw new IllegalArgumentException(
                    "poterne: there is no " + settings.driver() + ": put the jar of the driver into providers, and build again", error);
        }
        AgroalConnectionFactoryConfigurationSupplier connections = new AgroalConnectionFactoryConfigurationSupplier()
                .jdbcUrl(settings.url()).connectionProviderClass(driver).autoCommit(true).loginTimeout(Duration.ofSeconds(2));
        // A server that does not answer at all must not hold the threads of Keycloak; the URL wins if it says something else.
        boolean isMariadb = settings.url().startsWith("jdbc:mariadb:");
        for (String property : List.of("connectTimeout", "socketTimeout")) {
            if (!settings.url().contains(property)) {
                int seconds = property.equals("connectTimeout") ? 2 : 5;
                connections.jdbcProperty(property, Integer.toString(isMariadb ? seconds * 1000 : seconds));
            }
        }
        if (settings.user() != null) {
            connections.principal(new NamePrincipal(settings.user()));
        }
        if (settings.password() != null) {
            connections.credential(new SimplePassword(settings.password()));
        }
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier().connectionPoolConfiguration(
                    pool -> pool.connectionFactoryConfiguration(connections).initialSize(0).minSize(0).maxSize(settings.connections())
                            .acquisitionTimeout(Duration.ofSeconds(4)).reapTimeout(Duration.ofMinutes(5))
                            // A database that was restarted has closed what lay in the pool.
                            .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(2)).validateOnBorrow(true)));
        } catch (SQLException error) {
            throw new IllegalStateException("poterne: the pool of connections does not start", error);
        }
    }

    /**
     * Proves that the table swaps, compares, commits and keeps (semantics 7.9), on an account of its own. A database that does not
     * answer is an error of kind STORE.
     */
    void check() {
        String account = settings.checkAccount();
        if (account.isBlank()) {
            return;
        }
        if (column.load(account).filter(record -> !record.isBlank()).isEmpty()) {
            try (Enrollment enrollment = verifier.enroll(account, Parameters.totp())) {
                if (column.insert(account, enrollment.record()) == 1) {
                    column.apply(verifier, account, credential -> credential.revoke());
                }
            }
        }
        try {
            column.check(verifier, account);
        } catch (RefusedException others) {
            // Other nodes start at the same time and write the same record: nothing is proven, and one of them proves it.
            Log.outcome(others.code());
        }
    }

    /** The account of a user; none if the configured attribute is missing. */
    Optional<String> account(UserModel user) {
        String attribute = settings.accountAttribute();
        String account = attribute == null ? user.getUsername() : user.getFirstAttribute(attribute);
        return Optional.ofNullable(account).filter(name -> !name.isBlank());
    }

    /** How many new recovery codes are made at once; 0 where there are none. */
    int recoveryCodes() {
        return (int) settings.policy().get(PolicyOption.RECOVERY_CODES);
    }

    /** The devices of a user, in the order of their rows (semantics 9.8). */
    List<Device> devices(UserModel user) {
        List<Device> devices = new ArrayList<>();
        Optional<String> account = account(user);
        if (account.isPresent()) {
            List<String> rows = Person.rows(account.get());
            for (int row = 1; row <= rows.size(); row++) {
                String name = rows.get(row - 1);
                Optional<String> record = column.load(name).filter(text -> !text.isBlank());
                if (record.isPresent()) {
                    devices.add(new Device(row, name, verifier.credential(name, record.get()).inspect()));
                }
            }
        }
        return devices;
    }

    /** The device that a form names by its number; nobody's but this user's. */
    Device device(List<Device> devices, String named) {
        return devices.stream().filter(device -> Integer.toString(device.row()).equals(named)).findFirst()
                .orElseGet(() -> devices.get(0));
    }

    /** For a table that cannot be asked now; any other error is a mistake of the operator's. */
    static boolean isTemporary(PoterneException error) {
        return error.kind() == ErrorKind.STORE;
    }

    @Override
    public void close() {
        verifier.close();
        pool.close();
    }
}
