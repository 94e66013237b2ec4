package io.github.poterne;

/** The layouts of CSV files of tokens that have a name (semantics 16.11). */
public enum CsvLayout {
    /** Microsoft Entra: base32, SHA-1, 6 digits, time-based. */
    ENTRA(1),
    /** Deepnet SafeID: encoding and hash are declared. */
    DEEPNET(2),
    /** OATH CSV of LinOTP and privacyIDEA: the hash is declared. */
    OATH(3),
    /** The traditional log of Yubico's personalization tool. */
    YUBICO_TRADITIONAL(4),
    /** Yubico's flat log. */
    YUBICO_FLAT(5);

    private final int number;

    CsvLayout(int number) {
        this.number = number;
    }

    /**
     * Returns the number in every language (semantics 12).
     *
     * @return the number
     */
    public int number() {
        return number;
    }
}
