package io.github.poterne.servlet;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A form that is sent twice gets one answer, and its code is checked once. A browser shows the answer to the second click, and the
 * session may have another identifier by then. So the form's token, which only this browser has, leads to the answer without a session.
 *
 * <p>After some seconds only a refusal is left: a reload long after it is not one more failure.
 */
final class Submissions {
    private static final long HAND_OVER_SECONDS = 15;
    private static final long REFUSAL_SECONDS = 600;
    private static final long WAIT_SECONDS = 60;

    private final Expiring<CompletableFuture<Answer>> running = new Expiring<>(HAND_OVER_SECONDS + WAIT_SECONDS);
    private final Expiring<Answer> accepted = new Expiring<>(HAND_OVER_SECONDS);
    private final Expiring<Answer> refused = new Expiring<>(REFUSAL_SECONDS);
    private final Expiring<String> said = new Expiring<>(REFUSAL_SECONDS);

    /** The work behind a form. */
    interface Work {
        Answer get() throws IOException;
    }

    /** The answer that this submission got before, waiting for it if need be; null if it is new. */
    Answer known(String key) {
        CompletableFuture<Answer> first = running.get(key);
        Answer done = done(key);
        return done != null || first == null ? done : await(first);
    }

    private Answer done(String key) {
        Answer done = accepted.get(key);
        return done == null ? refused.get(key) : done;
    }

    Answer once(String key, Work work) throws IOException {
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> first = running.computeIfAbsent(key, missing -> mine);
        if (first != mine) {
            return await(first);
        }
        try {
            // The first may have ended since known() was asked.
            Answer done = done(key);
            Answer answer = done == null ? work.get() : done;
            if (answer.location != null) {
                accepted.put(key, answer);
            } else {
                refused.put(key, answer);
                said.put(answer.id, answer.error);
            }
            mine.complete(answer);
            return answer;
        } catch (IOException | RuntimeException | Error error) {
            mine.completeExceptionally(error);
            throw error;
        } finally {
            running.take(key);
        }
    }

    /** The text of a refusal, for the page behind the redirection: going back or reloading sends no code again. */
    String said(String id) {
        return id == null ? null : said.get(id);
    }

    private static Answer await(CompletableFuture<Answer> first) {
        try {
            return first.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException error) {
            if (error.getCause() instanceof RuntimeException) {
                throw (RuntimeException) error.getCause();
            }
            throw new IllegalStateException(error.getCause());
        } catch (TimeoutException error) {
            throw new IllegalStateException("the first submission has no answer yet", error);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(error);
        }
    }
}
