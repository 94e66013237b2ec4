package io.github.poterne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** A script of the vectors: one credential, and what happens to it. */
final class Script implements AutoCloseable {
    private Keyring keyring = Keyring.generate(20261121);
    private String application = "vectors";
    private Policy policy = Policy.standard();
    private final SetClock clock = new SetClock(Instant.EPOCH);
    private Verifier verifier = new Verifier(keyring, application, policy, clock);
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
        verifier = new Verifier(keyring, application, policy, clock);
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
            clock.now = at(options.containsKey("now") ? options.remove("now") : t0);
            if (options.containsKey("counter")) {
                parameters = parameters.withCounter(Long.parseUnsignedLong(options.remove("counter")));
            }
            parameters = with(parameters, options.remove("not_before"), Parameters::withNotBefore);
            parameters = with(parameters, options.remove("not_after"), Parameters::withNotAfter);
            parameters = with(parameters, options.remove("confirm_by"), Parameters::withConfirmBy);
            switch (verb) {
                case "enroll" -> {
                    try (Enrollment enrollment = verifier.enroll(account, parameters)) {
                        stored = enrollment.record();
                    }
                }
                case "enroll_token" -> {
                    try (Secret secret = Secret.ofBytes(VectorFile.bytes(words.get(6)));
                            Enrollment enrollment = verifier.enrollToken(account, secret, parameters)) {
                        stored = enrollment.record();
                    }
                }
                default -> {
                    try (Secret secret = Secret.ofBytes(VectorFile.bytes(words.get(6)))) {
                        State state = State.valueOf(words.get(7).toUpperCase(Locale.ROOT));
                        ExistingCredential existing = existing(ExistingCredential.of(secret, parameters).withState(state), options);
                        Change<Stored> change = verifier.importCredential(account, existing);
                        change.outcome(1);
                        stored = change.record().orElseThrow();
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

    private static Parameters with(Parameters parameters, String seconds, BiFunction<Parameters, Instant, Parameters> with) {
        return seconds == null || seconds.equals("none") ? parameters : with.apply(parameters, at(seconds));
    }

    private static ExistingCredential existing(ExistingCredential existing, Map<String, String> options) {
        String watermark = options.remove("watermark");
        if (watermark != null && !watermark.equals("none")) {
            existing = existing.withWatermark(Long.parseUnsignedLong(watermark));
        }
        String drift = options.remove("drift");
        if (drift != null) {
            existing = existing.withDrift(Integer.parseInt(drift));
        }
        String lastSync = options.remove("last_sync");
        if (lastSync != null && !lastSync.equals("none")) {
            existing = existing.withLastSync(Integer.parseInt(lastSync));
        }
        return existing;
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
            case "verify", "verify_absent", "confirm", "replace", "resynchronize", "inspect", "temporary_code", "otpauth_uri",
                    "repair_clock", "forget" -> clock.now = at(words.get(1));
            default -> { }
        }
        StoredCredential credential = verifier.credential(account, given);
        switch (words.get(0)) {
            case "verify" -> {
                withTicket(credential, typed(words.get(2)));
                attempt(given, rows, expected, () -> credential.verify(typed(words.get(2))));
            }
            case "verify_absent" ->
                attempt("", rows, expected, () -> verifier.credential(account).verify(typed(words.get(2))));
            case "confirm" -> attempt(given, rows, expected, () -> credential.confirm(typed(words.get(2))));
            case "replace" -> keyed(expected, errorOr(() -> {
                ReplacementAttempt attempt = verifier.replace(credential, copies.get(words.get(3)), typed(words.get(2)));
                return answer(record, reported, attempt.record(), attempt::outcome);
            }));
            case "resynchronize" -> attempt(given, rows, expected,
                    () -> credential.resynchronize(typed(words.get(2)), typed(words.get(3))));
            case "inspect" -> keyed(expected, errorOr(() -> status(credential.inspect())));
            case "recovery_codes" -> same(expected, errorOr(() -> {
                Change<RecoveryCodes> change = credential.recoveryCodes(Integer.parseInt(words.get(1)));
                recovery.addAll(change.outcome(store(record, change.record().orElseThrow(), reported)).all());
                return "stored";
            }));
            case "temporary_code" -> same(expected, errorOr(() -> {
                MissingAuthenticator missing = MissingAuthenticator.valueOf(words.get(4).toUpperCase(Locale.ROOT));
                int uses = Integer.parseInt(words.get(3));
                Change<TemporaryCode> change = words.get(2).equals("none")
                        ? credential.temporaryCode(missing, uses)
                        : credential.temporaryCode(missing, uses, at(words.get(2)));
                temporary = change.outcome(store(record, change.record().orElseThrow(), reported)).text();
                return "stored";
            }));
            case "otpauth_uri" -> same(expected, errorOr(() -> {
                try (OtpauthUri uri = credential.otpauthUri("vectors", "a")) {
                    return uri.text().startsWith("otpauth://") ? "ok" : "no URI";
                }
            }));
            case "end_codes" -> {
                CodeSet codes = CodeSet.valueOf(words.get(1).toUpperCase(Locale.ROOT));
                change(given, rows, expected, () -> credential.endCodes(codes));
            }
            case "repair_clock" -> change(given, rows, expected, credential::repairClock);
            case "unlock" -> change(given, rows, expected, credential::unlock);
            case "forget" -> change(given, rows, expected, credential::forget);
            case "suspend" -> change(given, rows, expected, credential::suspend);
            case "resume" -> change(given, rows, expected, credential::resume);
            case "revoke" -> change(given, rows, expected, credential::revoke);
            case "reseal" -> change(given, rows, expected, credential::reseal);
            case "rename" -> same(expected, errorOr(() -> {
                String name = VectorFile.text(words.get(1));
                Rename rename = credential.rename(name);
                rename.outcome(store(record, rename.record(), reported));
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

    /** With a ticket of the same second the attempt is the same, but for the nonce of its record. */
    private void withTicket(StoredCredential credential, String typed) {
        TicketBinding binding = TicketBinding.of("vectors", new byte[] {1, 2, 3});
        String ticket;
        try {
            ticket = verifier.ticket(account, binding);
        } catch (PoterneException error) {
            // Of an account or a time that a login does not take either.
            same("error " + error.code().substring("error.".length()), errorOr(() -> credential.verify(typed).toString()));
            return;
        }
        same(outcome(() -> credential.verify(typed)), outcome(() -> credential.verifyWithTicket(ticket, binding, typed)));
    }

    private String outcome(Supplier<Attempt<Accepted>> make) {
        return errorOr(() -> {
            Attempt<Accepted> attempt = make.get();
            try {
                return attempt + " " + answer(attempt.outcome(1));
            } catch (RefusedException refused) {
                return attempt + " " + refusal(refused);
            }
        });
    }

    private void attempt(String given, OptionalLong rows, String expected, Supplier<Attempt<?>> make) {
        keyed(expected, errorOr(() -> {
            Attempt<?> attempt = make.get();
            return answer(given, rows, attempt.record(), attempt::outcome);
        }));
    }

    private String answer(String given, OptionalLong rows, Optional<String> record, LongFunction<?> outcome) {
        long reported = record.map(replacement -> store(given, replacement, rows)).orElse(rows.orElse(0));
        try {
            return answer(outcome.apply(reported));
        } catch (RefusedException refused) {
            return refusal(refused);
        } finally {
            same("error attempt", errorOr(() -> outcome.apply(1).toString()));
        }
    }

    private String answer(Object answer) {
        if (answer instanceof Accepted accepted) {
            String factor = accepted.movingFactor().isPresent()
                    ? " " + Long.toUnsignedString(accepted.movingFactor().getAsLong()) : "";
            return "accepted " + accepted.method().name().toLowerCase(Locale.ROOT) + factor + " drift=" + accepted.drift()
                    + " recovery=" + accepted.recoveryCodesLeft() + " failures_before=" + accepted.failuresBefore();
        }
        if (answer instanceof Confirmed confirmed) {
            recovery.addAll(confirmed.recoveryCodes().all());
            return "confirmed " + Long.toUnsignedString(confirmed.movingFactor()) + " drift=" + confirmed.drift()
                    + " codes=" + confirmed.recoveryCodes().size();
        }
        Resynchronized resynchronized = (Resynchronized) answer;
        return "resynchronized " + Long.toUnsignedString(resynchronized.movingFactor())
                + " drift=" + resynchronized.drift();
    }

    private static String refusal(RefusedException refused) {
        return switch (refused.refusal()) {
            case WAIT -> "refused wait " + refused.waitSeconds();
            case CLOCK_OFF -> "refused clock_off " + refused.clockOffSteps();
            default -> "refused " + refused.code().substring("refused.".length());
        };
    }

    private void change(String given, OptionalLong rows, String expected, Supplier<Change<Stored>> make) {
        same(expected, errorOr(() -> {
            Change<Stored> change = make.get();
            long reported = change.record().map(record -> store(given, record, rows)).orElse(rows.orElse(0));
            change.outcome(reported);
            return change.record().isPresent() ? "stored" : "unchanged";
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
