<?php

// The outcomes of bindings/languages/outcomes.c, in PHP.

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Poterne\Accepted;
use Poterne\Attempt;
use Poterne\Denied;
use Poterne\Library;
use Poterne\Number;
use Poterne\PdoTable;
use Poterne\Table;
use Poterne\Ticket;
use Poterne\Verifier;

const NOW = 1111111109;
const LATER = 1111111111;
const CODE = '081804';
const LATER_CODE = '050471';
const STRANGE = 'hélène.œuvray';
const SECRET = '12345678901234567890';

$folder = $argv[1];
$file = "$folder/table.sqlite";
$verifier = Verifier::open("$folder/keys", 'grand-angle');

function need(bool $isRight, string $what): void
{
    if (!$isRight) {
        fwrite(STDERR, "outcomes: $what\n");
        exit(2);
    }
}

function connection(string $file, int $seconds = 2): PDO
{
    return new PDO("sqlite:$file", options: [PDO::SQLITE_ATTR_OPEN_FLAGS => PDO::SQLITE_OPEN_READWRITE, PDO::ATTR_TIMEOUT => $seconds]);
}

function table(string $file, int $seconds = 2): PdoTable
{
    return new PdoTable(fn () => connection($file, $seconds));
}

/** A table whose swap reports another number of rows, or throws. */
final class Rows implements Table
{
    public function __construct(private Table $table, private ?int $rows)
    {
    }

    public function load(string $account): ?string
    {
        return $this->table->load($account);
    }

    public function swap(string $account, ?string $old, string $record): int
    {
        return $this->rows ?? throw new LogicException("the values of $account");
    }
}

function outcome(callable $login): string
{
    try {
        need($login() instanceof Accepted, 'no login');
        return 'ok';
    } catch (Denied $denied) {
        return $denied->getMessage();
    }
}

function is(string $name, string $outcome): void
{
    echo "$name: $outcome\n";
}

/** A size that is not the library's own; through C, as the classes set the right one by themselves. */
function sizes(Table $table, string $folder): void
{
    $calls = Library::calls();
    [$keyring, $itself] = [$calls->new('poterne_keyring *'), $calls->new('poterne_verifier *')];
    $calls->poterne_keyring_open("$folder/keys", strlen("$folder/keys"), FFI::addr($keyring));
    $calls->poterne_verifier_new(Number::ABI, $keyring, 'grand-angle', 11, FFI::addr($itself));
    $old = $table->load('e.size');
    [$attempt, $result] = [Library::structure('poterne_attempt'), Library::structure('poterne_result')];
    $verify = fn () => Library::nameOf($calls->poterne_verify($itself, $old, strlen($old), 'e.size', 6, CODE, 6, NOW, FFI::addr($attempt)));
    $attempt->struct_size -= 8;
    is('attempt of a wrong size', $verify());
    $attempt->struct_size += 8;
    is('attempt of the right size', $verify());
    $rows = $table->swap('e.size', $old, FFI::string($attempt->record));
    $ask = fn () => Library::nameOf($calls->poterne_outcome(FFI::addr($attempt), $rows, FFI::addr($result)));
    $result->struct_size -= 8;
    is('result of a wrong size', $ask());
    $result->struct_size += 8;
    is('result of the right size', $ask());
    is('spent attempt', $ask());
    $calls->poterne_verifier_free($itself);
    $calls->poterne_keyring_free($keyring);
}

function all(Verifier $verifier, string $folder, string $file): void
{
    $table = table($file, 0);
    $login = fn (string $account, string $code, int $now, ?Table $other = null) =>
        outcome(fn () => $verifier->login($other ?? $table, $account, $code, now: $now));
    $padded = str_pad('c.petit', 255);
    is('no row', $login('nobody', CODE, NOW));
    is('right code', $login('a.martin', CODE, NOW));
    is('used code', $login('a.martin', CODE, NOW));
    is('wrong code', $login('a.martin', '000000', NOW));
    is('not a code', $login('a.martin', 'password', NOW));
    is('account outside ASCII', $login(STRANGE, CODE, NOW));
    is('account outside ASCII, used code', $login(STRANGE, CODE, NOW));
    is('account that is not UTF-8', $login("h\xe9l\xe8ne", CODE, NOW));
    is('padded account and record', $login($padded, CODE, NOW));
    is('padded account, used code', $login($padded, CODE, NOW));
    is('account of 256 bytes', $login(str_repeat('a', 256), CODE, NOW));
    sizes($table, $folder);
    $ticket = $verifier->ticket('d.ticket', 'payroll', '192.0.2.1', NOW - 60);
    foreach (['late ticket' => NOW + 241, 'ticket' => NOW, 'ticket and used code' => NOW] as $name => $now) {
        is($name, outcome(fn () => $verifier->login($table, 'd.ticket', CODE, $ticket, $now)));
    }
    is('database down', $login('a.martin', CODE, NOW, table("$file.d/t")));
    $other = connection($file);
    $other->exec('BEGIN IMMEDIATE');
    is('table locked', $login('a.martin', LATER_CODE, LATER));
    $other->exec('ROLLBACK');
    is('swap of no row', $login('a.martin', LATER_CODE, LATER, new Rows($table, 0)));
    is('swap of two rows', $login('a.martin', LATER_CODE, LATER, new Rows($table, 2)));
    is('later code', $login('a.martin', LATER_CODE, LATER));
    is('for the user', Library::messageToUser(Number::REFUSED_REPLAYED, 0, 'fr'));
    for ($tries = 0; $tries < 20; $tries++) {
        try {
            $verifier->login($table, 'g.wait', '000000', now: NOW);
        } catch (Denied $denied) {
            if ($denied->status !== Number::REFUSED_WRONG_CODE) {
                is('too many wrong codes', $denied->getMessage());
                is('for the user who must wait', $denied->messageToUser('fr'));
                break;
            }
        }
    }
}

