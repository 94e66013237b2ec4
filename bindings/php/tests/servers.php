<?php

// PdoTable on PostgreSQL and MariaDB, inside of tests/databases: swap, conflicts, a lock, a server that is down, a careless store.

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Poterne\Denied;
use Poterne\Failed;
use Poterne\Library;
use Poterne\Number;
use Poterne\PdoTable;
use Poterne\Verifier;

const NOW = 1111111109;
const CODE = '081804';
const SECRET = '12345678901234567890';

function need(bool $isRight, string $what): void
{
    if (!$isRight) {
        fwrite(STDERR, "servers: $what\n");
        exit(2);
    }
}

$folder = $argv[1];
$verifier = Verifier::open("$folder/keys", 'grand-angle');
$servers = [
    'pgsql' => [fn (string $port) => new PDO("pgsql:host=127.0.0.1;port=$port;dbname=poterne", 'poterne', 'poterne'), 'POTERNE_POSTGRESQL_PORT',
        "SET lock_timeout = '100ms'"],
    'mysql' => [fn (string $port) => new PDO("mysql:host=127.0.0.1;port=$port;dbname=poterne;charset=utf8mb4", 'poterne', 'poterne'),
        'POTERNE_MARIADB_PORT', 'SET innodb_lock_wait_timeout = 1'],
];
foreach ($servers as $driver => [$open, $variable, $wait]) {
    $port = getenv($variable) ?: exit("servers: run this inside of tests/databases\n");
    $connect = function () use ($open, $port, $wait): PDO {
        $connection = $open($port);
        $connection->exec($wait);
        return $connection;
    };
    // PostgreSQL pads CHAR columns; MariaDB has none of this length, and compares without case unless it is told.
    $connect()->exec($driver === 'pgsql'
        ? 'CREATE TABLE poterne (account CHAR(60) NOT NULL PRIMARY KEY, record CHAR(511) NOT NULL)'
        : 'CREATE TABLE poterne (account VARCHAR(60) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    [$table, $other] = [new PdoTable($connect), new PdoTable($connect)];
    $login = function (string $account, PdoTable $with) use ($verifier): string {
        try {
            $verifier->login($with, $account, CODE, now: NOW);
            return 'ok';
        } catch (Denied $denied) {
            return $denied->getMessage();
        }
    };
    foreach (['a.martin', 'hélène.œuvray', "o'brien"] as $account) {
        $record = $verifier->import($account, SECRET, now: NOW);
        need($table->swap($account, null, $record) === 1 && $other->swap($account, null, $record) === 0, "$driver: a first record");
        need($login($account, $table) === 'ok', "$driver: $account");
        need($login($account, $other) === 'refused.replayed', "$driver: $account, used");
    }
    need($login('nobody', $table) === 'refused.not_enrolled', "$driver: no row");

    // A row that has no record is filled, once; the control, a table that only inserts, could not.
    $connect()->exec($driver === 'pgsql' ? 'CREATE TABLE people (account VARCHAR(60) NOT NULL PRIMARY KEY, record VARCHAR(504))'
        : 'CREATE TABLE people (account VARCHAR(60) NOT NULL PRIMARY KEY, record VARCHAR(504)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    $connect()->exec("INSERT INTO people (account) VALUES ('row')");
    $people = new PdoTable($connect, 'people');
    $record = $verifier->import('row', SECRET, now: NOW);
    need($people->load('row') === null && $people->swap('row', null, $record) === 1, "$driver: a row without a record");
    need($people->load('row') === $record && $people->swap('row', null, $record) === 0, "$driver: a row with one");
    try {
        $connect()->exec("INSERT INTO people (account, record) VALUES ('row', '')");
        need(false, "$driver: the control was not found");
    } catch (PDOException) {
    }

    // The server ends its connections, as at a restart.
    $control = $connect();
    if ($driver === 'pgsql') {
        $control->exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'poterne'");
    } else {
        $ids = $control->query('SELECT id FROM information_schema.processlist WHERE id <> connection_id() AND user = \'poterne\'')->fetchAll(PDO::FETCH_COLUMN);
        need($ids !== [], "$driver: no connection to end");
        foreach ($ids as $id) {
            $control->exec("KILL $id");
        }
    }
    need($login('a.martin', $table) === 'refused.replayed', "$driver: a connection that was closed is opened again");

    // Somebody holds the row.
    $table->swap('lock', null, $verifier->import('lock', SECRET, now: NOW));
    $holder = $connect();
    $holder->beginTransaction();
    $holder->exec("UPDATE poterne SET record = record WHERE account = 'lock'");
    need($login('lock', $table) === 'refused.conflict', "$driver: a lock is a conflict");
    $holder->rollBack();
    need($login('lock', $table) === 'ok', "$driver: control, without the lock");

    // Two verify, then two store: one row, once.
    $table->swap('race', null, $verifier->import('race', SECRET, now: NOW));
    [$old, $again] = [$table->load('race'), $other->load('race')];
    $attempts = [$verifier->verify($old, 'race', CODE, NOW), $verifier->verify($again, 'race', CODE, NOW)];
    need($table->swap('race', $old, $attempts[0]->record()) === 1, "$driver: the first stores");
    need($other->swap('race', $again, $attempts[1]->record()) === 0, "$driver: the second does not");
}

// Nobody listens there.
$down = new PdoTable(fn () => new PDO('pgsql:host=127.0.0.1;port=1;dbname=poterne', 'poterne', 's3cret'));
try {
    $verifier->login($down, 'a.martin', CODE, now: NOW);
    need(false, 'a login without a database');
} catch (Failed $failed) {
    need($failed->status === Number::E_STORE && !str_contains((string) $failed, 's3cret'), 'a server that is down');
    need(str_contains(Library::messageToUser($failed->status, 0, 'fr'), 'indisponible'), 'what to tell the user');
}
echo 'servers: ' . implode(', ', array_keys($servers)) . ": swap, conflict, lock, down\n";
