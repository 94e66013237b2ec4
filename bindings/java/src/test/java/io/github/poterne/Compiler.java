package io.github.poterne;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A compiler for statements of an application, with Error Prone, which reports each result that nobody looks at. */
final class Compiler {
    private Compiler() {}

    /** The packages of the compiler that Error Prone works in. */
    private static final List<String> PACKAGES =
            List.of("api", "code", "comp", "file", "main", "model", "parser", "processing", "tree", "util");

    /** What it says of each statement, in their order: empty if nothing. */
    static List<String> say(Path folder, List<String> statements) throws IOException, InterruptedException {
        // The third line is that of the first statement.
        StringBuilder source = new StringBuilder()
                .append("import io.github.poterne.*; import java.time.*; abstract class Careless { void letIn() {}\n")
                .append("String code, record, pending, ticket; TicketBinding binding; Verifier verifier; JdbcColumn store; Secret secret; Keyring keyring;\n");
        for (int i = 0; i < statements.size(); i++) {
            source.append("void statement").append(i).append("() { ").append(statements.get(i)).append(" }\n");
        }
        Path file = Files.writeString(folder.resolve("Careless.java"), source + "}\n");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString()));
        PACKAGES.forEach(name -> command.add("-J--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED"));
        for (String name : List.of("code", "comp")) {
            command.add("-J--add-opens=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-cp", "target/classes", "-d", folder.toString(), "-proc:none", "-Xmaxerrs", "1000", "-XDrawDiagnostics",
                "-XDcompilePolicy=simple", "--should-stop=ifError=FLOW", "-processorpath", System.getProperty("java.class.path"),
                "-Xplugin:ErrorProne -XepDisableAllChecks -Xep:CheckReturnValue:ERROR", file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        List<String> all = new ArrayList<>();
        for (int line = 3; line < statements.size() + 3; line++) {
            String prefix = "Careless.java:" + line + ":";
            try (Stream<String> lines = said.lines()) {
                all.add(String.join("\n", lines.filter(one -> one.startsWith(prefix)).toList()));
            }
        }
        // Whatever else it says would be a fault of this test.
        if (said.lines().anyMatch(line -> line.contains("compiler.err") && !line.startsWith("Careless.java:"))) {
            throw new AssertionError(said);
        }
        return all;
    }
}
