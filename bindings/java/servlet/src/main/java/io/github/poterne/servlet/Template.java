package io.github.poterne.servlet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page with places for values, in a part of the syntax of Mustache: <code>{{name}}</code> is escaped always,
 * <code>{{#name}}...{{/name}}</code> stands for each element of a list or once for a value, <code>{{^name}}...{{/name}}</code> if there
 * is none, <code>{{&gt;name}}</code> is another template.
 */
final class Template {
    private static final Pattern TAG = Pattern.compile("\\{\\{([#^/>]?)([a-z_.]+)\\}\\}");

    private final String text;
    private final Function<String, Template> others;
    private final Function<String, String> texts;

    Template(String text, Function<String, Template> others, Function<String, String> texts) {
        this.text = text;
        this.others = others;
        this.texts = texts;
    }

    String fill(Map<String, Object> values) {
        StringBuilder out = new StringBuilder();
        Deque<Object> scopes = new ArrayDeque<>();
        scopes.push(values);
        fill(0, text.length(), scopes, out);
        return out.toString();
    }

    private void fill(int from, int to, Deque<Object> scopes, StringBuilder out) {
        Matcher tag = TAG.matcher(text).region(from, to);
        int end = from;
        while (tag.find()) {
            out.append(text, end, tag.start());
            end = tag.end();
            String name = tag.group(2);
            switch (tag.group(1)) {
                case "":
                    escape(name.startsWith("t.") ? texts.apply(name.substring(2)) : String.valueOf(value(name, scopes)), out);
                    break;
                case ">":
                    Template other = others.apply(name);
                    other.fill(0, other.text.length(), scopes, out);
                    break;
                case "/":
                    throw new IllegalStateException("{{/" + name + "}} ends nothing");
                default:
                    int close = close(name, tag.end(), to);
                    section(tag.group(1).equals("#"), value(name, scopes), tag.end(), close, scopes, out);
                    end = close + name.length() + 5;
                    tag.region(end, to);
            }
        }
        out.append(text, end, to);
    }

    private void section(boolean shown, Object value, int from, int to, Deque<Object> scopes, StringBuilder out) {
        boolean absent = value == null || Boolean.FALSE.equals(value) || value instanceof List && ((List<?>) value).isEmpty();
        if (!shown) {
            if (absent) {
                fill(from, to, scopes, out);
            }
        } else if (value instanceof List) {
            for (Object element : (List<?>) value) {
                scopes.push(element);
                fill(from, to, scopes, out);
                scopes.pop();
            }
        } else if (!absent) {
            fill(from, to, scopes, out);
        }
    }

    /** The place of the tag that closes, past those of the same name in between. */
    private int close(String name, int from, int to) {
        int depth = 1;
        Matcher tag = TAG.matcher(text).region(from, to);
        while (tag.find()) {
            if (tag.group(2).equals(name) && !tag.group(1).isEmpty() && !tag.group(1).equals(">")) {
                depth += tag.group(1).equals("/") ? -1 : 1;
                if (depth == 0) {
                    return tag.start();
                }
            }
        }
        throw new IllegalStateException("{{#" + name + "}} is not closed");
    }

    private static Object value(String name, Deque<Object> scopes) {
        if (name.equals(".")) {
            return scopes.peek();
        }
        for (Object scope : scopes) {
            if (scope instanceof Map && ((Map<?, ?>) scope).containsKey(name)) {
                return ((Map<?, ?>) scope).get(name);
            }
        }
        return null;
    }

    private static void escape(String value, StringBuilder out) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&':
                    out.append("&amp;");
                    break;
                case '<':
                    out.append("&lt;");
                    break;
                case '>':
                    out.append("&gt;");
                    break;
                case '"':
                    out.append("&quot;");
                    break;
                case '\'':
                    out.append("&#39;");
                    break;
                default:
                    out.append(c);
            }
        }
    }
}
