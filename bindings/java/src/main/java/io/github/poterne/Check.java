package io.github.poterne;

import java.util.Optional;

/** A running check of a store: the native library says what to do, and this class does the I/O and waits. */
final class Check implements AutoCloseable {
    private static final int LOAD = 1;
    private static final int LOAD_BY_SECOND = 2;
    private static final int SWAP = 3;
    private static final int PAUSE = 4;
    private static final int INSERT = 5;

    private final Handle handle;

    Check(Response response) {
        handle = new Handle(response.number(), "the check");
    }

    /** Returns whether the store is proven. If not, others kept writing the record. */
    boolean run(String account, Store store, Store second) {
        int step = LOAD;
        Response response = null;
        while (true) {
            if (step == LOAD) {
                response = loaded(StoredCredential.load(store, account));
            } else if (step == LOAD_BY_SECOND) {
                response = loaded(StoredCredential.load(second, account));
            } else if (step == SWAP) {
                response = swapped(store.swap(account, response.text(), response.text()));
            } else if (step == INSERT) {
                response = swapped(store.insert(account, response.text()));
            } else if (step == PAUSE) {
                pause(response.number());
                response = new Request().send(Native::checkPaused, handle.get());
            } else {
                return response.flag();
            }
            step = response.small();
        }
    }

    private Response loaded(Optional<String> record) {
        Request request = new Request(640).flag(record.isPresent());
        record.ifPresent(text -> request.record(text, "record"));
        return request.send(Native::checkLoaded, handle.get());
    }

    private Response swapped(long rows) {
        return new Request().number(rows).send(Native::checkSwapped, handle.get());
    }

    /** Pauses. An interrupt ends the pause and stays set for the next wait. */
    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        handle.close();
    }
}
