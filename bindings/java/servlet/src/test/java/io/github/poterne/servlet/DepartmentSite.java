package io.github.poterne.servlet;

import com.zaxxer.hikari.HikariDataSource;
import io.github.poterne.JdbcColumn;
import io.github.poterne.Keyring;
import io.github.poterne.Policy;
import io.github.poterne.Verifier;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A site with a login page of its own, as the tests of all hosts have it: the password of NAME is s3cret-NAME. With a keyring it asks
 * for a code behind it; without one it is the same site, to compare with.
 *
 * <pre>java ... DepartmentSite Tomcat 8081 /path/to/poterne.keys jdbc:postgresql://127.0.0.1:5432/poterne 300</pre>
 */
public final class DepartmentSite implements ServletContextListener {
    private final Path keyring;
    private final String database;
    private final int ticketSeconds;

    DepartmentSite(Path keyring, String database, int ticketSeconds) {
        this.keyring = keyring;
        this.database = database;
        this.ticketSeconds = ticketSeconds;
    }

    /** Starts one node, and says so when it answers. */
    public static void main(String[] arguments) throws Exception {
        Path keyring = arguments[2].equals("-") ? null : Paths.get(arguments[2]);
        Server server = Server.named(arguments[0]);
        int port = server.start(new DepartmentSite(keyring, arguments[3], Integer.parseInt(arguments[4])), Integer.parseInt(arguments[1]));
        System.out.println("ready on " + port);
        Thread.currentThread().join();
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        HikariDataSource own = pool(database, 4);
        context.addServlet("login", new Login(own)).addMapping("/login");
        context.addServlet("logout", new Logout()).addMapping("/logout");
        context.addServlet("home", new Home(own)).addMapping("/");
        if (keyring != null) {
            SecondStep settings = settings(keyring, database, ticketSeconds);
            new SecondStepFilter(settings, FirstFactor.ofSessionAttribute("user"), "/logout").addTo(context);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // The process ends with it.
    }

    static SecondStep settings(Path keyring, String database, int ticketSeconds) {
        Policy policy = Policy.builder().confirmAtFirstLogin(true).ticketSeconds(ticketSeconds).build();
        Verifier verifier = new Verifier(Keyring.open(keyring), "departement", policy);
        JdbcColumn column = new JdbcColumn(pool(database, 8), "poterne", "account", "record").withTimeout(Duration.ofSeconds(2));
        return new SecondStep(verifier, column, "Département").withEnrollmentBy(account -> true);
    }

    /** A pool that notices a server that is gone within two seconds. */
    static HikariDataSource pool(String database, int connections) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(database);
        pool.setUsername("poterne");
        pool.setPassword("poterne");
        pool.setMaximumPoolSize(connections);
        pool.setConnectionTimeout(2000);
        pool.setValidationTimeout(1000);
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    private static void write(HttpServletResponse response, String body) throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        response.getWriter().write("<!DOCTYPE html><html lang=\"fr\"><title>Site</title><main><h1>Site</h1>" + body + "</main></html>");
    }

    /** As an application looks its user up. */
    private static void look(HikariDataSource database) throws IOException {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().executeQuery("SELECT 1").close();
        } catch (SQLException error) {
            throw new IOException(error);
        }
    }

    private static final class Login extends HttpServlet {
        private final transient HikariDataSource database;

        Login(HikariDataSource database) {
            this.database = database;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            write(response, "<form method=\"post\"><label>Compte <input type=\"text\" name=\"account\"></label>"
                    + "<label>Mot de passe <input type=\"password\" name=\"password\"></label><button>Entrer</button></form>");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.setCharacterEncoding("UTF-8");
            String account = request.getParameter("account");
            look(database);
            if (account == null || !("s3cret-" + account).equals(request.getParameter("password"))) {
                response.setStatus(HttpServletResponse.SC_FORBIDDEN);
                doGet(request, response);
                return;
            }
            request.getSession();
            request.changeSessionId();
            request.getSession().setAttribute("user", account);
            response.sendRedirect("/");
        }
    }

    private static final class Logout extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession(false);
            if (session != null) {
                session.removeAttribute("user"); // keeps the session, as some sites do
            }
            response.sendRedirect("/login");
        }
    }

    private static final class Home extends HttpServlet {
        private final transient HikariDataSource database;

        Home(HikariDataSource database) {
            this.database = database;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession(false);
            Object user = session == null ? null : session.getAttribute("user");
            if (user == null) {
                response.sendRedirect("/login");
                return;
            }
            look(database);
            write(response, "<p id=\"account\">" + user.toString().replace("&", "&amp;").replace("<", "&lt;") + "</p>"
                    + "<p><a href=\"/poterne/account\">Double authentification</a></p>");
        }
    }
}
