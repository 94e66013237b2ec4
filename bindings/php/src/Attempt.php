<?php

declare(strict_types=1);

namespace Poterne;

/** A login or a change in two steps: store record() and commit, then ask for the outcome. It is spent once, and wiped at the end. */
final class Attempt
{
    private \FFI\CData $memory;
    private int $status;

    /** @param callable $fill makes one call of C that fills the attempt, and returns its status */
    public function __construct(callable $fill)
    {
        $this->memory = Library::structure('poterne_attempt');
        $this->status = $fill(\FFI::addr($this->memory));
    }

    public function __destruct()
    {
        Library::calls()->poterne_wipe(\FFI::addr($this->memory), \FFI::sizeof($this->memory));
    }

    /** The status of the first step: Number::STORE, a refusal or an error. Never a login. */
    public function status(): int
    {
        return $this->status;
    }

    public function changed(): bool
    {
        return $this->memory->changed === 1;
    }

    public function record(): string
    {
        return \FFI::string($this->memory->record, $this->memory->record_len);
    }

    /** After the COMMIT, with the rows that the swap updated. Throws, unless it is a login. */
    public function outcome(int $rows): Accepted
    {
        // Below 0 there is no verdict to ask for.
        if ($this->status < 0) {
            throw new Failed($this->status);
        }
        return Accepted::outcome($this->memory, $rows);
    }

    /**
     * As outcome(), of a confirmation or a change: the codes that it issued, to show now.
     *
     * @return list<string>
     */
    public function change(int $rows): array
    {
        if ($this->status < 0) {
            throw new Failed($this->status);
        }
        $status = Library::calls()->poterne_outcome(\FFI::addr($this->memory), $rows, null);
        if ($status < 0) {
            throw new Failed($status);
        }
        if ($status !== Number::CONFIRMED && $status !== Number::CHANGED) {
            throw new Refused($status);
        }
        $codes = Library::text(Number::CODES_MAX, fn ($out, $size, $length) =>
            Library::calls()->poterne_codes(\FFI::addr($this->memory), $out, $size, $length));
        return $codes === '' ? [] : explode("\n", $codes);
    }

    /** A copy could be spent twice. */
    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new Failed(Number::E_ATTEMPT);
    }
}
