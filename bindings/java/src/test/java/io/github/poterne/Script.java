package io.github.poterne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A script of the vectors: one credential, and what happens to it. */
final class Script implements AutoCloseable {
    private Keyring keyring = Keyring.generate(20261121);
    private String application = "vectors";
    private Policy policy = Policy.standard();
    private Verifier verifier = new Verifier(keyring, application);
    private String account = "a.martin";
    private String stored = "";
    private final Map<String, String> copies = new HashMap<>();
    private final List<String> recovery = new ArrayList<>();
    private String temporary;
    /** How often the library was called. */
    int calls;

    void run(VectorFile.Line line) {
        switch (line.key()) {
            case "rule", "state" -> {
                // For the reader, and for the library's own tests.
            }
            case "policy" -> {
                policy = with(policy, line.value());
                rebuild();
            }
            case "keyring" -> {
                keyring.close();
                keyring = Keyring.parse(VectorFile.text(line.value()));
                rebuild();
            }
            case "application" -> {
                application = VectorFile.text(line.value());
                rebuild();
            }
            case "account" -> account = VectorFile.text(line.value());
            case "record" -> stored = VectorFile.text(line.value());
            case "import", "enroll_token", "enroll" -> {
                begin(line.key(), line.value());
                calls++;
            }
            case "step" -> {
                step(line.value());
                calls++;
            }
            default -> throw new AssertionError("unknown key " + line.key());
        }
    }

    private void rebuild() {
        verifier.close();
        verifier = new Verifier(keyring, application, policy);
    }

    /** A policy with other values of some options. */
    static Policy with(Policy policy, String value) {
        Policy.Builder builder = Policy.builder();
        for (PolicyOption option : PolicyOption.values()) {
            builder.with(option, policy.get(option));
        }
        for (String word : value.split(" ")) {
            String[] pair = word.split("=", 2);
            builder.with(PolicyOption.valueOf(pair[0].toUpperCase(Locale.ROOT)), Long.parseLong(pair[1]));
        }
        return builder.build();
    }

    private void begin(String verb, String value) {
        String[] sides = value.split(" -> ", 2);
        String expected = sides.length == 2 ? sides[1] : "stored";
        List<String> words = new ArrayList<>(List.of(sides[0].split(" ")));
        if (verb.equals("enroll_token")) {
            words.add(0, "token");
        }
        // The authenticator and its parameters; a secret unless it is random; the state of an import.
        int fixed = 6 + (verb.equals("enroll") ? 0 : 1) + (verb.equals("import") ? 1 : 0);
        Map<String, String> options = new HashMap<>();
        for (String word : words.subList(fixed, words.size())) {
            String[] pair = word.split("=", 2);
            options.put(pair[0], pair[1]);
        }
        String actual = errorOr(() -> {
            Parameters parameters = VectorsTest.parameters(
                    words.get(0), words.get(1), words.get(2), words.get(3), words.get(4), words.get(5));
            String t0 = words.get(5).equals("-") ? "0" : words.get(5);
            Instant now = at(options.containsKey("now") ? options.remove("now") : t0);
            if (options.containsKey("counter")) {
                parameters = parameters.withCounter(Long.parseUnsignedLong(options.remove("counter")));
            }
            parameters = parameters.withValidity(time(options.remove("not_before")), time(options.remove("not_after")));
            parameters = parameters.withConfirmBy(time(options.remove("confirm_by")));
            switch (verb) {
                case "enroll" -> {
                    try (Enrollment enrollment = verifier.enroll(account, parameters, now)) {
                        stored = enrollment.record();
                    }
                }
                case "enroll_token" -> {
                    try (Secret secret = Secret.ofBytes(VectorFile.bytes(words.get(6)));
                            Enrollment enrollment = verifier.enrollToken(account, secret, parameters, now)) {
                        stored = enrollment.record();
                    }
                }
                default -> {
                    try (Secret secret = Secret.ofBytes(VectorFile.bytes(words.get(6)))) {
                        State state = State.valueOf(words.get(7).toUpperCase(Locale.ROOT));
                        Imported imported = imported(Imported.of(secret, parameters).withState(state), options);
                        Change<Void> change = verifier.importCredential(account, imported, now);
                        String record = change.record();
                        change.stored(1);
                        stored = record;
                    }
                }
            }
            return "stored";
        });
        if (!options.isEmpty() && !actual.startsWith("error")) {
            throw new AssertionError("unknown keys " + options.keySet());
        }
        same(expected, actual);
    }

