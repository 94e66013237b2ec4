package io.github.poterne;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the format of {@code tests/vectors/README.md}, and fails on anything else. */
final class VectorFile {
    record Line(String key, String value) {}

    record Case(String name, List<Line> lines) {
        String one(String key) {
            return oneOrNull(key, true);
        }

        boolean has(String key) {
            return oneOrNull(key, false) != null;
        }

        private String oneOrNull(String key, boolean isNeeded) {
            List<Line> found = lines.stream().filter(line -> line.key.equals(key)).toList();
            if (found.size() > 1 || isNeeded && found.isEmpty()) {
                throw new AssertionError(found.size() + " lines " + key);
            }
            return found.isEmpty() ? null : found.get(0).value;
        }

        void allow(String... keys) {
            Set<String> known = Set.of(keys);
            lines.forEach(line -> {
                if (!known.contains(line.key)) {
                    throw new AssertionError("unknown key " + line.key);
                }
            });
        }
    }

    private VectorFile() {}

    static List<Case> read(Path path) throws IOException {
        return read(Files.readString(path, StandardCharsets.US_ASCII));
    }

    static List<Case> read(String text) {
        List<Case> cases = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String line : text.split("\n")) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("[")) {
                String name = line.substring(1, line.length() - 1);
                if (!line.endsWith("]") || !name.matches("[a-z0-9.-]+") || !names.add(name)) {
                    throw new AssertionError("not a name, or twice: " + line);
                }
                cases.add(new Case(name, new ArrayList<>()));
            } else {
                String[] parts = line.split(" = ", 2);
                if (parts.length != 2 || cases.isEmpty()) {
                    throw new AssertionError("not a line of a case: " + line);
                }
                cases.get(cases.size() - 1).lines.add(new Line(parts[0], parts[1]));
            }
        }
        if (cases.isEmpty()) {
            throw new AssertionError("a file without a case");
        }
        return cases;
    }

    /** A text as it stands, or hex:... */
    static byte[] bytes(String value) {
        return value.startsWith("hex:")
                ? HexFormat.of().parseHex(value.substring(4))
                : value.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The text of a value. Java's strings hold characters: what is no UTF-8 becomes half a surrogate pair, which no text has
     * either.
     */
    static String text(String value) {
        byte[] bytes = bytes(value);
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean isText = java.util.Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
        return isText ? text : new String(bytes, StandardCharsets.ISO_8859_1).chars()
                .mapToObj(unit -> unit < 0x80 ? String.valueOf((char) unit) : "\ud800").collect(Collectors.joining());
    }
}
