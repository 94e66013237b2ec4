<?php

declare(strict_types=1);

namespace Poterne;

/** Makes and checks the records of one application. */
final class Verifier
{
    private \FFI\CData $handle;

    private function __construct(\FFI\CData $keyring, string $application)
    {
        $made = Library::calls()->new('poterne_verifier *');
        $status = Library::calls()->poterne_verifier_new(Number::ABI, $keyring, $application, \strlen($application), \FFI::addr($made));
        // The verifier has its own copy.
        Library::calls()->poterne_keyring_free($keyring);
        Library::check($status);
        $this->handle = $made;
    }

    /** With the keyring in a file of mode 0600. */
    public static function open(string $keysFile, string $application): self
    {
        $keyring = Library::calls()->new('poterne_keyring *');
        Library::check(Library::calls()->poterne_keyring_open($keysFile, \strlen($keysFile), \FFI::addr($keyring)));
        return new self($keyring, $application);
    }

    /** With a keyring from its text, for keys that come from a credential store. */
    public static function parse(#[\SensitiveParameter] string $keysText, string $application): self
    {
        $keyring = Library::calls()->new('poterne_keyring *');
        Library::check(Library::calls()->poterne_keyring_parse($keysText, \strlen($keysText), \FFI::addr($keyring)));
        return new self($keyring, $application);
    }

    public function __destruct()
    {
        if (isset($this->handle)) {
            Library::calls()->poterne_verifier_free($this->handle);
        }
    }

    /** Sets Number::OPTION_... */
    public function set(int $option, int $value): void
    {
        Library::check(Library::calls()->poterne_verifier_set($this->handle, $option, $value));
    }

    // ---- Login ----

    /** Returns for a login, and for nothing else: throws Refused or Failed. */
    public function login(Table $table, string $account, #[\SensitiveParameter] string $submitted, ?Ticket $ticket = null, int $now = Number::NOW): Accepted
    {
        return $this->attempts($table, $account, fn (?string $record) => $ticket === null
            ? $this->verify($record, $account, $submitted, $now)
            : $this->verifyWithTicket($record, $account, $ticket, $submitted, $now), fn (Attempt $attempt, int $rows) => $attempt->outcome($rows));
    }

    /** The first step by itself; an account without a row has a record of null. */
    public function verify(?string $record, string $account, #[\SensitiveParameter] string $submitted, int $now = Number::NOW): Attempt
    {
        return new Attempt(fn ($attempt) => Library::calls()->poterne_verify($this->handle, $record, \strlen($record ?? ''), $account,
            \strlen($account), $submitted, \strlen($submitted), $now, $attempt));
    }

    public function verifyWithTicket(?string $record, string $account, Ticket $ticket, #[\SensitiveParameter] string $submitted, int $now = Number::NOW): Attempt
    {
        $shown = Library::structure('poterne_presented_ticket');
        $kept = [];
        foreach (['ticket' => $ticket->text, 'purpose' => $ticket->purpose, 'context' => $ticket->context] as $name => $text) {
            $type = $name === 'context' ? 'uint8_t' : 'char';
            // A structure's pointer keeps nothing alive.
            $kept[] = $buffer = self::buffer($text, $type);
            $shown->$name = Library::calls()->cast("$type *", $buffer);
            $shown->{$name . '_len'} = \strlen($text);
        }
        return new Attempt(fn ($attempt) => Library::calls()->poterne_verify_with_ticket($this->handle, $record, \strlen($record ?? ''),
            $account, \strlen($account), \FFI::addr($shown), $submitted, \strlen($submitted), $now, $attempt));
    }

    /** A ticket is not a login. $context is data that the client's next request has too. */
    public function ticket(string $account, string $purpose, #[\SensitiveParameter] string $context, int $now = Number::NOW): Ticket
    {
        return new Ticket(Library::text(Number::TICKET_MAX, fn ($out, $size, $length) => Library::calls()->poterne_ticket($this->handle,
            $account, \strlen($account), $purpose, \strlen($purpose), $context, \strlen($context), $now, $out, $size, $length)),
            $purpose, $context);
    }

    // ---- Enrollment: $table->swap($account, null, $record) stores a first record ----

    public function enroll(string $account, int $now = Number::NOW): string
    {
        return self::record(fn ($out, $size, $length) => Library::calls()->poterne_enroll($this->handle, $account, \strlen($account), null,
            $now, $out, $size, $length));
    }

    /**
     * @param array<string, int> $parameters fields of poterne_parameters
     * @param array<string, int> $existing fields of poterne_existing_credential; active, if there is none
     */
    public function import(string $account, #[\SensitiveParameter] string $secret, array $parameters = [], array $existing = [], int $now = Number::NOW): string
    {
        $made = self::filled('poterne_parameters', $parameters);
        $history = self::filled('poterne_existing_credential', $existing + ['state' => Number::STATE_ACTIVE]);
        return self::record(fn ($out, $size, $length) => Library::calls()->poterne_import($this->handle, $account, \strlen($account),
            \FFI::addr($made), $secret, \strlen($secret), \FFI::addr($history), $now, $out, $size, $length));
    }

    /** @param array<string, int> $parameters fields of poterne_parameters */
    public function enrollToken(string $account, #[\SensitiveParameter] string $secret, array $parameters = [], int $now = Number::NOW): string
    {
        $made = self::filled('poterne_parameters', $parameters);
        return self::record(fn ($out, $size, $length) => Library::calls()->poterne_enroll_token($this->handle, $account, \strlen($account),
            \FFI::addr($made), $secret, \strlen($secret), $now, $out, $size, $length));
    }

    /** The text of the QR code: Library::qrSvg makes its picture. */
    public function otpauthUri(string $record, string $account, string $issuer, string $label, int $now = Number::NOW): string
    {
        [$first, $second] = [self::buffer($issuer), self::buffer($label)];
        $names = Library::structure('poterne_uri_names');
        $names->issuer = Library::calls()->cast('char *', $first);
        $names->issuer_len = \strlen($issuer);
        $names->label = Library::calls()->cast('char *', $second);
        $names->label_len = \strlen($label);
        return Library::text(Number::URI_MAX, fn ($out, $size, $length) => Library::calls()->poterne_otpauth_uri($this->handle, $record,
            \strlen($record), $account, \strlen($account), \FFI::addr($names), $now, $out, $size, $length));
    }

    // ---- Changes: each loads, swaps, and starts again after a conflict ----

    /**
     * The first code.
     *
     * @return list<string> the recovery codes, to show now
     */
    public function confirm(Table $table, string $account, #[\SensitiveParameter] string $submitted, int $now = Number::NOW): array
    {
        return $this->changed($table, $account, 'poterne_confirm', $submitted, \strlen($submitted), $now);
    }

    /** @param int $missing Number::KEEP or Number::SUSPEND */
    public function temporaryCode(Table $table, string $account, int $missing, int $now = Number::NOW): string
    {
        return $this->changed($table, $account, 'poterne_temporary_code', 0, 0, $missing, $now)[0];
    }

    public function unlock(Table $table, string $account): void
    {
        $this->changed($table, $account, 'poterne_unlock');
    }

    public function resume(Table $table, string $account): void
    {
        $this->changed($table, $account, 'poterne_resume');
    }

    public function revoke(Table $table, string $account): void
    {
        $this->changed($table, $account, 'poterne_revoke');
    }

    /** @return list<string> */
    private function changed(Table $table, string $account, string $call, #[\SensitiveParameter] mixed ...$more): array
    {
        return $this->attempts($table, $account, fn (?string $record) => new Attempt(fn ($attempt) => Library::calls()->$call($this->handle,
            $record, \strlen($record ?? ''), $account, \strlen($account), ...[...$more, $attempt])), fn (Attempt $attempt, int $rows) =>
            $attempt->change($rows));
    }

    /** Load, verify, swap, outcome; after a conflict again, at most three times in all, as poterne_login does. */
    private function attempts(Table $table, string $account, callable $make, callable $outcome): mixed
    {
        for ($tries = 1; ; $tries++) {
            try {
                $old = $table->load($account);
                $attempt = $make($old);
                $rows = $attempt->changed() ? $table->swap($account, $old, $attempt->record()) : 0;
            } catch (Denied $denied) {
                throw $denied;
            } catch (\Throwable) {
                // Its text may have the statement and its values.
                throw new Failed(Number::E_STORE);
            }
            try {
                return $outcome($attempt, $rows);
            } catch (Refused $refused) {
                if ($refused->status !== Number::REFUSED_CONFLICT || $tries === 3) {
                    throw $refused;
                }
            }
        }
    }

    private static function record(callable $call): string
    {
        return Library::text(Number::RECORD_MAX, $call);
    }

    private static function filled(string $structure, array $fields): \FFI\CData
    {
        $made = Library::structure($structure);
        foreach ($fields as $name => $value) {
            $made->$name = $value;
        }
        return $made;
    }

    /** Its type must be that of the pointer: cast() to another one would read a pointer out of the text. */
    private static function buffer(string $text, string $type = 'char'): \FFI\CData
    {
        $buffer = Library::calls()->new($type . '[' . (\strlen($text) + 1) . ']');
        \FFI::memcpy($buffer, $text, \strlen($text));
        return $buffer;
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new Failed(Number::E_ARGUMENT);
    }
}
