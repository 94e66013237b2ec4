package io.github.poterne;

import java.util.Optional;

/** A login under way: the native library says what to do, this does the I/O. */
final class Login implements AutoCloseable {
    private static final int LOAD = 1;
    private static final int SWAP = 2;

    private final Handle handle;

    Login(Response response) {
        handle = new Handle(response.number());
    }

    Outcome run(String account, Store store) {
        int step = LOAD;
        Response response = null;
        while (true) {
            if (step == LOAD) {
                response = loaded(store.load(account));
            } else if (step == SWAP) {
                response = swapped(store.swap(account, Optional.of(response.text()), response.text()));
            } else {
                return Outcome.from(response);
            }
            step = response.small();
        }
    }

    private Response loaded(Optional<String> record) {
        Request request = new Request(640).flag(record.isPresent());
        record.ifPresent(text -> request.record(text, "record"));
        return request.send(Native::loginLoaded, handle.get());
    }

    private Response swapped(long rows) {
        return new Request().number(rows).send(Native::loginSwapped, handle.get());
    }

    @Override
    public void close() {
        handle.close();
    }
}
