package io.github.poterne;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;

/**
 * A new folder that only this user can open, below one in which nobody else can replace it. Its files are compared before they are
 * used. Without Unix permissions it relies on the system's own for a new folder.
 */
final class PrivateFolder implements AutoCloseable {
    private final Path folder;
    private final boolean isUnix;
    private Path file;

    private PrivateFolder(Path folder, boolean isUnix) {
        this.folder = folder;
        this.isUnix = isUnix;
    }

    /** Makes a folder below a parent. Refuses the parent if others could rename it or what lies in it. */
    static PrivateFolder below(String parent) throws IOException {
        // Without symbolic links: it is what the file system walks through that counts.
        Path real = Paths.get(parent).toAbsolutePath().toRealPath();
        if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return new PrivateFolder(Files.createTempDirectory(real, PREFIX), false);
        }
        for (Path one = real; one != null; one = one.getParent()) {
            checkParent(one);
        }
        Path folder = Files.createTempDirectory(
                real, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new PrivateFolder(folder, true);
    }

    private static void checkParent(Path one) throws IOException {
        Map<String, Object> is = Files.readAttributes(one, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        if ((Integer) is.get("uid") != 0 && !isOwn(one)) {
            throw new IOException(one + " belongs to another user, who could put another file in its place");
        }
        // With the sticky bit, as /tmp has it, nobody renames what belongs to another user.
        int mode = (Integer) is.get("mode");
        if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
            throw new IOException(one + " is writable for others and has no sticky bit: they could put another file in its place");
        }
    }

    /**
     * Returns whether it belongs to this user. The owner of a new file does not tell: the file could already be somebody else's.
     */
    private static boolean isOwn(Path one) throws IOException {
        Path status = Paths.get("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : new String(Files.readAllBytes(status), StandardCharsets.ISO_8859_1).split("\n")) {
                // proc(5): real, effective, saved set and file system user.
                if (line.startsWith("Uid:")) {
                    int user = Integer.parseUnsignedInt(line.trim().split("\\s+")[2]);
                    return (Integer) Files.getAttribute(one, "unix:uid", LinkOption.NOFOLLOW_LINKS) == user;
                }
            }
        }
        return Files.getOwner(one, LinkOption.NOFOLLOW_LINKS).equals(
                one.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(System.getProperty("user.name")));
    }

    /** Writes a file, and reads it back: it is this user's, and holds these bytes. */
    Path write(String name, byte[] content) throws IOException {
        file = folder.resolve(name);
        if (isUnix) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        Files.write(file, content, StandardOpenOption.WRITE);
        check(content);
        return file;
    }

    /** Checks that the folder and the file are still the ones that were made, whatever others have done there. */
    void check(byte[] content) throws IOException {
        for (Path one : Arrays.asList(folder, file)) {
            boolean isOurs = !isUnix
                    || isOwn(one) && ((Integer) Files.getAttribute(one, "unix:mode", LinkOption.NOFOLLOW_LINKS) & OTHERS_WRITE) == 0;
            if (!isOurs) {
                throw new IOException(one + " was changed while the native library was copied");
            }
        }
        boolean isPlain = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == content.length;
        if (!isPlain || !Arrays.equals(Files.readAllBytes(file), content)) {
            throw new IOException(file + " was changed while the native library was copied");
        }
    }

    /** Deletes both. On Unix a loaded library does not need its file; Windows keeps it until the virtual machine ends. */
    @Override
    public void close() {
        if (file != null) {
            delete(file);
        }
        delete(folder);
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException error) {
            path.toFile().deleteOnExit();
        }
    }

    static byte[] allBytes(InputStream input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 16];
        for (int count = input.read(part); count >= 0; count = input.read(part)) {
            bytes.write(part, 0, count);
        }
        return bytes.toByteArray();
    }

    private static final String PREFIX = "poterne-";

    /** Group and others. */
    private static final int OTHERS_WRITE = 0022;

    private static final int STICKY = 01000;
}
