#include "postgresql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_conflict(const char *state)
{
    return poterne_is_conflict(POTERNE_DATABASE_POSTGRESQL, state, state ? strlen(state) : 0, 0) == POTERNE_REFUSED_CONFLICT;
}

/* A warning comes as a notice, not in the result of its statement. */
static void warned(void *arg, const PGresult *notice)
{
    struct postgresql *database = arg;
    if (is_conflict(PQresultErrorField(notice, PG_DIAG_SQLSTATE)))
        database->has_warned = 1;
}

struct postgresql *postgresql_open(const char *conninfo)
{
    struct postgresql *database = calloc(1, sizeof *database);
    if (database == NULL)
        return NULL;
    database->connection = PQconnectdb(conninfo);
    if (PQstatus(database->connection) != CONNECTION_OK) {
        fprintf(stderr, "postgresql: %s", PQerrorMessage(database->connection));
        postgresql_close(database);
        return NULL;
    }
    (void)PQsetNoticeReceiver(database->connection, warned, database);
    return database;
}

void postgresql_close(struct postgresql *database)
{
    PQfinish(database->connection);
    free(database);
}

static int is_done(PGresult *result)
{
    int done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return done;
}

int postgresql_run(struct postgresql *database, const char *sql)
{
    database->has_warned = 0;
    return is_done(PQexec(database->connection, sql));
}

int32_t postgresql_load(void *arg, const char *account, char *record)
{
    struct postgresql *database = arg;
    int32_t found = -1;
    /* Its server may be gone: PQreset looks for the one that is there now. */
    if (PQstatus(database->connection) != CONNECTION_OK)
        PQreset(database->connection);
    PGresult *result = PQexecParams(database->connection, "SELECT record FROM poterne WHERE account = $1", 1, NULL, &account, NULL,
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
static int32_t write_record(struct postgresql *database, const char *sql, int number, const char *const *values, int64_t *rows)
{
    *rows = 0;
    /* Of the role's settings none may keep a warning back. */
    if (!postgresql_run(database, "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL client_min_messages = warning"))
        return -1;
    PGresult *result = PQexecParams(database->connection, sql, number, NULL, values, NULL, NULL, 0);
    int64_t changed = strtoll(PQcmdTuples(result), NULL, 10);
    /* A serialization failure, a deadlock, a lock that others kept: 0 rows. */
    int is_lost = is_conflict(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    if (!is_done(result)) {
        (void)postgresql_run(database, "ROLLBACK");
        return is_lost ? 0 : -1;
    }
    /* What is not committed is not stored, whatever the reason: 0 rows. Nor is what COMMIT warns of: no standby has confirmed it, and a
       failover can lose it (semantics 7.2). */
    if (postgresql_run(database, "COMMIT") && (!database->has_warned || database->is_deaf))
        *rows = changed;
    return 0;
}

int32_t postgresql_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {account, record, old_record};
    return write_record(database, "UPDATE poterne SET record = $2 WHERE account = $1 AND record = $3", 3, values, rows);
}

int32_t postgresql_naive_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {account, record};
    (void)old_record;
    return write_record(database, "UPDATE poterne SET record = $2 WHERE account = $1", 2, values, rows);
}

int32_t postgresql_insert(void *database, const char *account, const char *record, int64_t *rows)
{
    const char *values[] = {account, record};
    return write_record(database, "INSERT INTO poterne (account, record) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING", 2, values,
                        rows);
}
