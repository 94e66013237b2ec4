package io.github.poterne;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A virtual machine of its own, so that a crash is seen, and properties and class loaders are fresh. */
final class ForkedJvm {
    record Result(int exit, String said) {}

    private ForkedJvm() {}

    /** Runs a main class of the tests with these options. */
    static Result run(List<String> options, Class<?> main, String... arguments) throws IOException, InterruptedException {
        return result(start(options, main, arguments));
    }

    /** The same in a folder, with more variables of the environment. */
    static Result run(Path folder, Map<String, String> environment, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(options, main, arguments)).redirectErrorStream(true);
        builder.directory(folder.toFile()).environment().putAll(environment);
        return result(builder.start());
    }

    private static Result result(Process process) throws IOException, InterruptedException {
        String said;
        try (var output = process.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!process.waitFor(300, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("it does not end: " + said);
        }
        return new Result(process.exitValue(), said);
    }

    static Process start(List<String> options, Class<?> main, String... arguments) throws IOException {
        return new ProcessBuilder(command(options, main, arguments)).redirectErrorStream(true).start();
    }

    private static List<String> command(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        // A virtual machine that is killed leaves SQLite's library behind: not in the machine's temporary folder.
        command.add("-Dorg.sqlite.tmpdir=" + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
