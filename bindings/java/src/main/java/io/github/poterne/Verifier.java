package io.github.poterne;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.function.Function;

/**
 * Makes and checks the records of one application.
 *
 * <p>Make one when the application starts; threads can share it. It has its own copy of the keyring; closing it wipes that copy. If
 * its clock gives a time before 1970 or after the year 9999, a call throws an error of kind {@link ErrorKind#TIME}.
 */
public final class Verifier implements AutoCloseable {
    private final Handle handle;
    private final Policy policy;
    private final Clock clock;

    /**
     * Makes a verifier with the standard policy and the system's clock.
     *
     * @param keyring the keys, which are copied
     * @param application the application's name, part of every record: 1 to 64 bytes, the same on all servers, and forever
     *     (semantics 9.7)
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if the name is empty, is too long or has control characters
     */
    public Verifier(Keyring keyring, String application) {
        this(keyring, application, Policy.standard());
    }

    /**
     * Makes a verifier with another policy and the system's clock.
     *
     * @param keyring the keys, which are copied
     * @param application as {@link #Verifier(Keyring, String)}
     * @param policy the limits and switches (semantics 12)
     * @throws PoterneException as {@link #Verifier(Keyring, String)}
     */
    public Verifier(Keyring keyring, String application, Policy policy) {
        this(keyring, application, policy, Clock.systemUTC());
    }

    /**
     * Makes a verifier with another policy and another clock, for tests.
     *
     * @param keyring the keys, which are copied
     * @param application as {@link #Verifier(Keyring, String)}
     * @param policy the limits and switches (semantics 12)
     * @param clock tells the time, in whole seconds (semantics 1.7)
     * @throws PoterneException as {@link #Verifier(Keyring, String)}
     */
    public Verifier(Keyring keyring, String application, Policy policy, Clock clock) {
        Objects.requireNonNull(keyring, "keyring");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.clock = Objects.requireNonNull(clock, "clock");
        Request request = new Request().text(application, "application");
        policy.write(request);
        handle = new Handle(request.send(Native::verifierNew, keyring.handle()).number(), "the verifier");
    }

    /**
     * Returns the policy.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }

    /**
     * Logs a user in: loads the record, verifies the code, stores the new record. After a conflict it starts again, with at most
     * three swaps in all (semantics 7.7). It returns only if the user is logged in.
     *
     * @param account the account's name as it is stored
     * @param submitted the text that the user typed
     * @param store the application's table
     * @return how the login was accepted
     * @throws RefusedException if the login is refused
     * @throws PoterneException as {@link StoredCredential#verify}, and as the store throws; of kind {@link ErrorKind#ROWS} if a
     *     swap updates more than one row. It is never a login. The account's name is checked before the store is asked
     */
    @CanIgnoreReturnValue
    public Accepted login(String account, String submitted, Store store) {
        Objects.requireNonNull(submitted, "submitted");
        return apply(account, Objects.requireNonNull(store, "store"), credential -> credential.verify(submitted));
    }

    /**
     * Makes a ticket for a person whose password was right. Use it on a host that asks for the code in another request and keeps
     * nothing between the two (semantics 15.3). It is valid for {@link PolicyOption#TICKET_SECONDS} of the policy. One ticket is
     * good for all rows of the person.
     *
     * <p>It is not a login: {@link #loginWithTicket} takes the ticket and the code. Until it expires, it stands for the password.
     * Send it as you send the password, and never in a URL (semantics 15.5).
     *
     * @param account the account's name as it is stored
     * @param binding the purpose of the login, and a context that binds the next request to this one
     * @return 96 capital letters and digits
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} unless the account is 1 to 255 bytes without control characters,
     *     and if the binding is too short or too long; {@link ErrorKind#RANDOM} if the system gives no randomness
     */
    @CheckReturnValue
    public String ticket(String account, TicketBinding binding) {
        return ticket(Native::ticket, account, binding);
    }

    /**
     * Makes a ticket that is never valid (semantics 15.6). It has the same form and takes the same work. Use it for a wrong
     * password, on a host that asks everybody for a code. If only the right password led to that question, the question would tell
     * a guesser that the password is right. Count wrong passwords where they are checked.
     *
     * @param account as {@link #ticket}
     * @param binding as {@link #ticket}
     * @return as {@link #ticket}
     * @throws PoterneException as {@link #ticket}
     */
    @CheckReturnValue
    public String dudTicket(String account, TicketBinding binding) {
        return ticket(Native::dudTicket, account, binding);
    }

    private String ticket(Request.Call call, String account, TicketBinding binding) {
        Request request = binding(binding, new Request().text(account, "account")).time(clock.instant());
        return request.send(call, handle.get()).text();
    }

