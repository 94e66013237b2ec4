package io.github.poterne;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes and checks the records of one application.
 *
 * <p>No call does I/O but for the system's randomness; threads share one verifier. Times before 1970 or after the year 9999 are
 * errors of kind {@link ErrorKind#TIME}. It has its own copy of the keyring, which is wiped when it is closed.
 */
public final class Verifier implements AutoCloseable {
    private final Handle handle;
    private final Policy policy;

    /**
     * A verifier with the standard policy.
     *
     * @param keyring the keys; they are copied
     * @param application the application's name, part of every record: 1 to 64 bytes, the same on all servers, and for ever
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for a name that is empty, too long or has control characters
     */
    public Verifier(Keyring keyring, String application) {
        this(keyring, application, Policy.standard());
    }

    /**
     * A verifier with another policy.
     *
     * @param keyring the keys; they are copied
     * @param application the application's name, part of every record: 1 to 64 bytes, the same on all servers, and for ever
     * @param policy what is allowed
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for a name that is empty, too long or has control characters
     */
    public Verifier(Keyring keyring, String application, Policy policy) {
        Objects.requireNonNull(keyring, "keyring");
        this.policy = Objects.requireNonNull(policy, "policy");
        Request request = new Request().text(application, "application");
        policy.write(request);
        handle = new Handle(request.send(Native::verifierNew, keyring.handle()).number());
    }

    /**
     * The policy.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }

    /**
     * Logs someone in: loads, verifies, swaps; after a conflict again, at most three times.
     *
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param store the application's table
     * @param now the time
     * @return what was accepted
     * @throws PoterneException as {@link #verify(String, String, String)}, and whatever the store throws: it is never a
     *     login; of kind
     *     {@link ErrorKind#ROWS} if a swap updates more than one row
     * @throws RefusedException if the login is refused
     */
    public Accepted login(String account, String submitted, Store store, Instant now) {
        Objects.requireNonNull(store, "store");
        Request request = new Request().text(account, "account").submitted(submitted, "submitted").time(checked(now));
        try (Login login = new Login(request.send(Native::loginStart, handle.get()))) {
            return login.run(account, store).accepted();
        }
    }

    /**
     * As {@link #login(String, String, Store, Instant)}, now.
     *
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param store the application's table
     * @return what was accepted
     * @throws PoterneException as {@link #verify(String, String, String)}, and whatever the store throws: it is never a
     *     login; of kind
     *     {@link ErrorKind#ROWS} if a swap updates more than one row
     * @throws RefusedException if the login is refused
     */
    public Accepted login(String account, String submitted, Store store) {
        return login(account, submitted, store, Instant.now());
    }

    /**
     * Makes a credential with a fresh secret, pending until its first code is confirmed.
     *
     * @param account the account's name as it is stored
     * @param parameters how codes are made
     * @param now the time
     * @return the record to store, and the URI to show
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for an account of no or more than 255 bytes or with control
     *     characters, or a time step outside 30 to 120; {@link ErrorKind#URI} for an application, if other parameters than the
     *     common ones are asked for and the policy does not allow it; {@link ErrorKind#TIME} if {@code t0} is in the future
     */
    public Enrollment enroll(String account, Parameters parameters, Instant now) {
        Request request = new Request().text(account, "account").bytes(packed(parameters)).time(checked(now));
        return new Enrollment(request.send(Native::enroll, handle.get()));
    }

    /**
     * As {@link #enroll(String, Parameters, Instant)}, now.
     *
     * @param account the account's name as it is stored
     * @param parameters how codes are made
     * @return the record to store, and the URI to show
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for an account of no or more than 255 bytes or with control
     *     characters, or a time step outside 30 to 120; {@link ErrorKind#URI} for an application, if other parameters than the
     *     common ones are asked for and the policy does not allow it; {@link ErrorKind#TIME} if {@code t0} is in the future
     */
    public Enrollment enroll(String account, Parameters parameters) {
        return enroll(account, parameters, Instant.now());
    }

    /**
     * Makes a credential of a hardware token whose secret is known, pending until its first code is confirmed.
     *
     * <p>A token that comes back from somebody else waits as long as {@link Policy#codeLifetime} says before it is given out
     * again, and {@link PolicyOption#MAX_DRIFT} time steps and 300 seconds before it is resynchronized: the codes that its last
     * holder saw must be dead. A secret of more than 64 bytes is stored as the key that HMAC makes of it.
     *
     * @param account the account's name as it is stored
     * @param secret the token's secret
     * @param parameters how it makes codes
     * @param now the time
     * @return the record to store
     * @throws PoterneException as {@link #enroll(String, Parameters)}, and {@link ErrorKind#SECRET} for a secret that is
     *     too short
     *     or too long
     */
    public Enrollment enrollToken(String account, Secret secret, Parameters parameters, Instant now) {
        Request request = Objects.requireNonNull(secret, "secret").into(new Request().text(account, "account"))
                .bytes(packed(parameters)).time(checked(now));
        return new Enrollment(request.send(Native::enrollToken, handle.get()));
    }

    /**
     * As {@link #enrollToken(String, Secret, Parameters, Instant)}, now.
     *
     * @param account the account's name as it is stored
     * @param secret the token's secret
     * @param parameters how it makes codes
     * @return the record to store
     * @throws PoterneException as {@link #enroll(String, Parameters)}, and {@link ErrorKind#SECRET} for a secret that is
     *     too short
     *     or too long
     */
    public Enrollment enrollToken(String account, Secret secret, Parameters parameters) {
        return enrollToken(account, secret, parameters, Instant.now());
    }

    /**
     * Brings in a credential that exists elsewhere.
     *
     * @param account the account's name as it is stored
     * @param imported the credential
     * @param now the time
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT}, {@link ErrorKind#SECRET}, {@link ErrorKind#COUNTER} or
     *     {@link ErrorKind#TIME} for what is out of range
     */
    public Change<Void> importCredential(String account, Imported imported, Instant now) {
        Request request = Objects.requireNonNull(imported, "imported").write(new Request().text(account, "account"))
                .time(checked(now));
        return new Change<>(request.send(Native::importCredential, handle.get()), nothing -> null);
    }

    /**
     * As {@link #importCredential(String, Imported, Instant)}, now.
     *
     * @param account the account's name as it is stored
     * @param imported the credential
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT}, {@link ErrorKind#SECRET}, {@link ErrorKind#COUNTER} or
     *     {@link ErrorKind#TIME} for what is out of range
     */
    public Change<Void> importCredential(String account, Imported imported) {
        return importCredential(account, imported, Instant.now());
    }

    /**
     * The otpauth URI of a pending credential, once more.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param issuer the organization
     * @param label the account as its owner knows it
     * @param now the time
     * @return the URI
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it is not pending, since no call returns the secret once it is
     *     confirmed, or if it is after {@link Status#confirmBy()}; {@link ErrorKind#URI} for a name that cannot be shown by every
     *     authenticator application; as {@link #inspect(String, String)} for the record
     */
    public OtpauthUri otpauthUri(String record, String account, String issuer, String label, Instant now) {
        Request request = recordOf(record, account).text(issuer, "issuer").text(label, "label").time(checked(now));
        try (Response response = request.send(Native::otpauthUri, handle.get())) {
            return OtpauthUri.from(response);
        }
    }

    /**
     * As {@link #otpauthUri(String, String, String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param issuer the organization
     * @param label the account as its owner knows it
     * @return the URI
     * @throws PoterneException of kind {@link ErrorKind#STATE} if it is not pending, since no call returns the secret once it is
     *     confirmed, or if it is after {@link Status#confirmBy()}; {@link ErrorKind#URI} for a name that cannot be shown by every
     *     authenticator application; as {@link #inspect(String, String)} for the record
     */
    public OtpauthUri otpauthUri(String record, String account, String issuer, String label) {
        return otpauthUri(record, account, issuer, label, Instant.now());
    }

    /**
     * A login: checks what the user typed, one-time password, recovery code or temporary code.
     *
     * @param record what the table holds for the account; an empty text if there is none, which is {@link Refusal#NOT_ENROLLED}
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param now the time
     * @return the record to store, and the verdict behind it
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#ARGUMENT} for an account that is no name; {@link ErrorKind#TIME} before {@code t0};
     *     {@link ErrorKind#COUNTER} if no moving factor is left; {@link ErrorKind#RANDOM} if the system gives no randomness.
     *     Whatever the user typed is an outcome, never an error
     */
    public Attempt verify(String record, String account, String submitted, Instant now) {
        Request request = recordOf(record, account).submitted(submitted, "submitted").time(checked(now));
        return new Attempt(request.send(Native::verify, handle.get()));
    }

    /**
     * As {@link #verify(String, String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @return the record to store, and the verdict behind it
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#ARGUMENT} for an account that is no name; {@link ErrorKind#TIME} before {@code t0};
     *     {@link ErrorKind#COUNTER} if no moving factor is left; {@link ErrorKind#RANDOM} if the system gives no randomness.
     *     Whatever the user typed is an outcome, never an error
     */
    public Attempt verify(String record, String account, String submitted) {
        return verify(record, account, submitted, Instant.now());
    }

    /**
     * A login of an account that has no record: {@link Refusal#NOT_ENROLLED}, after the work that a login takes.
     *
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param now the time
     * @return the refusal
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for an account that is no name
     */
    public Attempt verifyAbsent(String account, String submitted, Instant now) {
        Request request = new Request().text(account, "account").submitted(submitted, "submitted").time(checked(now));
        return new Attempt(request.send(Native::verifyAbsent, handle.get()));
    }

    /**
     * As {@link #verifyAbsent(String, String, Instant)}, now.
     *
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @return the refusal
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for an account that is no name
     */
    public Attempt verifyAbsent(String account, String submitted) {
        return verifyAbsent(account, submitted, Instant.now());
    }

    /**
     * The first code of a pending authenticator. It is not a login.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param now the time
     * @return the record to store, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}
     */
    public Attempt confirm(String record, String account, String submitted, Instant now) {
        Request request = recordOf(record, account).submitted(submitted, "submitted").time(checked(now));
        return new Attempt(request.send(Native::confirm, handle.get()));
    }

    /**
     * As {@link #confirm(String, String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @return the record to store, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}
     */
    public Attempt confirm(String record, String account, String submitted) {
        return confirm(record, account, submitted, Instant.now());
    }

    /**
     * The first code of a new authenticator that replaces an old one. It is not a login. The swap compares with the old record;
     * whatever is refused leaves it as it is, and the old authenticator works on. The old one may be locked or suspended, as of a
     * phone that is lost, but neither revoked nor out of its validity; a bound of validity that the new one does not set is taken
     * over from it.
     *
     * @param old the record that was stored when the new authenticator was enrolled
     * @param pending the new record, kept outside the table
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @param now the time
     * @return the record to store in the place of the old one, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}, for both records; {@link ErrorKind#STATE} if one of them
     *     is empty; {@link ErrorKind#ARGUMENT} if both have the same secret
     */
    public Attempt replace(String old, String pending, String account, String submitted, Instant now) {
        Request request = new Request(REQUEST).record(old, "old").record(pending, "pending").text(account, "account")
                .submitted(submitted, "submitted").time(checked(now));
        return new Attempt(request.send(Native::replace, handle.get()));
    }

    /**
     * As {@link #replace(String, String, String, String, Instant)}, now.
     *
     * @param old the record that was stored when the new authenticator was enrolled
     * @param pending the new record, kept outside the table
     * @param account the account's name as it is stored
     * @param submitted what the user typed
     * @return the record to store in the place of the old one, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}, for both records; {@link ErrorKind#STATE} if one of them
     *     is empty; {@link ErrorKind#ARGUMENT} if both have the same secret
     */
    public Attempt replace(String old, String pending, String account, String submitted) {
        return replace(old, pending, account, submitted, Instant.now());
    }

    /**
     * Two codes in a row, for a token whose clock or counter is out of reach; by the help desk, or once the password is right.
     * It is not a login.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param first the first code
     * @param second the next code
     * @param now the time
     * @return the record to store, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}
     */
    public Attempt resynchronize(String record, String account, String first, String second, Instant now) {
        Request request = recordOf(record, account).submitted(first, "first").submitted(second, "second").time(checked(now));
        return new Attempt(request.send(Native::resynchronize, handle.get()));
    }

    /**
     * As {@link #resynchronize(String, String, String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param first the first code
     * @param second the next code
     * @return the record to store, and the verdict behind it
     * @throws PoterneException as {@link #verify(String, String, String)}
     */
    public Attempt resynchronize(String record, String account, String first, String second) {
        return resynchronize(record, account, first, second, Instant.now());
    }

    /**
     * Issues recovery codes in place of the former ones.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param count 1 to 10
     * @return the record to store, and the codes behind it
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another count; {@link ErrorKind#STATE} unless the
     *     credential is
     *     active or suspended; as {@link #inspect(String, String)} for the record
     */
    public Change<RecoveryCodes> recoveryCodes(String record, String account, int count) {
        Request request = recordOf(record, account).number(count);
        return new Change<>(request.send(Native::recoveryCodes, handle.get()), RecoveryCodes::new);
    }

    /**
     * Issues a temporary code in place of the former one. It works while the account is locked or has to wait, and clears no
     * failures.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param expiry the last second of its validity, at most 30 days ahead; empty is 24 hours
     * @param uses 1 to 50
     * @param meanwhile what becomes of the authenticator
     * @param now the time
     * @return the record to store, and the code behind it
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another expiry or number of uses;
     *     {@link ErrorKind#STATE} unless
     *     the credential is active or suspended; as {@link #inspect(String, String)} for the record
     */
    public Change<TemporaryCode> temporaryCode(
            String record, String account, Optional<Instant> expiry, int uses, Meanwhile meanwhile, Instant now) {
        Objects.requireNonNull(expiry, "expiry");
        boolean isSuspended = Objects.requireNonNull(meanwhile, "meanwhile") == Meanwhile.SUSPEND;
        Request request = recordOf(record, account).optionalTime(expiry).number(uses).flag(isSuspended).time(checked(now));
        return new Change<>(request.send(Native::temporaryCode, handle.get()), TemporaryCode::new);
    }

    /**
     * As {@link #temporaryCode(String, String, Optional<Instant>, int, Meanwhile, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param expiry the last second of its validity, at most 30 days ahead; empty is 24 hours
     * @param uses 1 to 50
     * @param meanwhile what becomes of the authenticator
     * @return the record to store, and the code behind it
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another expiry or number of uses;
     *     {@link ErrorKind#STATE} unless
     *     the credential is active or suspended; as {@link #inspect(String, String)} for the record
     */
    public Change<TemporaryCode> temporaryCode(
            String record, String account, Optional<Instant> expiry, int uses, Meanwhile meanwhile) {
        return temporaryCode(record, account, expiry, uses, meanwhile, Instant.now());
    }

    /**
     * Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param codes which of them
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#STATE} unless the credential is active or suspended; as
     *     {@link #inspect(String, String)} for the record
     */
    public Change<Void> endCodes(String record, String account, CodeSet codes) {
        Request request = recordOf(record, account).number(Objects.requireNonNull(codes, "codes").number());
        return new Change<>(request.send(Native::endCodes, handle.get()), nothing -> null);
    }

    /**
     * Clears the failures: the account is neither locked nor has to wait. It needs no time, and repairs no clock.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#STATE} if the credential is revoked; as {@link #inspect(String, String)}
     *     for the record
     */
    public Change<Void> unlock(String record, String account) {
        return new Change<>(recordOf(record, account).send(Native::unlock, handle.get()), nothing -> null);
    }

    /**
     * Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the
     * future.
     *
     * <p>For all records, once the clock is right: {@link Change#isChanged()} says whether there was anything. A thief's lock
     * stays. Look at the clock of this server first: on one that is itself behind, used codes would work once more.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param now the time
     * @return the record to store, if anything changed
     * @throws PoterneException of kind {@link ErrorKind#STATE} if the credential is revoked; {@link ErrorKind#TIME} before its
     *     {@code t0}; as {@link #inspect(String, String)} for the record
     */
    public Change<Void> repairClock(String record, String account, Instant now) {
        Request request = recordOf(record, account).time(checked(now));
        return new Change<>(request.send(Native::repairClock, handle.get()), nothing -> null);
    }

    /**
     * As {@link #repairClock(String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store, if anything changed
     * @throws PoterneException of kind {@link ErrorKind#STATE} if the credential is revoked; {@link ErrorKind#TIME} before its
     *     {@code t0}; as {@link #inspect(String, String)} for the record
     */
    public Change<Void> repairClock(String record, String account) {
        return repairClock(record, account, Instant.now());
    }

    /**
     * Drops what no longer matters: run it on all records every night, and an application's record tells nobody when its
     * owner last logged in.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param now the time
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#STATE} if there is no record, or its state does not allow the call;
     *     {@link ErrorKind#TIME} before its {@code t0}
     */
    public Change<Void> forget(String record, String account, Instant now) {
        Request request = recordOf(record, account).time(checked(now));
        return new Change<>(request.send(Native::forget, handle.get()), nothing -> null);
    }

    /**
     * As {@link #forget(String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#STATE} if there is no record, or its state does not allow the call;
     *     {@link ErrorKind#TIME} before its {@code t0}
     */
    public Change<Void> forget(String record, String account) {
        return forget(record, account, Instant.now());
    }

    /**
     * Puts the authenticator out of use; recovery and temporary codes work.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#STATE} if there is no record, or its state does not allow the call
     */
    public Change<Void> suspend(String record, String account) {
        return new Change<>(recordOf(record, account).send(Native::suspend, handle.get()), nothing -> null);
    }

    /**
     * Puts the authenticator back in use.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open;
     *     {@link ErrorKind#STATE} if there is no record, or its state does not allow the call
     */
    public Change<Void> resume(String record, String account) {
        return new Change<>(recordOf(record, account).send(Native::resume, handle.get()), nothing -> null);
    }

    /**
     * Ends a credential: its secret and codes are erased.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open; {@link ErrorKind#STATE} if there is none
     */
    public Change<Void> revoke(String record, String account) {
        return new Change<>(recordOf(record, account).send(Native::revoke, handle.get()), nothing -> null);
    }

    /**
     * The same credential under the primary key.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the record to store
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open; {@link ErrorKind#STATE} if there is none
     */
    public Change<Void> reseal(String record, String account) {
        return new Change<>(recordOf(record, account).send(Native::reseal, handle.get()), nothing -> null);
    }

    /**
     * The same credential for another name of the account: an agent who is renamed, a token that leaves the stock. Recovery and
     * temporary codes go along: issue new ones before a token that came back is handed out again.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param newAccount the new name
     * @return the record to store under the new name
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open; {@link ErrorKind#STATE} if there is none
     */
    public Rename rename(String record, String account, String newAccount) {
        return new Rename(recordOf(record, account).text(newAccount, "newAccount").send(Native::rename, handle.get()));
    }

    /**
     * What the help desk may see of a credential.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @param now the time
     * @return the status
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open; {@link ErrorKind#STATE} if there is none;
     *     {@link ErrorKind#ARGUMENT} for an account that is no name
     */
    public Status inspect(String record, String account, Instant now) {
        return new Status(recordOf(record, account).time(checked(now)).send(Native::inspect, handle.get()));
    }

    /**
     * As {@link #inspect(String, String, Instant)}, now.
     *
     * @param record what the table holds for the account
     * @param account the account's name as it is stored
     * @return the status
     * @throws PoterneException of kind {@link ErrorKind#RECORD}, {@link ErrorKind#UNKNOWN_KEY} or
     *     {@link ErrorKind#RECORD_FORMAT} if the record does not open; {@link ErrorKind#STATE} if there is none;
     *     {@link ErrorKind#ARGUMENT} for an account that is no name
     */
    public Status inspect(String record, String account) {
        return inspect(record, account, Instant.now());
    }

    /**
     * Proves that a store swaps, compares, commits and keeps, for the start of an application, before the first login.
     *
     * <p>It loads, swaps without an old record and with one that is not stored, swaps, loads by the second store, and swaps once
     * more with the former record. While others write the record it begins again, up to five times, with a random pause of at most 200
     * milliseconds between.
     *
     * @param account one that is kept for this, with a revoked record, or any that has a record; it gets the same credential,
     *     sealed anew
     * @param store the application's table
     * @param second another handle on the same table, opened on its own: one that shares a connection with {@code store} would
     *     see what {@code store} has not committed
     * @throws RefusedException with {@link Refusal#CONFLICT} if others wrote the record all the time: nothing is proven either
     *     way, and the check can be made again
     * @throws PoterneException of kind {@link ErrorKind#ROWS} if the store updates without comparing, updates nothing, takes a
     *     first record for an account that has one, or does not keep what it has committed; {@link ErrorKind#RECORD} if what it gives back does not open: the column cuts or alters
     *     the text; {@link ErrorKind#STATE} if the account has no record; as {@link #inspect(String, String)} for its record;
     *     whatever the stores throw
     */
    public void checkStore(String account, Store store, Store second) {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(second, "second");
        try (Check check = new Check(new Request().text(account, "account").send(Native::checkStart, handle.get()))) {
            if (!check.run(account, store, second)) {
                throw new RefusedException(new Refused(Refusal.CONFLICT, 0));
            }
        }
    }

    /** Wipes the keys, once the calls under way have ended. Closing twice is fine. */
    @Override
    public void close() {
        handle.close();
    }

    /** No key is printed. */
    @Override
    public String toString() {
        return "Verifier";
    }

    private static Request recordOf(String record, String account) {
        return new Request(REQUEST).record(record, "record").text(account, "account");
    }

    private static byte[] packed(Parameters parameters) {
        return Objects.requireNonNull(parameters, "parameters").packed();
    }

    private static Instant checked(Instant now) {
        return Objects.requireNonNull(now, "now");
    }

    /** What a request with a record fits in. */
    private static final int REQUEST = 640;
}
