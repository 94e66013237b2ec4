package io.github.poterne;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Recovery codes to show once, in the form XXXXX-XXXX-XXXX (semantics 5.1). Each works once, even while the account is locked or
 * has to wait. The record keeps only their hashes.
 */
public final class RecoveryCodes implements AutoCloseable {
    private final Wiped[] codes;

    RecoveryCodes(Response response) {
        codes = new Wiped[response.small()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = new Wiped(response.bytes(), ErrorKind.ARGUMENT, "the list of codes");
        }
    }

    /**
     * Returns the codes, as the user will type them.
     *
     * @return the codes; none if the policy says so
     */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        for (Wiped code : codes) {
            all.add(code.text());
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * Returns the number of codes.
     *
     * @return the count
     */
    public int size() {
        return codes.length;
    }

    /** Wipes the codes. */
    @Override
    public void close() {
        for (Wiped code : codes) {
            code.close();
        }
    }

    /** Shows no code. */
    @Override
    public String toString() {
        return "RecoveryCodes";
    }
}
