package io.github.poterne;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A token of a {@link TokenFile}, or what is wrong with it (semantics 16.2). Its secret stays in the file, which must be open to enroll
 * it.
 */
public final class TokenEntry {
    private final Handle file;
    private final long index;
    private final boolean ignoresDates;
    private final int line;
    private final Optional<String> serial;
    private final Optional<String> manufacturer;
    private final Optional<String> model;
    private final Optional<String> account;
    private final Optional<Parameters> parameters;
    private final int drift;
    private final OptionalLong watermark;
    private final Optional<PoterneException> fault;

    TokenEntry(Handle file, long index, boolean ignoresDates) {
        this.file = file;
        this.index = index;
        this.ignoresDates = ignoresDates;
        Response response = request().send(Native::tokenFileEntry, file.get());
        line = response.small();
        serial = response.optionalText();
        if (response.flag()) {
            fault = Optional.of(new PoterneException(ErrorKind.of(response.small()), response.text()));
            manufacturer = model = account = Optional.empty();
            parameters = Optional.empty();
            drift = 0;
            watermark = OptionalLong.empty();
            return;
        }
        fault = Optional.empty();
        manufacturer = response.optionalText();
        model = response.optionalText();
        account = response.optionalText();
        parameters = Optional.of(new Parameters(response.bytes()));
        drift = response.small();
        watermark = response.optionalNumber();
    }

    /**
     * Returns the line of the file on which the token begins.
     *
     * @return the line, counted from 1
     */
    public int line() {
        return line;
    }

    /**
     * Returns the serial number.
     *
     * @return the serial number; empty if the token is wrong and has none that can be shown
     */
    public Optional<String> serial() {
        return serial;
    }

    /**
     * Returns the manufacturer, as the file calls it.
     *
     * @return the manufacturer, if the file names it
     */
    public Optional<String> manufacturer() {
        return manufacturer;
    }

    /**
     * Returns the model, as the file calls it.
     *
     * @return the model, if the file names it
     */
    public Optional<String> model() {
        return model;
    }

    /**
     * Returns the user to whom the file assigns the token.
     *
     * @return the user, if the file names one
     */
    public Optional<String> account() {
        return account;
    }

    /**
     * Returns how the token makes codes.
     *
     * @return the parameters; empty if the token is wrong
     */
    public Optional<Parameters> parameters() {
        return parameters;
    }

    /**
     * Returns the drift of the token's clock that another system has learned.
     *
     * @return the drift in time steps
     */
    public int drift() {
        return drift;
    }

    /**
     * Returns the last time step that another system has accepted.
     *
     * @return the time step, if the file says it
     */
    public OptionalLong watermark() {
        return watermark;
    }

    /**
     * Returns what is wrong with the token, with its line and serial number, and what to do next. It is not thrown: the other tokens are
     * read.
     *
     * @return what is wrong; empty if the token can be enrolled
     */
    public Optional<PoterneException> fault() {
        return fault;
    }

    /**
     * Returns the same token without its dates: some files give one that is past, of tokens that work.
     *
     * @return the same token without its dates
     */
    @CheckReturnValue
    public TokenEntry ignoringDates() {
        return new TokenEntry(file, index, true);
    }

    Request write(Request request) {
        return request.number(file.get()).number(index).flag(ignoresDates);
    }

    private Request request() {
        return new Request().number(index).flag(ignoresDates);
    }

    /** Shows line and serial number, or what is wrong. */
    @Override
    public String toString() {
        String shown = fault.map(PoterneException::getMessage).orElse("line " + line + ", serial " + serial.orElse(""));
        return "TokenEntry[" + shown + "]";
    }
}
