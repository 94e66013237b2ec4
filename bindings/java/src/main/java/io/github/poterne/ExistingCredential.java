package io.github.poterne;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A credential of another system, for {@link Verifier#importCredential} (semantics 8.3).
 *
 * <p>Import its counter or watermark too. Otherwise a code that the other system has accepted is accepted once more.
 */
public final class ExistingCredential {
    private final Secret secret;
    private final Parameters parameters;
    private final State state;
    private final OptionalLong watermark;
    private final int drift;
    private final OptionalLong lastSync;

    private ExistingCredential(
            Secret secret, Parameters parameters, State state, OptionalLong watermark, int drift, OptionalLong lastSync) {
        this.secret = secret;
        this.parameters = parameters;
        this.state = state;
        this.watermark = watermark;
        this.drift = drift;
        this.lastSync = lastSync;
    }

    /**
     * Makes an active credential. The counter of a counter-based one is in the parameters.
     *
     * @param secret the shared secret, open until the import
     * @param parameters how codes are made
     * @return the credential
     */
    public static ExistingCredential of(Secret secret, Parameters parameters) {
        return new ExistingCredential(
                Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(parameters, "parameters"),
                State.ACTIVE, OptionalLong.empty(), 0, OptionalLong.empty());
    }

    /**
     * Returns a copy in this state.
     *
     * @param state any state except revoked
     * @return the copy
     */
    @CheckReturnValue
    public ExistingCredential withState(State state) {
        return new ExistingCredential(secret, parameters, Objects.requireNonNull(state, "state"), watermark, drift, lastSync);
    }

    /**
     * Returns a copy with the highest time step that was accepted (semantics 4.4).
     *
     * @param watermark at most 2^63 - 1
     * @return the copy
     */
    @CheckReturnValue
    public ExistingCredential withWatermark(long watermark) {
        return new ExistingCredential(secret, parameters, state, OptionalLong.of(watermark), drift, lastSync);
    }

    /**
     * Returns a copy with the drift of a token's clock (semantics 4.9).
     *
     * @param drift at most 200 time steps either way
     * @return the copy
     */
    @CheckReturnValue
    public ExistingCredential withDrift(int drift) {
        return new ExistingCredential(secret, parameters, state, watermark, drift, lastSync);
    }

    /**
     * Returns a copy with the 30-day period, counted from 1970, in which a token's clock was last seen (semantics 4.2). The default
     * is the period of the import; then the first resynchronization searches as far as the policy allows.
     *
     * @param lastSync the period
     * @return the copy
     */
    @CheckReturnValue
    public ExistingCredential withLastSync(int lastSync) {
        return new ExistingCredential(secret, parameters, state, watermark, drift, OptionalLong.of(lastSync));
    }

    Request write(Request request) {
        return secret.into(request).bytes(parameters.packed()).number(state.number())
                .optional(watermark).number(drift).optional(lastSync);
    }

    /** Shows nothing of the secret. */
    @Override
    public String toString() {
        return "ExistingCredential";
    }
}
