<?php

// The cases of a login among the vectors: vectors.php FILE ... Their format is that of tests/vectors/README.md.
//
// A case is one of a login if its steps verify, and nothing else. It says how many there were: bindings/languages/check counts too.

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Poterne\Denied;
use Poterne\Library;
use Poterne\Number;
use Poterne\Verifier;

function fault(string $what): never
{
    throw new RuntimeException($what);
}

function number(string $name): int
{
    return defined(Number::class . "::$name") ? constant(Number::class . "::$name") : fault("unknown word $name");
}

function bytes(string $text): string
{
    return str_starts_with($text, 'hex:') ? (string) hex2bin(substr($text, 4)) : $text;
}

function freshKeys(): string
{
    $keyring = Library::calls()->new('poterne_keyring *');
    Library::check(Library::calls()->poterne_keyring_generate(20261121, FFI::addr($keyring)));
    $text = Library::text(16386, fn ($out, $size, $length) => Library::calls()->poterne_keyring_to_text($keyring, $out, $size, $length));
    Library::calls()->poterne_keyring_free($keyring);
    return $text;
}

/** Numbers above 2^63 - 1 are negative in PHP: its int is C's uint64_t, bit by bit. */
function unsigned(string $digits): int
{
    static $c = null;
    $c ??= FFI::cdef('unsigned long long strtoull(const char *, char **, int);');
    return $c->strtoull($digits, null, 10);
}

/** `error.record` is `error record`. */
function shown(Denied $denied): string
{
    return strtr($denied->getMessage(), '.', ' ') . ($denied->status === Number::REFUSED_WAIT ? " $denied->waitSeconds" : '');
}

final class Script
{
    public int $steps = 0;
    private array $policy = [];
    private array $copies = [];
    private string $keys;
    private string $application = 'vectors';
    private string $account = 'a.martin';
    private ?string $record = null;

    public function __construct()
    {
        $this->keys = freshKeys();
    }

    public function run(array $lines): void
    {
        foreach ($lines as [$key, $value]) {
            match ($key) {
                'rule', 'state' => null,
                'policy' => $this->policy($value),
                'keyring' => $this->keys = bytes($value),
                'application' => $this->application = bytes($value),
                'account' => $this->account = bytes($value),
                'record' => $this->record = bytes($value),
                'import', 'enroll_token' => $this->begin($key === 'import', $value),
                'step' => $this->step($value),
                default => fault("unknown key $key"),
            };
        }
    }

    private function policy(string $value): void
    {
        foreach (explode(' ', $value) as $word) {
            [$name, $setting] = explode('=', $word);
            $this->policy[number('OPTION_' . strtoupper($name))] = (int) $setting;
        }
    }

    private function verifier(): Verifier
    {
        $made = Verifier::parse($this->keys, $this->application);
        foreach ($this->policy as $option => $value) {
            $made->set($option, $value);
        }
        return $made;
    }

    private function begin(bool $isImport, string $value): void
    {
        [$given, $expected] = explode(' -> ', $value) + [1 => 'stored'];
        $words = explode(' ', $isImport ? $given : "token $given");
        $parameters = ['authenticator' => number(strtoupper($words[0])), 'moving_factor' => number(strtoupper($words[1])),
            'algorithm' => number($words[2]), 'digits' => (int) $words[3], 'time_step' => (int) $words[4], 't0' => (int) $words[5]];
        $existing = $isImport ? ['state' => number('STATE_' . strtoupper($words[7]))] : [];
        $now = $parameters['t0'];
        foreach (array_slice($words, $isImport ? 8 : 7) as $word) {
            [$key, $setting] = explode('=', $word);
            if ($setting === 'none') {
                continue;
            }
            match ($key) {
                'now' => $now = (int) $setting,
                'counter' => $parameters[$key] = unsigned($setting),
                'not_before', 'not_after', 'confirm_by' => $parameters[$key] = (int) $setting,
                'drift' => $existing[$key] = (int) $setting,
                'watermark', 'last_sync' => $existing = ["has_$key" => 1, $key => unsigned($setting)] + $existing,
                default => fault("unknown key $key"),
            };
        }
        try {
            $this->record = $isImport ? $this->verifier()->import($this->account, bytes($words[6]), $parameters, $existing, $now)
                : $this->verifier()->enrollToken($this->account, bytes($words[6]), $parameters, $now);
            $actual = 'stored';
        } catch (Denied $denied) {
            $actual = shown($denied);
        }
        if ($actual !== $expected) {
            fault("$actual, not $expected");
        }
    }

    private function step(string $value): void
    {
        $this->steps++;
        [$given, $expected] = explode(' -> ', $value);
        $words = explode(' ', $given);
        if ($words[0] === 'fork') {
            $this->copies[$words[1]] = $this->record;
            return;
        }
        $rows = str_starts_with(end($words), 'rows=') ? (int) substr(array_pop($words), 5) : null;
        $against = $words[0] === 'verify_absent' ? null : $this->record;
        if (count($words) === 5 && $words[3] === 'with') {
            $against = $this->copies[$words[4]];
        } elseif (count($words) !== 3) {
            fault('words');
        }
        $attempt = $this->verifier()->verify($against, $this->account, bytes($words[2]), (int) $words[1]);
        $isStored = $rows === null && $attempt->changed() && $against === $this->record;
        $keys = [];
        try {
            $accepted = $attempt->outcome($rows ?? (int) $isStored);
            $actual = 'accepted ' . [1 => 'otp', 'recovery_code', 'temporary_code'][$accepted->method]
                . ($accepted->method === Number::METHOD_OTP ? " $accepted->movingFactor" : '');
            $keys = ["drift=$accepted->drift", "recovery=$accepted->recoveryCodesLeft", "failures_before=$accepted->failuresBefore"];
        } catch (Denied $denied) {
            $actual = shown($denied);
        }
        if ($isStored) {
            $this->record = $attempt->record();
        }
        // A key that is not written is not compared.
        $compared = array_filter(explode(' ', $expected), fn ($word) => str_contains($word, '='));
        $plain = implode(' ', array_diff(explode(' ', $expected), $compared));
        if ($actual !== $plain || array_diff($compared, $keys) !== []) {
            fault($actual . ' ' . implode(' ', $keys) . ", not $expected");
        }
    }
}

/** 0 is no bound in C. */
function isLogin(array $lines): bool
{
    foreach ($lines as [$key, $value]) {
        $words = explode(' ', $value);
        if ($key === 'enroll' || ($key === 'import' && in_array('not_after=0', $words, true))
            || ($key === 'step' && !in_array($words[0], ['verify', 'verify_absent', 'fork'], true))) {
            return false;
        }
    }
    return true;
}

[$count, $steps, $faults] = [0, 0, 0];
foreach (array_slice($argv, 1) as $path) {
    $cases = [];
    foreach (file($path, FILE_IGNORE_NEW_LINES) as $line) {
        if ($line === '' || $line[0] === '#') {
            continue;
        }
        if ($line[0] === '[') {
            $cases[$name = $line] = [];
        } else {
            $cases[$name][] = explode(' = ', $line, 2);
        }
    }
    foreach (array_filter($cases, isLogin(...)) as $name => $lines) {
        $script = new Script();
        try {
            $script->run($lines);
        } catch (Throwable $what) {
            fwrite(STDERR, "$path $name: {$what->getMessage()}\n");
            $faults++;
        }
        $count++;
        $steps += $script->steps;
    }
}
echo "$count cases, $steps steps\n";
exit($faults === 0 ? 0 : 1);
