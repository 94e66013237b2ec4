package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Token files: what Java adds to the vectors. */
class TokenFileTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String HEX = "3132333435363738393031323334353637383930";
    private static final CsvOptions OATH = CsvOptions.of(CsvLayout.OATH).withAlgorithm(Algorithm.SHA1);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertKind(ErrorKind kind, Executable call) {
        assertEquals(kind, assertThrows(PoterneException.class, call).kind());
    }

    @Test
    void fromTheFileToALogin() {
        byte[] file = bytes("306000123," + HEX + ",totp,6,60\n306000124," + HEX.substring(1) + ",totp,6,60\n");
        try (Keyring keyring = Keyring.generate(1);
                Verifier verifier = new Verifier(keyring, "tests", Policy.standard(), Clock.fixed(NOW, ZoneOffset.UTC));
                TokenFile tokens = TokenFile.readCsv(file, OATH);
                Secret secret = Secret.ofHex(HEX)) {
            TokenEntry token = tokens.entries().get(0);
            assertEquals(Optional.of("306000123"), token.serial());
            assertEquals(60, token.parameters().orElseThrow().timeStep());
            assertEquals(Authenticator.TOKEN, token.parameters().orElseThrow().authenticator());
            PoterneException fault = tokens.entries().get(1).fault().orElseThrow();
            assertEquals(ErrorKind.SECRET, fault.kind());
            assertTrue(fault.getMessage().contains("line 2, serial 306000124: "), fault.getMessage());
            assertFalse(fault.getMessage().contains(HEX.substring(1)), fault.getMessage());
            try (Enrollment enrollment = verifier.enrollToken("a.martin", token)) {
                String code = Hotp.generate(secret, OtpFormat.standard(), NOW.getEpochSecond() / 60);
                verifier.credential("a.martin", enrollment.record()).confirm(code).outcome(1);
            }
            assertKind(ErrorKind.SECRET, () -> verifier.enrollToken("a.martin", tokens.entries().get(1)));
            assertKind(ErrorKind.SECRET, () -> verifier.importCredential("a.martin", tokens.entries().get(1), State.ACTIVE));
            assertKind(ErrorKind.ARGUMENT, () -> verifier.importCredential("a.martin", token, State.REVOKED));
        }
    }

    @Test
    void datesAreIgnoredOnDemand() {
        CsvOptions options = CsvOptions.ofColumns("serial,secret,not_after").withEncoding(SecretEncoding.HEX).withAlgorithm(Algorithm.SHA1);
        try (TokenFile tokens = TokenFile.readCsv(bytes("7," + HEX + ",2022-12-31"), options)) {
            TokenEntry token = tokens.entries().get(0);
            assertEquals(Optional.of(Instant.ofEpochSecond(1_672_531_199)), token.parameters().orElseThrow().notAfter());
            assertEquals(Optional.empty(), token.ignoringDates().parameters().orElseThrow().notAfter());
        }
    }

    @Test
    void aCodeProvesEncodingAndHash() {
        String text = "234567ABCDEF234567ABCDEF234567AB";
        byte[] file = bytes("serial number,secret key,time interval,manufacturer,model\n7," + text + ",30,E,T\n");
        CsvOptions open = CsvOptions.of(CsvLayout.DEEPNET);
        try (Secret secret = Secret.ofHex(text)) {
            String code = Hotp.generate(secret, OtpFormat.standard().withAlgorithm(Algorithm.SHA256), NOW.getEpochSecond() / 30);
            List<TokenFile.Fit> fits = TokenFile.proveCsv(file, open, "7", code, NOW);
            assertEquals("[HEX, SHA256]", fits.toString());
            // The control: another time proves nothing.
            assertEquals(List.of(), TokenFile.proveCsv(file, open, "7", code, NOW.plusSeconds(3600)));
        }
    }

    @Test
    void whatIsWrongWithTheCall() {
        byte[] file = bytes("7," + HEX + ",totp");
        assertThrows(NullPointerException.class, () -> TokenFile.readCsv(null, OATH));
        assertThrows(NullPointerException.class, () -> TokenFile.readCsv(file, null));
        assertThrows(NullPointerException.class, () -> TokenFile.readPskc(file, null));
        assertThrows(NullPointerException.class, () -> TokenFile.readEtoken(file, null));
        assertThrows(NullPointerException.class, () -> CsvOptions.of(null));
        assertThrows(NullPointerException.class, () -> TokenFile.proveCsv(file, OATH, "7", "123456", null));
        assertKind(ErrorKind.ARGUMENT, () -> TokenFile.readCsv(file, CsvOptions.of(CsvLayout.OATH)));
        assertKind(ErrorKind.ARGUMENT, () -> TokenFile.readCsv(file, OATH.withDigits(6)));
        assertKind(ErrorKind.ARGUMENT, () -> TokenFile.readCsv(file, CsvOptions.ofColumns("serial")));
        assertKind(ErrorKind.ARGUMENT, () -> TokenFile.proveCsv(file, OATH, "8", "123456", NOW));
        assertKind(ErrorKind.UTF8, () -> TokenFile.proveCsv(file, OATH, "\udfff", "123456", NOW));
        assertKind(ErrorKind.TOKEN_FILE, () -> TokenFile.readCsv(new byte[0], OATH));
        assertKind(ErrorKind.TOKEN_FILE, () -> TokenFile.readEtoken(file));
        assertKind(ErrorKind.TOKEN_FILE, () -> TokenFile.readPskc(file));
        // More than the native library takes.
        assertKind(ErrorKind.ARGUMENT, () -> TokenFile.readCsv(new byte[17 << 20], OATH));
    }

    @Test
    void afterItIsClosedNothingIsGiven() {
        TokenFile tokens = TokenFile.readCsv(bytes("7," + HEX + ",totp"), OATH);
        TokenEntry token = tokens.entries().get(0);
        assertEquals("TokenFile[1 entries]", tokens.toString());
        assertEquals("TokenEntry[line 1, serial 7]", token.toString());
        tokens.close();
        tokens.close();
        assertEquals(Optional.of("7"), token.serial());
        assertKind(ErrorKind.ARGUMENT, token::ignoringDates);
        try (Keyring keyring = Keyring.generate(1); Verifier verifier = new Verifier(keyring, "tests")) {
            assertKind(ErrorKind.ARGUMENT, () -> verifier.enrollToken("a.martin", token));
            assertKind(ErrorKind.ARGUMENT, () -> verifier.importCredential("a.martin", token, State.ACTIVE));
            // A handle of another kind is none.
            assertKind(ErrorKind.ARGUMENT, () -> new Request().number(0).flag(false).send(Native::tokenFileEntry, 1L << 32));
        }
    }
}
