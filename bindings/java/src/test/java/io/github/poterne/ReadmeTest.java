package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README and of the manual are compiled and run, as they stand there. */
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void examples() throws Exception {
        List<String> files = new ArrayList<>();
        String pages = Files.readString(Path.of("README.md")) + Files.readString(Path.of("MANUAL.md"));
        Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(pages);
        while (blocks.find()) {
            String name = blocks.group(1).replaceFirst("(?s).*?class (\\w+).*", "$1");
            files.add(Files.writeString(folder.resolve(name + ".java"), blocks.group(1)).toString());
            if (name.equals("SecondFactor")) {
                assertEquals(12, blocks.group(1).lines().filter(line -> !line.isBlank()).count());
            }
        }
        assertEquals(7, files.size());
        // In Java 8, as the README promises.
        List<String> options = List.of("--release", "8", "-encoding", "UTF-8", "-Xlint:-options", "-cp", "target/classes", "-d", folder.toString());
        String[] arguments = Stream.concat(options.stream(), files.stream()).toArray(String[]::new);
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));

        Path keys = folder.resolve("poterne.keys");
        Engine.SQLITE.createTable("poterne", "VARCHAR(255)", "VARCHAR(504)");
        DataSource source = Engine.SQLITE.source();
        JdbcColumn column = new JdbcColumn(source, "poterne", "account", "record");
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Method main = loader.loadClass("MakeKeyring").getMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[] {keys.toString()});
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)));
            makeWithoutModes(loader);
            try (Keyring keyring = Keyring.open(keys); Verifier verifier = new Verifier(keyring, "grand-angle")) {
                run(loader, keyring, verifier, column, source);
            }
        }
    }

    /** A file system without modes, as that of Windows is. */
    private void makeWithoutModes(ClassLoader loader) throws Exception {
        Method make = loader.loadClass("MakeKeyring").getDeclaredMethod("make", Path.class);
        make.setAccessible(true);
        try (FileSystem archive = FileSystems.newFileSystem(URI.create("jar:" + folder.resolve("keys.zip").toUri()), Map.of("create", "true"))) {
            Path keys = archive.getPath("poterne.keys");
            make.invoke(null, keys);
            Keyring.parse(Files.readAllBytes(keys)).close();
            // It really has none. Windows also refuses to create a file with one, which an archive passes over.
            assertThrows(UnsupportedOperationException.class, () -> Files.getPosixFilePermissions(keys));
        }
    }

    private static void run(
            ClassLoader loader, Keyring keyring, Verifier verifier, JdbcColumn column, DataSource source) throws Exception {
        Object factor = construct(loader, "SecondFactor", keyring, source);
        Object[] shared = {field(factor, "verifier"), field(factor, "column")};
        Object enrolling = construct(loader, "Enrolling", shared);
        Object helpDesk = construct(loader, "HelpDesk", shared);
        Object page = construct(loader, "LoginPage", factor);

        // On an empty table, and at the next start.
        Method start = loader.loadClass("StartCheck").getDeclaredMethod("run", Verifier.class, JdbcColumn.class);
        start.setAccessible(true);
        List<String> checked = new ArrayList<>();
        for (int starts = 0; starts < 2; starts++) {
            start.invoke(null, shared);
            checked.add(column.load("poterne-check").orElseThrow());
            assertEquals(State.REVOKED, verifier.credential("poterne-check", checked.get(starts)).inspect().state());
        }
        assertNotEquals(checked.get(0), checked.get(1));

        assertTrue(call(enrolling, "begin", "a.martin").toString().startsWith("<svg"));
        assertInstanceOf(IllegalStateException.class, thrown(enrolling, "begin", "a.martin"));
        String refusal = "Sign-in refused. Check your password, wait for the next code, then try again.";
        assertEquals(refusal, call(page, "show", "a.martin", "000000"));

        String code;
        try (OtpauthUri uri = verifier.credential("a.martin", column.load("a.martin").orElseThrow()).otpauthUri("i", "l");
                OtpauthContent content = OtpauthUri.parse(uri.text())) {
            code = Totp.generate(content.secret(), content.parameters(), java.time.Instant.now());
        }
        RecoveryCodes codes = (RecoveryCodes) call(enrolling, "confirm", "a.martin", code);
        assertEquals(8, codes.size());
        assertTrue(codes.all().stream().allMatch(one -> one.matches("[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}")));
        assertInstanceOf(RefusedException.class, thrown(enrolling, "confirm", "a.martin", code));
        assertEquals(refusal, call(page, "show", "a.martin", code));
        String welcome = "Welcome. Refused attempts since your last login: 0";
        assertEquals(welcome, call(page, "show", "a.martin", codes.all().get(0)));
        call(helpDesk, "unlock", "a.martin");
        TemporaryCode forgotten = (TemporaryCode) call(helpDesk, "forgottenPhone", "a.martin");
        assertTrue(forgotten.text().matches("[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}"));
        assertEquals(welcome, call(page, "show", "a.martin", forgotten.text()));
        TemporaryCode lost = (TemporaryCode) call(helpDesk, "lostPhone", "a.martin");
        assertEquals(refusal, call(page, "show", "a.martin", codes.all().get(1)));
        assertEquals(welcome, call(page, "show", "a.martin", lost.text()));
        assertEquals(State.SUSPENDED, ((Status) call(helpDesk, "inspect", "a.martin")).state());
        call(helpDesk, "foundPhone", "a.martin");
        assertEquals(State.ACTIVE, ((Status) call(helpDesk, "inspect", "a.martin")).state());
        String before = column.load("a.martin").orElseThrow();
        Engine.SQLITE.execute("INSERT INTO poterne VALUES ('a.damaged', 'damaged')");
        List<?> failed = (List<?>) call(helpDesk, "nightly", List.of("a.damaged", "nobody", "a.martin"));
        assertEquals(2, failed.size());
        assertTrue(failed.get(0).toString().startsWith("a.damaged: ") && failed.get(1).toString().startsWith("nobody: "), failed::toString);
        assertNotEquals(before, column.load("a.martin").orElseThrow());
        Engine.SQLITE.execute("DROP TABLE poterne");
        assertEquals("The service is unavailable. Try again in a few minutes; if it persists, call the help desk.",
                call(page, "show", "a.martin", code));
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        java.lang.reflect.Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    /** The examples of the Javadoc are compiled, with what their text speaks of. */
    @Test
    void javadocExamples() throws Exception {
        List<Path> sources;
        try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
            sources = all.filter(path -> path.toString().endsWith(".java")).sorted().toList();
        }
        StringBuilder methods = new StringBuilder();
        int count = 0;
        for (Path source : sources) {
            Matcher blocks = Pattern.compile("<pre>\\{@code\n(.*?)\n[ *]*\\}</pre>", Pattern.DOTALL).matcher(Files.readString(source));
            while (blocks.find()) {
                String example = blocks.group(1).replaceAll("(?m)^ *\\* ?", "");
                if (!example.matches("(?s)(CREATE|UPDATE|INSERT) .*")) {
                    methods.append("void example").append(count++)
                            .append("(javax.sql.DataSource dataSource, Verifier verifier, Store store,")
                            .append("String old, String pending, String code) {\n")
                            .append(example).append("\n}\n");
                }
            }
        }
        assertEquals(6, count);
        Path file = Files.writeString(
                folder.resolve("Examples.java"), "import io.github.poterne.*;\nabstract class Examples {\n" + methods + "}\n");
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "--release", "8", "-encoding", "UTF-8", "-Xlint:-options", "-cp", "target/classes", "-d", folder.toString(), file.toString()));
    }

    /** The rules that the Javadoc cites stand in the norm. */
    @Test
    void citedRules() throws Exception {
        String norm = Files.readString(Path.of("../../src/guide/semantics.md"));
        List<Path> sources;
        try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
            sources = all.filter(path -> path.toString().endsWith(".java")).toList();
        }
        int count = 0;
        for (Path source : sources) {
            Matcher cited = Pattern.compile("[sS]emantics (\\d+(?:\\.\\d+b?)?)").matcher(Files.readString(source));
            while (cited.find()) {
                assertTrue(isRule(norm, cited.group(1)), source + " cites " + cited.group(1));
                count++;
            }
        }
        assertTrue(count > 150, "only " + count + " rules are cited");
        // The control.
        assertFalse(isRule(norm, "8.99") || isRule(norm, "99"));
    }

    private static boolean isRule(String norm, String number) {
        return norm.contains("<a id=\"" + number + "\">") || norm.contains("\n## " + number + ". ");
    }

    private static Object construct(ClassLoader loader, String name, Object... arguments) throws Exception {
        var constructor = loader.loadClass(name).getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
    }

    private static Object call(Object object, String name, Object... arguments) throws Exception {
        Method method = Stream.of(object.getClass().getDeclaredMethods())
                .filter(one -> one.getName().equals(name)).findAny().orElseThrow();
        method.setAccessible(true);
        return method.invoke(object, arguments);
    }

    private static Throwable thrown(Object object, String name, Object... arguments) throws Exception {
        try {
            call(object, name, arguments);
        } catch (InvocationTargetException error) {
            return error.getCause();
        }
        throw new AssertionError(name + " did not throw");
    }
}
