package io.github.poterne.servlet;

import java.util.Locale;

/** Where the browser goes after the code: a page of this site, whatever was asked for. */
final class Target {
    private static final int MAX = 2048;

    private Target() {}

    /**
     * Whether the browser stays on this site. It takes "//" and "/\" for the beginning of another host, and drops tabs and line breaks
     * before it looks.
     */
    static boolean isLocal(String target) {
        if (target == null || target.isEmpty() || target.length() > MAX || target.charAt(0) != '/') {
            return false;
        }
        if (target.startsWith("//")) {
            return false;
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\') {
                return false;
            }
        }
        // An identifier of a session that has another one by now.
        return !target.toLowerCase(Locale.ROOT).contains(";jsessionid");
    }
}
