package io.github.poterne.peers;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import com.warrenstrange.googleauth.GoogleAuthenticator;
import com.warrenstrange.googleauth.GoogleAuthenticatorConfig;
import dev.samstevens.totp.code.DefaultCodeGenerator;
import dev.samstevens.totp.code.DefaultCodeVerifier;
import io.github.poterne.ExistingCredential;
import io.github.poterne.Keyring;
import io.github.poterne.Match;
import io.github.poterne.OtpFormat;
import io.github.poterne.Parameters;
import io.github.poterne.Policy;
import io.github.poterne.RefusedException;
import io.github.poterne.Secret;
import io.github.poterne.Totp;
import io.github.poterne.Verifier;
import java.security.InvalidKeyException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One submitted code of 6 digits, SHA-1, a secret of 20 bytes, a window of three time steps: each library as its own manual has
 * it. poterne computes all three whatever was submitted, and "poterne record" opens and seals a record as well.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Peers {
    private static final String BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private static final long STEP = 37_037_037;
    private static final Instant NOW = Instant.ofEpochSecond(STEP * 30);

    /** A code of no step of the window, or that of the present one. */
    @Param({"wrong", "right"})
    public String submitted;

    private String code;
    private int codeAsNumber;

    private Secret secret;
    private Parameters parameters;
    private Verifier verifier;
    private String record;

    private TimeBasedOneTimePasswordGenerator javaOtp;
    private SecretKey javaOtpKey;
    private DefaultCodeVerifier javaTotp;
    private GoogleAuthenticator googleAuth;

    /** Each must take the right code and refuse the wrong one, or its time would mean nothing. */
    @Setup
    public void setUp() throws Exception {
        secret = Secret.ofBase32(BASE32);
        parameters = Parameters.totp();
        verifier = new Verifier(
                Keyring.generate(20261121), "bench", Policy.standard(), Clock.fixed(NOW, ZoneOffset.UTC));
        record = verifier.importCredential("a.martin", ExistingCredential.of(secret, parameters)).record().get();
        javaOtp = new TimeBasedOneTimePasswordGenerator();
        javaOtpKey = new SecretKeySpec(secret.toBytes(), "HmacSHA1");
        javaTotp = new DefaultCodeVerifier(new DefaultCodeGenerator(), NOW::getEpochSecond);
        javaTotp.setAllowedTimePeriodDiscrepancy(1);
        googleAuth = new GoogleAuthenticator(new GoogleAuthenticatorConfig.GoogleAuthenticatorConfigBuilder()
                .setWindowSize(3).build());
        boolean isRight = submitted.equals("right");
        code = Totp.generate(secret, parameters, isRight ? NOW : NOW.plusSeconds(270));
        codeAsNumber = Integer.parseInt(code);
        boolean[] accepted = {
            poterneMatch().kind() == Match.Kind.FOUND, poterneRecord(), javaOtp(), javaTotp(), googleAuth()
        };
        for (boolean one : accepted) {
            if (one != isRight) {
                throw new AssertionError("a contestant does not tell right from wrong");
            }
        }
    }

    @Benchmark
    public Match poterneMatch() {
        return Match.find(secret, OtpFormat.standard(), code, STEP - 1, STEP + 1);
    }

    @Benchmark
    public boolean poterneRecord() {
        try {
            verifier.credential("a.martin", record).verify(code).outcome(1);
            return true;
        } catch (RefusedException refused) {
            return false;
        }
    }

    @Benchmark
    public boolean javaOtp() throws InvalidKeyException {
        for (int step = -1; step <= 1; step++) {
            if (javaOtp.generateOneTimePassword(javaOtpKey, NOW.plusSeconds(30L * step)) == codeAsNumber) {
                return true;
            }
        }
        return false;
    }

    @Benchmark
    public boolean javaTotp() {
        return javaTotp.isValidCode(BASE32, code);
    }

    @Benchmark
    public boolean googleAuth() {
        return googleAuth.authorize(BASE32, codeAsNumber, NOW.toEpochMilli());
    }
}
