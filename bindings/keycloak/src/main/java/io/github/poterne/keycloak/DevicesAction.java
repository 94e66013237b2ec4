package io.github.poterne.keycloak;

import io.github.poterne.Accepted;
import io.github.poterne.RefusedException;
import io.github.poterne.State;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.keycloak.authentication.InitiatedActionSupport;
import org.keycloak.authentication.RequiredActionContext;
import org.keycloak.authentication.RequiredActionProvider;

/** The page of the user's own devices. It is opened by {@code kc_action=poterne}, or by an administrator for the next sign-in. */
final class DevicesAction implements RequiredActionProvider {
    static final DevicesAction INSTANCE = new DevicesAction();

    /** What the code that is asked for is to allow. */
    private static final String PROOF = "poterne.proof";

    private static final String PHONE = "phone";
    private static final String RECOVERY = "recovery";

    private DevicesAction() {}

    @Override
    public InitiatedActionSupport initiatedActionSupport() {
        return InitiatedActionSupport.SUPPORTED;
    }

    @Override
    public void evaluateTriggers(RequiredActionContext context) {
        // The sign-in asks for what it needs itself.
    }

    @Override
    public void requiredActionChallenge(RequiredActionContext context) {
        answer(context, DevicesAction::show);
    }

    @Override
    public void processAction(RequiredActionContext context) {
        answer(context, DevicesAction::act);
    }

    private static void answer(RequiredActionContext context, BiConsumer<Dialog, SecondFactor> work) {
        // Keycloak looks at this after the action.
        if (!context.getUser().isEnabled()) {
            context.failure();
            return;
        }
        Dialog dialog = Dialog.of(context);
        Pages.answer(dialog, factor -> {
            Deadline.set(dialog, factor);
            if (Enrolling.isUnconfirmed(dialog) && Deadline.isOver(dialog)) {
                Enrolling.end(dialog);
                dialog.show(Pages.late(dialog));
            } else {
                work.accept(dialog, factor);
            }
        });
    }

    private static void show(Dialog dialog, SecondFactor factor) {
        String proof = dialog.notes().getAuthNote(PROOF);
        if (Enrolling.isUnderWay(dialog)) {
            Enrolling.show(dialog, factor);
        } else if (proof != null) {
            dialog.show(Pages.proof(dialog, factor.devices(dialog.user()), proof, null));
        } else {
            own(dialog, factor);
        }
    }

    private static void own(Dialog dialog, SecondFactor factor) {
        List<Device> devices = factor.devices(dialog.user());
        if (devices.isEmpty()) {
            if (!factor.settings.enrollsWithoutRecord() || factor.account(dialog.user()).isEmpty()) {
                dialog.show(Pages.none(dialog));
            } else if (Deadline.isOver(dialog)) {
                dialog.show(Pages.late(dialog));
            } else {
                Enrolling.begin(dialog, factor);
            }
            return;
        }
        List<State> states = devices.stream().map(device -> device.status().state()).toList();
        String state = states.contains(State.ACTIVE) ? "active" : states.contains(State.SUSPENDED) ? "suspended" : "pending";
        int left = devices.stream().mapToInt(device -> device.status().recoveryCodesLeft()).sum();
        dialog.show(Pages.account(dialog, devices, state, factor.recoveryCodes() > 0, left));
    }

    private static void act(Dialog dialog, SecondFactor factor) {
        if (Enrolling.isUnderWay(dialog)) {
            switch (Enrolling.act(dialog, factor)) {
                case FINISHED -> dialog.done();
                // Those that were shown have used up their proof.
                case NEW_RECOVERY_CODES -> ask(dialog, factor, RECOVERY);
                case NOTHING -> { }
            }
            return;
        }
        String step = dialog.parameter("step").orElse("");
        if (step.equals("back")) {
            dialog.notes().removeAuthNote(PROOF);
            dialog.done();
        } else if (step.equals(PHONE) || step.equals(RECOVERY)) {
            ask(dialog, factor, step);
        } else if (step.equals("cancel")) {
            dialog.notes().removeAuthNote(PROOF);
            show(dialog, factor);
        } else if (step.equals("proof")) {
            prove(dialog, factor);
        } else {
            show(dialog, factor);
        }
    }

    /** For a code, before what it is to allow; not where that cannot be, since the code would be spent for nothing. */
    private static void ask(Dialog dialog, SecondFactor factor, String proof) {
        if (proof.equals(PHONE) || factor.recoveryCodes() > 0) {
            dialog.notes().setAuthNote(PROOF, proof);
        }
        show(dialog, factor);
    }

    private static void prove(Dialog dialog, SecondFactor factor) {
        String proof = dialog.notes().getAuthNote(PROOF);
        Optional<String> code = dialog.parameter("code");
        List<Device> devices = factor.devices(dialog.user());
        if (proof == null || code.isEmpty() || devices.isEmpty()) {
            show(dialog, factor);
            return;
        }
        Device device = factor.device(devices, dialog.parameter("device").orElse(""));
        try {
            Accepted accepted = factor.verifier.login(device.account(), code.get(), factor.column);
            Log.outcome(accepted.code());
        } catch (RefusedException refused) {
            Log.outcome(refused.code());
            dialog.show(Pages.proof(dialog, devices, proof, refused.messageToUser(Pages.language(dialog, factor))));
            return;
        }
        dialog.notes().removeAuthNote(PROOF);
        Optional<String> record = factor.column.load(device.account());
        if (record.isEmpty() || wasTakenAway(device, factor.verifier.credential(device.account(), record.get()).inspect().state())) {
            dialog.show(Pages.changedElsewhere(dialog));
        } else if (proof.equals(PHONE)) {
            Deadline.begin(dialog, factor);
            Enrolling.replace(dialog, factor, device.account(), record.get());
        } else {
            Enrolling.newRecoveryCodes(dialog, factor, device.account(), record.get());
        }
    }

    /** By the help desk, between the code and the record that is changed next. A code of a phone that was lost before is good. */
    private static boolean wasTakenAway(Device device, State now) {
        return now != State.ACTIVE && now != device.status().state();
    }

    @Override
    public void close() {}
}
