package io.github.poterne;

import java.util.Optional;

/** What an otpauth URI says, to bring a credential in from another system. Close it: its secret is wiped. */
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
     * The shared secret.
     *
     * @return the secret, which is closed with this
     */
    public Secret secret() {
        return secret;
    }

    /**
     * The parameters; the authenticator is an application.
     *
     * @return the parameters
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * The issuer: the parameter of this name, else what stands before the label's first colon.
     *
     * @return the issuer, if the URI has one
     */
    public Optional<String> issuer() {
        return issuer;
    }

    /**
     * The label without the issuer.
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

    /** Nothing of the URI. */
    @Override
    public String toString() {
        return "OtpauthContent";
    }
}
