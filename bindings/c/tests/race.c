/* One code from everywhere at once is accepted once: 50 threads, then 8 processes, on one table.
 *
 *     race PLACE ROUNDS
 *
 * PLACE is a new directory for SQLite (race_sqlite.c), a port for PostgreSQL and MariaDB (race_postgresql.c, race_mariadb.c).
 *
 * The control is the swap that everybody writes first, without the old record in its WHERE clause: it must accept more than
 * once in some round, or this test would not see a race. */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "race.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 50
#define PROCESSES 8
#define NOW 1000000000
#define ACCOUNT "agent"

/* What threads share, and processes through an anonymous mapping. */
struct shared {
    /* At its three phases: the round is prepared; everybody is there; everybody has an answer. */
    pthread_barrier_t barrier;
    char code[9];
    int is_naive;
    int32_t status[THREADS];
};

static struct shared *shared;
static const poterne_verifier *verifier;
static int rounds;

/* The process that began. */
static pid_t first;

void stop(const char *what)
{
    fprintf(stderr, "race: %s\n", what);
    /* Nobody comes to the barrier any more: the whole group ends, instead of waiting for one another. */
    if (getpid() != first)
        kill(first, SIGTERM);
    _exit(2);
}

/* The first process ends with its children; they have its process group. */
static void end(int signal)
{
    (void)signal;
    kill(0, SIGKILL);
}

/* Everybody has the old record in hand before somebody stores the new one: without the pause one login is over before the next
 * begins, and there is no race. */
static int32_t slow_load(void *connection, const char *account, char *record)
{
    const struct timespec pause = {0, 5000000};
    int32_t found = race_load(connection, account, record);
    nanosleep(&pause, NULL);
    return found;
}

static void submit(void *table, int who)
{
    const poterne_store store = {sizeof store, 0, table, slow_load, shared->is_naive ? race_naive_swap : race_swap, NULL, 0};
    pthread_barrier_wait(&shared->barrier);
    pthread_barrier_wait(&shared->barrier);
    shared->status[who] = poterne_login(verifier, &store, ACCOUNT, POTERNE_NUL, shared->code, POTERNE_NUL, NOW, NULL);
    pthread_barrier_wait(&shared->barrier);
}

/* All rounds of one of those who submit; the connection is its own. */
static void *submit_all(void *arg)
{
    void *table = race_open();
    for (int round = 0; round < rounds; round++)
        submit(table, *(const int *)arg);
    race_close(table);
    return NULL;
}

/* A fresh credential of its own secret, and its code of now. */
static void prepare(void *table, int round)
{
    char record[POTERNE_RECORD_MAX];
    uint8_t secret[20] = {0};
    uint64_t step = 0;
    int64_t rows = 0;
    char old[POTERNE_RECORD_MAX];
    poterne_parameters parameters = {0};
    parameters.struct_size = sizeof parameters;
    memcpy(secret, &round, sizeof round);
    if (poterne_import(verifier, ACCOUNT, strlen(ACCOUNT), &parameters, secret, sizeof secret, NULL, NOW, record,
                       sizeof record, NULL)
            != POTERNE_OK
        || poterne_time_step(&parameters, NOW, &step) != POTERNE_OK
        || poterne_otp(&parameters, secret, sizeof secret, step, shared->code, sizeof shared->code, NULL) != POTERNE_OK)
        stop("no credential");
    int32_t found = race_load(table, ACCOUNT, old);
    if (found < 0
        || (found == 1 ? race_insert(table, ACCOUNT, record, &rows) : race_swap(table, ACCOUNT, old, record, &rows)) != 0
        || rows != 1)
        stop("the record was not stored");
}

