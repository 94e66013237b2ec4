package io.github.poterne;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One server of several: so many threads submit one code at once, a round for each line of its input, and it prints how many
 * were accepted. Arguments: keyring file, threads, `compare` or `naive`, engine, isolation. A line: ACCOUNT CODE NOW.
 */
final class Race implements AutoCloseable {
    private final SetClock clock = new SetClock(Instant.EPOCH);
    private final Verifier verifier;
    private final Store store;
    private final int threads;
    private final ExecutorService pool;

    Race(Keyring keyring, int threads, boolean isNaive, Engine engine, int isolation) {
        verifier = new Verifier(keyring, "race", Policy.standard(), clock);
        JdbcColumn column = new JdbcColumn(engine.pool(isolation), "race", "account", "record").withTimeout(Duration.ofSeconds(30));
        store = isNaive ? new Naive(column) : column;
        this.threads = threads;
        pool = Executors.newFixedThreadPool(threads);
    }

    /** What the swap is there to prevent: the record is written back without a look at what is stored now. */
    private record Naive(JdbcColumn column) implements Store {
        @Override
        public Optional<String> load(String account) {
            return column.load(account);
        }

        @Override
        public long swap(String account, String old, String replacement) {
            return column.load(account).map(now -> column.swap(account, now, replacement) >= 0 ? 1 : 0).orElse(0);
        }

        @Override
        public long insert(String account, String record) {
            return column.insert(account, record);
        }
    }

    /** How many of the threads were let in. */
    int round(String account, String code, Instant now) throws Exception {
        clock.now = now;
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(pool.submit(() -> {
                barrier.await();
                try {
                    verifier.login(account, code, store);
                    return 1;
                } catch (RefusedException refused) {
                    return 0;
                }
            }));
        }
        int accepted = 0;
        for (Future<Integer> one : all) {
            accepted += one.get();
        }
        return accepted;
    }

    @Override
    public void close() {
        pool.shutdownNow();
        verifier.close();
    }

    public static void main(String[] arguments) throws Exception {
        try (Keyring keyring = Keyring.parse(Files.readString(Path.of(arguments[0])));
                Race race = new Race(
                        keyring, Integer.parseInt(arguments[1]), arguments[2].equals("naive"),
                        Engine.valueOf(arguments[3]), Integer.parseInt(arguments[4]));
                BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
                String[] words = line.split(" ");
                System.out.println(race.round(words[0], words[1], Instant.ofEpochSecond(Long.parseLong(words[2]))));
            }
        }
        System.exit(0);
    }
}
