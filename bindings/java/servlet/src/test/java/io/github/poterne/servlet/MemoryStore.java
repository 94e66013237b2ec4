package io.github.poterne.servlet;

import io.github.poterne.PoterneException;
import io.github.poterne.Store;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A table in memory, which can be out of reach. */
final class MemoryStore implements Store {
    final Map<String, String> rows = new ConcurrentHashMap<>();
    volatile boolean isGone;

    private void reach() {
        if (isGone) {
            throw PoterneException.unavailable(new IllegalStateException("gone"));
        }
    }

    @Override
    public Optional<String> load(String account) {
        reach();
        return Optional.ofNullable(rows.get(account));
    }

    @Override
    public long swap(String account, String old, String replacement) {
        reach();
        return rows.replace(account, old, replacement) ? 1 : 0;
    }

    @Override
    public long insert(String account, String record) {
        reach();
        return rows.putIfAbsent(account, record) == null ? 1 : 0;
    }
}
