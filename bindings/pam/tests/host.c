/*
 * A host that asks PAM for many logins in one process, as a VPN server does: Linux-PAM loads the module for each and unloads it.
 *
 *   host loop     FOLDER SERVICE USER         one login after the other
 *   host times    FOLDER SERVICE USER         the same, all accepted; it prints what each took, in microseconds
 *   host forks    FOLDER SERVICE USER ...     after a login of the first user, one child for each of the others, all at once
 *   host threads  FOLDER SERVICE USER ...     one thread for each user, all at once
 *
 * Standard input has two lines for each login, the answers to the questions that need one: the n-th login takes lines 2n and 2n+1.
 * The service's file lies in FOLDER. It prints what became of the logins, and the memory that the process held.
 */
#include <pthread.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *folder, *service;
static char **lines;
static size_t logins;

struct login {
    const char *user;
    char **answers;
    int asked;
    int result;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    struct login *login = data;
    *responses = calloc((size_t)count, sizeof **responses);
    for (int i = 0; i < count; i++) {
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF || messages[i]->msg_style == PAM_PROMPT_ECHO_ON) {
            if (login->asked == 2) {
                free(*responses);
                return PAM_CONV_ERR;
            }
            (*responses)[i].resp = strdup(login->answers[login->asked++]);
        }
    }
    return PAM_SUCCESS;
}

static void log_in(struct login *login)
{
    struct pam_conv conversation = {converse, login};
    pam_handle_t *handle = NULL;
    login->result = pam_start_confdir(service, login->user, &conversation, folder, &handle);
    if (login->result == PAM_SUCCESS)
        login->result = pam_authenticate(handle, 0);
    pam_end(handle, login->result);
}

static void *log_in_by_thread(void *login)
{
    log_in(login);
    return NULL;
}

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* Kilobytes of memory that are the process's own, and open files. */
static long memory(void)
{
    char line[128];
    long size = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "RssAnon: %ld", &size);
    if (!status || size < 0)
        fail("/proc/self/status");
    fclose(status);
    return size;
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int files(void)
{
    int count = 0;
    for (int file = 0; file < 1024; file++)
        count += dup2(file, file) == file;
    return count;
}

static void read_lines(void)
{
    char *line = NULL;
    size_t size = 0, count = 0;
    ssize_t length;
    while ((length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = 0;
        lines = realloc(lines, (count + 1) * sizeof *lines);
        lines[count++] = strdup(line);
    }
    free(line);
    logins = count / 2;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    folder = argv[2], service = argv[3];
    read_lines();
    size_t users = (size_t)argc - 4, accepted = 0;
    if (!strcmp(argv[1], "loop")) {
        long first = 0;
        int first_files = 0;
        for (size_t i = 0; i < logins; i++) {
            struct login login = {argv[4], lines + 2 * i, 0, 0};
            log_in(&login);
            accepted += login.result == PAM_SUCCESS;
            /* What is allocated once is there after a tenth. */
            if (i == logins / 10)
                first = memory(), first_files = files();
        }
        struct sigaction pipe;
        sigaction(SIGPIPE, NULL, &pipe);
        printf("logins=%zu accepted=%zu first=%ld last=%ld files=%d default_sigpipe=%d\n", logins, accepted, first, memory(),
               files() - first_files, pipe.sa_handler == SIG_DFL);
        return 0;
    }
    if (!strcmp(argv[1], "times")) {
        for (size_t i = 0; i < logins; i++) {
            struct login login = {argv[4], lines + 2 * i, 0, 0};
            long begin = now();
            log_in(&login);
            printf("%ld\n", now() - begin);
            if (login.result != PAM_SUCCESS)
                return 1;
        }
        return 0;
    }
    if (users > logins)
        return 2;
    struct login *all = calloc(users, sizeof *all);
    for (size_t i = 0; i < users; i++)
        all[i] = (struct login){argv[4 + i], lines + 2 * i, 0, 0};
    if (!strcmp(argv[1], "forks")) {
        log_in(&all[0]);
        accepted = all[0].result == PAM_SUCCESS;
        for (size_t i = 1; i < users; i++) {
            pid_t child = fork();
            if (child < 0)
                fail("fork");
            if (child == 0) {
                log_in(&all[i]);
                _exit(all[i].result != PAM_SUCCESS);
            }
        }
        int status;
        while (wait(&status) > 0)
            accepted += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    } else {
        pthread_t *threads = calloc(users, sizeof *threads);
        for (size_t i = 0; i < users; i++)
            if (pthread_create(&threads[i], NULL, log_in_by_thread, &all[i]))
                fail("pthread_create");
        for (size_t i = 0; i < users; i++)
            pthread_join(threads[i], NULL), accepted += all[i].result == PAM_SUCCESS;
        free(threads);
    }
    printf("logins=%zu accepted=%zu\n", users, accepted);
    return 0;
}
