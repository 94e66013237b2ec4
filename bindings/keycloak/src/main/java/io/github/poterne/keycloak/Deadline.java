package io.github.poterne.keycloak;

import io.github.poterne.PolicyOption;
import io.github.poterne.TicketBinding;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.keycloak.credential.CredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;

/**
 * How long the password counts: until a second, and while it is the user's. Whatever waits in the notes of the session ends with it.
 * Keycloak's own time of a sign-in begins again with each page.
 */
final class Deadline {
    /** The ticket that goes with the code (semantics, section 15). */
    private static final String TICKET = "poterne.ticket";
    private static final String UNTIL = "poterne.until";
    private static final String BOUND_TO = "poterne.bound-to";

    private Deadline() {}

    /** Once: whoever reloads a page gets no more time. */
    static void set(Dialog dialog, SecondFactor factor) {
        if (dialog.notes().getAuthNote(BOUND_TO) == null) {
            begin(dialog, factor);
        }
    }

    static void begin(Dialog dialog, SecondFactor factor) {
        dialog.notes().setAuthNote(BOUND_TO, context(dialog));
        renew(dialog, factor);
    }

    /** The time anew, for somebody whose code was right; bound to the same password as before. */
    static void renew(Dialog dialog, SecondFactor factor) {
        long seconds = factor.settings.policy().get(PolicyOption.TICKET_SECONDS);
        dialog.notes().setAuthNote(UNTIL, Long.toString(Instant.now().getEpochSecond() + seconds));
        Optional<String> account = factor.account(dialog.user());
        if (dialog.isLogin() && account.isPresent()) {
            dialog.notes().setAuthNote(TICKET, factor.verifier.ticket(account.get(), binding(dialog)));
        }
    }

    /** Also if none was ever set. */
    static boolean isOver(Dialog dialog) {
        String until = dialog.notes().getAuthNote(UNTIL);
        return until == null || Instant.now().getEpochSecond() > Long.parseLong(until)
                || !context(dialog).equals(dialog.notes().getAuthNote(BOUND_TO));
    }

    static String ticket(Dialog dialog) {
        return Optional.ofNullable(dialog.notes().getAuthNote(TICKET)).orElse("");
    }

    static TicketBinding binding(Dialog dialog) {
        return TicketBinding.of("keycloak", context(dialog).getBytes(StandardCharsets.UTF_8));
    }

    /** This sign-in, and the password that was right: a new one ends it (semantics 15.5). Of a directory's user there is none here. */
    private static String context(Dialog dialog) {
        String password = dialog.user().credentialManager().getStoredCredentialsByTypeStream(PasswordCredentialModel.TYPE)
                .map(CredentialModel::getCreatedDate).map(String::valueOf).findFirst().orElse("");
        return String.join("|",
                dialog.notes().getParentSession().getId(), dialog.notes().getTabId(), dialog.user().getId(), password);
    }

    static void remove(Dialog dialog) {
        for (String note : new String[] {TICKET, UNTIL, BOUND_TO}) {
            dialog.notes().removeAuthNote(note);
        }
    }
}
