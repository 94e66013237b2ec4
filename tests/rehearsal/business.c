/* A line-of-business application over libpoterne and libpq: reads `account<tab>code<tab>second` lines, answers each with a status.
 *
 *     business CONNINFO KEYS [careless] */
#include <libpq-fe.h>
#include <poterne.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *update = "UPDATE poterne SET record = $2 WHERE account = $1 AND record = $3";
static int parameters = 3;

static int is_done(PGresult *result)
{
    int done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return done;
}

static int32_t load(void *connection, const char *account, char *record)
{
    int32_t found = -1;
    /* After a failover the old connection is of no use. */
    if (PQstatus(connection) != CONNECTION_OK)
        PQreset(connection);
    PGresult *result = PQexecParams(connection, "SELECT record FROM poterne WHERE account = $1", 1, NULL, &account, NULL, NULL, 0);
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

/* A warning of COMMIT comes as a notice, not in the result. */
static int has_warned;

static void warned(void *arg, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    (void)arg;
    if (state && strncmp(state, "01", 2) == 0)
        has_warned = 1;
}

/* A door only logs in: there is always an old record. */
static int32_t swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const char *values[] = {account, record, old_record};
    *rows = 0;
    has_warned = 0;
    if (!old_record || !is_done(PQexec(connection, "BEGIN")))
        return -1;
    PGresult *result = PQexecParams(connection, update, parameters, NULL, values, NULL, NULL, 0);
    int64_t changed = strtoll(PQcmdTuples(result), NULL, 10);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    int is_conflict =
        poterne_is_conflict(POTERNE_DATABASE_POSTGRESQL, state, state ? strlen(state) : 0, 0) == POTERNE_REFUSED_CONFLICT;
    if (!is_done(result)) {
        (void)is_done(PQexec(connection, "ROLLBACK"));
        return is_conflict ? 0 : -1;
    }
    /* Nothing is stored for us by a commit that failed, or that warns: the standby may not have it. */
    if (is_done(PQexec(connection, "COMMIT")) && !has_warned)
        *rows = changed;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (argc > 3) {
        update = "UPDATE poterne SET record = $2 WHERE account = $1";
        parameters = 2;
    }
    PGconn *connection = PQconnectdb(argv[1]);
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;
    if (PQstatus(connection) != CONNECTION_OK || poterne_keyring_open(argv[2], POTERNE_NUL, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "engines", POTERNE_NUL, &verifier) != POTERNE_OK) {
        fprintf(stderr, "business: no connection or no keyring: %s\n", PQerrorMessage(connection));
        return 2;
    }
    poterne_keyring_free(keyring);
    (void)PQsetNoticeReceiver(connection, warned, NULL);
    poterne_store store = POTERNE_STORE_INIT;
    store.arg = connection;
    store.load = load;
    store.swap = swap;
    char line[512], account[256], code[64], name[64];
    long long now;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%255[^\t]\t%63[^\t]\t%lld", account, code, &now) != 3)
            return 2;
        poterne_result said = POTERNE_RESULT_INIT;
        int32_t status = poterne_login(verifier, &store, account, POTERNE_NUL, code, POTERNE_NUL, now, &said);
        if (poterne_status_name(status, name, sizeof name, NULL) != POTERNE_OK)
            (void)snprintf(name, sizeof name, "%d", (int)status);
        printf("%s\n", status == POTERNE_OK && said.method == POTERNE_METHOD_OTP ? "accepted.otp" : name);
        fflush(stdout);
    }
    poterne_verifier_free(verifier);
    PQfinish(connection);
    return 0;
}
