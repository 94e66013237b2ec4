<?php

declare(strict_types=1);

// opcache.preload=/path/to/this/file: a web server allows FFI to what is preloaded, and to nothing else (ffi.enable=preload, the default).
// ffi.preload=/path/to/src/poterne.cdef.h beside it reads the declarations once, and not in each request. FFI::load would do it here, but
// not where the server starts as root and names a preload_user.
foreach (['Number', 'Denied', 'Refused', 'Failed', 'Library', 'Accepted', 'Table', 'Ticket', 'Attempt', 'Verifier', 'PdoTable'] as $class) {
    require_once __DIR__ . "/src/$class.php";
}
