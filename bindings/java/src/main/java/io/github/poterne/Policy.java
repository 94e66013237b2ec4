package io.github.poterne;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a verifier allows: one per verifier, none in the record.
 *
 * <pre>{@code
 * Policy policy = Policy.builder().maxFailures(10).build();
 * }</pre>
 */
public final class Policy {
    private static final Policy STANDARD = new Policy(defaults());

    private final long[] values;

    private Policy(long[] values) {
        this.values = values;
    }

    /**
     * The policy whose options have their defaults.
     *
     * @return the policy
     */
    public static Policy standard() {
        return STANDARD;
    }

    /**
     * A builder that begins with {@link #standard()}.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder(STANDARD);
    }

    /**
     * The value of an option.
     *
     * @param option the option
     * @return its value; 1 and 0 for on and off
     */
    public long get(PolicyOption option) {
        return values[Objects.requireNonNull(option, "option").ordinal()];
    }

    /**
     * For how long a code can be accepted, on any server, after it could first be: a token that changes hands waits so long.
     *
     * <p>By default 390 seconds for an application and 780 for a token at 30 seconds, 1,260 at 60. A login that moves the drift of
     * a token begins it again. The code of a counter-based credential has no end.
     *
     * @param authenticator the kind
     * @param timeStep the seconds of a time step, 30 to 120
     * @return the seconds
     * @throws PoterneException of kind {@link ErrorKind#ARGUMENT} for another time step
     */
    public long codeLifetime(Authenticator authenticator, int timeStep) {
        Request request = new Request();
        write(request);
        return request.number(Objects.requireNonNull(authenticator, "authenticator").number()).number(timeStep)
                .send(Native::codeLifetime, 0).number();
    }

    void write(Request request) {
        for (long value : values) {
            request.number(value);
        }
    }

    private static long[] defaults() {
        return Arrays.stream(PolicyOption.values()).mapToLong(PolicyOption::defaultValue).toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Policy && Arrays.equals(((Policy) other).values, values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Policy" + Arrays.toString(values);
    }

    /** Makes a policy. A value out of an option's bounds is an error of kind {@link ErrorKind#ARGUMENT}, at once. */
    public static final class Builder {
        private Policy policy;

        private Builder(Policy policy) {
            this.policy = policy;
        }

        /**
         * Time steps before the present one whose code an application may still show: typing, and the way to the server.
         *
         * @param value 0 to 10
         * @return this builder
         */
        public Builder appStepsBackward(long value) {
            return with(PolicyOption.APP_STEPS_BACKWARD, value);
        }

        /**
         * Time steps after the present one, for an application.
         *
         * @param value 0 to 10
         * @return this builder
         */
        public Builder appStepsForward(long value) {
            return with(PolicyOption.APP_STEPS_FORWARD, value);
        }

        /**
         * Time steps before the present one, for a hardware token.
         *
         * @param value 0 to 10
         * @return this builder
         */
        public Builder tokenStepsBackward(long value) {
            return with(PolicyOption.TOKEN_STEPS_BACKWARD, value);
        }

        /**
         * Time steps after the present one, for a hardware token.
         *
         * @param value 0 to 10
         * @return this builder
         */
        public Builder tokenStepsForward(long value) {
            return with(PolicyOption.TOKEN_STEPS_FORWARD, value);
        }

        /**
         * Counters that are tried: s of RFC 4226 7.4.
         *
         * @param value 1 to 100
         * @return this builder
         */
        public Builder lookAhead(long value) {
            return with(PolicyOption.LOOK_AHEAD, value);
        }

        /**
         * Failures after which a credential is locked.
         *
         * @param value 1 to 100
         * @return this builder
         */
        public Builder maxFailures(long value) {
            return with(PolicyOption.MAX_FAILURES, value);
        }

        /**
         * Time steps by which a token's clock may differ.
         *
         * @param value 1 to 200
         * @return this builder
         */
        public Builder maxDrift(long value) {
            return with(PolicyOption.MAX_DRIFT, value);
        }

        /**
         * Counters that are tried in a resynchronization.
         *
         * @param value 1 to 10,000
         * @return this builder
         */
        public Builder resyncLookAhead(long value) {
            return with(PolicyOption.RESYNC_LOOK_AHEAD, value);
        }

        /**
         * Recovery codes that a confirmation issues.
         *
         * @param value 0 to 10
         * @return this builder
         */
        public Builder recoveryCodes(long value) {
            return with(PolicyOption.RECOVERY_CODES, value);
        }

        /**
         * The first login with a pending authenticator confirms it (roll-outs by letter).
         *
         * @param on whether it is on
         * @return this builder
         */
        public Builder confirmAtFirstLogin(boolean on) {
            return with(PolicyOption.CONFIRM_AT_FIRST_LOGIN, on ? 1 : 0);
        }

        /**
         * Secrets of 10 to 15 bytes may be brought in.
         *
         * @param on whether it is on
         * @return this builder
         */
        public Builder allowShortSecret(boolean on) {
            return with(PolicyOption.ALLOW_SHORT_SECRET, on ? 1 : 0);
        }

        /**
         * Parameters and names that some authenticator applications do not honor may be enrolled.
         *
         * @param on whether it is on
         * @return this builder
         */
        public Builder allowIncompatible(boolean on) {
            return with(PolicyOption.ALLOW_INCOMPATIBLE, on ? 1 : 0);
        }

        /**
         * Days within which an application must be confirmed, counted from its enrollment: see {@link Parameters#withConfirmBy}.
         *
         * @param value 1 to 365
         * @return this builder
         */
        public Builder confirmWithinDays(long value) {
            return with(PolicyOption.CONFIRM_WITHIN_DAYS, value);
        }

        /**
         * Sets an option by its name.
         *
         * @param option the option
         * @param value its value; 1 and 0 for on and off
         * @return this builder
         */
        public Builder with(PolicyOption option, long value) {
            Request request = new Request();
            policy.write(request);
            Response response = request.number(Objects.requireNonNull(option, "option").number())
                    .number(value).send(Native::policyWith, 0);
            policy = new Policy(Arrays.stream(policy.values).map(old -> response.number()).toArray());
            return this;
        }

        /**
         * The policy.
         *
         * @return the policy
         */
        public Policy build() {
            return policy;
        }
    }
}
