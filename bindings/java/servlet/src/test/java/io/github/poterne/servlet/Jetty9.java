package io.github.poterne.servlet;

import jakarta.servlet.ServletContextListener;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;

/** Jetty 9.4. */
final class Jetty9 implements Server {
    private final org.eclipse.jetty.server.Server server = new org.eclipse.jetty.server.Server();

    @Override
    public int start(ServletContextListener application, int port) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler(null, "/", ServletContextHandler.SESSIONS);
        context.addEventListener(application);
        server.setHandler(context);
        server.start();
        return connector.getLocalPort();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