    /**
     * Checks the ticket, and then logs the user in as {@link #login} does (semantics 15.4). Check again that the user may log in:
     * the ticket only says that the password was right a moment ago.
     *
     * @param account the account's name as it is stored
     * @param ticket the text from {@link #ticket}, as the client sent it back
     * @param binding the same as when it was made, taken from this request
     * @param submitted the text that the user typed
     * @param store the application's table; it is not asked if the ticket is refused
     * @return how the login was accepted
     * @throws RefusedException if the login is refused; with {@link Refusal#TICKET} if the ticket is not valid, for any reason: no
     *     failure is counted
     * @throws PoterneException as {@link #login} and {@link #ticket}. It is never a login
     */
    @CanIgnoreReturnValue
    public Accepted loginWithTicket(String account, String ticket, TicketBinding binding, String submitted, Store store) {
        Objects.requireNonNull(submitted, "submitted");
        Objects.requireNonNull(store, "store");
        Clock now = once(clock);
        Request request = binding(binding, new Request().text(account, "account").ticket(ticket)).time(now.instant());
        Response response = request.send(Native::checkTicket, handle.get());
        if (!response.flag()) {
            throw new RefusedException(Refusal.of(response.number()), response.number());
        }
        return apply(now, account, store, credential -> credential.verify(submitted));
    }

    private static Request binding(TicketBinding binding, Request request) {
        return Objects.requireNonNull(binding, "binding").write(request);
    }

    /** Reads the clock once (semantics 7.9). */
    <T> T apply(String account, Store store, Function<? super StoredCredential, ? extends Attempt<T>> operation) {
        checkName(account);
        return apply(clock, account, store, operation);
    }

    private <T> T apply(
            Clock clock, String account, Store store, Function<? super StoredCredential, ? extends Attempt<T>> operation) {
        String record = StoredCredential.load(store, account).orElse("");
        return new StoredCredential(handle, once(clock), account, record).applyIn(store, operation);
    }

    /** Checks a name before a database is asked: some take an invalid name for a failure of their own (semantics 9.7). */
    private void checkName(String account) {
        new Request().text(account, "account").send(Native::accountName, handle.get());
    }

