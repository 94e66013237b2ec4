/* The outcomes that every language must have, in C: the reference that the programs of bindings/LANGUAGE are compared with.
 *
 *     outcomes FOLDER                            prints them: `name: status`, in the order of outcomes.txt
 *     outcomes FOLDER race ACCOUNT [careless]    one login: says `loaded`, waits for a line, stores, says the status
 *     outcomes FOLDER prepare                    makes the keyring and the table that all of them use
 *
 * The programs of other languages have the first two. Times, secret and codes are those of RFC 6238, Appendix B. */
#include "application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1111111109
#define CODE "081804"
#define LATER 1111111111
#define LATER_CODE "050471"
#define SECRET "12345678901234567890"

static char keys[4096], database[4096];
static poterne_verifier *verifier;
static sqlite3 *table;

/* Stops the program: the outcomes would be those of another fault. */
static void need(int is_right, const char *what)
{
    if (!is_right) {
        fprintf(stderr, "outcomes: %s\n", what);
        exit(2);
    }
}

static void is(const char *name, int32_t status)
{
    char text[64];
    need(poterne_status_name(status, text, sizeof text, NULL) == POTERNE_OK, "a status without a name");
    printf("%s: %s\n", name, text);
}

static int32_t login(const char *account, const char *code, int64_t now)
{
    const poterne_store store = store_on(table);
    return poterne_login(verifier, &store, account, POTERNE_NUL, code, POTERNE_NUL, now, NULL);
}

static int32_t no_row(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    (void)connection, (void)account, (void)old_record, (void)record;
    *rows = 0;
    return 0;
}

static int32_t two_rows(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    (void)connection, (void)account, (void)old_record, (void)record;
    *rows = 2;
    return 0;
}

static int32_t with_swap(poterne_swap_fn swap)
{
    poterne_store store = store_on(table);
    store.swap = swap;
    return poterne_login(verifier, &store, "a.martin", POTERNE_NUL, LATER_CODE, POTERNE_NUL, LATER, NULL);
}

static void padded(char *text, size_t size, const char *begin)
{
    memset(text, ' ', size);
    memcpy(text, begin, strlen(begin));
}

/* The accounts have the same secret, so the same codes. */
static void enroll(const char *account, size_t row_len, size_t record_len)
{
    char record[POTERNE_RECORD_MAX + 1], row[256], field[POTERNE_RECORD_MAX + 1];
    int64_t rows = 0;
    poterne_parameters parameters = POTERNE_PARAMETERS_INIT;
    need(poterne_import(verifier, account, POTERNE_NUL, &parameters, (const uint8_t *)SECRET, strlen(SECRET), NULL, NOW, record,
                        POTERNE_RECORD_MAX, NULL) == POTERNE_OK,
         "no credential");
    padded(row, row_len ? row_len : strlen(account), account);
    padded(field, record_len ? record_len : strlen(record), record);
    row[row_len ? row_len : strlen(account)] = '\0';
    field[record_len ? record_len : strlen(record)] = '\0';
    need(swap_record(table, row, NULL, field, &rows) == 0 && rows == 1, "not stored");
}

static void prepare(void)
{
    char text[16386];
    poterne_keyring *keyring = NULL;
    size_t len = 0;
    need(poterne_keyring_generate(20261121, &keyring) == POTERNE_OK
             && poterne_keyring_to_text(keyring, text, sizeof text, &len) == POTERNE_OK,
         "no keyring");
    poterne_keyring_free(keyring);
    FILE *file = fopen(keys, "wx");
    need(file && fwrite(text, 1, len, file) == len && fclose(file) == 0, "the keyring is not written");
    poterne_wipe(text, sizeof text);
    need((verifier = open_verifier(keys)) && (table = open_table(database)), "no verifier, or no table");
    static const char *const accounts[] = {"a.martin", "h\xc3\xa9l\xc3\xa8ne.\xc5\x93uvray", "d.ticket", "e.size", "g.wait", "race", "careless"};
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++)
        enroll(accounts[i], 0, 0);
    /* As CHAR columns give them back. */
    enroll("c.petit", 255, POTERNE_RECORD_MAX - 1);
}

static void sizes(void)
{
    char record[POTERNE_RECORD_MAX];
    int64_t rows = 0;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    poterne_result result = POTERNE_RESULT_INIT;
    need(load_record(table, "e.size", record) == 0, "no record");
    attempt.struct_size -= 8;
    is("attempt of a wrong size", poterne_verify(verifier, record, POTERNE_NUL, "e.size", POTERNE_NUL, CODE, POTERNE_NUL, NOW,
                                                 &attempt));
    attempt.struct_size = sizeof attempt;
    is("attempt of the right size", poterne_verify(verifier, record, POTERNE_NUL, "e.size", POTERNE_NUL, CODE, POTERNE_NUL, NOW,
                                                   &attempt));
    need(swap_record(table, "e.size", record, attempt.record, &rows) == 0, "not stored");
    result.struct_size -= 8;
    is("result of a wrong size", poterne_outcome(&attempt, rows, &result));
    result.struct_size = sizeof result;
    is("result of the right size", poterne_outcome(&attempt, rows, &result));
    is("spent attempt", poterne_outcome(&attempt, rows, &result));
}

static int32_t with_ticket(const char *ticket, int64_t now)
{
    const poterne_store store = store_on(table);
    poterne_presented_ticket presented = POTERNE_PRESENTED_TICKET_INIT;
    presented.ticket = ticket;
    presented.ticket_len = POTERNE_NUL;
    presented.purpose = "payroll";
    presented.purpose_len = POTERNE_NUL;
    presented.context = (const uint8_t *)"192.0.2.1";
    presented.context_len = 9;
    return poterne_login_with_ticket(verifier, &store, "d.ticket", POTERNE_NUL, &presented, CODE, POTERNE_NUL, now, NULL);
}

