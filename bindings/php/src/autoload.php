<?php

declare(strict_types=1);

// For applications without Composer.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Poterne\\') && is_file($file = __DIR__ . '/' . substr($class, 8) . '.php')) {
        require $file;
    }
});
