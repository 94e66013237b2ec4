// The application's table on SQLite: a connection of its own, in one thread.
#ifndef SQLITE_TABLE_HPP
#define SQLITE_TABLE_HPP

#include "../poterne.hpp"

#include <sqlite3.h>

#include <stdexcept>

class SqliteTable : public poterne::Table {
public:
    explicit SqliteTable(const std::string &file, int busy_milliseconds = 2000)
    {
        sqlite3 *opened = nullptr;
        const int rc = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
        connection_.reset(opened);
        if (rc == SQLITE_OK)
            sqlite3_busy_timeout(opened, busy_milliseconds);
        else
            // A login says it, not the start of the program: the database may come back.
            connection_.reset();
        // With NORMAL, a power cut can undo the last commits: a used code would be accepted again.
        if (connection_)
            sqlite3_exec(opened, "PRAGMA synchronous = FULL", nullptr, nullptr, nullptr);
    }

    std::optional<std::string> load(const std::string &account) override
    {
        const Statement select = prepare("SELECT record FROM poterne WHERE account = ?1", {account});
        const int rc = sqlite3_step(select.get());
        if (rc == SQLITE_DONE)
            return std::nullopt;
        if (rc != SQLITE_ROW)
            throw std::runtime_error{"SELECT"};
        const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(select.get(), 0));
        return std::string{text, static_cast<std::size_t>(sqlite3_column_bytes(select.get(), 0))};
    }

    std::int64_t swap(const std::string &account, const std::optional<std::string> &old, const std::string &record) override
    {
        // IMMEDIATE takes the write lock at once: two programs queue here, and never deadlock.
        int rc = execute("BEGIN IMMEDIATE");
        if (rc != SQLITE_OK)
            return nothing_stored(rc);
        std::int64_t rows = 0;
        {
            // The old record in the WHERE clause makes a code work only once.
            const Statement write =
                old ? prepare("UPDATE poterne SET record = ?2 WHERE account = ?1 AND record = ?3", {account, record, *old})
                    : prepare("INSERT INTO poterne (account, record) VALUES (?1, ?2) ON CONFLICT (account) DO NOTHING",
                              {account, record});
            rc = sqlite3_step(write.get());
            rows = sqlite3_changes(connection_.get());
        }
        if (rc != SQLITE_DONE) {
            execute("ROLLBACK");
            return nothing_stored(rc);
        }
        if (execute("COMMIT") == SQLITE_OK)
            return rows;
        // A failed commit stores nothing, for whatever reason.
        execute("ROLLBACK");
        return 0;
    }

protected:
    struct Close {
        void operator()(sqlite3 *connection) const noexcept { sqlite3_close(connection); }
        void operator()(sqlite3_stmt *statement) const noexcept { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    int execute(const char *sql) noexcept
    {
        return connection_ ? sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) : SQLITE_CANTOPEN;
    }

    // 0 rows if somebody else was in the way. Anything else is a database that is unavailable.
    static std::int64_t nothing_stored(int rc)
    {
        if (poterne_is_conflict(POTERNE_DATABASE_SQLITE, nullptr, 0, rc) == POTERNE_REFUSED_CONFLICT)
            return 0;
        throw std::runtime_error{"not stored"};
    }

    Statement prepare(const char *sql, std::initializer_list<std::string_view> values)
    {
        sqlite3_stmt *made = nullptr;
        if (!connection_ || sqlite3_prepare_v2(connection_.get(), sql, -1, &made, nullptr) != SQLITE_OK)
            throw std::runtime_error{"no connection"};
        Statement statement{made};
        int at = 0;
        for (const std::string_view value : values)
            if (sqlite3_bind_text(made, ++at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT) != SQLITE_OK)
                throw std::runtime_error{"not bound"};
        return statement;
    }

    std::unique_ptr<sqlite3, Close> connection_;
};

#endif // SQLITE_TABLE_HPP
