package io.github.poterne;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A person who has a phone and a token, in two rows or three (semantics 9.8). */
public final class Person {
    private final String name;
    private final int row;

    private Person(Response response) {
        name = response.text();
        row = response.small();
    }

    /**
     * Splits a login name, on hosts without a login page, where the user types {@code #2} or {@code #3} after it (semantics 9.8).
     * Check the person's password, then the code on that row alone.
     *
     * @param loginName the login name as it was typed
     * @return the person and the row
     * @throws PoterneException of kind {@link ErrorKind#UTF8} for half a surrogate pair
     */
    public static Person ofLoginName(String loginName) {
        return new Person(new Request().text(loginName, "loginName").send(Native::personOfLoginName, 0));
    }

    /**
     * Returns the accounts of a person's rows (semantics 9.8). The first is the person's own; the others are for a second and a
     * third authenticator. Any change that ends a person's access must cover all of them.
     *
     * @param person the person, from the server's own list and never from the request
     * @return the three accounts
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} unless the name is 1 to 253 bytes without control characters and
     *     ends in neither {@code #2} nor {@code #3}
     */
    public static List<String> rows(String person) {
        Response response = new Request().text(person, "person").send(Native::personRows, 0);
        List<String> rows = new ArrayList<>();
        for (long count = response.number(); count > 0; count--) {
            rows.add(response.text());
        }
        return Collections.unmodifiableList(rows);
    }

    /**
     * Returns the person's name, without the suffix of a row.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the number of the row.
     *
     * @return 1 to 3
     */
    public int row() {
        return row;
    }
}
