package io.github.poterne;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One code, submitted in parallel: exactly one login in each round. {@code -Dpoterne.rounds} is how many. */
@Tag("databases")
class RaceTest {
    private static final int ROUNDS = Integer.getInteger("poterne.rounds", 10);
    private static final Instant START = Instant.ofEpochSecond(1_763_800_000);

    @TempDir
    Path folder;

    private final Keyring keyring = Keyring.generate(20261121);
    private final Secret secret = Secret.generate(20);

    /** Each engine, PostgreSQL at each isolation level: those of {@link Connection}, 0 is the engine's own. */
    static Stream<Arguments> engines() {
        return Engine.here().flatMap(engine -> engine != Engine.POSTGRESQL ? Stream.of(Arguments.of(engine, 0)) : Stream.of(
                Arguments.of(engine, Connection.TRANSACTION_READ_COMMITTED),
                Arguments.of(engine, Connection.TRANSACTION_REPEATABLE_READ),
                Arguments.of(engine, Connection.TRANSACTION_SERIALIZABLE)));
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @MethodSource("engines")
    @interface EveryEngine {}

    private void table(Engine engine) throws SQLException {
        engine.createTable("race", "VARCHAR(255)", "VARCHAR(504)");
        try (Verifier verifier = new Verifier(keyring, "race", Policy.standard(), new SetClock(START))) {
            String record =
                    verifier.importCredential("a.martin", ExistingCredential.of(secret, Parameters.totp())).record().orElseThrow();
            assertEquals(1, new JdbcColumn(engine.source(), "race", "account", "record").insert("a.martin", record));
        }
    }

    /** Each round has its own code: the present one of the next time step. */
    private Instant at(int round) {
        return START.plusSeconds(30L * round);
    }

    private String code(int round) {
        return Totp.generate(secret, Parameters.totp(), at(round));
    }

    @EveryEngine
    void sixtyFourThreads(Engine engine, int isolation) throws Exception {
        table(engine);
        try (Race race = new Race(keyring, 64, false, engine, isolation)) {
            for (int round = 0; round < ROUNDS; round++) {
                assertEquals(1, race.round("a.martin", code(round), at(round)), "round " + round);
            }
        }
    }

    @EveryEngine
    void fourServers(Engine engine, int isolation) throws Exception {
        for (int accepted : servers("compare", engine, isolation)) {
            assertEquals(1, accepted);
        }
    }

    /** The control: without the comparison one code lets several in, or these races would find nothing. */
    @EveryEngine
    void withoutTheComparison(Engine engine, int isolation) throws Exception {
        List<Integer> rounds = servers("naive", engine, isolation);
        assertTrue(rounds.stream().anyMatch(accepted -> accepted > 1), () -> "let in: " + rounds);
    }

    /** Four virtual machines of 16 threads; how many were let in, in each round. */
    private List<Integer> servers(String mode, Engine engine, int isolation) throws Exception {
        table(engine);
        Path file = folder.resolve("race.keys");
        Files.write(file, keyring.toText());
        List<Process> servers = new ArrayList<>();
        List<PrintStream> inputs = new ArrayList<>();
        List<BufferedReader> outputs = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Process server = ForkedJvm.start(List.of(), Race.class, file.toString(), "16", mode, engine.name(), "" + isolation);
                servers.add(server);
                inputs.add(new PrintStream(server.getOutputStream(), true));
                outputs.add(new BufferedReader(new InputStreamReader(server.getInputStream())));
            }
            List<Integer> all = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                String line = "a.martin " + code(round) + " " + at(round).getEpochSecond();
                inputs.forEach(input -> input.println(line));
                int accepted = 0;
                for (BufferedReader output : outputs) {
                    accepted += Integer.parseInt(output.readLine());
                }
                all.add(accepted);
            }
            return all;
        } finally {
            servers.forEach(Process::destroyForcibly);
        }
    }
}
