package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.eatthepath.otp.HmacOneTimePasswordGenerator;
import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Another implementation gives the same codes. */
class JavaOtpTest {
    @Test
    void tenThousandRandomCases() throws Exception {
        Random random = new Random(4226);
        for (int i = 0; i < 10_000; i++) {
            Algorithm algorithm = Algorithm.values()[random.nextInt(3)];
            String hmac = "HmacSHA" + algorithm.name().substring(3);
            int digits = 6 + random.nextInt(3);
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            Parameters parameters = Parameters.totp().withAlgorithm(algorithm).withDigits(digits);
            SecretKeySpec key = new SecretKeySpec(bytes, "RAW");
            try (Secret secret = Secret.ofBytes(bytes)) {
                if (random.nextBoolean()) {
                    long counter = random.nextLong();
                    // Its HOTP is RFC 4226 to the letter: SHA-1 only.
                    String expected = new HmacOneTimePasswordGenerator(digits).generateOneTimePasswordString(key, counter);
                    assertEquals(expected, Hotp.generate(secret, parameters.format().withAlgorithm(Algorithm.SHA1), counter));
                } else {
                    int timeStep = 1 + random.nextInt(86_400);
                    Instant now = Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE) * 100L);
                    String expected = new TimeBasedOneTimePasswordGenerator(Duration.ofSeconds(timeStep), digits, hmac)
                            .generateOneTimePasswordString(key, now);
                    assertEquals(expected, Totp.generate(secret, parameters.withTimeStep(timeStep), now));
                }
            }
        }
    }
}
