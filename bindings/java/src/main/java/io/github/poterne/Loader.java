package io.github.poterne;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;

/**
 * Finds and loads the native library: where {@code -Dpoterne.library} says, else on {@code java.library.path}, else from the
 * jar, as a private copy of this class loader.
 */
final class Loader {
    private Loader() {}

    static void load() {
        String property = System.getProperty(LIBRARY);
        if (property != null) {
            loadFile(Paths.get(property).toAbsolutePath(), "the native library of -D" + LIBRARY + " cannot be loaded");
        } else if (!isOnLibraryPath()) {
            loadCopy();
        }
        checkVersion();
    }

    private static boolean isOnLibraryPath() {
        try {
            System.loadLibrary(NAME);
            return true;
        } catch (UnsatisfiedLinkError error) {
            // Not there, or another class loader has it: this one takes its own copy. What is there and broken says so.
            String message = String.valueOf(error.getMessage());
            if (message.contains("no " + NAME + " in") || message.contains("already loaded in another classloader")) {
                return false;
            }
            throw failure("the native library on java.library.path cannot be loaded", error);
        }
    }

    /** The virtual machine loads a file for one class loader only, so each has its own copy, in a folder nobody else can open. */
    private static void loadCopy() {
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        String file = System.mapLibraryName(NAME);
        try (InputStream library = Loader.class.getResourceAsStream("native/" + platform + "/" + file)) {
            if (library == null) {
                throw failure("the jar has no native library for " + platform, null);
            }
            Path folder = null;
            Path copy = null;
            try {
                folder = newFolder();
                copy = folder.resolve(file);
                Files.copy(library, copy);
                loadFile(copy, "the copy of the native library in " + folder.getParent() + " cannot be loaded");
            } finally {
                delete(copy);
                delete(folder);
            }
        } catch (IOException error) {
            throw failure("the native library cannot be copied to the temporary folder", error);
        }
    }

    private static Path newFolder() throws IOException {
        String property = System.getProperty(TMPDIR, System.getProperty("java.io.tmpdir"));
        Path parent = Paths.get(property).toAbsolutePath();
        if (parent.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return Files.createTempDirectory(
                    parent, "poterne-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return Files.createTempDirectory(parent, "poterne-");
    }

    /** Once loaded, the file is not needed on Unix; Windows keeps it until the virtual machine ends. */
    private static void delete(Path path) {
        if (path == null) {
            return;
        }
        try {
            Files.delete(path);
        } catch (IOException error) {
            path.toFile().deleteOnExit();
        }
    }

    private static void loadFile(Path path, String what) {
        try {
            System.load(path.toString());
        } catch (UnsatisfiedLinkError error) {
            throw failure(what, error);
        }
    }

    /** The jar and the library are of one version, or numbers and layouts would not fit. */
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

    /** The folder inside the jar: {@code linux-amd64}. */
    static String platform(String name, String architecture) {
        String os = name.toLowerCase(Locale.ROOT);
        String family = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "mac" : os;
        return family + "-" + architecture.toLowerCase(Locale.ROOT);
    }

    private static UnsatisfiedLinkError failure(String what, Throwable cause) {
        String reason = cause == null ? "" : " (" + cause.getMessage() + ")";
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(
                "poterne: " + what + reason + ". Name the library with -D" + LIBRARY
                        + "=/path/to/" + System.mapLibraryName(NAME) + ", or a folder of your own with -D" + TMPDIR
                        + "=/path that is writable and not mounted noexec.");
        error.initCause(cause);
        return error;
    }

    private static final String NAME = "poterne_jni";
    private static final String LIBRARY = "poterne.library";
    private static final String TMPDIR = "poterne.tmpdir";
}
