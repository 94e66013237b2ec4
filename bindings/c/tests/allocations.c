/* How often the calls of a login allocate, as lines `CALL = ALLOCATIONS`; allocations.rs prints the same of the Rust library. Or
 * the calls that need no memory, as the header says, while there is none.
 *
 *     allocations                the calls
 *     allocations control        the same, with one allocation too many
 *     allocations dry            malloc gives NULL
 *     allocations dry control    the same, with a call that needs memory: the process ends */
#include <poterne.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The program's own allocator goes before libc's, for the library too. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static unsigned allocations;
static int is_dry;

void *malloc(size_t size)
{
    allocations++;
    return is_dry ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return is_dry ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return is_dry ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return is_dry ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    allocations++;
    *memory = is_dry ? NULL : __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}

static const char secret[] = "12345678901234567890", account[] = "a.martin";
static const uint64_t step = 37037037;
static poterne_parameters parameters;
static poterne_verifier *verifier;
static poterne_attempt attempt;
static int is_control;

static void expect(int32_t status, int32_t expected, const char *what)
{
    if (status != expected) {
        fprintf(stderr, "%s: status %d, not %d\n", what, (int)status, (int)expected);
        exit(1);
    }
}

static void match(const char *name, const char *typed, uint64_t watermark, int32_t expected)
{
    uint64_t found = 0;
    unsigned before = allocations;
    int32_t status = poterne_match(&parameters, (const uint8_t *)secret, strlen(secret), typed, strlen(typed), step - 1,
                                   step + 1, watermark, &found);
    unsigned count = allocations - before;
    expect(status, expected, name);
    printf("match_%s = %u\n", name, count);
}

/* The two steps, and the wipe. */
static void login(const char *name, const char *record, const char *typed, int32_t expected)
{
    unsigned before = allocations;
    attempt.struct_size = sizeof attempt;
    int32_t filled = poterne_verify(verifier, record, strlen(record), account, strlen(account), typed, strlen(typed),
                                    (int64_t)step * 30, &attempt);
    if (is_control) {
        /* The compiler would leave out what nobody uses. */
        void *volatile extra = malloc(1 + strlen(typed));
        free(extra);
    }
    int32_t status = poterne_outcome(&attempt, 1, NULL);
    poterne_wipe(&attempt, sizeof attempt);
    unsigned count = allocations - before;
    expect(filled > 0, 1, name);
    expect(status, expected, name);
    printf("login_%s = %u\n", name, count);
}

static void import(uint64_t watermark, char *record)
{
    poterne_existing_credential imported;
    memset(&imported, 0, sizeof imported);
    imported.struct_size = sizeof imported;
    imported.state = POTERNE_STATE_ACTIVE;
    imported.has_watermark = watermark != 0;
    imported.watermark = watermark;
    expect(poterne_import(verifier, account, strlen(account), &parameters, (const uint8_t *)secret, strlen(secret),
                          &imported, (int64_t)step * 30, record, POTERNE_RECORD_MAX, NULL),
           POTERNE_OK, "import");
}

/* The application's table: one row, and what its callbacks do. */
static struct {
    char record[POTERNE_RECORD_MAX];
    int32_t load_status, swap_status;
    int64_t rows;
} table;

static int32_t load(void *arg, const char *who, char *record)
{
    (void)arg;
    (void)who;
    memcpy(record, table.record, sizeof table.record);
    return table.load_status;
}

static int32_t swap(void *arg, const char *who, const char *old_record, const char *record, int64_t *rows)
{
    (void)arg;
    *rows = table.rows;
    if (strcmp(who, account) != 0 || strcmp(old_record, table.record) != 0)
        *rows = 0;
    if (*rows == 1 && table.swap_status == 0)
        strcpy(table.record, record);
    return table.swap_status;
}

static unsigned dry_calls;

/* Of poterne_apply. */
static int32_t unlock(void *arg, const poterne_verifier *by, const char *record, const char *who, poterne_attempt *filled)
{
    (void)arg;
    return poterne_unlock(by, record, POTERNE_NUL, who, POTERNE_NUL, filled);
}

static int32_t confirm(void *arg, const poterne_verifier *by, const char *record, const char *who, poterne_attempt *filled)
{
    return poterne_confirm(by, record, POTERNE_NUL, who, POTERNE_NUL, arg, POTERNE_NUL, (int64_t)step * 30, filled);
}

static poterne_presented_ticket presented;
static const uint8_t context[] = "192.0.2.1";

