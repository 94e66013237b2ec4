package io.github.poterne.keycloak;

import io.github.poterne.Attempt;
import io.github.poterne.Change;
import io.github.poterne.Confirmed;
import io.github.poterne.Enrollment;
import io.github.poterne.ErrorKind;
import io.github.poterne.OtpauthUri;
import io.github.poterne.Parameters;
import io.github.poterne.PoterneException;
import io.github.poterne.Qr;
import io.github.poterne.RecoveryCodes;
import io.github.poterne.Refusal;
import io.github.poterne.RefusedException;
import io.github.poterne.ReplacementAttempt;
import io.github.poterne.State;
import io.github.poterne.StoredCredential;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A new app: its QR code, its first code, and the recovery codes, shown once. The pending record waits in the notes of the session, and
 * is stored once its first code was right: a row that waits in the table is somebody else's to confirm.
 */
final class Enrolling {
    private static final String STEP = "poterne.step";
    private static final String PENDING = "poterne.pending";
    private static final String OLD = "poterne.old";
    private static final String ACCOUNT = "poterne.account";

    private static final String FIRST = "first";
    private static final String REPLACE = "replace";
    private static final String CODES = "codes";
    private static final String DONE = "done";

    /** Refusals that no code mends: somebody else has changed the record. */
    private static final Set<Refusal> MEANWHILE = EnumSet.of(Refusal.CONFLICT, Refusal.NOT_PENDING, Refusal.NOT_ENROLLED, Refusal.REVOKED);

    /** What follows the answer to one of these pages. None of it is a login. */
    enum Next {
        /** A page was shown. */
        NOTHING,
        /** The app is set up, and the recovery codes were shown. */
        FINISHED,
        /** They were not kept, and others are wanted. */
        NEW_RECOVERY_CODES
    }

    private Enrolling() {}

    static boolean isUnderWay(Dialog dialog) {
        return dialog.notes().getAuthNote(STEP) != null;
    }

    /** A record waits for its first code. */
    static boolean isUnconfirmed(Dialog dialog) {
        return dialog.notes().getAuthNote(PENDING) != null;
    }

    /** The first app of somebody who has no record at all. */
    static void begin(Dialog dialog, SecondFactor factor) {
        String account = factor.account(dialog.user()).orElseThrow();
        start(dialog, FIRST, account, pending(factor, account));
        show(dialog, factor);
    }

    /** A new phone for somebody whose present code was just accepted: whatever changes the old record stops it (semantics 8.9). */
    static void replace(Dialog dialog, SecondFactor factor, String account, String old) {
        start(dialog, REPLACE, account, pending(factor, account));
        dialog.notes().setAuthNote(OLD, old);
        show(dialog, factor);
    }

    private static String pending(SecondFactor factor, String account) {
        try (Enrollment enrollment = factor.verifier.enroll(account, Parameters.totp())) {
            return enrollment.record();
        }
    }

    private static void start(Dialog dialog, String step, String account, String pending) {
        dialog.notes().setAuthNote(STEP, step);
        dialog.notes().setAuthNote(ACCOUNT, account);
        dialog.notes().setAuthNote(PENDING, pending);
    }

    static void end(Dialog dialog) {
        for (String note : List.of(STEP, ACCOUNT, PENDING, OLD)) {
            dialog.notes().removeAuthNote(note);
        }
    }

    static void show(Dialog dialog, SecondFactor factor) {
        switch (dialog.notes().getAuthNote(STEP)) {
            // They were in the answer to the request before this one.
            case CODES -> dialog.show(Pages.recoveryGone(dialog, !dialog.isLogin() && factor.recoveryCodes() > 0));
            case DONE -> dialog.show(Pages.done(dialog, dialog.form().getMessage("poterne.account.active")));
            default -> show(dialog, factor, null);
        }
    }

    private static void show(Dialog dialog, SecondFactor factor, String error) {
        String account = dialog.notes().getAuthNote(ACCOUNT);
        StoredCredential credential = factor.verifier.credential(account, dialog.notes().getAuthNote(PENDING));
        try (OtpauthUri uri = uri(credential, factor.settings.issuer(), dialog.user().getUsername()); Qr qr = uri.qr()) {
            boolean isFirst = dialog.notes().getAuthNote(STEP).equals(FIRST);
            String image = "data:image/png;base64," + Base64.getEncoder().encodeToString(qr.png());
            dialog.show(Pages.enroll(dialog, isFirst, image, uri.text(), uri.secretToType(), error));
        }
    }

