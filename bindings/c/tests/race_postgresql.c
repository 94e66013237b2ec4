/* The race on PostgreSQL, through libpq. The place is a port, or a port, a slash and an isolation level. */
#include "race.h"

#include "postgresql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *race_database;

static char server[256], isolation[128], name[64];

#define CREATE "CREATE TABLE IF NOT EXISTS poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)"

void race_begin(const char *place)
{
    const char *level = strchr(place, '/');
    level = level == NULL ? "read committed" : level + 1;
    (void)snprintf(name, sizeof name, "PostgreSQL, %.40s", level);
    race_database = name;
    (void)snprintf(server, sizeof server, "host=127.0.0.1 port=%d user=poterne password=poterne dbname=poterne",
                   atoi(place));
    (void)snprintf(isolation, sizeof isolation, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL %.40s", level);
}

void *race_open(void)
{
    struct postgresql *database = postgresql_open(server);
    if (database == NULL)
        stop("no connection");
    /* Two that make the table at once can fail in the catalog: they queue. */
    if (!postgresql_run(database, "SET client_min_messages = warning; BEGIN; SELECT pg_advisory_xact_lock(1); " CREATE "; COMMIT"))
        stop("no table");
    if (!postgresql_run(database, isolation))
        stop("no such isolation level");
    return database;
}

void race_close(void *database)
{
    postgresql_close(database);
}

int32_t race_load(void *database, const char *account, char *record)
{
    return postgresql_load(database, account, record);
}

int32_t race_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return postgresql_swap(database, account, old_record, record, rows);
}

int32_t race_naive_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return postgresql_naive_swap(database, account, old_record, record, rows);
}

int32_t race_insert(void *database, const char *account, const char *record, int64_t *rows)
{
    return postgresql_insert(database, account, record, rows);
}
