package io.github.poterne;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.Properties;

/**
 * Finds and loads the native library: the file that {@code -Dpoterne.library} names, otherwise a private copy of the jar's own for
 * this class loader. It never uses {@code java.library.path}: an empty element of {@code LD_LIBRARY_PATH} adds the current
 * directory.
 */
final class Loader {
    private Loader() {}

    static void load() {
        String property = System.getProperty(LIBRARY);
        if (property == null) {
            loadCopy();
        } else {
            loadFile(absolute(property), "the native library of -D" + LIBRARY + " cannot be loaded");
        }
        checkVersion();
    }

    /** Returns an absolute path. A relative one names no file: the current directory may belong to anybody. */
    private static Path absolute(String property) {
        try {
            Path path = Paths.get(property);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException error) {
            throw failure("-D" + LIBRARY + " is not a path", error);
        }
        throw failure("-D" + LIBRARY + " is not an absolute path", null);
    }

    /**
     * The virtual machine loads a file for one class loader only, so each has its own copy, in a folder that nobody else can open.
     */
    private static void loadCopy() {
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"), CLibrary.isMusl());
        String file = System.mapLibraryName(NAME);
        try (InputStream library = Loader.class.getResourceAsStream("native/" + platform + "/" + file)) {
            if (library == null) {
                throw failure("the jar has no native library for " + platform, null);
            }
            loadCopy(PrivateFolder.allBytes(library), file, platform);
        } catch (IOException error) {
            throw failure("the native library cannot be copied to the temporary folder", error);
        }
    }

    private static void loadCopy(byte[] library, String file, String platform) throws IOException {
        String property = System.getProperty(TMPDIR, System.getProperty("java.io.tmpdir"));
        try (PrivateFolder folder = PrivateFolder.below(property)) {
            Path copy = folder.write(file, library);
            loadFile(copy, "the copy of the native library for " + platform + " in " + copy.getParent().getParent() + " cannot be loaded");
        } catch (InvalidPathException error) {
            throw failure("-D" + TMPDIR + " is not a path", error);
        }
    }

    private static void loadFile(Path path, String what) {
        try {
            System.load(path.toString());
        } catch (UnsatisfiedLinkError error) {
            throw failure(what, error);
        }
    }

    /** Checks that the jar and the library have one version: otherwise numbers and layouts would not fit. */
    private static void checkVersion() {
        String found;
        try {
            found = Response.of(Native.version(0, new byte[0], 0)).text();
        } catch (UnsatisfiedLinkError error) {
            throw failure("the file that was loaded is not the native library of poterne", error);
        }
        String expected = version();
        if (!expected.equals(found)) {
            throw failure("the native library is version " + found + " and the jar " + expected + ": install one version", null);
        }
    }

    /** The version of the jar. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream file = Loader.class.getResourceAsStream("version.properties")) {
            properties.load(file);
        } catch (IOException error) {
            throw failure("the jar is damaged", error);
        }
        return properties.getProperty("version");
    }

    /** The folder inside the jar: {@code linux-amd64}, or {@code linux-musl-amd64} where musl is the C library, as in Alpine Linux. */
    static String platform(String name, String architecture, boolean isMusl) {
        String os = name.toLowerCase(Locale.ROOT);
        String family = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "mac" : os;
        return family + (isMusl ? "-musl-" : "-") + architecture.toLowerCase(Locale.ROOT);
    }

    private static UnsatisfiedLinkError failure(String what, Throwable cause) {
        String reason = cause == null ? "" : " (" + cause.getMessage() + ")";
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(
                "poterne: " + what + reason + ". Name the library with -D" + LIBRARY
                        + "=/path/to/" + System.mapLibraryName(NAME) + ", or a folder of your own with -D" + TMPDIR
                        + "=/path that this user can write to, nobody else can, and that is not mounted noexec.");
        error.initCause(cause);
        return error;
    }

    private static final String NAME = "poterne_jni";
    private static final String LIBRARY = "poterne.library";
    private static final String TMPDIR = "poterne.tmpdir";
}
