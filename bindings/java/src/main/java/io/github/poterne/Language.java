package io.github.poterne;

import java.util.Optional;

/** The language of a message. */
public enum Language {
    /** English. */
    ENGLISH(1),
    /** French. */
    FRENCH(2);

    private final int number;

    Language(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * Finds the language of a tag as in HTTP or HTML: {@code en}, {@code fr}, {@code fr-FR}.
     *
     * @param tag the tag
     * @return the language; empty for others
     */
    public static Optional<Language> fromTag(String tag) {
        long number = new Request().text(tag, "tag").send(Native::language, 0).number();
        for (Language language : values()) {
            if (language.number == number) {
                return Optional.of(language);
            }
        }
        return Optional.empty();
    }
}
