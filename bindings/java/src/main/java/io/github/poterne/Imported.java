package io.github.poterne;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A credential to bring in from another system, for {@link Verifier#importCredential}.
 *
 * <p>Bring its counter or watermark along, or a code that the other system has accepted is accepted once more.
 */
public final class Imported {
    private final Secret secret;
    private final Parameters parameters;
    private final State state;
    private final OptionalLong watermark;
    private final int drift;
    private final OptionalLong lastSync;

    private Imported(
            Secret secret, Parameters parameters, State state, OptionalLong watermark, int drift, OptionalLong lastSync) {
        this.secret = secret;
        this.parameters = parameters;
        this.state = state;
        this.watermark = watermark;
        this.drift = drift;
        this.lastSync = lastSync;
    }

    /**
     * An active credential; its counter, if it has one, stands in the parameters.
     *
     * @param secret the shared secret, open until the import
     * @param parameters how codes are made
     * @return the credential
     */
    public static Imported of(Secret secret, Parameters parameters) {
        return new Imported(
                Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(parameters, "parameters"),
                State.ACTIVE, OptionalLong.empty(), 0, OptionalLong.empty());
    }

    /**
     * In this state.
     *
     * @param state any but revoked
     * @return another credential
     */
    public Imported withState(State state) {
        return new Imported(secret, parameters, Objects.requireNonNull(state, "state"), watermark, drift, lastSync);
    }

    /**
     * With the highest time step that was accepted.
     *
     * @param watermark at most 2^63 - 1
     * @return another credential
     */
    public Imported withWatermark(long watermark) {
        return new Imported(secret, parameters, state, OptionalLong.of(watermark), drift, lastSync);
    }

    /**
     * With the drift of a token's clock.
     *
     * @param drift at most 200 time steps either way
     * @return another credential
     */
    public Imported withDrift(int drift) {
        return new Imported(secret, parameters, state, watermark, drift, lastSync);
    }

    /**
     * With the 30-day period, counted from 1970, in which a token's clock was last seen. Without it, that of the import stands for
     * it, and the first resynchronization looks as far as the policy allows.
     *
     * @param lastSync the period
     * @return another credential
     */
    public Imported withLastSync(int lastSync) {
        return new Imported(secret, parameters, state, watermark, drift, OptionalLong.of(lastSync));
    }

    Request write(Request request) {
        return secret.into(request).bytes(parameters.packed()).number(state.number())
                .optional(watermark).number(drift).optional(lastSync);
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return "Imported";
    }
}