    private static Imported imported(Imported imported, Map<String, String> options) {
        String watermark = options.remove("watermark");
        if (watermark != null && !watermark.equals("none")) {
            imported = imported.withWatermark(Long.parseUnsignedLong(watermark));
        }
        String drift = options.remove("drift");
        if (drift != null) {
            imported = imported.withDrift(Integer.parseInt(drift));
        }
        String lastSync = options.remove("last_sync");
        if (lastSync != null && !lastSync.equals("none")) {
            imported = imported.withLastSync(Integer.parseInt(lastSync));
        }
        return imported;
    }

    private void step(String value) {
        String[] sides = value.split(" -> ", 2);
        String expected = sides[1];
        List<String> words = new ArrayList<>(List.of(sides[0].split(" ")));
        OptionalLong rows = OptionalLong.empty();
        if (words.get(words.size() - 1).startsWith("rows=")) {
            rows = OptionalLong.of(Long.parseLong(words.remove(words.size() - 1).substring(5)));
        }
        String given = stored;
        if (words.size() > 2 && words.get(words.size() - 2).equals("with")) {
            given = copies.get(words.remove(words.size() - 1));
            words.remove(words.size() - 1);
        }
        String record = given;
        OptionalLong reported = rows;
        switch (words.get(0)) {
            case "verify" -> attempt(given, rows, expected,
                    () -> verifier.verify(record, account, typed(words.get(2)), at(words.get(1))));
            case "verify_absent" -> attempt("", rows, expected,
                    () -> verifier.verifyAbsent(account, typed(words.get(2)), at(words.get(1))));
            case "confirm" -> attempt(given, rows, expected,
                    () -> verifier.confirm(record, account, typed(words.get(2)), at(words.get(1))));
            case "replace" -> attempt(given, rows, expected, () -> verifier.replace(
                    record, copies.get(words.get(3)), account, typed(words.get(2)), at(words.get(1))));
            case "resynchronize" -> attempt(given, rows, expected, () -> verifier.resynchronize(
                    record, account, typed(words.get(2)), typed(words.get(3)), at(words.get(1))));
            case "inspect" -> keyed(expected, errorOr(() -> status(verifier.inspect(record, account, at(words.get(1))))));
            case "recovery_codes" -> same(expected, errorOr(() -> {
                Change<RecoveryCodes> change = verifier.recoveryCodes(record, account, Integer.parseInt(words.get(1)));
                recovery.addAll(change.stored(store(record, change.record(), reported)).all());
                return "stored";
            }));
            case "temporary_code" -> same(expected, errorOr(() -> {
                Meanwhile meanwhile = Meanwhile.valueOf(words.get(4).toUpperCase(Locale.ROOT));
                Change<TemporaryCode> change = verifier.temporaryCode(
                        record, account, time(words.get(2)), Integer.parseInt(words.get(3)), meanwhile, at(words.get(1)));
                temporary = change.stored(store(record, change.record(), reported)).text();
                return "stored";
            }));
            case "otpauth_uri" -> same(expected, errorOr(() -> {
                try (OtpauthUri uri = verifier.otpauthUri(record, account, "vectors", "a", at(words.get(1)))) {
                    return uri.text().startsWith("otpauth://") ? "ok" : "no URI";
                }
            }));
            case "end_codes" -> {
                CodeSet codes = CodeSet.valueOf(words.get(1).toUpperCase(Locale.ROOT));
                change(given, rows, expected, () -> verifier.endCodes(record, account, codes));
            }
            case "repair_clock" ->
                change(given, rows, expected, () -> verifier.repairClock(record, account, at(words.get(1))));
            case "unlock" -> change(given, rows, expected, () -> verifier.unlock(record, account));
            case "forget" -> change(given, rows, expected, () -> verifier.forget(record, account, at(words.get(1))));
            case "suspend" -> change(given, rows, expected, () -> verifier.suspend(record, account));
            case "resume" -> change(given, rows, expected, () -> verifier.resume(record, account));
            case "revoke" -> change(given, rows, expected, () -> verifier.revoke(record, account));
            case "reseal" -> change(given, rows, expected, () -> verifier.reseal(record, account));
            case "rename" -> same(expected, errorOr(() -> {
                String name = VectorFile.text(words.get(1));
                Rename rename = verifier.rename(record, account, name);
                rename.stored(store(record, rename.record(), reported));
                account = name;
                return "stored";
            }));
            case "fork" -> {
                copies.put(words.get(1), stored);
                same(expected, "ok");
            }
            default -> throw new AssertionError("unknown verb " + words.get(0));
        }
    }

    private void attempt(String given, OptionalLong rows, String expected, Supplier<Attempt> make) {
        keyed(expected, errorOr(() -> {
            Attempt attempt = make.get();
            long reported;
            if (attempt.isChanged()) {
                reported = store(given, attempt.record(), rows);
            } else {
                same(given.replaceAll(" +$", ""), attempt.record());
                reported = rows.orElse(0);
            }
            Outcome outcome;
            try {
                outcome = attempt.outcome(reported);
            } finally {
                same("error attempt", errorOr(() -> attempt.outcome(1).code()));
            }
            return outcome(outcome);
        }));
    }

