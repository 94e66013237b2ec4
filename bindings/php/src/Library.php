<?php

declare(strict_types=1);

namespace Poterne;

/** The calls of C. Under a web server PHP allows them to preloaded files alone: preload.php. */
final class Library
{
    private static ?\FFI $calls = null;

    public static function calls(): \FFI
    {
        return self::$calls ??= self::preloaded() ?? self::loaded();
    }

    /** What ffi.preload has read when the server started. */
    private static function preloaded(): ?\FFI
    {
        try {
            return \FFI::scope('poterne');
        } catch (\FFI\Exception) {
            return null;
        }
    }

    private static function loaded(): \FFI
    {
        $declarations = (string) file_get_contents(__DIR__ . '/poterne.cdef.h');
        return \FFI::cdef((string) preg_replace('/^#define .*\n/m', '', $declarations), 'libpoterne.so.1');
    }

    /** The stable text of a status, for the journal: `refused.replayed`, `error.store`. */
    public static function nameOf(int $status): string
    {
        $text = self::calls()->new('char[64]');
        return self::calls()->poterne_status_name($status, $text, 64, null) === Number::OK ? \FFI::string($text) : (string) $status;
    }

    /** What to tell the user, in `en` or `fr`. */
    public static function messageToUser(int $status, int $detail, string $language): string
    {
        return self::text(256, fn ($out, $size, $length) =>
            self::calls()->poterne_message_to_user($status, $detail, $language, \strlen($language), $out, $size, $length));
    }

    /**
     * Whether a statement's error means that somebody else was in the way: then roll back, and report 0 rows.
     *
     * @param int $database Number::DATABASE_...
     */
    public static function isConflict(int $database, ?string $sqlState, int $code): bool
    {
        $status = self::calls()->poterne_is_conflict($database, $sqlState, \strlen($sqlState ?? ''), $code);
        if ($status < 0) {
            throw new Failed($status);
        }
        return $status === Number::REFUSED_CONFLICT;
    }

    public static function qrSvg(string $uri): string
    {
        return self::text(32768, fn ($out, $size, $length) => self::calls()->poterne_qr_svg($uri, \strlen($uri), $out, $size, $length));
    }

    /** A structure of C with its size and zeros. */
    public static function structure(string $name): \FFI\CData
    {
        $made = self::calls()->new($name);
        $made->struct_size = \FFI::sizeof($made);
        return $made;
    }

    public static function check(int $status): void
    {
        if ($status < 0) {
            throw new Failed($status);
        }
        if ($status !== Number::OK) {
            throw new Refused($status);
        }
    }

    /** A text that the library writes; its buffer is wiped. */
    public static function text(int $most, callable $call): string
    {
        $out = self::calls()->new("char[$most]");
        $length = self::calls()->new('size_t');
        try {
            self::check($call($out, $most, \FFI::addr($length)));
            return \FFI::string($out, $length->cdata);
        } finally {
            self::calls()->poterne_wipe($out, $most);
        }
    }
}
