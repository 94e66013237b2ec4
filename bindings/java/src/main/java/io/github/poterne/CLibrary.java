package io.github.poterne;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;

/** The C library of this process. A native library that was built for glibc cannot be loaded on musl, nor the other way round. */
final class CLibrary {
    private CLibrary() {}

    /**
     * Returns whether this process runs on musl. What lies on the disk does not tell: a Debian may have musl installed, an Alpine
     * Linux a layer for programs of glibc. Without /proc it is glibc, and if that is wrong, the library cannot be loaded.
     */
    static boolean isMusl() {
        try {
            // proc(5): each file that is mapped into this process, its dynamic linker among them.
            return isMusl(new String(Files.readAllBytes(Paths.get("/proc/self/maps")), StandardCharsets.ISO_8859_1));
        } catch (IOException error) {
            return false;
        }
    }

    /** In the text of /proc/self/maps. */
    static boolean isMusl(String maps) {
        for (String line : maps.split("\n")) {
            String path = line.substring(line.indexOf('/') + 1);
            String file = path.substring(path.lastIndexOf('/') + 1);
            // Linker and library are one file. Debian installs it as libc.so; that name is a text for the linker in glibc. An update
            // of the package adds " (deleted)".
            if (file.startsWith("ld-musl-") || file.startsWith("libc.musl-") || file.replace(" (deleted)", "").equals("libc.so")) {
                return true;
            }
        }
        return false;
    }
}
