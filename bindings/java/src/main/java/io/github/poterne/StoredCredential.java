package io.github.poterne;

import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * An account and the record that its row holds, made by {@link Verifier#credential(String, String)}.
 *
 * <p>No call does I/O except reading the system's randomness (semantics 7.1). Each call opens the record and wipes it afterwards.
 * Each call throws a {@link PoterneException}
 *
 * <ul>
 *   <li>of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or {@link ErrorKind#RECORD_FORMAT} if the record does not
 *       open (semantics 9.3);
 *   <li>of kind {@link ErrorKind#ARGUMENT} if the account is not a name (semantics 9.7), or if the verifier is closed;
 *   <li>of kind {@link ErrorKind#RANDOM} if the system gives no randomness;
 *   <li>of kind {@link ErrorKind#ATTEMPT} if it was passed to the operation of a {@link Store#apply} that has returned.
 * </ul>
 *
 * <p>Without a record, {@link #verify}, {@link #verifyWithTicket}, {@link #confirm} and {@link #resynchronize} give
 * {@link Refusal#NOT_ENROLLED} after the work of a login. The other calls throw a {@link PoterneException} of kind
 * {@link ErrorKind#STATE} (semantics 3.0).
 */
public final class StoredCredential {
    private final Handle verifier;
    private final Clock clock;
    private final String account;
    private final String record;
    /** Set for a credential that was passed to an operation of {@link Store#apply}, whose clock stands still. */
    private volatile boolean isOver;

    StoredCredential(Handle verifier, Clock clock, String account, String record) {
        this.verifier = verifier;
        this.clock = clock;
        this.account = Objects.requireNonNull(account, "account");
        this.record = Objects.requireNonNull(record, "record");
    }

    /**
     * Logs the user in, starting with this record, which the application has loaded with its own row. After a conflict the store
     * loads it again (semantics 7.7).
     *
     * @param submitted the text that the user typed
     * @param store the application's table
     * @return how the login was accepted
     * @throws RefusedException if the login is refused
     * @throws PoterneException as {@link Verifier#login}; it is never a login
     */
    @CanIgnoreReturnValue
    public Accepted login(String submitted, Store store) {
        Objects.requireNonNull(submitted, "submitted");
        Objects.requireNonNull(store, "store");
        checkIsNotOver();
        return new StoredCredential(verifier, Verifier.once(clock), account, record)
                .applyIn(store, credential -> credential.verify(submitted));
    }

    /** The loop of semantics 7.7: at most three swaps, and only a swap of its own grants. */
    <T> T applyIn(Store store, Function<? super StoredCredential, ? extends Attempt<T>> operation) {
        StoredCredential credential = this;
        for (int swaps = 1; ; swaps++) {
            Attempt<T> attempt = credential.handTo(operation);
            if (!attempt.wasMadeOn(credential.record)) {
                throw new PoterneException(ErrorKind.ARGUMENT,
                        "the attempt was made on a record other than the loaded one: use the credential that the call passes in");
            }
            if (!attempt.record().isPresent()) {
                return attempt.outcome(0);
            }
            long rows = store.swap(account, credential.record, attempt.record().get());
            if (rows != 0 || swaps == 3) {
                return attempt.outcome(rows);
            }
            credential = new StoredCredential(verifier, clock, account, load(store, account).orElse(""));
        }
    }

    /** Calls the operation. The credential is valid until it returns: later its clock would be wrong, and accept old codes. */
    private <T> Attempt<T> handTo(Function<? super StoredCredential, ? extends Attempt<T>> operation) {
        try {
            return operation.apply(this);
        } finally {
            isOver = true;
        }
    }

    private void checkIsNotOver() {
        if (isOver) {
            throw new PoterneException(
                    ErrorKind.ATTEMPT, "this credential was only for the call of apply that passed it in: use verifier.credential(account, record)");
        }
    }

    private long verifier() {
        return verifier.get();
    }

    static Optional<String> load(Store store, String account) {
        return Objects.requireNonNull(store.load(account), "Store.load returned null: without a record it returns Optional.empty()");
    }

    /**
     * Checks the text that the user typed at a login: a one-time password, a recovery code or a temporary code (semantics 3). Every
     * text gets an answer; none is an error (semantics 2.1).
     *
     * @param submitted the text that the user typed
     * @return the attempt to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#TIME} before {@code t0} (semantics 1.3);
     *     {@link ErrorKind#COUNTER} if no moving factor is left
     */
    @CheckReturnValue
    public Attempt<Accepted> verify(String submitted) {
        Request request = request().submitted(submitted, "submitted").time(now());
        return new Attempt<>(record, request.send(Native::verify, verifier()), Accepted::new);
    }

    /**
     * Checks the ticket, and then does what {@link #verify} does (semantics 15.4). If the ticket is not valid, for any reason, the
     * answer is {@link Refusal#TICKET}: the record is not opened, no failure is counted, and there is nothing to store.
     *
     * @param ticket the text from {@link Verifier#ticket}, as the client sent it back
     * @param binding the same as when it was made, taken from this request
     * @param submitted the text that the user typed
     * @return the attempt to store
     * @throws PoterneException as {@link #verify} and {@link Verifier#ticket}
     */
    @CheckReturnValue
    public Attempt<Accepted> verifyWithTicket(String ticket, TicketBinding binding, String submitted) {
        Request request = Objects.requireNonNull(binding, "binding").write(request().ticket(ticket))
                .submitted(submitted, "submitted").time(now());
        return new Attempt<>(record, request.send(Native::verifyWithTicket, verifier()), Accepted::new);
    }

    /**
     * Confirms a pending authenticator by its first code (semantics 8.2).
     *
     * @param submitted the text that the user typed
     * @return the attempt to store
     * @throws PoterneException as {@link #verify}
     */
    @CheckReturnValue
    public Attempt<Confirmed> confirm(String submitted) {
        Request request = request().submitted(submitted, "submitted").time(now());
        return new Attempt<>(record, request.send(Native::confirm, verifier()), Confirmed::new);
    }

    /**
     * Finds the clock or counter of a token again, by two codes in a row (semantics 8.4). Call it from the help desk, or for a user
     * whose password was right.
     *
     * @param first the first code
     * @param second the next code
     * @return the attempt to store
     * @throws PoterneException as {@link #verify}
     */
    @CheckReturnValue
    public Attempt<Resynchronized> resynchronize(String first, String second) {
        Request request = request().submitted(first, "first").submitted(second, "second").time(now());
        return new Attempt<>(record, request.send(Native::resynchronize, verifier()), Resynchronized::new);
    }

    /**
     * Issues recovery codes (semantics 5.1). They replace the former ones.
     *
     * @param count 1 to 10
     * @return the change to store; its answer is the codes
     * @throws PoterneException as the class says; of kind {@link ErrorKind#ARGUMENT} for another count; {@link ErrorKind#STATE}
     *     unless the credential is active or suspended
     */
    @CheckReturnValue
    public Change<RecoveryCodes> recoveryCodes(int count) {
        return new Change<>(record, request().number(count).send(Native::recoveryCodes, verifier()), RecoveryCodes::new);
    }

    /**
     * Issues a temporary code for 24 hours (semantics 5.2). It replaces the former one, and works even while the account is locked
     * or has to wait.
     *
     * @param missing what happens to the authenticator
     * @param uses 1 to 50
     * @return the change to store; its answer is the code
     * @throws PoterneException as the class says; of kind {@link ErrorKind#ARGUMENT} for another number of uses;
     *     {@link ErrorKind#STATE} unless the credential is active or suspended
     */
    @CheckReturnValue
    public Change<TemporaryCode> temporaryCode(MissingAuthenticator missing, int uses) {
        return temporaryCode(missing, uses, Optional.empty());
    }

    /**
     * Issues a temporary code, as {@link #temporaryCode(MissingAuthenticator, int)}, with another expiry (semantics 5.2).
     *
     * @param missing what happens to the authenticator
     * @param uses 1 to 50
     * @param expiry the last second in which the code works, at most 30 days from now
     * @return the change to store; its answer is the code
     * @throws PoterneException as {@link #temporaryCode(MissingAuthenticator, int)}; of kind {@link ErrorKind#ARGUMENT} for
     *     another expiry
     */
    @CheckReturnValue
    public Change<TemporaryCode> temporaryCode(MissingAuthenticator missing, int uses, Instant expiry) {
        return temporaryCode(missing, uses, Optional.of(Objects.requireNonNull(expiry, "expiry")));
    }

    private Change<TemporaryCode> temporaryCode(MissingAuthenticator missing, int uses, Optional<Instant> expiry) {
        Request request = request().optionalTime(expiry).number(uses)
                .number(Objects.requireNonNull(missing, "missing").number()).time(now());
        return new Change<>(record, request.send(Native::temporaryCode, verifier()), TemporaryCode::new);
    }

    /**
     * Ends the recovery codes, the temporary code, or both (semantics 5.5). Use it when they were lost with the phone or told to
     * the wrong person.
     *
     * @param codes the codes to end
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} unless the credential is active or suspended
     */
    @CheckReturnValue
    public Change<Stored> endCodes(CodeSet codes) {
        return Change.of(record, request().number(Objects.requireNonNull(codes, "codes").number()).send(Native::endCodes, verifier()));
    }

    /**
     * Clears the failures (semantics 8.5): the account is no longer locked and does not have to wait.
     *
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} if the credential is revoked
     */
    @CheckReturnValue
    public Change<Stored> unlock() {
        return change(Native::unlock);
    }

    /**
     * Undoes what a fast clock has written (semantics 8.5). Set the clock, then run it on all records. There is a record to store
     * only if it found something.
     *
     * <p>Check this server's own clock first: if it is behind, used codes would work once more.
     *
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} if the credential is revoked;
     *     {@link ErrorKind#TIME} before {@code t0}
     */
    @CheckReturnValue
    public Change<Stored> repairClock() {
        return changeNow(Native::repairClock);
    }

    /**
     * Erases traces of use that are no longer needed (semantics 8.7). Run it on all records every night: then the record of an app
     * does not reveal when its user last logged in.
     *
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#TIME} before {@code t0}
     */
    @CheckReturnValue
    public Change<Stored> forget() {
        return changeNow(Native::forget);
    }

    /**
     * Suspends the authenticator (semantics 8.6). Recovery and temporary codes still work.
     *
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} unless the credential is active or suspended
     */
    @CheckReturnValue
    public Change<Stored> suspend() {
        return change(Native::suspend);
    }

    /**
     * Resumes a suspended authenticator (semantics 8.6).
     *
     * @return the change to store
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} unless the credential is active or suspended
     */
    @CheckReturnValue
    public Change<Stored> resume() {
        return change(Native::resume);
    }

    /**
     * Ends the credential forever (semantics 8.6): erases its secret and its codes.
     *
     * @return the change to store
     */
    @CheckReturnValue
    public Change<Stored> revoke() {
        return change(Native::revoke);
    }

    /**
     * Seals the same credential under the primary key (semantics 8.8).
     *
     * @return the change to store
     */
    @CheckReturnValue
    public Change<Stored> reseal() {
        return change(Native::reseal);
    }

    /**
     * Moves the credential to another account name (semantics 8.8): for a user who is renamed, or a token that leaves the stock.
     * Its recovery and temporary codes move along. Issue new ones before you hand out a token that came back.
     *
     * @param newAccount the new name
     * @return the record to store under the new name
     */
    @CheckReturnValue
    public Rename rename(String newAccount) {
        return new Rename(request().text(newAccount, "newAccount").send(Native::rename, verifier()));
    }

    /**
     * Returns the status of the credential, for the help desk (semantics 8.8).
     *
     * @return the status
     */
    public Status inspect() {
        return new Status(request().time(now()).send(Native::inspect, verifier()));
    }

    /**
     * Builds the otpauth URI of a pending credential once more (semantics 8.1).
     *
     * @param issuer the organization
     * @param label the account as its user knows it
     * @return the URI
     * @throws PoterneException as the class says; of kind {@link ErrorKind#STATE} if it is not pending, or after
     *     {@link Status#confirmBy()}; {@link ErrorKind#URI} for a name that some authenticator apps cannot show
     */
    public OtpauthUri otpauthUri(String issuer, String label) {
        Request request = request().text(issuer, "issuer").text(label, "label").time(now());
        try (Response response = request.send(Native::otpauthUri, verifier())) {
            return OtpauthUri.from(response);
        }
    }

    private Change<Stored> change(Request.Call call) {
        return Change.of(record, request().send(call, verifier()));
    }

    private Change<Stored> changeNow(Request.Call call) {
        return Change.of(record, request().time(now()).send(call, verifier()));
    }

    /** Starts a request with the record and the account. */
    Request request() {
        checkIsNotOver();
        return new Request(640).record(record, "record").text(account, "account");
    }

    private Instant now() {
        return clock.instant();
    }

    /** Shows neither the account nor the record. */
    @Override
    public String toString() {
        return "StoredCredential";
    }
}
