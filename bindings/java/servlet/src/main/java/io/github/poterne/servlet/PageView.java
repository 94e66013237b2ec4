package io.github.poterne.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Shows a page. For a site whose pages come from its own template engine. */
@FunctionalInterface
public interface PageView {
    /**
     * Writes the page. Status and headers are set already; do not loosen them.
     *
     * @param request the request
     * @param response the response, with nothing written yet
     * @param page what to show: escape every value
     * @throws IOException if the client is gone
     * @throws ServletException if the view cannot be made
     */
    void show(HttpServletRequest request, HttpServletResponse response, Page page) throws IOException, ServletException;
}
