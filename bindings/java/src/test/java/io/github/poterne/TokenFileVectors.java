package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The vectors of token files. The secret stays in the library: a code of it is accepted once its token is imported. */
final class TokenFileVectors {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Set<String> EXPECTED = Set.of("token", "fault", "error", "fits");

    private TokenFileVectors() {}

    static void run(VectorFile.Case one) {
        one.allow("file", "key", "layout", "declare", "prove", "algorithm", "token", "fault", "error", "fits");
        List<VectorFile.Line> expected = one.lines().stream().filter(line -> EXPECTED.contains(line.key())).toList();
        assertFalse(expected.isEmpty(), "it expects nothing");
        List<String> said = new ArrayList<>();
        try {
            if (one.has("prove")) {
                String[] words = one.one("prove").split(" ");
                List<TokenFile.Fit> fits = TokenFile.proveCsv(
                        file(one), options(one), words[0], words[1], Instant.ofEpochSecond(Long.parseLong(words[2])));
                fits.forEach(fit -> said.add("fits " + fit.encoding().name().toLowerCase(Locale.ROOT) + " " + fit.algorithm()));
                if (fits.isEmpty()) {
                    said.add("fits none");
                }
            } else {
                try (TokenFile read = read(one)) {
                    for (int index = 0; index < read.entries().size(); index++) {
                        VectorFile.Line line = expected.get(Math.min(index, expected.size() - 1));
                        said.add(said(read.entries().get(index), line.value().replaceFirst(".* ", "")));
                    }
                }
            }
        } catch (PoterneException error) {
            said.add("error " + error.kind().name().toLowerCase(Locale.ROOT));
        }
        assertEquals(expected.stream().map(line -> line.key() + " " + line.value()).toList(), said);
    }

    private static TokenFile read(VectorFile.Case one) {
        byte[] file = file(one);
        if (one.has("layout")) {
            return TokenFile.readCsv(file, options(one));
        }
        if (one.has("algorithm")) {
            String algorithm = one.one("algorithm");
            return algorithm.equals("none") ? TokenFile.readEtoken(file) : TokenFile.readEtoken(file, Algorithm.valueOf(algorithm));
        }
        String[] key = one.one("key").split(" ", 2);
        return switch (key[0]) {
            case "none" -> TokenFile.readPskc(file);
            case "key" -> TokenFile.readPskc(file, VectorFile.bytes(key[1]));
            case "password" -> TokenFile.readPskcWithPassword(file, VectorFile.bytes(key[1]));
            default -> throw new AssertionError(key[0]);
        };
    }

    private static byte[] file(VectorFile.Case one) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        boolean isFirst = true;
        for (VectorFile.Line line : one.lines()) {
            if (line.key().equals("file")) {
                if (!isFirst) {
                    file.write('\n');
                }
                isFirst = false;
                file.writeBytes(VectorFile.bytes(line.value()));
            }
        }
        return file.toByteArray();
    }

    private static CsvOptions options(VectorFile.Case one) {
        String layout = one.one("layout");
        CsvOptions options = layout.startsWith("columns ")
                ? CsvOptions.ofColumns(layout.substring(8))
                : CsvOptions.of(CsvLayout.valueOf(layout.toUpperCase(Locale.ROOT)));
        for (VectorFile.Line line : one.lines()) {
            if (!line.key().equals("declare")) {
                continue;
            }
            String[] words = line.value().split(" ");
            options = switch (words[0]) {
                case "encoding" -> options.withEncoding(SecretEncoding.valueOf(words[1].toUpperCase(Locale.ROOT)));
                case "algorithm" -> options.withAlgorithm(Algorithm.valueOf(words[1]));
                case "digits" -> options.withDigits(Integer.parseInt(words[1]));
                case "time_step" -> options.withTimeStep(Integer.parseInt(words[1]));
                case "separator" -> options.withSeparator(CsvSeparator.valueOf(words[1].toUpperCase(Locale.ROOT)));
                case "counter_based" -> options.withCounterBased();
                case "header" -> options.withHeader();
                default -> throw new AssertionError(words[0]);
            };
        }
        return options;
    }

    /** An entry as a line; the secret as the vector has it, once it is shown to be the token's. */
    private static String said(TokenEntry entry, String secret) {
        if (entry.fault().isPresent()) {
            PoterneException fault = entry.fault().get();
            assertTrue(fault.getMessage().contains("line " + entry.line()), fault.getMessage());
            assertTrue(entry.parameters().isEmpty());
            try (Keyring keyring = Keyring.generate(1); Verifier verifier = new Verifier(keyring, "vectors")) {
                assertEquals(fault.kind(), assertThrows(PoterneException.class, () -> verifier.enrollToken("a", entry)).kind());
            }
            return "fault " + entry.line() + " " + word(entry.serial()) + " " + fault.kind().name().toLowerCase(Locale.ROOT);
        }
        Parameters parameters = entry.parameters().orElseThrow();
        boolean isTime = parameters.movingFactor() == MovingFactor.TIME;
        if (secret.startsWith("hex:")) {
            checkSecret(entry, VectorFile.bytes(secret));
        }
        return String.join(
                " ", "token", "" + entry.line(), word(entry.serial()), isTime ? "time" : "counter",
                isTime ? "" + parameters.timeStep() : "-", isTime ? "-" : "" + parameters.counter(),
                parameters.format().algorithm().name(), "" + parameters.format().digits(), "" + entry.drift(),
                entry.watermark().isPresent() ? "" + entry.watermark().getAsLong() : "-", seconds(parameters.notBefore()),
                seconds(parameters.notAfter()), word(entry.manufacturer()), word(entry.model()), word(entry.account()), secret);
    }

    private static void checkSecret(TokenEntry entry, byte[] bytes) {
        Parameters parameters = entry.parameters().orElseThrow();
        boolean isTime = parameters.movingFactor() == MovingFactor.TIME;
        long factor = isTime ? NOW.getEpochSecond() / parameters.timeStep() + entry.drift() : parameters.counter();
        boolean isUsed = entry.watermark().isPresent() && entry.watermark().getAsLong() >= factor;
        boolean isLong = parameters.format().algorithm() == Algorithm.SHA512 && bytes.length > 64 && bytes.length <= 128;
        boolean isOddStep = isTime && (parameters.timeStep() < 30 || parameters.timeStep() > 120);
        // The bounds of a record (1.4, 1.5).
        if (bytes.length < 10 || isLong || isOddStep || isUsed) {
            return;
        }
        Policy policy = Policy.builder().allowShortSecret(true).build();
        try (Keyring keyring = Keyring.generate(1);
                Verifier verifier = new Verifier(keyring, "vectors", policy, Clock.fixed(NOW, ZoneOffset.UTC));
                Secret secret = Secret.ofBytes(bytes)) {
            Change<Stored> change = verifier.importCredential("a", entry.ignoringDates(), State.ACTIVE);
            String record = change.record().orElseThrow();
            String code = Hotp.generate(secret, parameters.format(), factor);
            Accepted accepted = verifier.credential("a", record).verify(code).outcome(1);
            assertEquals(factor, accepted.movingFactor().orElseThrow());
        }
    }

    private static String seconds(Optional<Instant> time) {
        return time.map(instant -> "" + instant.getEpochSecond()).orElse("-");
    }

    private static String word(Optional<String> text) {
        return text.map(word -> word.matches("[!-~]+") && !word.equals("-") ? word : "hex:" + hex(word)).orElse("-");
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
