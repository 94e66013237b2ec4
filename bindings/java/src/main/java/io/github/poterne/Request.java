package io.github.poterne;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** The input of a native: numbers of eight bytes, and texts after their length of four. It is sent once, and so wiped. */
final class Request {
    /** A native of {@link Native}. */
    interface Call {
        byte[] call(long handle, byte[] request, int length);
    }

    private byte[] bytes;
    private int length;

    Request() {
        this(256);
    }

    Request(int capacity) {
        bytes = new byte[capacity];
    }

    Response send(Call call, long handle) {
        byte[] response = null;
        try {
            response = call.call(handle, bytes, length);
            return Response.of(response);
        } finally {
            // A native writes its response over the request, if it fits.
            if (response != bytes) {
                Arrays.fill(bytes, 0, length, (byte) 0);
            }
        }
    }

    Request number(long number) {
        reserve(Long.BYTES);
        putNumber(number);
        return this;
    }

    Request flag(boolean flag) {
        reserve(1);
        bytes[length++] = (byte) (flag ? 1 : 0);
        return this;
    }

    /** Adds the second in which the instant lies. */
    Request time(Instant time) {
        return number(time.getEpochSecond());
    }

    Request optional(OptionalLong number) {
        return number.isPresent() ? flag(true).number(number.getAsLong()) : flag(false);
    }

    Request optionalTime(Optional<Instant> time) {
        return time.isPresent() ? flag(true).time(time.get()) : flag(false);
    }

    Request bytes(byte[] value) {
        reserve(Integer.BYTES + value.length);
        putLength(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    /** Adds a text that must be valid: half a surrogate pair, which UTF-8 does not have, is an error of kind UTF8. */
    Request text(String value, String name) {
        Objects.requireNonNull(value, name);
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (Character.isHighSurrogate(unit) && i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                throw new PoterneException(ErrorKind.UTF8, name + " has half a surrogate pair: it is not a text");
            }
        }
        return typed(value, name);
    }

    /**
     * Adds the text that a user typed. It gives an outcome and never an error, whatever its length (semantics 2.1). If it is too
     * long for a code, the rest changes nothing. Each unit has at least one byte, and so has half of a pair that is cut.
     */
    Request submitted(String value, String name) {
        return typed(start(Objects.requireNonNull(value, name), SUBMITTED), name);
    }

    /**
     * Adds a ticket that came back. It may be refused but is never an error, whatever its length (semantics 15.4). Spaces after it
     * mean nothing. Of a text that is too long, the end is as wrong as the whole, and its start could be a ticket.
     */
    Request ticket(String value) {
        String ticket = trimmed(Objects.requireNonNull(value, "ticket"));
        return typed(ticket.substring(Math.max(0, ticket.length() - SUBMITTED)), "ticket");
    }

    /**
     * Adds a record without the spaces of its column. If it is far too long, its start and its last character suffice to show the
     * damage.
     */
    Request record(String value, String name) {
        String record = trimmed(Objects.requireNonNull(value, name));
        boolean isTooLong = record.length() > RECORD;
        String enough = isTooLong ? start(record, RECORD) + record.charAt(record.length() - 1) : record;
        // It is sealed: no copy has to be wiped.
        return bytes(enough.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes trailing spaces: those of a record's column, or after a ticket. Spaces alone are no record (semantics 3.0). */
    static String trimmed(String record) {
        int end = record.length();
        while (end > 0 && record.charAt(end - 1) == ' ') {
            end--;
        }
        return record.substring(0, end);
    }

    private static String start(String value, int units) {
        return value.length() > units ? value.substring(0, units) : value;
    }

    /** Adds a text in which an invalid character may become a question mark, since that is wrong there as well. */
    Request typed(String value, String name) {
        byte[] encoded = Objects.requireNonNull(value, name).getBytes(StandardCharsets.UTF_8);
        bytes(encoded);
        Arrays.fill(encoded, (byte) 0);
        return this;
    }

    /** More than a code may have, and more than a ticket has. */
    private static final int SUBMITTED = 257;

    /** Far more than a record has. */
    private static final int RECORD = 1 << 16;

    private void putLength(int value) {
        bytes[length++] = (byte) (value >>> 24);
        bytes[length++] = (byte) (value >>> 16);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    private void putNumber(long value) {
        putLength((int) (value >>> 32));
        putLength((int) value);
    }

    /** Makes room. An array that is replaced by a larger one is wiped. */
    private void reserve(int more) {
        if (bytes.length - length < more) {
            byte[] larger = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
            Arrays.fill(bytes, 0, length, (byte) 0);
            bytes = larger;
        }
    }
}
