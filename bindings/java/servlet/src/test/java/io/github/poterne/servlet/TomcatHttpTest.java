package io.github.poterne.servlet;

class TomcatHttpTest extends HttpTest {
    TomcatHttpTest() throws ReflectiveOperationException {
        super("Tomcat");
    }
}
