<?php

declare(strict_types=1);

namespace Poterne;

/** The table of the application. Whatever they throw, the login has failed and is no verdict. PdoTable is one. */
interface Table
{
    /** The stored record; null if there is no row. */
    public function load(string $account): ?string;

    /**
     * UPDATE ... SET record = :record WHERE account = :account AND record = :old, in a transaction of its own, and COMMIT. Without $old
     * it inserts, unless the account has a record. Returns the rows that the database counted: 0 if somebody else was in the way, or if
     * the COMMIT failed.
     */
    public function swap(string $account, ?string $old, string $record): int;
}