/** What the outcomes of C do not show: a life of a credential, exceptions, copies, traces, an ignored verdict. */
function own(Verifier $verifier, string $file): void
{
    [$table, $account] = [table($file), 'f.life'];
    $login = fn (string $code, int $now) => $verifier->login($table, $account, $code, now: $now);
    try {
        $verifier->login(new Rows($table, null), 'a.martin', CODE, now: NOW);
        need(false, 'an exception is a login');
    } catch (Denied $denied) {
        need($denied->status === Number::E_STORE, 'an exception is no verdict');
        need(!str_contains((string) $denied, 'the values of'), 'the exception tells what the database said');
        need(!str_contains(print_r($denied->getTrace(), true), CODE), 'the code is in the trace');
    }
    $isIn = false;
    try {
        // The program looks at nothing, and goes on.
        $verifier->login($table, 'a.martin', '000000', now: NOW);
        $isIn = true;
    } catch (Poterne\Refused) {
    }
    need(!$isIn, 'an ignored refusal lets in');
    $pending = ['state' => Number::STATE_PENDING];
    need($table->swap($account, null, $verifier->import($account, SECRET, [], $pending, NOW)) === 1, 'not stored');
    need($table->swap($account, null, $verifier->import($account, SECRET, [], $pending, NOW)) === 0, 'a second one');
    $uri = $verifier->otpauthUri($table->load($account), $account, 'Direction', $account, NOW);
    need(str_starts_with($uri, 'otpauth://totp/Direction') && str_starts_with(Library::qrSvg($uri), '<svg'), 'no URI or no picture');
    $codes = $verifier->confirm($table, $account, CODE, NOW);
    need(count($codes) === 8 && strlen($codes[0]) === 15, 'no recovery codes');
    need($login($codes[0], NOW)->method === Number::METHOD_RECOVERY_CODE, 'not by a recovery code');
    need($login($verifier->temporaryCode($table, $account, Number::SUSPEND, NOW), NOW)->recoveryCodesLeft === 7, 'not by a temporary code');
    $verifier->resume($table, $account);
    $verifier->unlock($table, $account);
    need($login(LATER_CODE, LATER)->method === Number::METHOD_OTP, 'not resumed');
    $attempt = $verifier->verify($table->load($account), $account, '000000', LATER);
    foreach ([fn () => clone $attempt, fn () => serialize($attempt), fn () => new Accepted(Library::structure('poterne_result'))] as $number => $copy) {
        try {
            $copy();
            need(false, "copy $number is made");
        } catch (Error | Poterne\Failed) {
        }
    }
    need(outcome(fn () => $attempt->outcome(1)) === 'refused.wrong_code' && outcome(fn () => $attempt->outcome(1)) === 'error.attempt', 'spent twice');
    $verifier->revoke($table, $account);
    need(outcome(fn () => $login(LATER_CODE, LATER)) === 'refused.revoked', 'not revoked');
    $shared = connection($file);
    $shared->beginTransaction();
    need(outcome(fn () => $verifier->login(new PdoTable(fn () => $shared), $account, CODE, now: NOW)) === 'error.store', 'inside of a transaction');
    echo "own: a life of a credential, exceptions, copies, traces, an ignored refusal\n";
}

function race(Verifier $verifier, string $file, string $account, bool $isCareless): void
{
    $table = table($file);
    $outcome = 'refused.conflict';
    for ($tries = 0; $tries < 3 && $outcome === 'refused.conflict'; $tries++) {
        $old = $table->load($account);
        $attempt = $verifier->verify($old, $account, CODE, NOW);
        if ($tries === 0) {
            echo "loaded\n";
            fgets(STDIN);
        }
        // The fault: the record is compared with itself.
        if ($isCareless) {
            $old = $table->load($account);
        }
        $rows = $attempt->changed() ? $table->swap($account, $old, $attempt->record()) : 0;
        $outcome = outcome(fn () => $attempt->outcome($rows));
    }
    is($account, $outcome);
}

match ($argv[2] ?? 'all') {
    'all' => all($verifier, $folder, $file),
    'own' => own($verifier, $file),
    'race' => race($verifier, $file, $argv[3], isset($argv[4])),
};
