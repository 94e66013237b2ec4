package io.github.poterne.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The templates of the jar, or those that the site has put in their place. */
final class TemplateView implements PageView {
    private final Map<String, String> files = new ConcurrentHashMap<>();

    @Override
    public void show(HttpServletRequest request, HttpServletResponse response, Page page) throws IOException {
        byte[] body = template(request, page, page.name()).fill(page.values()).getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/html;charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private Template template(HttpServletRequest request, Page page, String name) {
        String text = files.computeIfAbsent(name, missing -> {
            try {
                return new String(read(request, missing + ".html"), StandardCharsets.UTF_8);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        });
        return new Template(text, other -> template(request, page, other), page::text);
    }

    /** Of the application before that of the class path, and that before that of this jar. */
    static byte[] read(HttpServletRequest request, String file) throws IOException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        InputStream[] places = {
            request.getServletContext().getResourceAsStream("/WEB-INF/poterne/" + file),
            loader == null ? null : loader.getResourceAsStream("poterne/" + file),
            TemplateView.class.getResourceAsStream(file),
        };
        byte[] found = null;
        for (InputStream place : places) {
            if (place != null) {
                try (InputStream open = place) {
                    found = found != null ? found : all(open);
                }
            }
        }
        if (found == null) {
            throw new FileNotFoundException(file);
        }
        return found;
    }

    private static byte[] all(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        for (int count = in.read(part); count >= 0; count = in.read(part)) {
            out.write(part, 0, count);
        }
        return out.toByteArray();
    }
}
