package io.github.poterne;

/** A pending credential: the record to store, and the URI to show to its owner. Close it: its secret is wiped. */
public final class Enrollment implements AutoCloseable {
    private final Handle handle;
    private final String record;

    Enrollment(Response response) {
        handle = new Handle(response.number());
        record = response.text();
    }

    /**
     * The pending record. It goes into the column only if that is empty; to replace an authenticator, keep it elsewhere and
     * confirm it with {@link Verifier#replace}.
     *
     * @return the record
     */
    public String record() {
        return record;
    }

    /**
     * The otpauth URI: text of the QR code.
     *
     * @param issuer the organization
     * @param label the account as its owner knows it
     * @return the URI
     * @throws PoterneException of kind {@link ErrorKind#URI} if a name cannot be shown by every authenticator application
     */
    public OtpauthUri otpauthUri(String issuer, String label) {
        Request request = new Request().text(issuer, "issuer").text(label, "label");
        try (Response response = request.send(Native::enrollmentUri, handle.get())) {
            return OtpauthUri.from(response);
        }
    }

    /** Wipes the secret. Closing twice is fine. */
    @Override
    public void close() {
        handle.close();
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return "Enrollment";
    }
}
