/**
 * A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.
 *
 * <p>A credential is one sealed text, the <em>record</em>, in a small table of the database that the application already has.
 * {@link io.github.poterne.Verifier#login(String, String, Store)} logs a user in. {@link io.github.poterne.Store#apply} makes every
 * other call on a stored record. {@link io.github.poterne.JdbcColumn} is the table over JDBC.
 *
 * <p>The application replaces the record in a compare-and-swap, commits, and reports the updated row count. Only then is there an
 * answer. So a code is accepted once, on any number of servers.
 *
 * <p>A refusal is a {@link io.github.poterne.RefusedException}. A {@link io.github.poterne.PoterneException} is a mistake of the
 * caller, a damaged record or a database that does not answer; it is never a verdict. If a call returns, it was not refused.
 *
 * <p>No parameter may be null, and no method returns null. Threads can share every value. An {@link java.lang.AutoCloseable} holds
 * keys or secrets; closing it wipes them.
 *
 * <p>Every call can throw these exceptions; the pages of the methods do not repeat them:
 *
 * <ul>
 *   <li>a null parameter: a {@link java.lang.NullPointerException} with the parameter's name;
 *   <li>a name or another text with half a surrogate pair: {@link io.github.poterne.ErrorKind#UTF8}; what a user typed is a refusal
 *       instead, and a record that does not open;
 *   <li>a time before 1970 or after the year 9999: {@link io.github.poterne.ErrorKind#TIME};
 *   <li>a value that is closed: {@link io.github.poterne.ErrorKind#ARGUMENT}, of a {@link io.github.poterne.Secret}
 *       {@link io.github.poterne.ErrorKind#SECRET}.
 * </ul>
 *
 * <p>"Semantics 7.2" is rule 7.2 of the norm, {@code src/guide/semantics.md}.
 */
@CheckReturnValue
package io.github.poterne;
