package io.github.poterne.servlet;

import io.github.poterne.Language;
import io.github.poterne.Parameters;
import io.github.poterne.Store;
import io.github.poterne.Verifier;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The settings of the second step: the verifier, the table, and what the pages need to know. Each {@code with} returns a copy.
 *
 * <p>The store must be outside the transactions of the application: give {@link io.github.poterne.JdbcColumn} a small pool of its own.
 */
public final class SecondStep {
    /** The time that enrolling may take: an app has to be installed first. */
    static final long ENROLLING_SECONDS = 900;

    final Verifier verifier;
    final Store store;
    private String prefix = "/poterne";
    private String home = "/";
    private String issuer;
    private Predicate<String> mayEnroll = account -> false;
    private Function<HttpServletRequest, Language> language = request -> accepted(request, Language.ENGLISH);
    private PageView view = new TemplateView();

    /**
     * Makes the settings.
     *
     * @param verifier the application's only one
     * @param store the application's table
     * @param issuer the name that the authenticator app shows
     */
    public SecondStep(Verifier verifier, Store store, String issuer) {
        this.verifier = Objects.requireNonNull(verifier, "verifier");
        this.store = Objects.requireNonNull(store, "store");
        this.issuer = Objects.requireNonNull(issuer, "issuer");
    }

    private SecondStep(SecondStep other) {
        this(other.verifier, other.store, other.issuer);
        prefix = other.prefix;
        home = other.home;
        mayEnroll = other.mayEnroll;
        language = other.language;
        view = other.view;
    }

    /**
     * Sets where the pages are. The default is {@code /poterne}.
     *
     * @param prefix a path within the application, without a slash at the end
     * @return the settings
     */
    public SecondStep withPrefix(String prefix) {
        if (!Target.isLocal(prefix) || prefix.endsWith("/") || prefix.indexOf('?') >= 0) {
            throw new IllegalArgumentException("a prefix is a path such as /second-step");
        }
        SecondStep copy = new SecondStep(this);
        copy.prefix = prefix;
        return copy;
    }

    /**
     * Sets the page that follows the code if the user wanted no other. The default is {@code /}.
     *
     * @param home a path within the application
     * @return the settings
     */
    public SecondStep withHome(String home) {
        if (!Target.isLocal(home)) {
            throw new IllegalArgumentException("home is a path such as /desk");
        }
        SecondStep copy = new SecondStep(this);
        copy.home = home;
        return copy;
    }

    /**
     * Says who may set up a first app behind the password alone. By default nobody may: the help desk or a letter does it. Do not say
     * yes to everybody for good: a row that was deleted would then switch the second factor off.
     *
     * @param mayEnroll told the account's name
     * @return the settings
     */
    public SecondStep withEnrollmentBy(Predicate<String> mayEnroll) {
        SecondStep copy = new SecondStep(this);
        copy.mayEnroll = Objects.requireNonNull(mayEnroll, "mayEnroll");
        return copy;
    }

    /**
     * Sets the language of the pages. By default the browser's first language of English and French counts, and English if it names
     * neither.
     *
     * @param language told the request
     * @return the settings
     */
    public SecondStep withLanguage(Function<HttpServletRequest, Language> language) {
        SecondStep copy = new SecondStep(this);
        copy.language = Objects.requireNonNull(language, "language");
        return copy;
    }

    /**
     * Sets the view. The default fills the templates of this jar, or those of the site: {@code /WEB-INF/poterne/code.html}, or
     * {@code poterne/code.html} on the class path.
     *
     * @param view shows each page
     * @return the settings
     */
    public SecondStep withView(PageView view) {
        SecondStep copy = new SecondStep(this);
        copy.view = Objects.requireNonNull(view, "view");
        return copy;
    }

    /**
     * Returns the first language of the browser that the pages have.
     *
     * @param request the request
     * @param otherwise for a browser that names none of them
     * @return the language
     */
    public static Language accepted(HttpServletRequest request, Language otherwise) {
        if (request.getHeader("Accept-Language") == null) {
            return otherwise;
        }
        for (Locale locale : Collections.list(request.getLocales())) {
            Optional<Language> language = Language.fromTag(locale.toLanguageTag());
            if (language.isPresent()) {
                return language.get();
            }
        }
        return otherwise;
    }

    /**
     * Returns where the pages are.
     *
     * @return a path within the application
     */
    public String prefix() {
        return prefix;
    }

    /**
     * Tells whether a request is for one of the pages.
     *
     * @param request the request
     * @return whether {@link SecondStepPages#serve} answers it
     */
    public boolean isPage(HttpServletRequest request) {
        return SecondStepPages.path(request).startsWith(prefix + "/");
    }

    String home() {
        return home;
    }

    String issuer() {
        return issuer;
    }

    boolean mayEnroll(String account) {
        return mayEnroll.test(account);
    }

    Language language(HttpServletRequest request) {
        return language.apply(request);
    }

    PageView view() {
        return view;
    }

    /** What the app shows. It says nothing to us, and some apps misread these signs in it (semantics 8.4). */
    static String label(String account) {
        return account.replaceAll("[&?#%+/:\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "_");
    }

    Parameters parameters() {
        return Parameters.totp();
    }

    /** The texts of the devices of a person, in the order of the rows. */
    static List<String> devices() {
        return Arrays.asList("code.device_first", "code.device_second", "code.device_third");
    }
}
