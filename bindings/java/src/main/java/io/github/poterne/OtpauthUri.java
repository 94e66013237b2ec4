package io.github.poterne;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An otpauth URI: the text of the QR code, which holds the secret (semantics 8.1). Show it, do not keep it, and close it to wipe
 * it.
 */
public final class OtpauthUri implements AutoCloseable {
    /** In UTF-8. */
    private final Wiped text;

    private OtpauthUri(byte[] text) {
        this.text = new Wiped(text, ErrorKind.ARGUMENT, "the URI");
    }

    /** The URI that a native gives. */
    static OtpauthUri from(Response response) {
        return new OtpauthUri(response.bytes());
    }

    /**
     * Builds a URI from a secret that the caller has. {@link Enrollment#otpauthUri} builds the URI of a record.
     *
     * @param secret the shared secret
     * @param parameters how codes are made
     * @param issuer the organization
     * @param label the account as its user knows it
     * @param allowIncompatible permits what some apps are known to ignore or to misread
     * @return the URI
     * @throws PoterneException of kind {@link ErrorKind#URI} if authenticator apps misread the names or parameters
     */
    public static OtpauthUri build(
            Secret secret, Parameters parameters, String issuer, String label, boolean allowIncompatible) {
        Request request = Objects.requireNonNull(secret, "secret").into(new Request())
                .bytes(Objects.requireNonNull(parameters, "parameters").packed())
                .text(issuer, "issuer").text(label, "label").flag(allowIncompatible);
        try (Response response = request.send(Native::uriBuild, 0)) {
            return from(response);
        }
    }

    /**
     * Reads a URI that another system made (semantics 8.10).
     *
     * @param text the URI
     * @return its content
     * @throws PoterneException of kind {@link ErrorKind#URI} if the text is not an otpauth URI or could be misunderstood,
     *     {@link ErrorKind#SECRET} if the secret is not base32 or is too long, {@link ErrorKind#COUNTER} if the counter is above
     *     2^63 - 1
     */
    public static OtpauthContent parse(String text) {
        try (Response response = new Request().text(text, "text").send(Native::uriParse, 0)) {
            return new OtpauthContent(response);
        }
    }

    /**
     * Takes a text that is an otpauth URI, to make its QR code; the text is kept as it is (semantics 8.10).
     *
     * @param text the URI
     * @return the URI
     * @throws PoterneException as {@link #parse}
     */
    public static OtpauthUri ofText(String text) {
        parse(text).close();
        return new OtpauthUri(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the text.
     *
     * @return the text, which holds the secret
     */
    public String text() {
        return text.text();
    }

    /**
     * Returns the secret in groups of four characters, for a user who cannot scan and has to type it.
     *
     * @return the groups
     */
    public String secretToType() {
        try (Response response = text.into(new Request()).send(Native::uriSecretToType, 0)) {
            return response.text();
        }
    }

    /**
     * Makes the QR code to scan.
     *
     * @return the QR code
     * @throws PoterneException of kind {@link ErrorKind#URI} if the URI is too long for a QR code
     */
    public Qr qr() {
        return new Qr(text.copy());
    }

    /** Wipes the text. It may be closed twice. */
    @Override
    public void close() {
        text.close();
    }

    /** Shows nothing of the URI. */
    @Override
    public String toString() {
        return "OtpauthUri";
    }
}
