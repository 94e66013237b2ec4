package io.github.poterne.servlet;

import java.util.Collections;
import java.util.List;

/** The answer to a submitted form: a page to go to, or what was refused. */
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
    /** Whose codes these are; null without codes. */
    final String account;

    private Answer(String location, String error, List<String> cookies, List<String> codes, String account) {
        this.account = account;
        this.location = location;
        this.error = error;
        this.cookies = cookies;
        this.codes = codes;
    }

    static Answer go(String location) {
        return go(location, Collections.emptyList());
    }

    static Answer go(String location, List<String> cookies) {
        return new Answer(location, null, cookies, Collections.emptyList(), null);
    }

    static Answer go(String location, List<String> codes, String account) {
        return new Answer(location, null, Collections.emptyList(), codes, account);
    }

    static Answer refused(String error) {
        return new Answer(null, error, Collections.emptyList(), Collections.emptyList(), null);
    }
}
