package io.github.poterne.peers;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmark, and prints a line for each round: java, contestant, case, round, nanoseconds per call. */
public final class Main {
    private static final Map<String, String> CONTESTANTS = Map.of(
            "poterneMatch", "poterne match", "poterneRecord", "poterne record", "javaOtp", "java-otp",
            "javaTotp", "java-totp", "googleAuth", "GoogleAuth");

    private Main() {}

    public static void main(String[] arguments) throws RunnerException {
        // SHORT is for tests that only see whether it works.
        TimeValue time = System.getenv("SHORT") == null ? TimeValue.seconds(1) : TimeValue.milliseconds(50);
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include(Peers.class.getName()).verbosity(VerboseMode.SILENT).forks(1).shouldFailOnError(true)
                .warmupIterations(4).warmupTime(time).measurementIterations(7).measurementTime(time).build()).run();
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            String contestant = CONTESTANTS.get(benchmark.substring(benchmark.lastIndexOf('.') + 1));
            int round = 0;
            for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
                System.out.printf("java\t%s\t%s\t%d\t%.1f%n", contestant, result.getParams().getParam("submitted"), ++round,
                        iteration.getPrimaryResult().getScore());
            }
        }
    }
}
