"""The servlet filter, javax: one node is a Jetty 9.4, the other a Tomcat 9."""

from __future__ import annotations

from hosts._java import JavaHost


class ServletJavax(JavaHost):
    name = "servlet_javax"
    module = "servlet/javax"
    main = "io.github.poterne.servlet.DepartmentSite"
    servers = ("Jetty9", "Tomcat")


HOST = ServletJavax
