package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The SQL that the guide shows for Oracle, SQL Server and Db2, and that of {@link JdbcColumn}, in the modes of H2 and HSQLDB that
 * imitate these databases. This is a test of the syntax and of the counts, not of the databases: neither their locks nor their error
 * codes.
 */
class DialectTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_763_800_000);

    /** Without what the two take from nobody: settings of a session, BEGIN TRANSACTION, and names of collations. */
    private static List<String> documented(String database) throws IOException {
        String guide = new String(Files.readAllBytes(Path.of("../../src/guide/databases.md")), StandardCharsets.UTF_8);
        Matcher section = Pattern.compile("\n## " + database + "\n\n```sql\n(.*?)```", Pattern.DOTALL).matcher(guide);
        assertTrue(section.find(), database);
        List<String> statements = new ArrayList<>();
        for (String statement : section.group(1).split(";")) {
            statement = statement.strip();
            if (!statement.isEmpty() && !statement.startsWith("SET ") && !statement.startsWith("BEGIN ")) {
                statements.add(statement.replaceAll(" +COLLATE \\w+", "").replaceAll("[:@](new|account|old)\\b", "?"));
            }
        }
        return statements;
    }

    @ParameterizedTest
    @CsvSource({
        "Oracle,     jdbc:h2:mem:oracle;MODE=Oracle,                  ''",
        "SQL Server, jdbc:h2:mem:sqlserver;MODE=MSSQLServer,          ''",
        "Db2,        jdbc:h2:mem:db2;MODE=DB2,                        ''",
        "Oracle,     jdbc:hsqldb:mem:oracle;sql.syntax_ora=true,      FOR UPDATE WAIT",
        "SQL Server, jdbc:hsqldb:mem:sqlserver;sql.syntax_mss=true,   ''",
        "Db2,        jdbc:hsqldb:mem:db2;sql.syntax_db2=true,         ''",
    })
    void syntax(String database, String url, String unknown) throws Exception {
        List<String> statements = documented(database);
        String create = statements.get(0);
        String update = statements.stream().filter(statement -> statement.startsWith("UPDATE ")).findFirst().orElseThrow();
        assertTrue(create.startsWith("CREATE TABLE ") && statements.contains("COMMIT"), statements::toString);
        // The database lives as long as this connection.
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute(create);
            JdbcColumn column = new JdbcColumn(Engine.source(() -> DriverManager.getConnection(url)), "poterne", "account", "record");
            aLogin(column);
            String old = column.load("a.martin").orElseThrow();
            connection.setAutoCommit(false);
            for (String one : statements.subList(1, statements.size())) {
                if (!unknown.isEmpty() && one.contains(unknown)) {
                    assertThrows(SQLException.class, () -> connection.prepareStatement(one), one);
                } else if (one.equals(update)) {
                    assertEquals(1, update(connection, one, old.replace('A', 'B'), "a.martin", old));
                    assertEquals(0, update(connection, one, "another", "a.martin", old));
                } else {
                    try (PreparedStatement prepared = connection.prepareStatement(one)) {
                        if (one.contains("?")) {
                            prepared.setString(1, "a.martin");
                        }
                        prepared.execute();
                    }
                }
            }
            connection.rollback();
            assertEquals(Optional.of(old.replace('A', 'B')), column.load("a.martin"), "the guide's COMMIT commits");
            // The controls: the word of another database, and a statement that lacks one of its own.
            for (String wrong : Arrays.asList(
                    "INSERT INTO poterne (account, record) VALUES ('b', 'c') ON CONFLICT (account) DO NOTHING",
                    update.replace(" SET", ""))) {
                assertThrows(SQLException.class, () -> statement.execute(wrong.replace("?", "'x'")), wrong);
            }
        }
    }

    private static long update(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** The first record is inserted if there is none, and a code is good once. */
    private static void aLogin(JdbcColumn column) {
        try (Keyring keyring = Keyring.generate(1);
                Verifier verifier = new Verifier(keyring, "grand-angle", Policy.standard(), new SetClock(NOW));
                Secret secret = Secret.ofBytes("12345678901234567890".getBytes(StandardCharsets.US_ASCII))) {
            String record = verifier.importCredential("a.martin", ExistingCredential.of(secret, Parameters.totp())).record().orElseThrow();
            assertEquals(1, column.insert("a.martin", record));
            assertEquals(0, column.insert("a.martin", record));
            String code = Totp.generate(secret, Parameters.totp(), NOW);
            assertEquals("accepted.otp", verifier.login("a.martin", code, column).code());
            assertEquals(0, column.swap("a.martin", record, record));
            assertEquals(Refusal.REPLAYED,
                    assertThrows(RefusedException.class, () -> verifier.login("a.martin", code, column)).refusal());
            column.check(verifier, "a.martin");
        }
    }
}
