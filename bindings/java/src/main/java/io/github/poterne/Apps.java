package io.github.poterne;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The features of otpauth URIs that authenticator apps honor: a table to publish. The library refuses features that the table does
 * not allow (semantics 12, allow_incompatible). Each fact has its source and a date.
 */
public final class Apps {
    private Apps() {}

    /** A feature beyond the defaults. */
    public enum Feature {
        /** SHA-256. */
        SHA256,
        /** SHA-512. */
        SHA512,
        /** 7 digits. */
        SEVEN_DIGITS,
        /** 8 digits. */
        EIGHT_DIGITS,
        /** A time step of 60 seconds. */
        SIXTY_SECONDS,
        /** Counter-based OTPs. */
        HOTP,
        /** A secret of 32 bytes: 52 characters of base32. */
        LONG_SECRET
    }

    /** How an app treats a feature. */
    public enum Support {
        /** It computes correct codes. */
        HONORED(1),
        /** It computes wrong codes and says nothing: dangerous. */
        IGNORED(2),
        /** A test says that it does not work, without details. */
        FAILS(3),
        /** It refuses the URI. */
        REFUSED(4),
        /** No source was found. */
        UNKNOWN(5);

        private final int number;

        Support(int number) {
            this.number = number;
        }

        private static Support of(long number) {
            for (Support support : values()) {
                if (support.number == number) {
                    return support;
                }
            }
            return UNKNOWN;
        }
    }

    /** The source of a fact. */
    public static final class Source {
        private final String place;
        private final String date;

        private Source(Response response) {
            place = response.text();
            date = response.text();
        }

        /**
         * Returns the address, or the repository, file and commit.
         *
         * @return the place
         */
        public String place() {
            return place;
        }

        /**
         * Returns the date of the source, or the day on which a copy without a date was read.
         *
         * @return the date
         */
        public String date() {
            return date;
        }
    }

    /** A fact about one app and one feature. */
    public static final class Fact {
        private final Support support;
        private final Optional<Source> source;

        private Fact(Response response) {
            support = Support.of(response.number());
            source = response.flag() ? Optional.of(new Source(response)) : Optional.empty();
        }

        /**
         * Returns how the app treats the feature.
         *
         * @return the support
         */
        public Support support() {
            return support;
        }

        /**
         * Returns the source.
         *
         * @return the source; empty if the support is unknown
         */
        public Optional<Source> source() {
            return source;
        }
    }

    /** An authenticator app. */
    public static final class App {
        private final String name;
        private final String platforms;
        private final Fact freeOfCharge;
        private final Fact[] facts;

        private App(Response response) {
            name = response.text();
            platforms = response.text();
            freeOfCharge = new Fact(response);
            facts = new Fact[Feature.values().length];
            for (int i = 0; i < facts.length; i++) {
                facts[i] = new Fact(response);
            }
        }

        /**
         * Returns its name, with the platform if its versions differ.
         *
         * @return the name
         */
        public String name() {
            return name;
        }

        /**
         * Returns the platforms on which it runs.
         *
         * @return the platforms
         */
        public String platforms() {
            return platforms;
        }

        /**
         * Returns whether it is free of charge: {@link Support#HONORED} or {@link Support#UNKNOWN}.
         *
         * @return the fact
         */
        public Fact freeOfCharge() {
            return freeOfCharge;
        }

        /**
         * Returns the fact about a feature.
         *
         * @param feature the feature
         * @return the fact
         */
        public Fact fact(Feature feature) {
            return facts[Objects.requireNonNull(feature, "feature").ordinal()];
        }
    }

    /**
     * Returns the apps, in the order of their names.
     *
     * @return the apps
     */
    public static List<App> all() {
        Response response = new Request().send(Native::apps, 0);
        long count = response.number();
        if (response.number() != Feature.values().length) {
            throw new PoterneException(ErrorKind.VERSION, "the native library has other features than the jar");
        }
        List<App> apps = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            apps.add(new App(response));
        }
        return Collections.unmodifiableList(apps);
    }

    /**
     * Returns the table in Markdown, with its sources.
     *
     * @param language the language of the titles
     * @return the table
     */
    public static String markdown(Language language) {
        return table(language, false);
    }

    /**
     * Returns the table as an HTML fragment, with its sources.
     *
     * @param language the language of the titles
     * @return the table
     */
    public static String html(Language language) {
        return table(language, true);
    }

    private static String table(Language language, boolean isHtml) {
        Objects.requireNonNull(language, "language");
        return new Request().number(language.number()).flag(isHtml).send(Native::appsTable, 0).text();
    }
}
