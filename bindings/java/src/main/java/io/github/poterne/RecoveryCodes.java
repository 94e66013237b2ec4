package io.github.poterne;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Recovery codes to show once, in the form XXXXX-XXXXX. Each works once; only their hashes are kept, in the record. */
public final class RecoveryCodes implements AutoCloseable {
    private final char[][] codes;

    RecoveryCodes(Response response) {
        codes = new char[response.small()][];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = response.text().toCharArray();
        }
    }

    /**
     * The codes, as the person will type them.
     *
     * @return the codes; none if the policy says so
     */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        for (char[] code : codes) {
            all.add(new String(code));
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * How many there are.
     *
     * @return the count
     */
    public int size() {
        return codes.length;
    }

    /** Wipes the codes. */
    @Override
    public void close() {
        for (char[] code : codes) {
            Arrays.fill(code, '\0');
        }
    }

    /** No code. */
    @Override
    public String toString() {
        return "RecoveryCodes";
    }
}
