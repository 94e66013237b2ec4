package io.github.poterne.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.poterne.Keyring;
import io.github.poterne.Verifier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** A first factor that is a filter, and tells those behind it who it is. */
class FilterOrderTest {
    private static final class FirstFilter implements Filter {
        @Override
        public void init(FilterConfig config) {
            // Needs nothing.
        }

        @Override
        public void destroy() {
            // Keeps nothing.
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
            chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {
                @Override
                public Principal getUserPrincipal() {
                    return () -> "a.martin";
                }
            }, response);
        }
    }

    private static HttpResponse<String> page(boolean behind) throws Exception {
        try (Server server = Server.named("Tomcat"); Verifier verifier = new Verifier(Keyring.generate(1), "departement")) {
            int port = server.start(new ServletContextListener() {
                @Override
                public void contextInitialized(ServletContextEvent event) {
                    ServletContext context = event.getServletContext();
                    context.addFilter("first", new FirstFilter())
                            .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
                    SecondStep settings = new SecondStep(verifier, new MemoryStore(), "Département");
                    new SecondStepFilter(settings, FirstFactor.ofContainer()).addTo(context, behind);
                    context.addServlet("all", new HttpServlet() {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                            response.getWriter().write("hello " + request.getUserPrincipal().getName());
                        }
                    }).addMapping("/");
                }

                @Override
                public void contextDestroyed(ServletContextEvent event) {
                    // Nothing.
                }
            }, 0);
            return new Browser(port).get("/desk", "Accept", "text/html");
        }
    }

    @Test
    void theFilterStandsBehindAFirstFactorThatIsOne() throws Exception {
        assertEquals("/poterne/code", Browser.location(page(true)));
        // The control: before it, nobody is seen, and nobody asked.
        assertEquals("hello a.martin", page(false).body());
    }
}
