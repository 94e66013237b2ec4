/* Two threads ask one attempt for its verdict at the same moment: one gets it, in every round.
 *
 *     threads ROUNDS            the library
 *     threads ROUNDS control    a twin of poterne_outcome that reads, checks and writes without atomics: some round must give
 *                               two verdicts, or this program is blind; it ends with that round
 *
 * sanitizers runs it under ThreadSanitizer as well. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poterne.h"

#define NOW 1700000010
#define ACCOUNT "a.martin"

static poterne_attempt attempt;
static int is_control;
static unsigned long rounds, ended;

/* The round that may begin, and the last one that the second thread has an answer of. */
static unsigned long begun, answered;
static int64_t second_rows;
static int32_t second_status;

static void stop(const char *what)
{
    fprintf(stderr, "threads: %s\n", what);
    exit(2);
}

/* What poterne_outcome was: the phase in the opaque part is looked at, the rest is read, and the phase written. */
static int32_t twin(int64_t rows)
{
    unsigned sum = 0;
    if (attempt.opaque[8] != 1)
        return POTERNE_E_ATTEMPT;
    for (size_t i = 0; i < 4 * sizeof attempt.opaque; i++)
        sum = sum * 31 + attempt.opaque[i % sizeof attempt.opaque];
    /* Never so, but not known to the compiler, which keeps the reading before the writing. */
    if (sum == 1)
        return POTERNE_E_INTERNAL;
    memset(attempt.opaque, 0, sizeof attempt.opaque);
    return rows == 1 ? POTERNE_OK : POTERNE_REFUSED_CONFLICT;
}

static int32_t ask(int64_t rows)
{
    poterne_result result;
    if (is_control)
        return twin(rows);
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    int32_t status = poterne_outcome(&attempt, rows, &result);
    if (result.status != status)
        stop("the result has another status than the call");
    return status;
}

/* On one processor the other thread must get its turn. */
static void wait_for(const unsigned long *at, unsigned long value)
{
    for (unsigned spins = 0; __atomic_load_n(at, __ATOMIC_ACQUIRE) != value; spins++)
        if (spins % 4096 == 4095)
            sched_yield();
}

static void *second(void *arg)
{
    (void)arg;
    for (unsigned long round = 1; round <= rounds; round++) {
        wait_for(&begun, round);
        if (ended)
            break;
        second_status = ask(second_rows);
        __atomic_store_n(&answered, round, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[] = "12345678901234567890";
    char record[POTERNE_RECORD_MAX], code[9];
    uint64_t step;
    poterne_parameters parameters;
    poterne_keyring *keyring;
    poterne_verifier *verifier;
    pthread_t thread;
    if (argc < 2 || (rounds = strtoul(argv[1], NULL, 10)) < 1)
        stop("usage: threads ROUNDS [control]");
    is_control = argc > 2 && strcmp(argv[2], "control") == 0;
    memset(&parameters, 0, sizeof parameters);
    parameters.struct_size = sizeof parameters;
    if (poterne_keyring_generate(1, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "threads", 7, &verifier) != POTERNE_OK
        || poterne_import(verifier, ACCOUNT, strlen(ACCOUNT), &parameters, secret, 20, NULL, NOW, record, sizeof record,
                          NULL)
               != POTERNE_OK
        || poterne_time_step(&parameters, NOW, &step) != POTERNE_OK
        || poterne_otp(&parameters, secret, 20, step, code, sizeof code, NULL) != POTERNE_OK)
        stop("nothing to log in with");
    poterne_keyring_free(keyring);
    /* Filled once, and then copied: the copies are never asked but here. */
    poterne_attempt filled;
    filled.struct_size = sizeof filled;
    if (poterne_verify(verifier, record, strlen(record), ACCOUNT, strlen(ACCOUNT), code, strlen(code), NOW, &filled)
        != POTERNE_STORE)
        stop("the right code is not to be stored");
    if (pthread_create(&thread, NULL, second, NULL) != 0)
        stop("no thread");
    unsigned long wrong = 0, second_won = 0;
    /* The second thread starts a little later. By how much, the winners tell: who won waits longer the next time. */
    unsigned pause = 0;
    unsigned long round = 1;
    for (; round <= rounds && !(is_control && wrong); round++) {
        /* Each thread reports what is another verdict, now and then. */
        int64_t rows = round % 3 != 0;
        second_rows = round % 5 != 0;
        attempt = filled;
        __atomic_store_n(&begun, round, __ATOMIC_RELEASE);
        for (volatile unsigned spins = 0; spins < pause + round % 16; spins++)
            ;
        int32_t status = ask(rows);
        wait_for(&answered, round);
        int first_has = status == (rows ? POTERNE_OK : POTERNE_REFUSED_CONFLICT);
        int second_has = second_status == (second_rows ? POTERNE_OK : POTERNE_REFUSED_CONFLICT);
        if ((!first_has && status != POTERNE_E_ATTEMPT) || (!second_has && second_status != POTERNE_E_ATTEMPT))
            stop("a status that cannot be");
        wrong += first_has + second_has != 1;
        second_won += second_has;
        if (first_has && !second_has && pause < 100000)
            pause++;
        else if (second_has && !first_has && pause > 0)
            pause--;
    }
    ended = 1;
    __atomic_store_n(&begun, round, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    poterne_verifier_free(verifier);
    printf("%lu rounds, %lu to the second thread, %lu with not one verdict\n", round - 1, second_won, wrong);
    return wrong != 0;
}