    private String outcome(Outcome outcome) {
        if (outcome.isAccepted()) {
            Accepted accepted = outcome.accepted();
            String factor = accepted.movingFactor().isPresent()
                    ? " " + Long.toUnsignedString(accepted.movingFactor().getAsLong()) : "";
            return "accepted " + accepted.method().name().toLowerCase(Locale.ROOT) + factor + " drift=" + accepted.drift()
                    + " recovery=" + accepted.recoveryCodesLeft() + " failures_before=" + accepted.failuresBefore();
        }
        if (outcome.isConfirmed()) {
            Confirmed confirmed = outcome.confirmed();
            recovery.addAll(confirmed.recoveryCodes().all());
            return "confirmed " + Long.toUnsignedString(confirmed.movingFactor()) + " drift=" + confirmed.drift()
                    + " codes=" + confirmed.recoveryCodes().size();
        }
        if (outcome.isResynchronized()) {
            Resynchronized resynchronized = outcome.resynchronized();
            return "resynchronized " + Long.toUnsignedString(resynchronized.movingFactor())
                    + " drift=" + resynchronized.drift();
        }
        Refused refused = outcome.refused();
        String name = refused.code().substring("refused.".length());
        return switch (refused.refusal()) {
            case WAIT -> "refused wait " + refused.waitSeconds();
            case CLOCK_OFF -> "refused clock_off " + refused.clockOffSteps();
            default -> "refused " + name;
        };
    }

    private void change(String given, OptionalLong rows, String expected, Supplier<Change<Void>> make) {
        same(expected, errorOr(() -> {
            Change<Void> change = make.get();
            if (!change.isChanged()) {
                same(given.replaceAll(" +$", ""), change.record());
                change.stored(rows.orElse(0));
                return "unchanged";
            }
            change.stored(store(given, change.record(), rows));
            return "stored";
        }));
    }

    /** The compare-and-swap of a table with one row. */
    private long store(String given, String replacement, OptionalLong rows) {
        if (replacement.length() != 504 || replacement.equals(given)) {
            throw new AssertionError("not another record of 504 characters");
        }
        if (rows.isPresent()) {
            return rows.getAsLong();
        }
        if (!given.equals(stored)) {
            return 0;
        }
        stored = replacement;
        return 1;
    }

    private static String status(Status status) {
        return status.state().name().toLowerCase(Locale.ROOT) + " failures=" + status.failures()
                + " wait=" + status.waitSeconds() + " locked=" + yes(status.isLocked()) + " drift=" + status.drift()
                + " recovery=" + status.recoveryCodesLeft()
                + " temporary=" + status.temporaryCode().map(TemporaryStatus::usesLeft).orElse(0)
                + " weak=" + yes(status.isSecretWeak())
                + " confirm_by=" + status.confirmBy().map(time -> Long.toString(time.getEpochSecond())).orElse("none");
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }

    private String typed(String word) {
        if (word.equals("temporary")) {
            return temporary;
        }
        if (word.startsWith("recovery[")) {
            return recovery.get(Integer.parseInt(word.substring(9, word.length() - 1)));
        }
        return VectorFile.text(word);
    }

    private static Instant at(String seconds) {
        return Instant.ofEpochSecond(Long.parseLong(seconds));
    }

    private static Optional<Instant> time(String seconds) {
        return seconds == null || seconds.equals("none") ? Optional.empty() : Optional.of(at(seconds));
    }

    /** What a call gives, or its error, or a conflict. */
    static String errorOr(Supplier<String> call) {
        try {
            return call.get();
        } catch (PoterneException error) {
            return "error " + error.code().substring("error.".length());
        } catch (RefusedException refused) {
            same("refused.conflict", refused.code());
            return "conflict";
        }
    }

    static void same(String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected: " + expected + "; was: " + actual);
        }
    }

    /** The fixed words must be the same; of the keys, those that are written. */
    private static void keyed(String expected, String actual) {
        List<String> keys = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (String word : expected.split(" ")) {
            (word.contains("=") ? keys : words).add(word);
        }
        List<String> all = List.of(actual.split(" "));
        List<String> fixed = all.stream().filter(word -> !word.contains("=")).toList();
        if (!words.equals(fixed) || !all.containsAll(keys)) {
            throw new AssertionError("expected: " + expected + "; was: " + actual);
        }
    }

    @Override
    public void close() {
        verifier.close();
        keyring.close();
    }
}
