package io.github.poterne;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** The output of a native. If it holds a secret, close it to wipe it. */
final class Response implements AutoCloseable {
    private final byte[] bytes;
    private int at;

    private Response(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the response, or throws the error that it holds. */
    static Response of(byte[] bytes) {
        Response response = new Response(bytes);
        if (response.flag()) {
            ErrorKind kind = ErrorKind.of((int) response.number());
            throw new PoterneException(kind, response.text());
        }
        return response;
    }

    /** Returns a part of a response, which has no status. */
    static Response within(byte[] bytes) {
        return new Response(bytes);
    }

    /** Returns the end of a response, which has no status. */
    static Response behind(int start, byte[] bytes) {
        Response response = new Response(bytes);
        response.at = start;
        return response;
    }

    boolean flag() {
        return bytes[at++] != 0;
    }

    long number() {
        return (long) integer() << 32 | integer() & 0xffffffffL;
    }

    /** Reads a number that fits an int. */
    int small() {
        return Math.toIntExact(number());
    }

    Instant time() {
        return Instant.ofEpochSecond(number());
    }

    OptionalLong optionalNumber() {
        return flag() ? OptionalLong.of(number()) : OptionalLong.empty();
    }

    Optional<Instant> optionalTime() {
        return flag() ? Optional.of(time()) : Optional.empty();
    }

    Optional<String> optionalText() {
        return flag() ? Optional.of(text()) : Optional.empty();
    }

    byte[] bytes() {
        int length = integer();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** Returns bytes, which are wiped here. */
    byte[] taken() {
        byte[] taken = bytes();
        Arrays.fill(bytes, at - taken.length, at, (byte) 0);
        return taken;
    }

    String text() {
        int length = integer();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    private int integer() {
        int value = bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        at += Integer.BYTES;
        return value;
    }
}