/* One login through the callbacks, while there is no memory; then the same with a ticket, on the same table. */
static void dry_login(const char *what, const char *record, const char *typed, int32_t load_status, int32_t swap_status,
                      int64_t rows, int32_t expected)
{
    poterne_store store = {0};
    poterne_result result = {0};
    char name[64], before[POTERNE_RECORD_MAX];
    int is_named;
    store.struct_size = sizeof store;
    store.load = load;
    store.swap = swap;
    result.struct_size = sizeof result;
    if (record != NULL)
        memcpy(table.record, record, sizeof table.record);
    table.load_status = load_status;
    table.swap_status = swap_status;
    table.rows = rows;
    memcpy(before, table.record, sizeof before);
    is_dry = 1;
    int32_t status = poterne_login(verifier, &store, account, POTERNE_NUL, typed, POTERNE_NUL, (int64_t)step * 30, &result);
    is_named = poterne_status_name(status, name, sizeof name, NULL) == POTERNE_OK;
    is_dry = 0;
    memcpy(table.record, before, sizeof before);
    is_dry = 1;
    int32_t with_ticket = poterne_login_with_ticket(verifier, &store, account, POTERNE_NUL, &presented, typed, POTERNE_NUL,
                                                    (int64_t)step * 30, &result);
    is_dry = 0;
    dry_calls += 2;
    expect(status, expected, what);
    expect(is_named, 1, what);
    expect(with_ticket, expected, what);
}

