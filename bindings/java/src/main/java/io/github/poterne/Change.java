package io.github.poterne;

import java.util.function.Function;

/**
 * An {@link Attempt} of the help desk. Its only refusal is {@link Refusal#CONFLICT} (semantics 7.8).
 *
 * <p>Store it by a compare-and-swap as well: a blind write would make a used code valid again.
 *
 * @param <T> the answer: {@link Stored}, or codes to show
 */
public final class Change<T> extends Attempt<T> {
    Change(String madeOn, Response response, Function<Response, T> read) {
        super(madeOn, response, read);
    }

    static Change<Stored> of(String madeOn, Response response) {
        return new Change<>(madeOn, response, nothing -> new Stored());
    }
}
