package io.github.poterne;

/** The QR code of an otpauth URI, with error correction M and its quiet zone (semantics 8.1). It shows the secret: close it. */
public final class Qr implements AutoCloseable {
    /** The URI, in UTF-8. */
    private final Wiped uri;
    private final int width;

    /** Takes the array. */
    Qr(byte[] uri) {
        this.uri = new Wiped(uri, ErrorKind.ARGUMENT, "the QR code");
        try (Response response = form(0)) {
            width = response.small();
        }
    }

    /**
     * Returns the modules on a side, without the quiet zone: 21 for version 1, and 4 more for each later version.
     *
     * @return the modules
     */
    public int width() {
        return width;
    }

    /**
     * Returns an SVG image, black on white, at least 300 pixels on a side, for a file or inside a page.
     *
     * @return the image
     */
    public String svg() {
        try (Response response = form(1)) {
            return response.text();
        }
    }

    /**
     * Returns a PNG image, black on white, eight pixels per module.
     *
     * @return the bytes of the file, for the caller to wipe
     */
    public byte[] png() {
        try (Response response = form(2)) {
            return response.bytes();
        }
    }

    /**
     * Returns text for a terminal: half blocks in black and white by ANSI colors.
     *
     * @return the text
     */
    public String text() {
        try (Response response = form(3)) {
            return response.text();
        }
    }

    private Response form(int form) {
        return uri.into(new Request()).number(form).send(Native::qr, 0);
    }

    /** Wipes the URI. It may be closed twice. */
    @Override
    public void close() {
        uri.close();
    }

    /** Shows nothing of the URI. */
    @Override
    public String toString() {
        return "Qr";
    }
}