#define DRY(expected, call)                  \
    do {                                     \
        is_dry = 1;                          \
        int32_t dry_status = call;           \
        is_dry = 0;                          \
        dry_calls++;                         \
        expect(dry_status, expected, #call); \
    } while (0)
#define ACCOUNT account, strlen(account)
#define TEXT(text) text, strlen(text)

/* What the header says to need no memory. */
static void dry(const char *active, const char *used, const char *right, const char *wrong)
{
    static char garbage[POTERNE_RECORD_MAX], locked[POTERNE_RECORD_MAX], held[POTERNE_RECORD_MAX];
    char recovery[POTERNE_CODES_MAX], temporary[POTERNE_CODES_MAX];
    poterne_result result = {0};
    poterne_inspection status = {0};
    int64_t now = (int64_t)step * 30, value;
    uint64_t found;
    size_t len;
    result.struct_size = sizeof result;
    status.struct_size = sizeof status;
    memset(garbage, 'P', sizeof garbage - 1);

    static char ticket[POTERNE_TICKET_MAX], dud[POTERNE_TICKET_MAX];
    DRY(POTERNE_OK, poterne_ticket(verifier, ACCOUNT, "vpn", 3, context, sizeof context, now, ticket, sizeof ticket, &len));
    DRY(POTERNE_OK, poterne_dud_ticket(verifier, ACCOUNT, "vpn", 3, context, sizeof context, now, dud, sizeof dud, &len));
    presented.struct_size = sizeof presented;
    presented.ticket = dud;
    presented.ticket_len = presented.purpose_len = POTERNE_NUL;
    presented.purpose = "vpn";
    presented.context = context;
    presented.context_len = sizeof context;
    poterne_store no_table = POTERNE_STORE_INIT;
    no_table.load = load;
    no_table.swap = swap;
    DRY(POTERNE_REFUSED_TICKET,
        poterne_login_with_ticket(verifier, &no_table, ACCOUNT, &presented, TEXT(right), now, &result));
    attempt.struct_size = sizeof attempt;
    DRY(POTERNE_REFUSED_TICKET,
        poterne_verify_with_ticket(verifier, TEXT(active), ACCOUNT, &presented, TEXT(right), now, &attempt));
    presented.ticket = ticket;
    DRY(POTERNE_STORE, poterne_verify_with_ticket(verifier, TEXT(active), ACCOUNT, &presented, TEXT(right), now, &attempt));
    DRY(POTERNE_OK, poterne_outcome(&attempt, 1, &result));

    dry_login("right", active, right, 0, 0, 1, POTERNE_OK);
    dry_login("replayed", NULL, right, 0, 0, 1, POTERNE_REFUSED_REPLAYED);
    dry_login("wrong", active, wrong, 0, 0, 1, POTERNE_REFUSED_WRONG_CODE);
    dry_login("malformed", active, "12", 0, 0, 1, POTERNE_REFUSED_MALFORMED);
    dry_login("no row", active, right, 1, 0, 1, POTERNE_REFUSED_NOT_ENROLLED);
    dry_login("no database", active, right, -1, 0, 1, POTERNE_E_STORE);
    dry_login("no database to store in", active, right, 0, -1, 1, POTERNE_E_STORE);
    dry_login("conflicts", active, right, 0, 0, 0, POTERNE_REFUSED_CONFLICT);
    dry_login("two rows", active, right, 0, 0, 2, POTERNE_E_ROWS);
    dry_login("no record", garbage, right, 0, 0, 1, POTERNE_E_RECORD);
    dry_login("used", used, right, 0, 0, 1, POTERNE_REFUSED_REPLAYED);
    memcpy(locked, active, sizeof locked);
    expect(poterne_verifier_set(verifier, POTERNE_OPTION_MAX_FAILURES, 1), POTERNE_OK, "verifier_set");
    dry_login("wrong", locked, wrong, 0, 0, 1, POTERNE_REFUSED_WRONG_CODE);
    dry_login("locked", NULL, wrong, 0, 0, 1, POTERNE_REFUSED_LOCKED);
    expect(poterne_verifier_set(verifier, POTERNE_OPTION_MAX_FAILURES, 20), POTERNE_OK, "verifier_set");

    /* Codes of the help desk: made with memory, used without. */
    attempt.struct_size = sizeof attempt;
    expect(poterne_recovery_codes(verifier, TEXT(active), ACCOUNT, 1, &attempt), POTERNE_STORE, "recovery_codes");
    expect(poterne_outcome(&attempt, 1, NULL), POTERNE_CHANGED, "recovery_codes");
    DRY(POTERNE_OK, poterne_codes(&attempt, recovery, sizeof recovery, &len));
    memcpy(held, attempt.record, sizeof held);
    dry_login("recovery code", held, recovery, 0, 0, 1, POTERNE_OK);
    expect(poterne_temporary_code(verifier, TEXT(active), ACCOUNT, 0, 1, POTERNE_KEEP, now, &attempt), POTERNE_STORE,
           "temporary_code");
    expect(poterne_outcome(&attempt, 1, NULL), POTERNE_CHANGED, "temporary_code");
    DRY(POTERNE_OK, poterne_codes(&attempt, temporary, sizeof temporary, &len));
    memcpy(held, attempt.record, sizeof held);
    dry_login("temporary code", held, temporary, 0, 0, 1, POTERNE_OK);

    /* The two steps, with the system's clock as well. */
    DRY(POTERNE_STORE, poterne_verify(verifier, TEXT(active), ACCOUNT, TEXT(right), now, &attempt));
    DRY(POTERNE_OK, poterne_outcome(&attempt, 1, &result));
    DRY(POTERNE_E_ATTEMPT, poterne_outcome(&attempt, 1, &result));
    DRY(POTERNE_OK, poterne_wipe(&attempt, sizeof attempt));
    attempt.struct_size = sizeof attempt;
    DRY(POTERNE_STORE, poterne_verify(verifier, TEXT(active), ACCOUNT, TEXT(wrong), POTERNE_NOW, &attempt));
    DRY(POTERNE_REFUSED_CONFLICT, poterne_outcome(&attempt, 0, &result));
    DRY(POTERNE_REFUSED_NOT_ENROLLED, poterne_verify(verifier, NULL, 0, ACCOUNT, TEXT(right), now, &attempt));
    DRY(POTERNE_E_RECORD, poterne_verify(verifier, TEXT(garbage), ACCOUNT, TEXT(right), now, &attempt));
    DRY(POTERNE_E_ARGUMENT, poterne_verify(verifier, TEXT(active), "", 0, TEXT(right), now, &attempt));
    result.struct_size = 0;
    DRY(POTERNE_E_VERSION, poterne_outcome(&attempt, 1, &result));
    result.struct_size = sizeof result;

    /* The help desk, but for what issues codes. */
    DRY(POTERNE_OK, poterne_inspect(verifier, TEXT(active), ACCOUNT, now, &status));
    DRY(POTERNE_STORE, poterne_unlock(verifier, TEXT(active), ACCOUNT, &attempt));
    DRY(POTERNE_CHANGED, poterne_repair_clock(verifier, TEXT(active), ACCOUNT, now, &attempt));
    DRY(POTERNE_STORE, poterne_repair_clock(verifier, TEXT(used), ACCOUNT, now - 3600, &attempt));
    DRY(POTERNE_STORE, poterne_end_codes(verifier, TEXT(active), ACCOUNT, POTERNE_CODES_BOTH, &attempt));
    DRY(POTERNE_STORE, poterne_suspend(verifier, TEXT(active), ACCOUNT, &attempt));
    DRY(POTERNE_STORE, poterne_resume(verifier, TEXT(active), ACCOUNT, &attempt));
    DRY(POTERNE_STORE, poterne_revoke(verifier, TEXT(active), ACCOUNT, &attempt));
    DRY(POTERNE_STORE, poterne_forget(verifier, TEXT(active), ACCOUNT, now, &attempt));
    DRY(POTERNE_STORE, poterne_reseal(verifier, TEXT(active), ACCOUNT, &attempt));
    DRY(POTERNE_STORE, poterne_rename(verifier, TEXT(active), ACCOUNT, "b.martin", 8, &attempt));
    DRY(POTERNE_CHANGED, poterne_outcome(&attempt, 1, &result));
    DRY(POTERNE_REFUSED_NOT_ENROLLED,
        poterne_resynchronize(verifier, NULL, 0, ACCOUNT, TEXT(right), TEXT(wrong), now, &attempt));

    /* In one call, with conflicts too. */
    poterne_store store = POTERNE_STORE_INIT;
    store.load = load;
    store.swap = swap;
    table.load_status = table.swap_status = 0;
    for (table.rows = 0; table.rows <= 1; table.rows++) {
        memcpy(table.record, active, sizeof table.record);
        DRY(table.rows ? POTERNE_CHANGED : POTERNE_REFUSED_CONFLICT,
            poterne_apply(verifier, &store, ACCOUNT, unlock, NULL, &attempt, &result));
    }
    static char submitted[9];
    strcpy(submitted, right);
    DRY(POTERNE_REFUSED_NOT_PENDING, poterne_apply(verifier, &store, ACCOUNT, confirm, submitted, &attempt, &result));

    DRY(POTERNE_OK, poterne_time_step(&parameters, now, &found));
    DRY(POTERNE_OK, poterne_split("password123456", 14, 6, &len));
    DRY(POTERNE_OK, poterne_code_lifetime(verifier, POTERNE_APP, 30, &found));
    DRY(POTERNE_REFUSED_CONFLICT, poterne_is_conflict(POTERNE_DATABASE_OTHER, "40001", 5, 0));
    DRY(POTERNE_OK, poterne_verifier_get(verifier, POTERNE_OPTION_MAX_FAILURES, &value));
    DRY(POTERNE_OK, poterne_verifier_set(verifier, POTERNE_OPTION_MAX_FAILURES, 20));
    DRY(1, poterne_abi() == POTERNE_ABI && poterne_version() != NULL);
    if (is_control) {
        poterne_keyring *keyring;
        DRY(POTERNE_OK, poterne_keyring_generate(1, &keyring));
    }
    printf("dry: %u calls without memory\n", dry_calls);
}

int main(int argc, char **argv)
{
    poterne_keyring *keyring;
    char right[9], wrong[9], active[POTERNE_RECORD_MAX], used[POTERNE_RECORD_MAX];
    is_control = strcmp(argv[argc - 1], "control") == 0;
    parameters.struct_size = sizeof parameters;
    expect(poterne_keyring_generate(1, &keyring), POTERNE_OK, "keyring");
    expect(poterne_verifier_new(POTERNE_ABI, keyring, "allocations", 11, &verifier), POTERNE_OK, "verifier");
    poterne_keyring_free(keyring);
    expect(poterne_otp(&parameters, (const uint8_t *)secret, strlen(secret), step, right, sizeof right, NULL), POTERNE_OK,
           "otp");
    expect(poterne_otp(&parameters, (const uint8_t *)secret, strlen(secret), step + 9, wrong, sizeof wrong, NULL),
           POTERNE_OK, "otp");
    import(0, active);
    import(step, used);
    if (argc > 1 && strcmp(argv[1], "dry") == 0) {
        dry(active, used, right, wrong);
        poterne_verifier_free(verifier);
        return 0;
    }
    /* Nothing printed may allocate while a call is counted. */
    setvbuf(stdout, NULL, _IOLBF, 0);

    match("right", right, POTERNE_NO_WATERMARK, POTERNE_OK);
    match("wrong", wrong, POTERNE_NO_WATERMARK, POTERNE_NOT_FOUND);
    match("replayed", right, step, POTERNE_REFUSED_REPLAYED);
    match("malformed", "12", POTERNE_NO_WATERMARK, POTERNE_REFUSED_MALFORMED);
    login("right", active, right, POTERNE_OK);
    login("wrong", active, wrong, POTERNE_REFUSED_WRONG_CODE);
    login("replayed", used, right, POTERNE_REFUSED_REPLAYED);
    login("malformed", active, "12", POTERNE_REFUSED_MALFORMED);
    login("not_enrolled", "", right, POTERNE_REFUSED_NOT_ENROLLED);
    poterne_verifier_free(verifier);
    return 0;
}
