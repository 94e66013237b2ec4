package io.github.poterne.servlet;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Keeps values in the memory of this server for some seconds, and not more than so many. */
final class Expiring<V> {
    private static final int MAX = 10_000;

    private final long nanos;
    private final Map<String, Entry<V>> entries = new LinkedHashMap<>();

    private static final class Entry<V> {
        final V value;
        final long end;

        Entry(V value, long end) {
            this.value = value;
            this.end = end;
        }
    }

    Expiring(long seconds) {
        nanos = seconds * 1_000_000_000L;
    }

    synchronized void put(String key, V value) {
        sweep();
        entries.remove(key);
        entries.put(key, new Entry<>(value, System.nanoTime() + nanos));
    }

    synchronized V get(String key) {
        sweep();
        Entry<V> entry = entries.get(key);
        return entry == null ? null : entry.value;
    }

    synchronized V take(String key) {
        sweep();
        Entry<V> entry = entries.remove(key);
        return entry == null ? null : entry.value;
    }

    /** What is there, or what {@code make} gives, in one. */
    synchronized V computeIfAbsent(String key, Function<String, V> make) {
        V found = get(key);
        if (found == null) {
            found = make.apply(key);
            put(key, found);
        }
        return found;
    }

    /** The oldest come first, for all live as long. */
    private void sweep() {
        long now = System.nanoTime();
        for (Iterator<Entry<V>> oldest = entries.values().iterator(); oldest.hasNext(); ) {
            if (oldest.next().end - now > 0 && entries.size() < MAX) {
                return;
            }
            oldest.remove();
        }
    }
}