static void tickets(void)
{
    char ticket[POTERNE_TICKET_MAX];
    need(poterne_ticket(verifier, "d.ticket", POTERNE_NUL, "payroll", POTERNE_NUL, (const uint8_t *)"192.0.2.1", 9, NOW - 60,
                        ticket, sizeof ticket, NULL) == POTERNE_OK,
         "no ticket");
    is("late ticket", with_ticket(ticket, NOW + 241));
    is("ticket", with_ticket(ticket, NOW));
    is("ticket and used code", with_ticket(ticket, NOW));
}

static void database_down(void)
{
    sqlite3 *missing = NULL;
    char nowhere[4104];
    snprintf(nowhere, sizeof nowhere, "%s.d/t", database);
    int rc = sqlite3_open(nowhere, &missing);
    const poterne_store store = store_on(missing);
    need(rc != SQLITE_OK, "there is a database");
    is("database down", poterne_login(verifier, &store, "a.martin", POTERNE_NUL, CODE, POTERNE_NUL, NOW, NULL));
    sqlite3_close(missing);
}

/* Somebody else has a transaction open. */
static void table_locked(void)
{
    sqlite3 *other = open_table(database);
    need(other && sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, "no lock");
    need(sqlite3_busy_timeout(table, 50) == SQLITE_OK, "no timeout");
    is("table locked", login("a.martin", LATER_CODE, LATER));
    sqlite3_close(other);
}

/* Guesses until the account must wait: the text says for how long. */
static void waiting(void)
{
    char text[256];
    const poterne_store store = store_on(table);
    poterne_result result = POTERNE_RESULT_INIT;
    int32_t status = POTERNE_REFUSED_WRONG_CODE;
    for (int tries = 0; tries < 20 && status == POTERNE_REFUSED_WRONG_CODE; tries++)
        status = poterne_login(verifier, &store, "g.wait", POTERNE_NUL, "000000", POTERNE_NUL, NOW, &result);
    is("too many wrong codes", status);
    need(poterne_message_to_user(status, (int64_t)result.wait_seconds, "fr", POTERNE_NUL, text, sizeof text, NULL) == POTERNE_OK,
         "no text");
    printf("for the user who must wait: %s\n", text);
}

static void all(void)
{
    char account[257], text[256];
    is("no row", login("nobody", CODE, NOW));
    is("right code", login("a.martin", CODE, NOW));
    is("used code", login("a.martin", CODE, NOW));
    is("wrong code", login("a.martin", "000000", NOW));
    is("not a code", login("a.martin", "password", NOW));
    is("account outside ASCII", login("h\xc3\xa9l\xc3\xa8ne.\xc5\x93uvray", CODE, NOW));
    is("account outside ASCII, used code", login("h\xc3\xa9l\xc3\xa8ne.\xc5\x93uvray", CODE, NOW));
    is("account that is not UTF-8", login("h\xe9l\xe8ne", CODE, NOW));
    padded(account, 255, "c.petit");
    account[255] = '\0';
    is("padded account and record", login(account, CODE, NOW));
    is("padded account, used code", login(account, CODE, NOW));
    memset(account, 'a', 256);
    account[256] = '\0';
    is("account of 256 bytes", login(account, CODE, NOW));
    sizes();
    tickets();
    database_down();
    table_locked();
    is("swap of no row", with_swap(no_row));
    is("swap of two rows", with_swap(two_rows));
    is("later code", login("a.martin", LATER_CODE, LATER));
    need(poterne_message_to_user(POTERNE_REFUSED_REPLAYED, 0, "fr", POTERNE_NUL, text, sizeof text, NULL) == POTERNE_OK, "no text");
    printf("for the user: %s\n", text);
    waiting();
}

static void race(const char *account, int is_careless)
{
    char old[POTERNE_RECORD_MAX], line[8];
    int32_t status = POTERNE_REFUSED_CONFLICT;
    for (int tries = 0; tries < 3 && status == POTERNE_REFUSED_CONFLICT; tries++) {
        poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
        int64_t rows = 0;
        need(load_record(table, account, old) == 0, "no record");
        status = poterne_verify(verifier, old, POTERNE_NUL, account, POTERNE_NUL, CODE, POTERNE_NUL, NOW, &attempt);
        if (tries == 0) {
            puts("loaded");
            fflush(stdout);
            need(fgets(line, sizeof line, stdin) != NULL, "no line");
        }
        if (status == POTERNE_STORE) {
            /* The fault: the record is compared with itself. */
            if (is_careless)
                need(load_record(table, account, old) == 0, "no record");
            need(swap_record(table, account, old, attempt.record, &rows) == 0, "not stored");
        }
        if (status > 0)
            status = poterne_outcome(&attempt, rows, NULL);
        poterne_wipe(&attempt, sizeof attempt);
    }
    is(account, status);
}

int main(int argc, char **argv)
{
    need(argc >= 2, "say the folder");
    snprintf(keys, sizeof keys, "%s/keys", argv[1]);
    snprintf(database, sizeof database, "%s/table.sqlite", argv[1]);
    if (argc > 2 && strcmp(argv[2], "prepare") == 0) {
        prepare();
    } else {
        need((verifier = open_verifier(keys)) && (table = open_table(database)), "no verifier, or no table");
        if (argc > 3 && strcmp(argv[2], "race") == 0)
            race(argv[3], argc > 4);
        else
            all();
    }
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return 0;
}
