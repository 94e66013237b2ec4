package io.github.poterne.keycloak;

import io.github.poterne.Language;
import io.github.poterne.PoterneException;
import io.github.poterne.RefusedException;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.keycloak.forms.login.LoginFormsProvider;

/** What the templates of {@code theme-resources} are given. */
final class Pages {
    private Pages() {}

    /** Does the work. An error of the library's is a page that says so, with 503, and no verdict. */
    static void answer(Dialog dialog, Consumer<SecondFactor> work) {
        Language fallback = Language.ENGLISH;
        try {
            SecondFactor factor = CodeAuthenticatorFactory.of(dialog.session());
            fallback = factor.settings.fallback();
            work.accept(factor);
        } catch (RefusedException conflict) {
            // Of a change such as new recovery codes; the sign-in has its own.
            Log.outcome(conflict.code());
            dialog.show(changedElsewhere(dialog));
        } catch (PoterneException error) {
            Log.error(error.code(), error.message(Language.ENGLISH));
            dialog.show(unavailable(dialog, error.messageToUser(language(dialog, fallback))));
        }
    }

    static Language language(Dialog dialog, SecondFactor factor) {
        return language(dialog, factor.settings.fallback());
    }

    private static Language language(Dialog dialog, Language fallback) {
        return Language.fromTag(dialog.session().getContext().resolveLocale(dialog.user()).toLanguageTag()).orElse(fallback);
    }

    static Response code(Dialog dialog, List<Device> devices, String error) {
        return new Page(dialog).put("error", error).devices(devices).show("poterne-code.ftl");
    }

    static Response enroll(Dialog dialog, boolean isFirst, String qr, String uri, String key, String error) {
        return new Page(dialog).put("step", isFirst ? "first" : "replace").put("qr", qr).put("uri", uri).put("key", key)
                .put("error", error).show("poterne-enroll.ftl");
    }

    static Response recovery(Dialog dialog, List<String> codes, String notice) {
        return new Page(dialog).put("codes", codes).notices(notice).put("step", "codes").show("poterne-recovery.ftl");
    }

    static Response recoveryGone(Dialog dialog, boolean canBeNew) {
        return new Page(dialog).put("codes", List.of()).put("canBeNew", canBeNew).put("step", "codes").show("poterne-recovery.ftl");
    }

    static Response done(Dialog dialog, String notice) {
        return new Page(dialog).notices(notice).put("step", "done").message("poterne.account.title", "poterne.account.continue");
    }

    /** Signed in, with something to know first. */
    static Response accepted(Dialog dialog, List<String> notices) {
        return new Page(dialog).notices(notices.toArray(String[]::new)).put("step", "accepted")
                .message("poterne.code.title", "poterne.account.continue");
    }

    static Response account(Dialog dialog, List<Device> devices, String state, boolean canBeNew, int recoveryLeft) {
        return new Page(dialog).devices(devices).put("state", state).put("canBeNew", canBeNew).put("recoveryLeft", recoveryLeft)
                .show("poterne-account.ftl");
    }

    static Response proof(Dialog dialog, List<Device> devices, String what, String error) {
        return new Page(dialog).devices(devices).put("what", what).put("error", error).show("poterne-proof.ftl");
    }

    static Response none(Dialog dialog) {
        return new Page(dialog).put("text", "poterne.none.text").put("step", "back").message("poterne.none.title", dialog.isLogin() ? null : "poterne.account.back");
    }

    static Response late(Dialog dialog) {
        return new Page(dialog).put("error", dialog.form().getMessage("poterne.late.text")).message("poterne.code.title", null);
    }

    static Response changedElsewhere(Dialog dialog) {
        return new Page(dialog).put("error", dialog.form().getMessage("poterne.account.changed_elsewhere")).put("step", "again")
                .message("poterne.account.title", "poterne.account.back");
    }

    private static Response unavailable(Dialog dialog, String text) {
        return new Page(dialog).put("error", text).put("step", "again").status(Response.Status.SERVICE_UNAVAILABLE)
                .message("poterne.unavailable.title", "poterne.unavailable.again");
    }

    private static final class Page {
        private final LoginFormsProvider form;
        private final Map<String, Object> values = new HashMap<>();

        Page(Dialog dialog) {
            form = dialog.form();
            values.put("isLogin", dialog.isLogin());
            // Overwritten where there is one: no page takes a form that names no step for its own.
            values.put("step", "");
            values.put("notices", List.of());
        }

        Page put(String name, Object value) {
            values.put(name, value);
            return this;
        }

        Page notices(String... notices) {
            List<String> present = new ArrayList<>();
            for (String notice : notices) {
                if (notice != null) {
                    present.add(notice);
                }
            }
            return put("notices", present);
        }

        Page devices(List<Device> devices) {
            return put("devices", devices.stream().map(Device::row).toList());
        }

        Page status(Response.Status status) {
            form.setStatus(status);
            return this;
        }

        /** A page that says something, with a button or none. */
        Response message(String title, String button) {
            return put("title", title).put("button", button).show("poterne-message.ftl");
        }

        Response show(String template) {
            return form.setAttribute("poterne", values).createForm(template);
        }
    }
}
