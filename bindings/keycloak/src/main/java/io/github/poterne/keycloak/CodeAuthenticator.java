package io.github.poterne.keycloak;

import io.github.poterne.Accepted;
import io.github.poterne.Method;
import io.github.poterne.Refusal;
import io.github.poterne.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The page that asks for the code, behind the step that found the user's password right. */
final class CodeAuthenticator implements Authenticator {
    static final CodeAuthenticator INSTANCE = new CodeAuthenticator();

    /** What to say to somebody whose code was accepted, before the sign-in goes on. */
    private static final String ACCEPTED = "poterne.accepted";

    private CodeAuthenticator() {}

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        Dialog dialog = Dialog.of(context);
        Pages.answer(dialog, factor -> {
            Deadline.set(dialog, factor);
            if (Deadline.isOver(dialog)) {
                late(dialog);
            } else {
                ask(dialog, factor, null);
            }
        });
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        if (!context.getUser().isEnabled()) {
            context.failure(AuthenticationFlowError.USER_DISABLED);
            return;
        }
        Dialog dialog = Dialog.of(context);
        Pages.answer(dialog, factor -> act(dialog, factor));
    }

    private static void act(Dialog dialog, SecondFactor factor) {
        if (Deadline.isOver(dialog)) {
            late(dialog);
            return;
        }
        if (dialog.notes().getAuthNote(ACCEPTED) != null) {
            done(dialog);
            return;
        }
        if (Enrolling.isUnderWay(dialog)) {
            // Whoever confirmed an app is asked for its next code: only an accepted one is a login (semantics 7.6).
            if (Enrolling.act(dialog, factor) != Enrolling.Next.NOTHING) {
                ask(dialog, factor, null);
            }
            return;
        }
        Optional<String> code = dialog.parameter("code");
        if (code.isEmpty()) {
            ask(dialog, factor, null);
            return;
        }
        List<Device> devices = factor.devices(dialog.user());
        if (devices.isEmpty()) {
            ask(dialog, factor, null);
            return;
        }
        // Whose page this is comes from the session. The form says which of this person's devices, and nothing else.
        Device device = factor.device(devices, dialog.parameter("device").orElse(""));
        try {
            Accepted accepted = factor.verifier.loginWithTicket(
                    device.account(), Deadline.ticket(dialog), Deadline.binding(dialog), code.get(), factor.column);
            Log.outcome(accepted.code());
            accepted(dialog, factor, accepted);
        } catch (RefusedException refused) {
            Log.outcome(refused.code());
            if (refused.refusal() == Refusal.TICKET) {
                late(dialog);
            } else {
                ask(dialog, factor, refused.messageToUser(Pages.language(dialog, factor)));
            }
        }
    }

    private static void ask(Dialog dialog, SecondFactor factor, String error) {
        String accepted = dialog.notes().getAuthNote(ACCEPTED);
        if (accepted != null) {
            dialog.show(Pages.accepted(dialog, List.of(accepted.split("\n"))));
            return;
        }
        if (Enrolling.isUnderWay(dialog)) {
            Enrolling.show(dialog, factor);
            return;
        }
        List<Device> devices = factor.devices(dialog.user());
        if (devices.isEmpty()) {
            if (factor.settings.enrollsWithoutRecord() && factor.account(dialog.user()).isPresent()) {
                Enrolling.begin(dialog, factor);
            } else {
                Log.outcome(Refusal.NOT_ENROLLED.code());
                dialog.show(Pages.none(dialog));
            }
            return;
        }
        // A record that waits, a letter's or a token's, is asked for its code: nobody is shown its secret for the password.
        dialog.show(Pages.code(dialog, devices, error));
    }

    /** What waits ends with the password's time. */
    private static void late(Dialog dialog) {
        Enrolling.end(dialog);
        dialog.notes().removeAuthNote(ACCEPTED);
        dialog.show(Pages.late(dialog));
    }

    private static void done(Dialog dialog) {
        dialog.notes().removeAuthNote(ACCEPTED);
        Deadline.remove(dialog);
        dialog.done();
    }

    private static void accepted(Dialog dialog, SecondFactor factor, Accepted accepted) {
        List<String> notices = new ArrayList<>();
        if (accepted.failuresBefore() >= factor.settings.noticedFailures()) {
            notices.add(dialog.form().getMessage("poterne.failures.text", accepted.failuresBefore()));
        }
        if (accepted.method() == Method.RECOVERY_CODE) {
            notices.add(dialog.form().getMessage("poterne.recovery.left", accepted.recoveryCodesLeft()));
        }
        if (notices.isEmpty()) {
            done(dialog);
        } else {
            Deadline.renew(dialog, factor);
            dialog.notes().setAuthNote(ACCEPTED, String.join("\n", notices));
            dialog.show(Pages.accepted(dialog, notices));
        }
    }

    @Override
    public boolean requiresUser() {
        return true;
    }

    /** Always: this step itself says what somebody without a device reads. */
    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
        // Enrolling is a part of this step: a required action could be set aside.
    }

    @Override
    public void close() {}
}
