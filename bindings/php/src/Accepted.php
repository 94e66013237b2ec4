<?php

declare(strict_types=1);

namespace Poterne;

/** A login. Only an outcome makes one. */
final class Accepted
{
    /** Number::METHOD_OTP, METHOD_RECOVERY_CODE or METHOD_TEMPORARY_CODE. */
    public readonly int $method;
    public readonly int $recoveryCodesLeft;
    /** Refused attempts since the last login: show them. */
    public readonly int $failuresBefore;
    public readonly int $movingFactor;
    public readonly int $drift;

    private function __construct(\FFI\CData $result)
    {
        $this->method = $result->method;
        $this->recoveryCodesLeft = $result->recovery_codes_left;
        $this->failuresBefore = $result->failures_before;
        $this->movingFactor = $result->moving_factor;
        $this->drift = $result->drift;
    }

    /** Only here does a status become a login. */
    public static function outcome(\FFI\CData $attempt, int $rows): self
    {
        $result = Library::structure('poterne_result');
        $status = Library::calls()->poterne_outcome(\FFI::addr($attempt), $rows, \FFI::addr($result));
        if ($status < 0) {
            throw new Failed($status);
        }
        if ($status !== Number::OK) {
            throw new Refused($status, $result->wait_seconds, $result->clock_off_steps);
        }
        return new self($result);
    }
}
