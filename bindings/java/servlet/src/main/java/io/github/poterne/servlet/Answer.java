package io.github.poterne.servlet;

import java.util.Collections;
import java.util.List;

/** The answer to a submitted form: a page to go to, or what was refused. It names no account. */
final class Answer {
    /** Where to go; null for a refusal. */
    final String location;
    /** The refusal, in the language of the form. */
    final String error;
    /** By which the page that shows the refusal finds it. */
    final String id = FormToken.random();
    /** The session's new cookie, for a browser that has dropped the first response. */
    final List<String> cookies;
    /** To show once. */
    final List<String> codes;

    private Answer(String location, String error, List<String> cookies, List<String> codes) {
        this.location = location;
        this.error = error;
        this.cookies = cookies;
        this.codes = codes;
    }

    static Answer go(String location) {
        return new Answer(location, null, Collections.emptyList(), Collections.emptyList());
    }

    static Answer go(String location, List<String> cookies, List<String> codes) {
        return new Answer(location, null, cookies, codes);
    }

    static Answer refused(String error) {
        return new Answer(null, error, Collections.emptyList(), Collections.emptyList());
    }
}
