package io.github.poterne;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * The database engines of the tests. Maven's profile {@code servers} takes all of them, the servers being those of
 * {@code tests/databases}: without them these tests fail. Without the profile there is SQLite alone.
 */
enum Engine {
    SQLITE("sqlite:target/test.sqlite?busy_timeout=2000", null),
    POSTGRESQL("postgresql", "POTERNE_POSTGRESQL_PORT"),
    MARIADB("mariadb", "POTERNE_MARIADB_PORT");

    private final String name;
    private final String port;

    Engine(String name, String port) {
        this.name = name;
        this.port = port;
    }

    /** Those that are to be tested here. */
    static Stream<Engine> here() {
        return Boolean.getBoolean("poterne.servers") ? Stream.of(values()) : Stream.of(SQLITE);
    }

    private String url() {
        if (port == null) {
            return "jdbc:" + name;
        }
        String number = System.getenv(port);
        if (number == null) {
            throw new AssertionError(port + " is not set: run the tests beside tests/databases, as bindings/java/test does");
        }
        return "jdbc:" + name + "://127.0.0.1:" + number + "/poterne?user=poterne&password=poterne";
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** A fresh table of two columns. */
    void createTable(String table, String account, String record) throws SQLException {
        execute("DROP TABLE IF EXISTS " + table,
                "CREATE TABLE " + table + " (account " + account + " NOT NULL PRIMARY KEY, record " + record + ")");
    }

    /** A source whose connections go through `prepared`, new ones each time. */
    DataSource source(UnaryOperator<Connection> prepared) {
        return source(() -> prepared.apply(connect()));
    }

    DataSource source() {
        return source(connection -> connection);
    }

    interface Connect {
        Connection connect() throws SQLException;
    }

    static DataSource source(Connect connect) {
        return new DataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                return connect.connect();
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                return connect.connect();
            }

            @Override
            public PrintWriter getLogWriter() {
                return null;
            }

            @Override
            public void setLogWriter(PrintWriter out) {}

            @Override
            public void setLoginTimeout(int seconds) {}

            @Override
            public int getLoginTimeout() {
                return 0;
            }

            @Override
            public Logger getParentLogger() {
                return Logger.getGlobal();
            }

            @Override
            public <T> T unwrap(Class<T> type) {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean isWrapperFor(Class<?> type) {
                return false;
            }
        };
    }

    interface Before {
        void call(Connection connection, String method, Object[] arguments) throws SQLException;
    }

    /** A connection of which a test sees, and may change, every call before it is made. */
    static Connection watched(Connection connection, Before before) {
        return (Connection) Proxy.newProxyInstance(
                Engine.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    before.call(connection, method.getName(), arguments);
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException error) {
                        throw error.getCause();
                    }
                });
    }

    /** One connection a thread, which is closed only by the end of the program: a pool. An isolation of 0 is the engine's own. */
    DataSource pool(int isolation) {
        ThreadLocal<Connection> connections = ThreadLocal.withInitial(() -> {
            try {
                Connection connection = connect();
                if (isolation != 0) {
                    connection.setTransactionIsolation(isolation);
                }
                return connection;
            } catch (SQLException error) {
                throw new AssertionError(error);
            }
        });
        return source(() -> {
            Connection connection = connections.get();
            return (Connection) Proxy.newProxyInstance(
                    Engine.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            return null;
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException error) {
                            throw error.getCause();
                        }
                    });
        });
    }
}
