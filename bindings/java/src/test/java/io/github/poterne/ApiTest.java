package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public and protected members of the jar are those of {@code api.txt}: a name that changes is seen in the commit. */
class ApiTest {
    private static final Path CLASSES = Path.of("target/classes/io/github/poterne");

    @TempDir
    Path folder;

    @Test
    void isWrittenDown() throws IOException {
        String present = listing(CLASSES);
        Files.writeString(Path.of("target/api.txt"), present);
        assertEquals("", differences(Files.readString(Path.of("api.txt")), present),
                "the public names of the jar changed: if that is intended, cp target/api.txt api.txt");
    }

    /** The control: a class with one member more and one less is found. */
    @Test
    void aChangeIsFound() throws IOException {
        Path source = Files.writeString(folder.resolve("Stored.java"),
                "package io.github.poterne; public final class Stored { Stored() {} public void planted() {} protected int two; }");
        assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(
                System.out, System.err, "-cp", "target/classes", "-d", folder.toString(), source.toString()));
        String changed = listing(folder.resolve("io/github/poterne"));
        String said = differences(Files.readString(Path.of("api.txt")), changed);
        assertTrue(said.contains("+ io.github.poterne.Stored: protected int two\n"), said);
        assertTrue(said.contains("+ io.github.poterne.Stored: public void planted()\n"), said);
        assertTrue(said.contains("- io.github.poterne.Stored: public java.lang.String toString()\n"), said);
    }

    /** The lines that one of two listings has, with their class before them. */
    private static String differences(String before, String after) {
        Set<String> removed = members(before);
        Set<String> added = members(after);
        removed.removeAll(members(after));
        added.removeAll(members(before));
        return Stream.concat(removed.stream().map(line -> "- " + line + "\n"), added.stream().map(line -> "+ " + line + "\n"))
                .collect(Collectors.joining());
    }

    private static Set<String> members(String listing) {
        Set<String> members = new TreeSet<>();
        String type = "";
        for (String line : listing.lines().toList()) {
            type = line.startsWith(" ") ? type : line.replaceFirst(".*?(io[.]github[.]poterne[.][\\w$]+).*", "$1");
            members.add(type + ": " + line.strip());
        }
        return members;
    }

    /** Each public class, with its members in order. */
    private static String listing(Path classes) throws IOException {
        List<String> files;
        try (Stream<Path> all = Files.list(classes)) {
            files = all.map(Path::toString)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class")).sorted().toList();
        }
        StringWriter said = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("-protected"));
        arguments.addAll(files);
        PrintWriter out = new PrintWriter(said, true);
        int status = ToolProvider.findFirst("javap").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertEquals(0, status, said::toString);
        TreeMap<String, String> listing = new TreeMap<>();
        for (String one : said.toString().split("(?m)^}\\R?")) {
            List<String> lines = one.lines().filter(line -> !line.startsWith("Compiled from")).toList();
            if (!lines.isEmpty() && lines.get(0).startsWith("public")) {
                String members = lines.stream().skip(1).map(line -> "    " + line.strip().replaceAll(";$", "")).sorted()
                        .collect(Collectors.joining("\n"));
                String head = lines.get(0).replaceAll(" \\{$", "");
                listing.put(head.replaceFirst(".*?(io\\.github\\.poterne\\.)", "$1"), head + "\n" + members + "\n");
            }
        }
        return String.join("", listing.values());
    }
}
