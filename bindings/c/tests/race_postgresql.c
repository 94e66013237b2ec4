/* The race on PostgreSQL, through libpq. The place is a port, or a port, a slash and an isolation level. */
#include "race.h"

#include <libpq-fe.h>

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

static int is_done(PGresult *result)
{
    int done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return done;
}

void *race_open(void)
{
    PGconn *connection = PQconnectdb(server);
    if (PQstatus(connection) != CONNECTION_OK) {
        fprintf(stderr, "race: %s", PQerrorMessage(connection));
        stop("no connection");
    }
    /* Two that make the table at once can fail in the catalog: they queue. */
    if (!is_done(PQexec(connection,
                        "SET client_min_messages = warning; BEGIN; SELECT pg_advisory_xact_lock(1); " CREATE "; COMMIT")))
        stop("no table");
    if (!is_done(PQexec(connection, isolation)))
        stop("no such isolation level");
    return connection;
}

void race_close(void *connection)
{
    PQfinish(connection);
}

int32_t race_load(void *connection, const char *account, char *record)
{
    int32_t found = -1;
    PGresult *result = PQexecParams(connection, "SELECT record FROM poterne WHERE account = $1", 1, NULL, &account, NULL,
                                    NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        if (PQntuples(result) == 0) {
            found = 1;
        } else if (PQgetlength(result, 0, 0) < POTERNE_RECORD_MAX) {
            strcpy(record, PQgetvalue(result, 0, 0));
            found = 0;
        }
    }
    PQclear(result);
    return found;
}

/* One statement in a transaction of its own. */
static int32_t write_record(PGconn *connection, const char *sql, int number, const char *const *values, int64_t *rows)
{
    *rows = 0;
    if (!is_done(PQexec(connection, "BEGIN; SET LOCAL lock_timeout = '2s'")))
        return -1;
    PGresult *result = PQexecParams(connection, sql, number, NULL, values, NULL, NULL, 0);
    int64_t changed = strtoll(PQcmdTuples(result), NULL, 10);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    /* A serialization failure, a deadlock, a lock that others kept: 0 rows. */
    int is_conflict = poterne_is_conflict(POTERNE_DATABASE_POSTGRESQL, state, state ? strlen(state) : 0, 0)
                      == POTERNE_REFUSED_CONFLICT;
    if (!is_done(result)) {
        (void)is_done(PQexec(connection, "ROLLBACK"));
        return is_conflict ? 0 : -1;
    }
    /* What is not committed is not stored, whatever the reason: 0 rows. */
    if (is_done(PQexec(connection, "COMMIT")))
        *rows = changed;
    return 0;
}

int32_t race_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {account, record, old_record};
    return write_record(connection, "UPDATE poterne SET record = $2 WHERE account = $1 AND record = $3", 3, values, rows);
}

int32_t race_naive_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {account, record};
    (void)old_record;
    return write_record(connection, "UPDATE poterne SET record = $2 WHERE account = $1", 2, values, rows);
}

int32_t race_insert(void *connection, const char *account, const char *record, int64_t *rows)
{
    const char *values[] = {account, record};
    return write_record(connection, "INSERT INTO poterne (account, record) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING",
                        2, values, rows);
}
