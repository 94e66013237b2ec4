/* The race on MariaDB, through its C library. The place is a port. */
#include "race.h"

#include <mysql.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *race_database = "MariaDB";

static unsigned port;

#define CREATE                                                                                                      \
    "CREATE TABLE IF NOT EXISTS poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL) " \
    "CHARACTER SET ascii COLLATE ascii_bin"

void race_begin(const char *place)
{
    port = (unsigned)atoi(place);
    /* Before there are threads. */
    if (mysql_library_init(0, NULL, NULL) != 0)
        stop("no client library");
}

void *race_open(void)
{
    MYSQL *connection = mysql_init(NULL);
    if (connection == NULL)
        stop("no memory");
    /* The rows that an UPDATE finds, as the norm counts them, and not those whose bytes it changes. */
    if (mysql_real_connect(connection, "127.0.0.1", "poterne", "poterne", "poterne", port, NULL, CLIENT_FOUND_ROWS) == NULL
        || mysql_query(connection, CREATE) != 0 || mysql_query(connection, "SET innodb_lock_wait_timeout = 5") != 0) {
        fprintf(stderr, "race: %s\n", mysql_error(connection));
        stop("no connection, or no table");
    }
    return connection;
}

void race_close(void *connection)
{
    mysql_close(connection);
}

/* A statement with texts for its question marks; its error number, or 0. */
static unsigned run(MYSQL_STMT *statement, const char *sql, unsigned number, const char *const *values)
{
    MYSQL_BIND bound[3];
    memset(bound, 0, sizeof bound);
    for (unsigned i = 0; i < number; i++) {
        bound[i].buffer_type = MYSQL_TYPE_STRING;
        bound[i].buffer = (void *)values[i];
        bound[i].buffer_length = (unsigned long)strlen(values[i]);
    }
    if (mysql_stmt_prepare(statement, sql, (unsigned long)strlen(sql)) != 0 || mysql_stmt_bind_param(statement, bound) != 0
        || mysql_stmt_execute(statement) != 0)
        return mysql_stmt_errno(statement);
    return 0;
}

int32_t race_load(void *connection, const char *account, char *record)
{
    unsigned long len = 0;
    int32_t found = -1;
    MYSQL_BIND bound;
    MYSQL_STMT *statement = mysql_stmt_init(connection);
    memset(&bound, 0, sizeof bound);
    bound.buffer_type = MYSQL_TYPE_STRING;
    bound.buffer = record;
    bound.buffer_length = POTERNE_RECORD_MAX - 1;
    bound.length = &len;
    if (statement == NULL)
        return -1;
    if (run(statement, "SELECT record FROM poterne WHERE account = ?", 1, &account) == 0
        && mysql_stmt_bind_result(statement, &bound) == 0) {
        int fetched = mysql_stmt_fetch(statement);
        if (fetched == MYSQL_NO_DATA)
            found = 1;
        else if (fetched == 0 && len < POTERNE_RECORD_MAX) {
            record[len] = 0;
            found = 0;
        }
    }
    mysql_stmt_close(statement);
    return found;
}

/* One statement, which is a transaction of its own: connections begin with autocommit. */
static int32_t write_record(MYSQL *connection, const char *sql, unsigned number, const char *const *values, int64_t *rows)
{
    MYSQL_STMT *statement = mysql_stmt_init(connection);
    *rows = 0;
    if (statement == NULL)
        return -1;
    unsigned error = run(statement, sql, number, values);
    if (error == 0)
        *rows = (int64_t)mysql_stmt_affected_rows(statement);
    /* A deadlock, or a lock that others kept: 0 rows. */
    const char *state = mysql_stmt_sqlstate(statement);
    int is_conflict = poterne_is_conflict(POTERNE_DATABASE_MARIADB, state, strlen(state), (int32_t)error)
                      == POTERNE_REFUSED_CONFLICT;
    mysql_stmt_close(statement);
    return error == 0 || is_conflict ? 0 : -1;
}

int32_t race_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {record, account, old_record};
    return write_record(connection, "UPDATE poterne SET record = ? WHERE account = ? AND record = ?", 3, values, rows);
}

int32_t race_naive_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {record, account};
    (void)old_record;
    return write_record(connection, "UPDATE poterne SET record = ? WHERE account = ?", 2, values, rows);
}

int32_t race_insert(void *connection, const char *account, const char *record, int64_t *rows)
{
    const char *values[] = {account, record};
    return write_record(connection, "INSERT IGNORE INTO poterne (account, record) VALUES (?, ?)", 2, values, rows);
}
