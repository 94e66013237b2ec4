package io.github.poterne.servlet;

import jakarta.servlet.ServletContextListener;
import java.nio.file.Files;
import java.util.Collections;
import org.apache.catalina.Context;

/** Tomcat 11, or Tomcat 9 in the other name space. */
final class Tomcat implements Server {
    private final org.apache.catalina.startup.Tomcat tomcat = new org.apache.catalina.startup.Tomcat();

    @Override
    public int start(ServletContextListener application, int port) throws Exception {
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(port);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", null);
        context.addServletContainerInitializer(
                (classes, servlets) -> application.contextInitialized(new jakarta.servlet.ServletContextEvent(servlets)), Collections.emptySet());
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }
}
