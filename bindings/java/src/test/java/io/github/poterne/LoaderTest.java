package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to the native library, and every way to miss it. */
class LoaderTest {
    private static final Path CLASSES = Path.of("target/classes").toAbsolutePath();
    private static final Path LIBRARY = CLASSES.resolve("io/github/poterne/native")
            .resolve(Loader.platform(System.getProperty("os.name"), System.getProperty("os.arch"), CLibrary.isMusl()))
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

    /** A relative path would name a file of the current directory. */
    @Test
    void aRelativeProperty() throws Exception {
        fails("is not an absolute path", "-Dpoterne.library=" + System.mapLibraryName("poterne_jni"));
        fails("is not an absolute path", "-Dpoterne.library=");
    }

    /**
     * Somebody's library of this name in the current directory, and an empty element in LD_LIBRARY_PATH, which puts that directory
     * on java.library.path; and a folder that is named there. Neither is looked at. The control: the virtual machine finds it.
     */
    @Test
    void theLibraryPathIsNotLookedAt() throws Exception {
        Path hostile = folder.resolve(System.mapLibraryName("poterne_jni"));
        Files.copy(Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("prefs")), hostile);
        for (String path : List.of(":", "", ":/usr/lib", "/usr/lib:", folder.toString())) {
            Map<String, String> environment = Map.of("LD_LIBRARY_PATH", path);
            assertEquals("loaded [20261121]\n", ForkedJvm.run(folder, environment, List.of(), LoaderMain.class).said(), path);
            if (!path.isEmpty()) {
                assertEquals("found on the path\nloaded [20261121]\n",
                        ForkedJvm.run(folder, environment, List.of(), LoaderMain.class, "control").said(), path);
            }
        }
        loads("-Djava.library.path=" + folder);
        // Not even if it is no library at all.
        Files.writeString(hostile, "not a library");
        loads("-Djava.library.path=" + folder);
    }

    /** Folders in which others could put another library in the place of the copy. */
    @Test
    void aTemporaryFolderThatOthersCanChange() throws Exception {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        Path below = Files.createDirectory(parent.resolve("below"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), parent);
        for (int mode : new int[] {0777, 0775, 0757}) {
            Files.setAttribute(parent, "unix:mode", mode);
            fails("no sticky bit", "-Dpoterne.tmpdir=" + parent);
            fails("no sticky bit", "-Dpoterne.tmpdir=" + below);
            fails("no sticky bit", "-Dpoterne.tmpdir=" + link);
            fails("no sticky bit", "-Djava.io.tmpdir=" + parent);
        }
        for (int mode : new int[] {01777, 0755, 0700}) {
            Files.setAttribute(parent, "unix:mode", mode);
            loads("-Dpoterne.tmpdir=" + parent);
            loads("-Dpoterne.tmpdir=" + below);
            loads("-Dpoterne.tmpdir=" + link);
        }
    }

    @Test
    @Tag("root")
    void aTemporaryFolderOfSomebodyElse() throws Exception {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        Path below = Files.createDirectory(parent.resolve("below"));
        Files.setAttribute(parent, "unix:uid", 65534);
        fails("belongs to another user", "-Dpoterne.tmpdir=" + parent);
        fails("belongs to another user", "-Dpoterne.tmpdir=" + below);
    }

    /** What was copied is looked at again before it is loaded. */
    @Test
    void aCopyThatSomebodyChanged() throws Exception {
        byte[] content = "library".getBytes();
        Path elsewhere = Files.write(folder.resolve("elsewhere"), content);
        assertFound(content, file -> Files.writeString(file, "Library"));
        assertFound(content, file -> Files.writeString(file, "library and more"));
        assertFound(content, file -> Files.setAttribute(file, "unix:mode", 0622));
        assertFound(content, file -> Files.setAttribute(file.getParent(), "unix:mode", 0777));
        assertFound(content, file -> {
            Files.delete(file);
            Files.createSymbolicLink(file, elsewhere);
        });
        assertFound(content, Files::delete);
    }

    @Test
    @Tag("root")
    void aCopyThatBelongsToSomebodyElse() throws Exception {
        byte[] content = "library".getBytes();
        assertFound(content, file -> Files.setAttribute(file, "unix:uid", 65534));
        assertFound(content, file -> Files.setAttribute(file.getParent(), "unix:uid", 65534));
    }

    private interface Change {
        void to(Path file) throws IOException;
    }

    private void assertFound(byte[] content, Change change) throws IOException {
        try (PrivateFolder made = PrivateFolder.below(folder.toString())) {
            Path file = made.write("file", content);
            made.check(content);
            change.to(file);
            assertThrows(IOException.class, () -> made.check(content));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.filter(path -> path.getFileName().toString().startsWith("poterne-")).count());
        }
    }

    @Test
    void anUnwritableTemporaryFolder() throws Exception {
        // Nobody, not even root, writes there.
        fails("cannot be copied", "-Dpoterne.tmpdir=/proc");
        fails("cannot be copied", "-Dpoterne.tmpdir=" + folder.resolve("missing"));
    }

    @Test
    @Tag("root")
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
        assertEquals("windows-amd64", Loader.platform("Windows Server 2022", "amd64", false));
        assertEquals("mac-aarch64", Loader.platform("Mac OS X", "aarch64", false));
        assertEquals("linux-musl-aarch64", Loader.platform("Linux", "aarch64", true));
    }

    /** What Alpine Linux, Debian's package musl, a Debian with that package beside glibc, and glibc map. */
    @Test
    void theCLibrary() {
        String java = "55d0c0000000-55d0c0001000 r--p 00000000 fe:00 131 /usr/lib/jvm/java/bin/java\n";
        String mapped = "7f1bd2f5b000-7f1bd2f6f000 r--p 00000000 fe:00 2891 ";
        for (String musl : List.of("/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1", "/lib/libc.musl-x86_64.so.1",
                "/usr/lib/x86_64-linux-musl/libc.so", "/lib/ld-musl-x86_64.so.1 (deleted)", "/usr/lib/x86_64-linux-musl/libc.so (deleted)")) {
            assertTrue(CLibrary.isMusl(java + mapped + musl + "\n7ffd0e5f9000-7ffd0e5fb000 r-xp 00000000 00:00 0 [vdso]\n"), musl);
        }
        for (String other : List.of("/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc-2.17.so", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                "/home/ld-musl-x86_64.so.1/libjvm.so", "/usr/lib/libglibc.so", "/usr/lib/libc.so.conf", "[heap]", "")) {
            assertFalse(CLibrary.isMusl(java + mapped + other + "\n"), other);
        }
        assertFalse(CLibrary.isMusl(""));
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

    /** An application that is undeployed leaves no key behind, although it closed nothing. */
    @Test
    void undeployed() throws Exception {
        ForkedJvm.Result result = ForkedJvm.run(
                folder, Map.of("LD_PRELOAD", LIBRARY.toString()), List.of("-Dpoterne.library=" + LIBRARY), UndeployMain.class,
                CLASSES.toString());
        assertEquals("first: key 7, key 8\nsecond: closed, closed\n", result.said());
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
