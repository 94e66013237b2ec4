package io.github.poterne;

/** The character between the columns of a CSV file (semantics 16.10). */
public enum CsvSeparator {
    /** A comma. */
    COMMA(1),
    /** A semicolon. */
    SEMICOLON(2),
    /** A tab. */
    TAB(3);

    private final int number;

    CsvSeparator(int number) {
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
