package io.github.poterne;

import java.util.Optional;

/** The content of another system's otpauth URI (semantics 8.10). Close it to wipe its secret. */
public final class OtpauthContent implements AutoCloseable {
    private final Secret secret;
    private final Parameters parameters;
    private final Optional<String> issuer;
    private final String label;

    OtpauthContent(Response response) {
        secret = new Secret(response.bytes());
        parameters = new Parameters(response.bytes());
        issuer = response.optionalText();
        label = response.text();
    }

    /**
     * Returns the shared secret.
     *
     * @return the secret, which is closed with this
     */
    public Secret secret() {
        return secret;
    }

    /**
     * Returns the parameters. The authenticator is an app.
     *
     * @return the parameters
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Returns the issuer: the parameter of this name, otherwise the part of the label before its first colon (semantics 8.10).
     *
     * @return the issuer; empty if the URI has none
     */
    public Optional<String> issuer() {
        return issuer;
    }

    /**
     * Returns the label without the issuer.
     *
     * @return the label; it may be empty
     */
    public String label() {
        return label;
    }

    /** Wipes the secret. */
    @Override
    public void close() {
        secret.close();
    }

    /** Shows nothing of the URI. */
    @Override
    public String toString() {
        return "OtpauthContent";
    }
}
