<?php

// A login on SQLite: login.php DATABASE KEYS ACCOUNT < CODE
//
// Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well.

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

[, $database, $keys, $account] = $argv;
$code = trim((string) fgets(STDIN));

$verifier = Poterne\Verifier::open($keys, 'grand-angle');
// A file that is not there is a database that is down, and not a new one.
$table = new Poterne\PdoTable(fn () => new PDO("sqlite:$database", options: [PDO::SQLITE_ATTR_OPEN_FLAGS => PDO::SQLITE_OPEN_READWRITE]));
try {
    $accepted = $verifier->login($table, $account, $code);
    echo "Welcome. Refused attempts before: $accepted->failuresBefore\n";
} catch (Poterne\Denied $denied) {
    error_log("poterne: {$denied->getMessage()}");
    echo $denied->messageToUser('en'), "\n";
    exit($denied instanceof Poterne\Refused ? 1 : 2);
}
