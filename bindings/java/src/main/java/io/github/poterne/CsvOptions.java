package io.github.poterne;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * What the caller declares about a CSV file of tokens (semantics 16.11, 16.12). What the layout fixes cannot be declared, and what it
 * leaves open must be: it is never guessed.
 */
public final class CsvOptions {
    private final CsvLayout layout;
    private final String columns;
    private final SecretEncoding encoding;
    private final Algorithm algorithm;
    private final OptionalLong digits;
    private final OptionalLong timeStep;
    private final CsvSeparator separator;
    private final boolean hasHeader;
    private final boolean isCounterBased;

    private CsvOptions(
            CsvLayout layout, String columns, SecretEncoding encoding, Algorithm algorithm, OptionalLong digits, OptionalLong timeStep,
            CsvSeparator separator, boolean hasHeader, boolean isCounterBased) {
        this.layout = layout;
        this.columns = columns;
        this.encoding = encoding;
        this.algorithm = algorithm;
        this.digits = digits;
        this.timeStep = timeStep;
        this.separator = separator;
        this.hasHeader = hasHeader;
        this.isCounterBased = isCounterBased;
    }

    /**
     * Begins with a layout that has a name.
     *
     * @param layout the layout
     * @return the options
     */
    public static CsvOptions of(CsvLayout layout) {
        return begun(Objects.requireNonNull(layout, "layout"), "");
    }

    /**
     * Begins with a column map, such as {@code serial,secret,-,counter}. The columns are serial, secret, account, manufacturer, model,
     * type, algorithm, digits, time_step, counter, drift, watermark, not_before, not_after, and - for one to ignore.
     *
     * @param columns the names of the columns, in their order
     * @return the options
     */
    public static CsvOptions ofColumns(String columns) {
        return begun(null, Objects.requireNonNull(columns, "columns"));
    }

    private static CsvOptions begun(CsvLayout layout, String columns) {
        return new CsvOptions(
                layout, columns, null, null, OptionalLong.empty(), OptionalLong.empty(), CsvSeparator.COMMA, false, false);
    }

    /**
     * Declares how the secrets are written.
     *
     * @param encoding base32 or hexadecimal
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withEncoding(SecretEncoding encoding) {
        Objects.requireNonNull(encoding, "encoding");
        return new CsvOptions(layout, columns, encoding, algorithm, digits, timeStep, separator, hasHeader, isCounterBased);
    }

    /**
     * Declares the hash.
     *
     * @param algorithm the hash
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withAlgorithm(Algorithm algorithm) {
        Objects.requireNonNull(algorithm, "algorithm");
        return new CsvOptions(layout, columns, encoding, algorithm, digits, timeStep, separator, hasHeader, isCounterBased);
    }

    /**
     * Declares the number of digits, 6 by default.
     *
     * @param digits 6, 7 or 8
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withDigits(int digits) {
        return new CsvOptions(
                layout, columns, encoding, algorithm, OptionalLong.of(digits), timeStep, separator, hasHeader, isCounterBased);
    }

    /**
     * Declares the time step, 30 seconds by default.
     *
     * @param timeStep 30 to 120 seconds
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withTimeStep(int timeStep) {
        return new CsvOptions(
                layout, columns, encoding, algorithm, digits, OptionalLong.of(timeStep), separator, hasHeader, isCounterBased);
    }

    /**
     * Declares the separator, a comma by default.
     *
     * @param separator the separator
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withSeparator(CsvSeparator separator) {
        Objects.requireNonNull(separator, "separator");
        return new CsvOptions(layout, columns, encoding, algorithm, digits, timeStep, separator, hasHeader, isCounterBased);
    }

    /**
     * Declares, for a column map, that the first line is a header line, which is not read.
     *
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withHeader() {
        return new CsvOptions(layout, columns, encoding, algorithm, digits, timeStep, separator, true, isCounterBased);
    }

    /**
     * Declares, for a column map, that the tokens are counter-based.
     *
     * @return a copy
     */
    @CheckReturnValue
    public CsvOptions withCounterBased() {
        return new CsvOptions(layout, columns, encoding, algorithm, digits, timeStep, separator, hasHeader, true);
    }

    Request write(Request request) {
        return request.number(layout == null ? 0 : layout.number()).text(columns, "columns")
                .number(encoding == null ? 0 : encoding.number()).number(algorithm == null ? 0 : algorithm.number())
                .optional(digits).optional(timeStep).number(separator.number()).flag(hasHeader).flag(isCounterBased);
    }

    /** Shows the layout. */
    @Override
    public String toString() {
        return "CsvOptions[" + (layout == null ? columns : layout) + "]";
    }
}
