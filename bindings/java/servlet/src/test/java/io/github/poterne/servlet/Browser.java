package io.github.poterne.servlet;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client with cookies of its own, which follows nothing by itself. */
final class Browser {
    // One for all: a thousand clients would have a thousand threads.
    private static final HttpClient CLIENT = HttpClient.newBuilder().build();
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    final CookieManager cookies = new CookieManager();
    private final String base;

    Browser(int port) {
        base = "http://127.0.0.1:" + port;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).GET().build());
    }

    HttpResponse<String> post(String path, String... fields) throws IOException, InterruptedException {
        return send(form(path, fields));
    }

    HttpRequest form(String path, String... fields) throws IOException {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            pairs.add(fields[i] + "=" + URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
        }
        return request(path, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
                .POST(HttpRequest.BodyPublishers.ofString(String.join("&", pairs))).build();
    }

    HttpRequest.Builder request(String path, String... headers) throws IOException {
        URI uri = URI.create(base + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        String cookie = cookie();
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    /** What it would send. */
    String cookie() {
        List<String> pairs = new ArrayList<>();
        cookies.getCookieStore().getCookies().forEach(cookie -> pairs.add(cookie.getName() + "=" + cookie.getValue()));
        return String.join("; ", pairs);
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        keep(response);
        return response;
    }

    void keep(HttpResponse<String> response) throws IOException {
        // The manager's own store looks at the domain, which is the same for all ports; each browser here has one node.
        cookies.put(URI.create(base), response.headers().map());
    }

    static String token(HttpResponse<String> page) {
        Matcher found = TOKEN.matcher(page.body());
        if (!found.find()) {
            throw new AssertionError(page.statusCode() + " without a form: " + page.body());
        }
        return found.group(1);
    }

    static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElse("");
    }
}
