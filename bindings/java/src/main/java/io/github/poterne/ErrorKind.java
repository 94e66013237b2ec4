package io.github.poterne;

import java.util.Objects;

/** The kinds of {@link PoterneException} (semantics 12). */
public enum ErrorKind {
    /** An argument is outside its range. */
    ARGUMENT(-1, "argument"),
    /** A pointer that must not be null is null. Java throws a {@link NullPointerException} instead. */
    NULL(-2, "null"),
    /** A buffer is too small. It does not occur in Java. */
    BUFFER(-3, "buffer"),
    /** The jar and the native library have different versions. */
    VERSION(-4, "version"),
    /** A text has half a surrogate pair, which UTF-8 does not have. */
    UTF8(-5, "utf8"),
    /** A time is outside 0..=253402300799, or before {@code t0}. */
    TIME(-6, "time"),
    /** The record is damaged, or belongs to another account or application. */
    RECORD(-7, "record"),
    /** The record's key is not in the keyring. */
    UNKNOWN_KEY(-8, "unknown_key"),
    /** The record was written by a later version of the library. */
    RECORD_FORMAT(-9, "record_format"),
    /** The credential's state does not allow the call, or there is no record. */
    STATE(-10, "state"),
    /** The number of updated rows is neither 0 nor 1. */
    ROWS(-11, "rows"),
    /** The attempt is spent, or is not an attempt. */
    ATTEMPT(-12, "attempt"),
    /** The keyring's text is damaged. */
    KEYRING(-13, "keyring"),
    /** The keyring's file cannot be read, or others can read it. */
    KEYRING_FILE(-14, "keyring_file"),
    /** The shared secret is not the base32 or hexadecimal that it should be, or is too short or too long. */
    SECRET(-15, "secret"),
    /** The otpauth URI cannot be built or read. */
    URI(-16, "uri"),
    /** No moving factor is left. */
    COUNTER(-17, "counter"),
    /** The system gave no randomness. */
    RANDOM(-18, "random"),
    /** The store is unavailable. */
    STORE(-19, "store"),
    /** The token file is damaged. */
    TOKEN_FILE(-20, "token_file"),
    /** The token file's password or key is wrong. */
    TOKEN_PASSWORD(-21, "token_password"),
    /** The token file's authentication code is wrong or missing. */
    TOKEN_MAC(-22, "token_mac"),
    /** The token file needs a feature that the library does not have. */
    TOKEN_UNSUPPORTED(-23, "token_unsupported"),
    /** A fault of the library. */
    INTERNAL(-99, "internal");

    private final int number;
    private final String code;

    ErrorKind(int number, String name) {
        this.number = number;
        this.code = "error." + name;
    }

    /**
     * Returns the number in every language, negative (semantics 12).
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Returns a stable text for the application's own journal, such as {@code error.record} (semantics 12).
     *
     * @return the text
     */
    public String code() {
        return code;
    }

    String message(Language language, boolean isForUser) {
        Objects.requireNonNull(language, "language");
        Request request = new Request().number(number).number(language.number()).flag(isForUser);
        return request.send(Native::errorMessage, 0).text();
    }

    /** Converts a number. A number of a later library is a fault for this one. */
    static ErrorKind of(int number) {
        for (ErrorKind kind : values()) {
            if (kind.number == number) {
                return kind;
            }
        }
        return INTERNAL;
    }
}
