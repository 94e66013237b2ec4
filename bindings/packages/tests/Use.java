import io.github.poterne.*;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import javax.sql.DataSource;

/** A program of somebody else's, with the classes of the README and the manual: an enrollment, a login, the same code again. On H2 or SQLite. */
final class Use {
    public static void main(String[] arguments) throws Exception {
        Path keys = Paths.get(arguments[0], "poterne.keys");
        MakeKeyring.main(new String[] {keys.toString()});
        String database = Paths.get(arguments[0], "application").toAbsolutePath().toString();
        DataSource source = arguments.length > 1 ? sqlite(database) : h2(database);
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)");
        }
        SecondFactor factor = new SecondFactor(Keyring.open(keys), source);
        StartCheck.run(factor.verifier, factor.column);
        Enrolling enrolling = new Enrolling(factor.verifier, factor.column);
        if (!enrolling.begin("a.martin").startsWith("<svg")) {
            throw new AssertionError("no QR code");
        }
        Instant now = Instant.now();
        String first;
        String second;
        try (OtpauthUri uri = factor.verifier.credential("a.martin", factor.column.load("a.martin").get()).otpauthUri("i", "l");
                OtpauthContent content = OtpauthUri.parse(uri.text())) {
            first = Totp.generate(content.secret(), content.parameters(), now);
            second = Totp.generate(content.secret(), content.parameters(), now.plusSeconds(30));
        }
        enrolling.confirm("a.martin", first);
        LoginPage page = new LoginPage(factor);
        for (String code : new String[] {second, second}) {
            System.out.println(page.show("a.martin", code));
        }
    }

    private static DataSource h2(String database) {
        org.h2.jdbcx.JdbcDataSource source = new org.h2.jdbcx.JdbcDataSource();
        source.setURL("jdbc:h2:" + database);
        return source;
    }

    /** H2 needs Java 11. */
    private static DataSource sqlite(String database) {
        org.sqlite.SQLiteDataSource source = new org.sqlite.SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database);
        return source;
    }
}
