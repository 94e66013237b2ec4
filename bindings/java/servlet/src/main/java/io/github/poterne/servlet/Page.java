package io.github.poterne.servlet;

import io.github.poterne.Language;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One page to show: which, in which language, and its values. */
public final class Page {
    private final String name;
    private final Language language;
    private final Map<String, Object> values = new LinkedHashMap<>();

    Page(String name, Language language) {
        this.name = name;
        this.language = language;
    }

    Page with(String key, Object value) {
        values.put(key, value);
        return this;
    }

    /**
     * Returns the name of the page, which is the name of its template.
     *
     * @return {@code code}, {@code enroll}, {@code recovery}, {@code account} or {@code message}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the language of the page.
     *
     * @return the language
     */
    public Language language() {
        return language;
    }

    /**
     * Returns the values of the page. A text, {@code true}, or a list of such maps or of texts; WEB.md lists them.
     *
     * @return the values by name
     */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /**
     * Returns a sentence of the pages.
     *
     * @param key its name, such as {@code code.title}
     * @return the sentence in the language of the page
     * @throws IllegalArgumentException if there is none of that name
     */
    public String text(String key) {
        return Texts.of(language).get(key);
    }

    /** Shows the name alone: a value may be a secret. */
    @Override
    public String toString() {
        return name;
    }
}
