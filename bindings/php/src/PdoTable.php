<?php

declare(strict_types=1);

namespace Poterne;

/**
 * A table over PDO, with a connection of its own: a later rollback of the application never takes an accepted code back. Never give it
 * the connection of the application, nor a persistent one.
 *
 *     new PdoTable(fn () => new PDO('pgsql:host=db;dbname=app', 'poterne', $password))
 */
final class PdoTable implements Table
{
    private const DATABASES = ['pgsql' => Number::DATABASE_POSTGRESQL, 'mysql' => Number::DATABASE_MARIADB,
        'sqlite' => Number::DATABASE_SQLITE, 'oci' => Number::DATABASE_ORACLE, 'sqlsrv' => Number::DATABASE_SQLSERVER,
        'firebird' => Number::DATABASE_FIREBIRD, 'ibm' => Number::DATABASE_DB2];

    private ?\PDO $opened = null;

    /** @param \Closure(): \PDO $connect */
    public function __construct(private \Closure $connect, private string $table = 'poterne')
    {
        if (preg_match('/\A[A-Za-z_]\w{0,127}(\.[A-Za-z_]\w{0,127}){0,2}\z/', $table) !== 1) {
            throw new Failed(Number::E_ARGUMENT);
        }
    }

    public function load(string $account): ?string
    {
        $isOld = $this->opened !== null;
        try {
            return $this->select($account);
        } catch (\PDOException $failure) {
            $this->opened = null;
            if (!$isOld) {
                throw $failure;
            }
        }
        // A connection that the server has closed meanwhile is found out here, where a second try changes nothing.
        return $this->select($account);
    }

    public function swap(string $account, ?string $old, string $record): int
    {
        $connection = $this->connection();
        try {
            $this->begin($connection);
            $update = "UPDATE $this->table SET record = ? WHERE account = ? AND record ";
            if ($old !== null) {
                // The old record in the WHERE clause makes a code work only once.
                $rows = $this->write("$update = ?", [$record, $account, $old]);
            } else {
                // Into its row where that has no record, else by INSERT (norm, 8.9), in one transaction.
                $rows = $this->write("$update IS NULL", [$record, $account])
                    ?: $this->write("INSERT INTO $this->table (record, account) VALUES (?, ?)", [$record, $account]);
            }
        } catch (\PDOException $failure) {
            $this->end($connection, 'ROLLBACK');
            // A first record, where there is one already.
            if ($this->isConflict($connection, $failure) || ($old === null && $this->load($account) !== null)) {
                return 0;
            }
            throw $failure;
        }
        // A failed commit stores nothing, for whatever reason.
        return $this->end($connection, 'COMMIT') ? $rows : 0;
    }

    /** @param list<string> $values */
    private function write(string $sql, array $values): int
    {
        $statement = $this->connection()->prepare($sql);
        $statement->execute($values);
        return $statement->rowCount();
    }

    private function select(string $account): ?string
    {
        $statement = $this->connection()->prepare("SELECT record FROM $this->table WHERE account = ?");
        $statement->execute([$account]);
        $record = $statement->fetchColumn();
        $statement->closeCursor();
        return $record === false ? null : $record;
    }

    private function connection(): \PDO
    {
        if ($this->opened === null) {
            $connection = ($this->connect)();
            $connection->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
            if ($connection->inTransaction() || $connection->getAttribute(\PDO::ATTR_PERSISTENT)) {
                throw new Failed(Number::E_STORE);
            }
            // With NORMAL, a power cut can undo the last commits: a used code would be accepted again.
            if (self::driver($connection) === 'sqlite') {
                $connection->exec('PRAGMA synchronous = FULL');
            }
            $this->opened = $connection;
        }
        return $this->opened;
    }

    /** PDO begins SQLite's transactions without the lock, and two of them then stop each other. */
    private function begin(\PDO $connection): void
    {
        self::driver($connection) === 'sqlite' ? $connection->exec('BEGIN IMMEDIATE') : $connection->beginTransaction();
    }

    private function end(\PDO $connection, string $how): bool
    {
        try {
            if (self::driver($connection) === 'sqlite') {
                $connection->exec($how);
            } else {
                $how === 'COMMIT' ? $connection->commit() : $connection->rollBack();
            }
            return true;
        } catch (\PDOException) {
            // What is open on it is not known.
            $this->opened = null;
            return false;
        }
    }

    private function isConflict(\PDO $connection, \PDOException $failure): bool
    {
        [$state, $code] = [$failure->errorInfo[0] ?? null, $failure->errorInfo[1] ?? 0];
        $driver = self::driver($connection);
        // PDO gives SQLite and others a SQLSTATE of its own making, HY000.
        return Library::isConflict(self::DATABASES[$driver] ?? Number::DATABASE_OTHER, $driver === 'sqlite' ? null : $state,
            \is_int($code) ? $code : 0);
    }

    private static function driver(\PDO $connection): string
    {
        return $connection->getAttribute(\PDO::ATTR_DRIVER_NAME);
    }
}
