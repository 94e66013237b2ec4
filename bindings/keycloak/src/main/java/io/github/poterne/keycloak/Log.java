package io.github.poterne.keycloak;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The journal: the code of each outcome, and nothing about whose it is. */
final class Log {
    private static final Logger LOGGER = Logger.getLogger("io.github.poterne.keycloak");

    private Log() {}

    static void outcome(String code) {
        LOGGER.info(code);
    }

    /** What the library says of an error names no account and no secret. The cause may, so it is not printed. */
    static void error(String code, String message) {
        LOGGER.log(Level.SEVERE, "{0}: {1}", new Object[] {code, message});
    }

    static void warning(String message) {
        LOGGER.warning(message);
    }
}
