/* The race on SQLite: the functions of the examples. */
#include "race.h"

#include "application.h"

#include <stdio.h>
#include <sys/stat.h>

const char *race_database = "SQLite";

static char database[4096];

void race_begin(const char *place)
{
    if (mkdir(place, 0700) != 0 || snprintf(database, sizeof database, "%s/d", place) >= (int)sizeof database)
        stop("the directory is there already, or cannot be made");
}

/* As the examples open it, but it does not wait for the disk: this is about order, not about power cuts. */
void *race_open(void)
{
    sqlite3 *table = open_table(database);
    if (!table || sqlite3_busy_timeout(table, 20000) != SQLITE_OK
        || sqlite3_exec(table, "PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK)
        stop("no connection");
    return table;
}

void race_close(void *connection)
{
    sqlite3_close(connection);
}

int32_t race_load(void *connection, const char *account, char *record)
{
    return load_record(connection, account, record);
}

int32_t race_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return swap_record(connection, account, old_record, record, rows);
}

int32_t race_naive_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    sqlite3_stmt *update = NULL;
    (void)old_record;
    if (sqlite3_prepare_v2(connection, "UPDATE poterne SET record = ?2 WHERE account = ?1", -1, &update, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_text(update, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_text(update, 2, record, -1, SQLITE_STATIC);
    int rc = sqlite3_step(update);
    *rows = rc == SQLITE_DONE ? sqlite3_changes(connection) : 0;
    sqlite3_finalize(update);
    return 0;
}

int32_t race_insert(void *connection, const char *account, const char *record, int64_t *rows)
{
    return swap_record(connection, account, NULL, record, rows);
}