    /** With the user's name in the app; without what some apps misread in it, such as the + of a mail address. */
    private static OtpauthUri uri(StoredCredential credential, String issuer, String label) {
        try {
            return credential.otpauthUri(issuer, label);
        } catch (PoterneException error) {
            if (error.kind() != ErrorKind.URI) {
                throw error;
            }
            return credential.otpauthUri(issuer, label.replaceAll("[^\\p{L}\\p{M}\\p{N}.@_-]", "_"));
        }
    }

    static Next act(Dialog dialog, SecondFactor factor) {
        String step = dialog.notes().getAuthNote(STEP);
        // A form of an earlier page, sent again by going back or reloading.
        if (!dialog.parameter("step").orElse("").equals(step)) {
            show(dialog, factor);
            return Next.NOTHING;
        }
        if (step.equals(CODES) || step.equals(DONE)) {
            end(dialog);
            return step.equals(CODES) && dialog.parameter("new-recovery").isPresent() ? Next.NEW_RECOVERY_CODES : Next.FINISHED;
        }
        Optional<String> code = dialog.parameter("code");
        if (code.isPresent()) {
            confirm(dialog, factor, step, code.get());
        } else {
            show(dialog, factor);
        }
        return Next.NOTHING;
    }

    private static void confirm(Dialog dialog, SecondFactor factor, String step, String code) {
        try {
            Confirmed confirmed = step.equals(FIRST) ? first(dialog, factor, code) : replaced(dialog, factor, code);
            Log.outcome(confirmed.code());
            Deadline.renew(dialog, factor);
            confirmed(dialog, confirmed);
        } catch (ChangedElsewhere changed) {
            end(dialog);
            dialog.show(Pages.changedElsewhere(dialog));
        } catch (RefusedException refused) {
            Log.outcome(refused.code());
            if (MEANWHILE.contains(refused.refusal())) {
                end(dialog);
                dialog.show(Pages.changedElsewhere(dialog));
            } else {
                show(dialog, factor, refused.messageAtEnrollment(Pages.language(dialog, factor)));
            }
        }
    }

    private static Confirmed first(Dialog dialog, SecondFactor factor, String code) {
        String account = dialog.notes().getAuthNote(ACCOUNT);
        if (!factor.devices(dialog.user()).isEmpty()) {
            throw new ChangedElsewhere();
        }
        Attempt<Confirmed> attempt = factor.verifier.credential(account, dialog.notes().getAuthNote(PENDING)).confirm(code);
        if (attempt.record().isEmpty()) {
            return attempt.outcome(0);
        }
        String record = attempt.record().get();
        if (factor.verifier.credential(account, record).inspect().state() == State.ACTIVE) {
            return attempt.outcome(factor.column.insert(account, record));
        }
        // A wrong code counts.
        dialog.notes().setAuthNote(PENDING, record);
        return attempt.outcome(1);
    }

    private static Confirmed replaced(Dialog dialog, SecondFactor factor, String code) {
        String account = dialog.notes().getAuthNote(ACCOUNT);
        String old = dialog.notes().getAuthNote(OLD);
        ReplacementAttempt attempt = factor.verifier.replace(
                factor.verifier.credential(account, old), dialog.notes().getAuthNote(PENDING), code);
        long rows = attempt.record().isPresent() ? factor.column.swap(account, old, attempt.record().get()) : 0;
        return attempt.outcome(rows);
    }

    private static void confirmed(Dialog dialog, Confirmed confirmed) {
        end(dialog);
        try (RecoveryCodes codes = confirmed.recoveryCodes()) {
            if (codes.size() > 0) {
                // Those of a former phone ended with it (semantics 8.9).
                shown(dialog, codes, dialog.form().getMessage("poterne.enroll.done"));
            } else {
                dialog.notes().setAuthNote(STEP, DONE);
                dialog.show(Pages.done(dialog, dialog.form().getMessage("poterne.enroll.done")));
            }
        }
    }

    /** New codes, for somebody whose present code was just accepted; of the record as it was then. */
    static void newRecoveryCodes(Dialog dialog, SecondFactor factor, String account, String old) {
        Change<RecoveryCodes> change = factor.verifier.credential(account, old).recoveryCodes(factor.recoveryCodes());
        try (RecoveryCodes codes = change.outcome(factor.column.swap(account, old, change.record().orElseThrow()))) {
            shown(dialog, codes, null);
        }
    }

    private static void shown(Dialog dialog, RecoveryCodes codes, String notice) {
        dialog.notes().setAuthNote(STEP, CODES);
        dialog.show(Pages.recovery(dialog, codes.all(), notice));
    }

    private static final class ChangedElsewhere extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
