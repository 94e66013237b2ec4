package io.github.poterne.servlet;

import io.github.poterne.Accepted;
import io.github.poterne.CodeSet;
import io.github.poterne.Confirmed;
import io.github.poterne.Enrollment;
import io.github.poterne.Language;
import io.github.poterne.Method;
import io.github.poterne.OtpauthUri;
import io.github.poterne.Person;
import io.github.poterne.PolicyOption;
import io.github.poterne.PoterneException;
import io.github.poterne.Qr;
import io.github.poterne.RecoveryCodes;
import io.github.poterne.Refusal;
import io.github.poterne.RefusedException;
import io.github.poterne.ReplacementAttempt;
import io.github.poterne.State;
import io.github.poterne.Status;
import io.github.poterne.Store;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request for one of the pages. */
final class Exchange {
    private static final int OK = HttpServletResponse.SC_OK;
    private static final int FORBIDDEN = HttpServletResponse.SC_FORBIDDEN;

    private final SecondStepPages pages;
    private final SecondStep settings;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Language language;
    private final Texts texts;
    // Of whoever has passed the first factor.
    private String account;
    private Visit visit;
    private boolean complete;

    Exchange(SecondStepPages pages, HttpServletRequest request, HttpServletResponse response) {
        this.pages = pages;
        this.request = request;
        this.response = response;
        settings = pages.settings;
        language = pages.language(request);
        texts = Texts.of(language);
    }

