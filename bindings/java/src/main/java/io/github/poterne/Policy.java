package io.github.poterne;

import java.util.Arrays;
import java.util.Objects;

/**
 * Limits and switches of a verifier (semantics 12). A policy belongs to the verifier and is never stored in a record.
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
     * Returns the policy with the default value of every option (semantics 12).
     *
     * @return the policy
     */
    public static Policy standard() {
        return STANDARD;
    }

    /**
     * Returns a builder that starts with {@link #standard()}.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder(STANDARD);
    }

    /**
     * Returns the value of an option (semantics 12).
     *
     * @param option the option
     * @return its value; 1 and 0 for on and off
     */
    public long get(PolicyOption option) {
        return values[Objects.requireNonNull(option, "option").ordinal()];
    }

    /**
     * Returns how long a code can be accepted on any server, from the moment at which it first could be (semantics 4.10). Wait that
     * long before you hand a token to another user.
     *
     * <p>A login that moves a token's drift starts that time again. A counter-based code does not expire.
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

    /** Makes a policy. A value outside its bounds is an error of kind {@link ErrorKind#ARGUMENT} at once (semantics 12). */
    public static final class Builder {
        private Policy policy;

        private Builder(Policy policy) {
            this.policy = policy;
        }

        /**
         * Sets the time steps before the present one whose code is accepted from an app (semantics 4.1).
         *
         * @param value 0 to 10
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder appStepsBackward(long value) {
            return with(PolicyOption.APP_STEPS_BACKWARD, value);
        }

        /**
         * Sets the time steps after the present one whose code is accepted from an app (semantics 4.1).
         *
         * @param value 0 to 10
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder appStepsForward(long value) {
            return with(PolicyOption.APP_STEPS_FORWARD, value);
        }

        /**
         * Sets the time steps before the present one whose code is accepted from a hardware token (semantics 4.1).
         *
         * @param value 0 to 10
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder tokenStepsBackward(long value) {
            return with(PolicyOption.TOKEN_STEPS_BACKWARD, value);
        }

        /**
         * Sets the time steps after the present one whose code is accepted from a hardware token (semantics 4.1).
         *
         * @param value 0 to 10
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder tokenStepsForward(long value) {
            return with(PolicyOption.TOKEN_STEPS_FORWARD, value);
        }

        /**
         * Sets the number of counters to try, s of RFC 4226 7.4 (semantics 4.7).
         *
         * @param value 1 to 100
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder lookAhead(long value) {
            return with(PolicyOption.LOOK_AHEAD, value);
        }

        /**
         * Sets the number of failures that lock a credential (semantics 6.2).
         *
         * @param value 1 to 100
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxFailures(long value) {
            return with(PolicyOption.MAX_FAILURES, value);
        }

        /**
         * Sets the largest difference of a token's clock, in time steps (semantics 4.9).
         *
         * @param value 1 to 200
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxDrift(long value) {
            return with(PolicyOption.MAX_DRIFT, value);
        }

        /**
         * Sets the number of counters that a resynchronization tries (semantics 8.4).
         *
         * @param value 1 to 10,000
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder resyncLookAhead(long value) {
            return with(PolicyOption.RESYNC_LOOK_AHEAD, value);
        }

        /**
         * Sets the number of recovery codes that a confirmation issues (semantics 8.2).
         *
         * @param value 0 to 10
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder recoveryCodes(long value) {
            return with(PolicyOption.RECOVERY_CODES, value);
        }

        /**
         * Makes the first login with a pending authenticator confirm it, for roll-outs by letter (semantics 3.3).
         *
         * @param on whether it is on
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder confirmAtFirstLogin(boolean on) {
            return with(PolicyOption.CONFIRM_AT_FIRST_LOGIN, on ? 1 : 0);
        }

        /**
         * Allows importing secrets of 10 to 15 bytes (semantics 1.4).
         *
         * @param on whether it is on
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder allowShortSecret(boolean on) {
            return with(PolicyOption.ALLOW_SHORT_SECRET, on ? 1 : 0);
        }

        /**
         * Allows enrolling parameters and names that some authenticator apps do not honor (semantics 12).
         *
         * @param on whether it is on
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder allowIncompatible(boolean on) {
            return with(PolicyOption.ALLOW_INCOMPATIBLE, on ? 1 : 0);
        }

        /**
         * Sets the days within which an app must be confirmed, from its enrollment (semantics 8.12).
         *
         * @param value 1 to 365
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder confirmWithinDays(long value) {
            return with(PolicyOption.CONFIRM_WITHIN_DAYS, value);
        }

        /**
         * Sets the lifetime of a ticket in seconds (semantics 15.3).
         *
         * @param value 1 to 600
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder ticketSeconds(long value) {
            return with(PolicyOption.TICKET_SECONDS, value);
        }

        /**
         * Sets an option by its name (semantics 12).
         *
         * @param option the option
         * @param value its value; 1 and 0 for on and off
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder with(PolicyOption option, long value) {
            Request request = new Request();
            policy.write(request);
            Response response = request.number(Objects.requireNonNull(option, "option").number())
                    .number(value).send(Native::policyWith, 0);
            policy = new Policy(Arrays.stream(policy.values).map(old -> response.number()).toArray());
            return this;
        }

        /**
         * Returns the policy.
         *
         * @return the policy
         */
        public Policy build() {
            return policy;
        }
    }
}
