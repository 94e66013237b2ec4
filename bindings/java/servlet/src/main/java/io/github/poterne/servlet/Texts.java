package io.github.poterne.servlet;

import io.github.poterne.Language;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.MessageFormat;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** The sentences of the pages, which bindings/web/generate has made. */
final class Texts {
    private static final Map<Language, Texts> ALL = new EnumMap<>(Language.class);

    static {
        for (Language language : Language.values()) {
            ALL.put(language, new Texts(tag(language)));
        }
    }

    private final Properties texts = new Properties();

    private Texts(String tag) {
        try (InputStream file = Texts.class.getResourceAsStream("texts_" + tag + ".properties")) {
            texts.load(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static Texts of(Language language) {
        return ALL.get(language);
    }

    static String tag(Language language) {
        return language == Language.FRENCH ? "fr" : "en";
    }

    String get(String key, Object... numbers) {
        String text = texts.getProperty("poterne." + key);
        if (text == null) {
            throw new IllegalArgumentException("no text has the name " + key);
        }
        return MessageFormat.format(text, numbers);
    }
}
