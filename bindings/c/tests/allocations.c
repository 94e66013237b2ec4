/* How often the calls of a login allocate, as lines `CALL = ALLOCATIONS`; allocations.rs prints the same of the Rust library.
 *
 *     allocations            the calls
 *     allocations control    the same, with one allocation too many */
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

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    allocations++;
    *memory = __libc_memalign(alignment, size);
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
    poterne_verify(verifier, record, strlen(record), account, strlen(account), typed, strlen(typed), (int64_t)step * 30,
                   &attempt);
    if (is_control)
        free(malloc(1 + strlen(typed)));
    int32_t status = poterne_outcome(&attempt, 1, NULL);
    poterne_wipe(&attempt, sizeof attempt);
    unsigned count = allocations - before;
    expect(status, expected, name);
    printf("login_%s = %u\n", name, count);
}

static void import(uint64_t watermark, char *record)
{
    poterne_imported imported;
    memset(&imported, 0, sizeof imported);
    imported.struct_size = sizeof imported;
    imported.state = POTERNE_STATE_ACTIVE;
    imported.has_watermark = watermark != 0;
    imported.watermark = watermark;
    expect(poterne_import(verifier, account, strlen(account), &parameters, (const uint8_t *)secret, strlen(secret),
                          &imported, (int64_t)step * 30, record, POTERNE_RECORD_MAX, NULL),
           POTERNE_OK, "import");
}

int main(int argc, char **argv)
{
    poterne_keyring *keyring;
    char right[9], wrong[9], active[POTERNE_RECORD_MAX], used[POTERNE_RECORD_MAX];
    is_control = argc > 1 && strcmp(argv[1], "control") == 0;
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