    /** Returns a clock that stands still from now on. Its zone means nothing here, and not every clock has one. */
    static Clock once(Clock clock) {
        return Clock.fixed(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * Names an account and the record that its row holds.
     *
     * @param account the account's name as it is stored
     * @param record the record as it is stored; spaces or an empty text are no record (semantics 3.0)
     * @return the credential
     */
    public StoredCredential credential(String account, String record) {
        return new StoredCredential(handle, clock, account, record);
    }

    /**
     * Names an account that has no record, so that its login takes as long as any other (semantics 3.0).
     *
     * @param account the account's name as it would be stored
     * @return the credential
     */
    public StoredCredential credential(String account) {
        return credential(account, "");
    }

    /**
     * Makes a credential with a fresh secret. It is pending until its first code is confirmed (semantics 8.1).
     *
     * @param account the account's name as it is stored
     * @param parameters how codes are made
     * @return the record to store, and the URI to show
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} unless the account is 1 to 255 bytes without control characters,
     *     the time step is 30 to 120 seconds, and it can be confirmed (semantics 8.12); {@link ErrorKind#URI} if the credential is
     *     for an app, its parameters are not the common ones, and the policy does not allow that; {@link ErrorKind#TIME} if
     *     {@code t0} is in the future
     */
    @CheckReturnValue
    public Enrollment enroll(String account, Parameters parameters) {
        Request request = new Request().text(account, "account").bytes(packed(parameters)).time(clock.instant());
        return new Enrollment(request.send(Native::enroll, handle.get()));
    }

    /**
     * Makes a credential for a hardware token whose secret is known. It is pending until its first code is confirmed (semantics
     * 8.3).
     *
     * <p>When a user returns a token, wait for {@link Policy#codeLifetime} seconds before you hand it to the next one, and for
     * {@link PolicyOption#MAX_DRIFT} time steps and 300 seconds before you resynchronize it. Until then, codes that the last holder
     * saw would be accepted.
     *
     * @param account the account's name as it is stored
     * @param secret the token's secret
     * @param parameters how it makes codes
     * @return the record to store
     * @throws PoterneException as {@link #enroll}; of kind {@link ErrorKind#SECRET} if the secret is too short or too long
     *     (semantics 1.4)
     */
    @CheckReturnValue
    public Enrollment enrollToken(String account, Secret secret, Parameters parameters) {
        Request request = Objects.requireNonNull(secret, "secret").into(new Request().text(account, "account"))
                .bytes(packed(parameters)).time(clock.instant());
        return new Enrollment(request.send(Native::enrollToken, handle.get()));
    }

    /**
     * Makes a credential for a token of a file, as {@link #enrollToken(String, Secret, Parameters)} does. Its drift and its watermark are
     * dropped. One token belongs to one account.
     *
     * @param account the account's name as it is stored
     * @param token the token; its file is open
     * @return the record to store
     * @throws PoterneException as {@link #enrollToken(String, Secret, Parameters)}; what is wrong with the token, if it has a fault
     */
    @CheckReturnValue
    public Enrollment enrollToken(String account, TokenEntry token) {
        Request request = Objects.requireNonNull(token, "token").write(new Request().text(account, "account")).time(clock.instant());
        return new Enrollment(request.send(Native::tokenEnroll, handle.get()));
    }

    /**
     * Imports a token of a file with its drift and its watermark: one that was in use elsewhere (semantics 8.3).
     *
     * @param account the account's name as it is stored
     * @param token the token; its file is open
     * @param state any state except revoked
     * @return the record to store
     * @throws PoterneException as {@link #importCredential(String, ExistingCredential)}; what is wrong with the token, if it has a fault
     */
    @CheckReturnValue
    public Change<Stored> importCredential(String account, TokenEntry token, State state) {
        Request request = Objects.requireNonNull(token, "token").write(new Request().text(account, "account"))
                .number(Objects.requireNonNull(state, "state").number()).time(clock.instant());
        return Change.of("", request.send(Native::tokenImport, handle.get()));
    }

    /**
     * Imports a credential from another system (semantics 8.3).
     *
     * @param account the account's name as it is stored
     * @param existing the credential
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT}, {@link ErrorKind#SECRET}, {@link ErrorKind#COUNTER} or
     *     {@link ErrorKind#TIME} if a value is out of range
     */
    @CheckReturnValue
    public Change<Stored> importCredential(String account, ExistingCredential existing) {
        Request request = Objects.requireNonNull(existing, "existing").write(new Request().text(account, "account"))
                .time(clock.instant());
        return Change.of("", request.send(Native::importCredential, handle.get()));
    }

    /**
     * Confirms a new authenticator that replaces an old one (semantics 8.9). It is not a login.
     *
     * <p>A refusal leaves the old record unchanged, and the old authenticator keeps working. The old credential may be locked or
     * suspended, but neither revoked nor outside its validity. A conflict ends the replacement: enroll the new authenticator again.
     *
     * <pre>{@code
     * ReplacementAttempt attempt = verifier.replace(verifier.credential("a.martin", old), pending, code);
     * long rows = attempt.record().isPresent() ? store.swap("a.martin", old, attempt.record().get()) : 0;
     * RecoveryCodes codes = attempt.outcome(rows).recoveryCodes(); // or RefusedException
     * }</pre>
     *
     * @param old the account, and the record that was stored when the new authenticator was enrolled
     * @param pending the record of the new authenticator, kept outside the table
     * @param submitted the first code of the new authenticator
     * @return the attempt to store in place of the old record
     * @throws PoterneException as {@link StoredCredential#verify}, for both records; of kind {@link ErrorKind#ARGUMENT} if both
     *     have the same secret; {@link ErrorKind#STATE} if one of them is empty
     */
    @CheckReturnValue
    public ReplacementAttempt replace(StoredCredential old, String pending, String submitted) {
        Request request = Objects.requireNonNull(old, "old").request().record(pending, "pending")
                .submitted(submitted, "submitted").time(clock.instant());
        return new ReplacementAttempt(request.send(Native::replace, handle.get()));
    }

    /**
     * Checks that a store swaps, compares, commits and keeps (semantics 7.9). Call it when the application starts, before the
     * first login.
     *
     * <p>While others write the record it starts again, up to five times, after a random pause of at most 200 milliseconds.
     *
     * @param account an account kept for this check, with a revoked record, or any account that has a record; its credential stays
     *     the same and is sealed anew
     * @param store the application's table
     * @param second another handle on the same table. Open it separately: on a shared connection it would see rows that
     *     {@code store} has not committed
     * @throws RefusedException with {@link Refusal#CONFLICT} if others kept writing the record: nothing is proven, and the check
     *     can be made again
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} if {@code second} is {@code store} itself, or if the account is
     *     not a name (semantics 9.7); {@link ErrorKind#ROWS} if the store takes a first record for an account that has one, updates
     *     without comparing, updates nothing, does not keep what it has committed, or reports 0 rows for what it wrote;
     *     {@link ErrorKind#RECORD} if the loaded record does not open: the column cuts or alters the text; {@link ErrorKind#STATE}
     *     if the account has no record; as {@link StoredCredential} says of the record; as the stores throw
     */
    public void checkStore(String account, Store store, Store second) {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(store, "store");
        if (Objects.requireNonNull(second, "second") == store) {
            throw new PoterneException(
                    ErrorKind.ARGUMENT, "second is the store itself, which sees what it has not committed: open another handle on the table");
        }
        try (Check check = new Check(new Request().text(account, "account").send(Native::checkStart, handle.get()))) {
            if (!check.run(account, store, second)) {
                throw new RefusedException(Refusal.CONFLICT, 0);
            }
        }
    }

    /** Wipes the keys, once the running calls have ended. It may be closed twice. */
    @Override
    public void close() {
        handle.close();
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return "Verifier";
    }

    private static byte[] packed(Parameters parameters) {
        return Objects.requireNonNull(parameters, "parameters").packed();
    }
}
