package io.github.poterne;

/**
 * A pending credential: the record to store, and the URI to show to its user (semantics 8.1).
 *
 * <p>Close it to wipe its secret. Otherwise the secret stays in native memory for as long as this class is loaded.
 */
public final class Enrollment implements AutoCloseable {
    private final Handle handle;
    private final String record;

    Enrollment(Response response) {
        handle = new Handle(response.number(), "the enrollment");
        record = response.text();
    }

    /**
     * Returns the pending record. Store it only if the account has no record. To replace an authenticator, keep it elsewhere and
     * confirm it with {@link Verifier#replace} (semantics 8.9).
     *
     * @return the record
     */
    public String record() {
        return record;
    }

    /**
     * Builds the otpauth URI, the text of the QR code (semantics 8.1).
     *
     * @param issuer the organization
     * @param label the account as its user knows it
     * @return the URI
     * @throws PoterneException of kind {@link ErrorKind#URI} if some authenticator apps cannot show a name
     */
    public OtpauthUri otpauthUri(String issuer, String label) {
        Request request = new Request().text(issuer, "issuer").text(label, "label");
        try (Response response = request.send(Native::enrollmentUri, handle.get())) {
            return OtpauthUri.from(response);
        }
    }

    /** Wipes the secret. It may be closed twice. */
    @Override
    public void close() {
        handle.close();
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "Enrollment";
    }
}