    void serve(String name) throws IOException, ServletException {
        switch (request.getMethod()) {
            case "GET":
            case "HEAD":
                get(name);
                break;
            case "POST":
                post(name);
                break;
            default:
                response.setHeader("Allow", "GET, HEAD, POST");
                response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }

    /** What was refused a moment ago; null if nothing was. */
    private String error() {
        return pages.submissions.said(request.getParameter("refused"));
    }

    private boolean enter() {
        Optional<String> found = pages.signIn.account(request);
        if (!found.isPresent()) {
            return false;
        }
        account = found.get();
        visit = Visit.of(request, account);
        complete = pages.signIn.isComplete(request, account);
        return true;
    }

    private void get(String name) throws IOException, ServletException {
        if (!enter()) {
            go(home());
        } else if (!complete && visit.isLate()) {
            late();
        } else {
            switch (name) {
                case "code":
                    code();
                    break;
                case "enroll":
                    enroll();
                    break;
                case "recovery":
                    recovery();
                    break;
                case "notice":
                case "account":
                case "new-phone":
                case "new-recovery":
                    own(name);
                    break;
                default:
                    notFound();
            }
        }
    }

    private void code() throws IOException, ServletException {
        if (complete) {
            go(target());
            return;
        }
        pages.startWaiting(request, account);
        List<Integer> devices = devices();
        if (!devices.isEmpty()) {
            show(OK, codePage("code", devices));
        } else if (settings.mayEnroll(account)) {
            visit.waitToEnroll();
            go(page("enroll"));
        } else {
            show(FORBIDDEN, message("none.title", null).with("error", texts.get("none.text")).with("sign_out", page("leave")));
        }
    }

    /** A page of whoever is logged in with both factors. */
    private void own(String name) throws IOException, ServletException {
        if (!complete) {
            go(page("code"));
            return;
        }
        switch (name) {
            case "notice":
                show(OK, message("account.title", null).with("notice", notice()).with("next", visit.target().orElse(home()))
                        .with("next_text", texts.get("account.back")));
                break;
            case "account":
                account();
                break;
            default:
                show(OK, codePage(name, devices()));
        }
    }

    private boolean isReplaced() {
        return "replaced".equals(request.getParameter("done"));
    }

    private String notice() {
        List<String> said = new ArrayList<>();
        if (visit.failures() > 0) {
            said.add(texts.get("failures.text", String.valueOf(visit.failures())));
        }
        String left = request.getParameter("left");
        if (left != null && left.matches("[0-9]{1,3}")) {
            said.add(texts.get("recovery.left", left));
        }
        return said.isEmpty() ? null : String.join(" ", said);
    }

    private void account() throws IOException, ServletException {
        String error = error();
        List<Object> devices = new ArrayList<>();
        int recovery = 0;
        boolean active = false;
        for (int row : devices()) {
            String name = rows().get(row - 1);
            Status found = settings.verifier.credential(name, settings.store.load(name).orElse("")).inspect();
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("name", texts.get(SecondStep.devices().get(row - 1)));
            shown.put("state", found.state() == State.PENDING ? texts.get("account.pending")
                    : found.state() == State.SUSPENDED ? texts.get("account.suspended")
                    : found.state() == State.ACTIVE ? texts.get("account.active") : texts.get("none.title"));
            devices.add(shown);
            recovery += found.recoveryCodesLeft();
            active |= found.state() == State.ACTIVE || found.state() == State.SUSPENDED;
        }
        String done = isReplaced() ? texts.get("replace.done") : notice();
        Page page = new Page("account", language).with("title", texts.get("account.title")).with("error", error)
                .with("notice", error == null ? done : null).with("devices", devices)
                .with("several", devices.size() > 1).with("new_phone", active ? page("new-phone") : null).with("back", home());
        if (settings.verifier.policy().get(PolicyOption.RECOVERY_CODES) > 0 && active) {
            page.with("left", texts.get("recovery.left", String.valueOf(recovery))).with("new_recovery", page("new-recovery"));
        }
        show(OK, page);
    }

    private void enroll() throws IOException, ServletException {
        if (complete) {
            // In the place of another one, whose code was accepted a moment ago.
            if (visit.pending().isPresent() && visit.replaced().isPresent()) {
                show(OK, enrollPage());
            } else {
                go(page("account"));
            }
            return;
        }
        if (!devices().isEmpty() || !settings.mayEnroll(account)) {
            go(page("code"));
            return;
        }
        pages.startWaiting(request, account);
        visit.waitToEnroll();
        if (!visit.pending().isPresent()) {
            try (Enrollment made = settings.verifier.enroll(account, settings.parameters())) {
                visit.enrolls(made.record(), "", 1, SecondStep.ENROLLING_SECONDS);
            }
        }
        show(OK, enrollPage());
    }

    private void recovery() throws IOException, ServletException {
        String id = request.getParameter("once");
        // A HEAD shows nothing, and so takes nothing.
        SecondStepPages.Shown shown = id == null || request.getMethod().equals("HEAD") ? null : pages.toShow.take(id);
        String next = page(complete ? "account" : "code");
        if (shown == null || !shown.account.equals(account)) {
            show(OK, message("recovery.title", null).with("notice", texts.get("recovery.gone")).with("next", next)
                    .with("next_text", texts.get("account.back")));
            return;
        }
        show(OK, new Page("recovery", language).with("title", texts.get("recovery.title")).with("codes", shown.codes)
                .with("notice", isReplaced() ? texts.get("replace.done") : complete ? null : texts.get("enroll.done")).with("next", next));
    }

    private void post(String name) throws IOException, ServletException {
        String token = parameter("token");
        String code = parameter("code");
        // Of one browser, by the cookie that both clicks carry: the answer has a session in it, which nobody may hand to somebody else.
        String key = FormToken.digest(name, token, parameter("device"), code,
                String.valueOf(request.getRequestedSessionId()), String.valueOf(request.isRequestedSessionIdFromURL()));
        // Before the session is asked: the first of two clicks may have given it another identifier.
        Answer known = pages.submissions.known(key);
        boolean entered = enter();
        boolean made = entered && visit.made(token);
        if (known == null && (!made || complete)) {
            // The first of the two may have come and ended in between.
            known = pages.submissions.known(key);
        }
        if (known != null && (known.location != null || entered)) {
            answer(name, known);
        } else if (!entered || !complete && visit.isLate()) {
            late();
        } else if (name.equals("code") && complete) {
            // A forgotten tab, whose form is of before the code.
            go(target());
        } else if (!made) {
            show(FORBIDDEN, message("error.title", texts.get("account.changed_elsewhere")).with("next", page(complete ? "account" : "code"))
                    .with("next_text", texts.get("account.back")));
        } else {
            switch (name) {
                case "code":
                    answer(name, pages.submissions.once(key, () -> check(code)));
                    break;
                case "enroll":
                    answer(name, pages.submissions.once(key, () -> confirm(code)));
                    break;
                case "new-phone":
                case "new-recovery":
                    if (complete) {
                        answer(name, pages.submissions.once(key, () -> change(name, code)));
                    } else {
                        go(page("code"));
                    }
                    break;
                case "leave":
                    pages.signIn.signOut(request, response);
                    go(home());
                    break;
                default:
                    notFound();
            }
        }
    }

    private Answer check(String code) {
        Accepted accepted;
        try {
            accepted = settings.verifier.login(row(), code, settings.store);
        } catch (RefusedException refused) {
            return refused(refused, refused.messageToUser(language));
        }
        SecondStepPages.log(accepted.code());
        Collection<String> before = new ArrayList<>(response.getHeaders("Set-Cookie"));
        visit.stopWaiting();
        visit.endEnrollment();
        String target = pages.signIn.wanted(request, response).filter(Target::isLocal).orElse(home());
        pages.signIn.complete(request, response, account, accepted);
        // A framework may have put another session into its place.
        visit = Visit.of(request, account);
        visit.renewKey();
        visit.failures(accepted.failuresBefore());
        visit.wants(target);
        List<String> cookies = new ArrayList<>(response.getHeaders("Set-Cookie"));
        cookies.removeAll(before);
        String next = accepted.method() == Method.RECOVERY_CODE ? page("notice") + "?left=" + accepted.recoveryCodesLeft()
                : accepted.failuresBefore() > 0 ? page("notice") : target;
        return Answer.go(next, cookies);
    }

    private Answer confirm(String code) {
        Optional<String> pending = visit.pending();
        if (!pending.isPresent()) {
            return Answer.go(page(complete ? "account" : "code"));
        }
        try {
            if (visit.replaced().isPresent()) {
                return complete ? replace(pending.get(), visit.replaced().get(), code) : Answer.go(page("code"));
            }
            return first(pending.get(), code);
        } catch (RefusedException refused) {
            return refused(refused, refused.messageAtEnrollment(language));
        }
    }

    /** Confirmed in memory, and then stored: a row never holds an app that nobody has scanned. */
    private Answer first(String pending, String code) {
        if (complete || !settings.mayEnroll(account)) {
            return Answer.go(page("code"));
        }
        // Asked again: the help desk may have given a token, in another row, since the QR code was shown.
        if (!devices().isEmpty()) {
            visit.endEnrollment();
            return Answer.refused(texts.get("enroll.already"));
        }
        Held held = new Held(pending);
        try (RecoveryCodes codes = held.apply(settings.verifier, account, credential -> credential.confirm(code)).recoveryCodes()) {
            if (settings.store.insert(account, held.record) != 1) {
                visit.endEnrollment();
                return Answer.refused(texts.get("enroll.already"));
            }
            SecondStepPages.log("confirmed");
            visit.endEnrollment();
            visit.waitAgain(settings.verifier.policy().get(PolicyOption.TICKET_SECONDS));
            return Answer.go(page("recovery"), codes.all(), account);
        } catch (RefusedException refused) {
            visit.enrolls(held.record);
            throw refused;
        }
    }

    private Answer replace(String pending, String old, String code) {
        String name = rows().get(visit.row() - 1);
        ReplacementAttempt attempt = settings.verifier.replace(settings.verifier.credential(name, old), pending, code);
        boolean keeps = name.equals(keeper());
        // The codes that come with it would be a second set: they end before the record is stored.
        Optional<String> stored = attempt.record().map(record -> keeps ? record
                : settings.verifier.credential(name, record).endCodes(CodeSet.RECOVERY).record().orElse(record));
        long rows = stored.isPresent() ? settings.store.swap(name, old, stored.get()) : 0;
        Confirmed confirmed;
        try {
            confirmed = attempt.outcome(rows);
        } catch (RefusedException refused) {
            if (refused.refusal() != Refusal.CONFLICT) {
                throw refused;
            }
            visit.endEnrollment();
            return refused(refused, texts.get("account.changed_elsewhere"));
        }
        SecondStepPages.log(confirmed.code());
        visit.endEnrollment();
        try (RecoveryCodes codes = confirmed.recoveryCodes()) {
            if (keeps && codes.size() > 0) {
                endOtherCodes(name);
            }
            return !keeps || codes.size() == 0 ? Answer.go(page("account") + "?done=replaced")
                    : Answer.go(page("recovery") + "?done=replaced", codes.all(), account);
        }
    }

    /** What takes a code of its own, even of whoever is logged in: the screen may have been left alone. */
    private Answer change(String name, String code) {
        String row = row();
        Accepted accepted;
        try {
            accepted = settings.verifier.login(row, code, settings.store);
            SecondStepPages.log(accepted.code());
            if (name.equals("new-recovery")) {
                int count = Math.toIntExact(settings.verifier.policy().get(PolicyOption.RECOVERY_CODES));
                String keeper = keeper();
                endOtherCodes(keeper);
                try (RecoveryCodes codes = settings.store.apply(settings.verifier, keeper, credential -> credential.recoveryCodes(count))) {
                    return Answer.go(page("recovery"), codes.all(), account);
                }
            }
        } catch (RefusedException refused) {
            return refused(refused, refused.messageToUser(language));
        }
        String old = settings.store.load(row).orElse("");
        try (Enrollment made = settings.verifier.enroll(row, settings.parameters())) {
            visit.enrolls(made.record(), old, rows().indexOf(row) + 1, SecondStep.ENROLLING_SECONDS);
        }
        return Answer.go(page("enroll"));
    }

    /** Recovery codes stand on one row, the first that is in use (semantics 9.8). */
    private String keeper() {
        List<String> used = used();
        return used.isEmpty() ? account : used.get(0);
    }

    private List<String> used() {
        List<String> found = new ArrayList<>();
        for (int row : devices()) {
            String name = rows().get(row - 1);
            State state = settings.verifier.credential(name, settings.store.load(name).orElse("")).inspect().state();
            if (state == State.ACTIVE || state == State.SUSPENDED) {
                found.add(name);
            }
        }
        return found;
    }

    private void endOtherCodes(String keeper) {
        for (String name : used()) {
            if (!name.equals(keeper)) {
                settings.store.apply(settings.verifier, name, credential -> credential.endCodes(CodeSet.RECOVERY));
            }
        }
    }

    private static Answer refused(RefusedException refused, String text) {
        SecondStepPages.log(refused.code());
        return Answer.refused(text);
    }

    private void answer(String name, Answer answer) throws IOException, ServletException {
        if (answer.location != null) {
            Collection<String> set = response.getHeaders("Set-Cookie");
            for (String cookie : answer.cookies) {
                // An identifier in the address is no browser's own: a form elsewhere may name it.
                if (!set.contains(cookie) && !request.isRequestedSessionIdFromURL()) {
                    response.addHeader("Set-Cookie", cookie);
                }
            }
            if (answer.codes.isEmpty() || !answer.account.equals(account)) {
                go(answer.location);
            } else {
                String id = FormToken.random();
                pages.toShow.put(id, new SecondStepPages.Shown(account, answer.codes));
                go(answer.location + (answer.location.indexOf('?') < 0 ? "?" : "&") + "once=" + id);
            }
        } else {
            String where = !name.equals("enroll") || visit.pending().isPresent() ? name : complete ? "account" : "code";
            go(page(where) + "?device=" + device() + "&refused=" + answer.id);
        }
    }

    private Page codePage(String name, List<Integer> devices) {
        List<Object> choices = new ArrayList<>();
        String chosen = devices.contains(device()) ? String.valueOf(device()) : devices.isEmpty() ? "1" : devices.get(0).toString();
        for (int device : devices) {
            Map<String, Object> choice = new LinkedHashMap<>();
            choice.put("value", String.valueOf(device));
            choice.put("name", texts.get(SecondStep.devices().get(device - 1)));
            choice.put("checked", String.valueOf(device).equals(chosen));
            choices.add(choice);
        }
        Page page = new Page("code", language).with("error", error()).with("action", page(name)).with("token", visit.formToken())
                .with("devices", choices).with("several", devices.size() > 1)
                .with("only_device", devices.size() == 1 && !chosen.equals("1") ? chosen : null);
        switch (name) {
            case "new-phone":
                return page.with("title", texts.get("replace.title")).with("text", texts.get("replace.text"))
                        .with("label", texts.get("replace.code")).with("submit", texts.get("replace.start")).with("back", page("account"));
            case "new-recovery":
                return page.with("title", texts.get("recovery.new")).with("text", texts.get("recovery.new_text"))
                        .with("label", texts.get("replace.code")).with("submit", texts.get("recovery.new")).with("back", page("account"));
            default:
                return page.with("title", texts.get("code.title")).with("label", texts.get("code.label"))
                        .with("submit", texts.get("code.submit")).with("help", texts.get("code.help")).with("sign_out", page("leave"));
        }
    }

    private Page enrollPage() {
        boolean replaces = visit.replaced().isPresent();
        String name = rows().get(visit.row() - 1);
        String pending = visit.pending().orElseThrow(IllegalStateException::new);
        try (OtpauthUri uri = settings.verifier.credential(name, pending).otpauthUri(settings.issuer(), SecondStep.label(account)); Qr qr = uri.qr()) {
            String png = Base64.getEncoder().encodeToString(qr.png());
            return new Page("enroll", language).with("title", texts.get(replaces ? "replace.title" : "enroll.title"))
                    .with("text", replaces ? texts.get("replace.text") : null).with("error", error()).with("action", page("enroll"))
                    .with("token", visit.formToken()).with("qr", "data:image/png;base64," + png).with("uri", uri.text())
                    .with("key", uri.secretToType()).with("back", replaces ? page("account") : null)
                    .with("sign_out", replaces ? null : page("leave"));
        }
    }

    private Page message(String title, String error) {
        Page page = new Page("message", language).with("title", texts.get(title)).with("error", error);
        return visit == null ? page : page.with("token", visit.formToken());
    }

    /** Not by sendError: the application's own error page would be shown to somebody who only waits. */
    private void notFound() throws IOException, ServletException {
        show(HttpServletResponse.SC_NOT_FOUND, message("error.title", null).with("next", home()).with("next_text", texts.get("account.back")));
    }

    private void late() throws IOException, ServletException {
        if (account != null) {
            pages.signIn.signOut(request, response);
        }
        Page page = new Page("message", language).with("title", texts.get("code.title")).with("error", texts.get("late.text"));
        show(FORBIDDEN, page.with("next", home()).with("next_text", texts.get("code.submit")));
    }

    void unavailable(PoterneException error) throws IOException, ServletException {
        Page page = new Page("message", language).with("title", texts.get("unavailable.title"));
        // As the browser wrote it: the container may have normalized another site's address.
        String again = Target.isLocal(request.getRequestURI()) ? request.getRequestURI() : home();
        page.with("error", error.messageToUser(language)).with("next", again);
        show(HttpServletResponse.SC_SERVICE_UNAVAILABLE, page.with("next_text", texts.get("unavailable.again")));
    }

    private void show(int status, Page page) throws IOException, ServletException {
        pages.show(request, response, status, page);
    }

    private void go(String location) {
        SecondStepPages.redirect(response, location);
    }

    private String page(String name) {
        return request.getServletContext().getContextPath() + settings.prefix() + "/" + name;
    }

    private String home() {
        return request.getServletContext().getContextPath() + settings.home();
    }

    private String target() {
        return visit.target().filter(Target::isLocal).orElse(home());
    }

    /** The accounts of the person's rows, from the account whose password was right and nothing else (semantics 9.8). */
    private List<String> rows() {
        return Person.rows(account);
    }

    private String row() {
        return rows().get(device() - 1);
    }

    private int device() {
        String device = parameter("device");
        return device.equals("2") ? 2 : device.equals("3") ? 3 : 1;
    }

    /** The numbers of the rows that there are. */
    private List<Integer> devices() {
        List<Integer> found = new ArrayList<>();
        List<String> rows = rows();
        for (int row = 1; row <= rows.size(); row++) {
            if (settings.store.load(rows.get(row - 1)).filter(record -> !record.trim().isEmpty()).isPresent()) {
                found.add(row);
            }
        }
        return found;
    }

    private String parameter(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** A record that is not in the table yet. */
    private static final class Held implements Store {
        String record;

        Held(String record) {
            this.record = record;
        }

        @Override
        public Optional<String> load(String account) {
            return Optional.of(record);
        }

        @Override
        public long swap(String account, String old, String replacement) {
            if (!record.equals(old)) {
                return 0;
            }
            record = replacement;
            return 1;
        }

        @Override
        public long insert(String account, String first) {
            return 0;
        }
    }
}