/* The rounds, seen from the one who prepares them and counts. Gives the rounds in which not exactly one was accepted. */
static int count(void *table, int number, const char *who)
{
    int wrong = 0, accepted = 0, conflicts = 0;
    for (int round = 0; round < rounds; round++) {
        int now_accepted = 0;
        prepare(table, round);
        pthread_barrier_wait(&shared->barrier);
        pthread_barrier_wait(&shared->barrier);
        pthread_barrier_wait(&shared->barrier);
        for (int i = 0; i < number; i++) {
            int32_t status = shared->status[i];
            if (status == POTERNE_OK)
                now_accepted++;
            else if (status == POTERNE_REFUSED_CONFLICT)
                conflicts++;
            else if (status != POTERNE_REFUSED_REPLAYED) {
                fprintf(stderr, "race: a right code is refused with %d\n", (int)status);
                end(0);
            }
        }
        wrong += now_accepted != 1;
        accepted += now_accepted;
    }
    printf("race: C, %s: %s: %d rounds, %d codes sent, %d accepted, %d conflicts\n", race_database, who, rounds,
           rounds * number, accepted, conflicts);
    return wrong;
}

static void make_barrier(int number, int between)
{
    pthread_barrierattr_t attributes;
    if (pthread_barrierattr_init(&attributes) != 0 || pthread_barrierattr_setpshared(&attributes, between) != 0
        || pthread_barrier_init(&shared->barrier, &attributes, (unsigned)number + 1) != 0)
        stop("no barrier");
    pthread_barrierattr_destroy(&attributes);
}

static int with_threads(void *table, const char *who, int is_naive)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    shared->is_naive = is_naive;
    make_barrier(THREADS, PTHREAD_PROCESS_PRIVATE);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, submit_all, &numbers[i]) != 0)
            stop("no thread");
    }
    int wrong = count(table, THREADS, who);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&shared->barrier);
    return wrong;
}

static int with_processes(const char *who)
{
    pid_t children[PROCESSES];
    shared->is_naive = 0;
    make_barrier(PROCESSES, PTHREAD_PROCESS_SHARED);
    fflush(stdout);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] < 0)
            stop("no process");
        if (children[i] == 0) {
            /* The verifier of the parent goes on in the child. SQLite's connections do not: here is none yet. */
            submit_all(&i);
            _exit(0);
        }
    }
    void *table = race_open();
    int wrong = count(table, PROCESSES, who);
    for (int i = 0; i < PROCESSES; i++) {
        int exit_status = 0;
        if (waitpid(children[i], &exit_status, 0) < 0 || exit_status != 0)
            stop("a process failed");
    }
    race_close(table);
    return wrong;
}

int main(int argc, char **argv)
{
    if (argc != 3 || (rounds = atoi(argv[2])) < 1) {
        fprintf(stderr, "usage: %s PLACE ROUNDS\n", argv[0]);
        return 2;
    }
    /* A group of its own, so that the end of the group is nobody else's. A barrier that somebody does not come to would wait
     * for ever. */
    first = getpid();
    (void)setpgid(0, 0);
    signal(SIGTERM, end);
    signal(SIGALRM, end);
    alarm(900);
    race_begin(argv[1]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        stop("no memory");
    poterne_keyring *keyring = NULL;
    poterne_verifier *made = NULL;
    if (poterne_keyring_generate(1, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "race", 4, &made) != POTERNE_OK)
        stop("no verifier");
    poterne_keyring_free(keyring);
    verifier = made;

    /* The processes first: fork in a program without threads and connections. */
    int wrong = with_processes("8 processes");
    void *table = race_open();
    wrong += with_threads(table, "50 threads", 0);
    /* The control needs no more rounds than it takes to see the fault. */
    rounds = rounds < 10 ? rounds : 10;
    int seen = with_threads(table, "control, a naive swap", 1);
    race_close(table);
    poterne_verifier_free(made);
    if (wrong)
        fprintf(stderr, "race: in %d rounds not exactly one was accepted\n", wrong);
    if (!seen)
        fprintf(stderr, "race: the naive swap accepted exactly once in every round: the test is blind\n");
    return wrong || !seen;
}
