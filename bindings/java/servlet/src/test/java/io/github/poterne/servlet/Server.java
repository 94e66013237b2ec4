package io.github.poterne.servlet;

import jakarta.servlet.ServletContextListener;

/** A servlet container of the tests, in this process. */
interface Server extends AutoCloseable {
    /** Starts an application on a free port of the loopback, or on the one named. */
    int start(ServletContextListener application, int port) throws Exception;

    @Override
    void close() throws Exception;

    /** By the name of the class: each name space has its own Jetty. */
    static Server named(String name) throws ReflectiveOperationException {
        return (Server) Class.forName("io.github.poterne.servlet." + name).getDeclaredConstructor().newInstance();
    }
}
