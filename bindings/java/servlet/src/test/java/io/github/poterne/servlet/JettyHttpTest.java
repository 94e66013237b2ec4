package io.github.poterne.servlet;

class JettyHttpTest extends HttpTest {
    JettyHttpTest() throws ReflectiveOperationException {
        super(isJakarta() ? "Jetty12" : "Jetty9");
    }

    private static boolean isJakarta() {
        return jakarta.servlet.Filter.class.getName().startsWith("jakarta");
    }
}
