package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** What stands in the enums is what the library says: numbers, names, texts. */
class NumbersTest {
    @Test
    void numbersAndNames() {
        Response response = new Request().send(Native::numbers, 0);
        assertEquals(ErrorKind.values().length, response.number());
        for (ErrorKind kind : ErrorKind.values()) {
            assertEquals(kind.number(), response.number());
            String name = response.text();
            assertEquals("error." + name, kind.code());
            assertEquals(kind.name().toLowerCase(Locale.ROOT), name);
        }
        assertEquals(Refusal.values().length, response.number());
        for (Refusal refusal : Refusal.values()) {
            assertEquals(refusal.number(), response.number());
            assertEquals(refusal.code(), response.text());
            assertEquals("refused." + refusal.name().toLowerCase(Locale.ROOT), refusal.code());
        }
        choices(response, CodeSet.values(), CodeSet::number);
        choices(response, Algorithm.values(), Algorithm::number);
        choices(response, Authenticator.values(), Authenticator::number);
        choices(response, State.values(), State::number);
        choices(response, MissingAuthenticator.values(), MissingAuthenticator::number);
        choices(response, Method.values(), Method::number);
        choices(response, CsvLayout.values(), CsvLayout::number);
        choices(response, SecretEncoding.values(), SecretEncoding::number);
        choices(response, CsvSeparator.values(), CsvSeparator::number);
        for (PolicyOption option : PolicyOption.values()) {
            assertEquals(option.ordinal() + 1, option.number());
            assertEquals(option.defaultValue(), Policy.standard().get(option));
            assertTrue(option.min() <= option.defaultValue() && option.defaultValue() <= option.max());
        }
    }

    private static <T extends Enum<T>> void choices(Response response, T[] values, ToIntFunction<T> number) {
        assertEquals(values.length, response.number());
        for (T value : values) {
            assertEquals(number.applyAsInt(value), response.number());
            assertEquals(value.name(), response.text().toUpperCase(Locale.ROOT));
        }
    }

    @Test
    void policies() {
        Policy policy = Policy.builder().maxFailures(10).recoveryCodes(0).confirmAtFirstLogin(true).confirmWithinDays(365)
                .ticketSeconds(60).build();
        assertEquals(10, policy.get(PolicyOption.MAX_FAILURES));
        assertEquals(0, policy.get(PolicyOption.RECOVERY_CODES));
        assertEquals(1, policy.get(PolicyOption.CONFIRM_AT_FIRST_LOGIN));
        assertEquals(365, policy.get(PolicyOption.CONFIRM_WITHIN_DAYS));
        assertEquals(60, policy.get(PolicyOption.TICKET_SECONDS));
        assertEquals(300, Policy.standard().get(PolicyOption.TICKET_SECONDS));
        assertEquals(30, Policy.standard().get(PolicyOption.CONFIRM_WITHIN_DAYS));
        assertEquals(20, Policy.standard().get(PolicyOption.MAX_FAILURES));
        assertNotEquals(Policy.standard(), policy);
        assertEquals(Policy.standard(), Policy.builder().build());
    }

    @Test
    void messages() {
        assertEquals("La base de données ne répond pas. Prévenez l'exploitation ; personne ne peut se connecter d'ici là.",
                PoterneException.unavailable(new Exception()).message(Language.FRENCH));
        assertEquals("Too many failed attempts. Try again in 1 second, or use a recovery code.",
                new RefusedException(Refusal.WAIT, 1).messageToUser(Language.ENGLISH));
        assertEquals("L'horloge du téléphone retarde d'environ 2 minutes. Faites régler la date et l'heure automatiquement, puis "
                        + "faites saisir le code suivant.",
                new RefusedException(Refusal.CLOCK_OFF, -3).message(Language.FRENCH));
        assertEquals("The phone's clock is about 2 minutes fast. Set date and time to automatic, wait 2 minutes, then type the code "
                        + "that is shown.",
                new RefusedException(Refusal.CLOCK_OFF, 3).messageAtEnrollment(Language.ENGLISH));
        for (Language language : Language.values()) {
            Set<String> ofErrors = new HashSet<>();
            for (ErrorKind kind : ErrorKind.values()) {
                ofErrors.add(kind.message(language, true));
            }
            // One text for all errors, and none of a refusal.
            assertEquals(1, ofErrors.size());
            for (Refusal refusal : Refusal.values()) {
                assertFalse(ofErrors.contains(new RefusedException(refusal, 5).messageToUser(language)));
            }
            Set<String> toUser = new HashSet<>();
            Set<String> toHelpDesk = new HashSet<>();
            Set<String> atEnrollment = new HashSet<>();
            for (Refusal refusal : Refusal.values()) {
                toUser.add(new RefusedException(refusal, 5).messageToUser(language));
                toHelpDesk.add(new RefusedException(refusal, 5).message(language));
                atEnrollment.add(new RefusedException(refusal, 5).messageAtEnrollment(language));
            }
            // One text for all but Wait and Locked.
            assertEquals(3, toUser.size());
            assertEquals(Refusal.values().length, toHelpDesk.size());
            // One text for the five that only the help desk can do something about and for that of a ticket, which no enrollment has; and
            // no text of another page.
            assertEquals(Refusal.values().length - 5, atEnrollment.size());
            assertTrue(Collections.disjoint(atEnrollment, toUser) && Collections.disjoint(atEnrollment, toHelpDesk));
        }
        assertEquals(Optional.of(Language.FRENCH), Language.fromTag("fr-FR"));
        assertEquals(Optional.empty(), Language.fromTag("de"));
    }

    @Test
    void applications() {
        List<Apps.App> apps = Apps.all();
        assertTrue(apps.size() >= 19);
        Apps.App microsoft =
                apps.stream().filter(app -> app.name().equals("Microsoft Authenticator")).findAny().orElseThrow();
        Apps.Fact fact = microsoft.fact(Apps.Feature.SHA256);
        assertEquals(Apps.Support.IGNORED, fact.support());
        assertTrue(fact.source().isPresent());
        assertTrue(Apps.html(Language.FRENCH).contains("<td>Microsoft Authenticator</td>"));
        assertTrue(Apps.markdown(Language.ENGLISH).contains("| Microsoft Authenticator |"));
    }
}
