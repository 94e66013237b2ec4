"""The servlet filter, jakarta: one node is a Tomcat 11, the other a Jetty 12."""

from __future__ import annotations

from hosts._java import JavaHost


class Servlet(JavaHost):
    name = "servlet"
    module = "servlet/jakarta"
    main = "io.github.poterne.servlet.DepartmentSite"
    servers = ("Tomcat", "Jetty12")


HOST = Servlet
