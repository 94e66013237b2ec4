package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to the native library, and every way to miss it. */
class LoaderTest {
    private static final Path CLASSES = Path.of("target/classes").toAbsolutePath();
    private static final Path LIBRARY = CLASSES.resolve("io/github/poterne/native")
            .resolve(Loader.platform(System.getProperty("os.name"), System.getProperty("os.arch")))
            .resolve(System.mapLibraryName("poterne_jni"));

    @TempDir
    Path folder;

    private static void loads(String... options) throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(List.of(options), LoaderMain.class);
        assertEquals("loaded [20261121]\n", result.said());
    }

    /** Every failure says what to do: it names the properties and noexec. */
    private static void fails(String why, String... options) throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(List.of(options), LoaderMain.class);
        assertEquals(2, result.exit(), result::said);
        for (String part : List.of(why, "-Dpoterne.library=", "-Dpoterne.tmpdir=", "noexec")) {
            assertTrue(result.said().contains(part), () -> part + " is not in: " + result.said());
        }
    }

    @Test
    void fromTheJar() throws Exception {
        loads("-Dpoterne.tmpdir=" + folder);
        // The copy is gone once it is loaded.
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void fromTheProperty() throws Exception {
        loads("-Dpoterne.library=" + LIBRARY, "-Dpoterne.tmpdir=/nowhere");
        fails("cannot be loaded", "-Dpoterne.library=/nowhere/libpoterne_jni.so");
    }

    @Test
    void fromTheLibraryPath() throws Exception {
        loads("-Djava.library.path=" + LIBRARY.getParent(), "-Dpoterne.tmpdir=/nowhere");
    }

    @Test
    void aBrokenFileOnTheLibraryPath() throws Exception {
        Files.writeString(folder.resolve(System.mapLibraryName("poterne_jni")), "not a library");
        fails("java.library.path cannot be loaded", "-Djava.library.path=" + folder);
    }

    @Test
    void anUnwritableTemporaryFolder() throws Exception {
        // Nobody, not even root, writes there.
        fails("cannot be copied", "-Dpoterne.tmpdir=/proc");
        fails("cannot be copied", "-Dpoterne.tmpdir=" + folder.resolve("missing"));
    }

    @Test
    void aTemporaryFolderMountedNoexec() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("noexec"));
        assertEquals(0, new ProcessBuilder("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", mount.toString())
                .inheritIO().start().waitFor(), "this test mounts a tmpfs: it must run as root, with the right to mount");
        try {
            fails("cannot be loaded", "-Dpoterne.tmpdir=" + mount);
            try (Stream<Path> left = Files.list(mount)) {
                assertEquals(List.of(), left.toList());
            }
        } finally {
            assertEquals(0, new ProcessBuilder("umount", mount.toString()).inheritIO().start().waitFor());
        }
    }

    @Test
    void aPlatformThatTheJarDoesNotHave() throws Exception {
        fails("no native library for linux-sparc", "-Dos.arch=sparc");
        assertEquals("windows-amd64", Loader.platform("Windows Server 2022", "amd64"));
        assertEquals("mac-aarch64", Loader.platform("Mac OS X", "aarch64"));
    }

    @Test
    void anotherLibrary() throws Exception {
        Path other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("prefs"));
        assertTrue(Files.exists(other));
        fails("not the native library of poterne", "-Dpoterne.library=" + other);
    }

    /** The jar and the library are compared when it is loaded, not at the first login. */
    @Test
    void anotherVersion() throws Exception {
        copyClasses(folder);
        Files.writeString(folder.resolve("io/github/poterne/version.properties"), "version=9.9.9\n");
        try (URLClassLoader loader = loader(folder)) {
            Throwable error = assertThrows(InvocationTargetException.class, () -> generate(loader)).getCause();
            String expected = "the native library is version " + Loader.version() + " and the jar 9.9.9: install one version";
            assertTrue(error.getMessage().contains(expected), error::getMessage);
        }
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<version>" + Loader.version() + "</version>"));
    }

    /** Two web applications in one server, then one of them deployed again. */
    @Test
    void classLoaders() throws Exception {
        URLClassLoader first = loader(CLASSES);
        URLClassLoader second = loader(CLASSES);
        assertEquals("[1]", generate(first));
        assertEquals("[1]", generate(second));
        assertNotSame(first.loadClass("io.github.poterne.Keyring"), second.loadClass("io.github.poterne.Keyring"));
        WeakReference<ClassLoader> collected = new WeakReference<>(first);
        first.close();
        first = null;
        for (int tries = 0; collected.get() != null; tries++) {
            assertTrue(tries < 100, "the first class loader is not collected");
            System.gc();
            Thread.sleep(20);
        }
        assertEquals("[1]", generate(second));
        try (URLClassLoader third = loader(CLASSES)) {
            assertEquals("[1]", generate(third));
        }
        second.close();
    }

    private static URLClassLoader loader(Path classes) throws IOException {
        return new URLClassLoader(new URL[] {classes.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }

    private static String generate(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> keyring = loader.loadClass("io.github.poterne.Keyring");
        Object one = keyring.getMethod("generate", long.class).invoke(null, 1L);
        return keyring.getMethod("keyIds").invoke(one).toString();
    }

    private static void copyClasses(Path to) throws IOException {
        try (Stream<Path> all = Files.walk(CLASSES)) {
            for (Path from : all.toList()) {
                Path target = to.resolve(CLASSES.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(from, target);
                }
            }
        }
    }
}
