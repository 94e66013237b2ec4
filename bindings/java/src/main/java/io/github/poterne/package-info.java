/**
 * A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.
 *
 * <p>Everything about a credential is one sealed text, the <em>record</em>, in a small table of the database that the
 * application already has. {@link io.github.poterne.JdbcColumn} logs someone in through a {@link javax.sql.DataSource};
 * {@link io.github.poterne.Verifier} has every other call. A verdict can be read only once the application has replaced the
 * record in a compare-and-swap, committed it, and reported how many rows it updated: so a code is accepted once, on any number
 * of servers.
 *
 * <p>A wrong code is a {@link io.github.poterne.Refused}, never a {@link io.github.poterne.PoterneException}, which is for the
 * caller's mistakes, damaged records and a database that does not answer: it is never a verdict.
 *
 * <p>No parameter may be null, and no method returns null. Values can be shared between threads; what is
 * {@link java.lang.AutoCloseable} holds keys or secrets, in memory that is wiped when it is closed.
 */
package io.github.poterne;
