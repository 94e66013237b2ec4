<?php

// A page that logs in, under a web server. Its classes are preloaded, or included for the control.

declare(strict_types=1);

if (getenv('POTERNE_INCLUDED')) {
    require __DIR__ . '/../src/autoload.php';
}
$folder = (string) getenv('POTERNE_FOLDER');
header('Content-Type: text/plain');
try {
    $verifier = Poterne\Verifier::open("$folder/keys", 'grand-angle');
    $table = new Poterne\PdoTable(fn () => new PDO("sqlite:$folder/table.sqlite"));
    $verifier->login($table, 'a.martin', '081804', now: 1111111109);
    echo "ok\n";
} catch (Poterne\Denied $denied) {
    echo $denied->getMessage(), "\n";
} catch (Throwable $failure) {
    http_response_code(500);
    echo $failure->getMessage(), "\n";
}
