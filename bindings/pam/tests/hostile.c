/*
 * A host that does what no host should, one login after the other. It prints how many of each were accepted.
 *
 *   hostile FOLDER SERVICE USER PASSWORD WAY=CODE ...
 *   hostile FOLDER SERVICE calls MODULE     the module's functions, called as Linux-PAM never calls them
 *
 * The ways are those of `converse`, and what they do when the code is asked for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *way, *folder, *service, *user, *password, *code;
static pam_handle_t *handle;
static int questions, is_child;

static char *repeated(int byte, size_t count)
{
    char *text = malloc(count + 1);
    memset(text, byte, count);
    text[count] = 0;
    return text;
}

static int is(const char *name)
{
    return !strcmp(way, name);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    (void)data;
    if (count != 1)
        return PAM_CONV_ERR;
    if (messages[0]->msg_style != PAM_PROMPT_ECHO_OFF) {
        if (is("silent_about_texts"))
            return PAM_SUCCESS;
        *responses = calloc(1, sizeof **responses);
        if (is("answers_texts"))
            (*responses)[0].resp = repeated('9', 6);
        return is("fails_at_texts") ? (free(*responses), *responses = NULL, PAM_CONV_ERR) : PAM_SUCCESS;
    }
    if (++questions == 1) {
        *responses = calloc(1, sizeof **responses);
        (*responses)[0].resp = strdup(is("password_of_megabytes") ? "x" : password);
        return PAM_SUCCESS;
    }
    if (is("no_responses"))
        return PAM_SUCCESS;
    if (is("again") && questions > 2 && questions % 2) {
        *responses = calloc(1, sizeof **responses);
        (*responses)[0].resp = strdup(password);
        return PAM_SUCCESS;
    }
    if (is("fails"))
        return PAM_CONV_ERR;
    if (is("fails_with_garbage")) {
        /* Freed already: whoever touches it is found by valgrind. */
        *responses = calloc(1, sizeof **responses);
        free(*responses);
        return PAM_CONV_ERR;
    }
    *responses = calloc(is("many_responses") ? 64 : 1, sizeof **responses);
    if (is("no_text"))
        return PAM_SUCCESS;
    if (is("changes_user"))
        pam_set_item(handle, PAM_USER, "eve");
    if (is("changes_password"))
        pam_set_item(handle, PAM_AUTHTOK, NULL);
    if (is("forks"))
        is_child = fork() == 0;
    (*responses)[0].resp = is("megabytes")    ? repeated('9', 16 << 20)
                           : is("bytes")      ? repeated(0xff, 300)
                           : is("terminal")   ? strdup("\x1b]0;x\x07" "123456")
                           : is("format")     ? strdup("%s%n%x%s%n")
                                              : strdup(code);
    return PAM_SUCCESS;
}

static int log_in(void)
{
    struct pam_conv conversation = {is("no_function") ? NULL : converse, NULL};
    int accepted = 0, result = pam_start_confdir(service, user, &conversation, folder, &handle);
    if (result != PAM_SUCCESS)
        return 0;
    for (int times = is("again") ? 3 : 1; times > 0; times--) {
        result = pam_authenticate(handle, is("flags") ? ~0 : 0);
        accepted += result == PAM_SUCCESS;
    }
    pam_end(handle, result);
    return accepted;
}

typedef int function(pam_handle_t *, int, int, const char **);

static void calls(const char *path)
{
    const char *prompt[] = {"prompt"}, *nothing[] = {NULL}, *some[] = {"prompt", NULL, "echo"};
    char *huge = repeated('a', 1 << 20);
    const char *long_option[] = {"prompt", huge};
    struct pam_conv conversation = {converse, NULL};
    int accepted = 0;
    for (int round = 0; round < 50; round++) {
        void *module = dlopen(path, RTLD_NOW);
        if (!module) {
            fprintf(stderr, "%s\n", dlerror());
            exit(2);
        }
        function *authenticate, *setcred;
        *(void **)&authenticate = dlsym(module, "pam_sm_authenticate");
        *(void **)&setcred = dlsym(module, "pam_sm_setcred");
        accepted += authenticate(NULL, 0, 1, prompt) == PAM_SUCCESS;
        int (*check)(int, const char **, int, char *, size_t);
        char said[64];
        *(void **)&check = dlsym(module, "poterne_pam_check");
        /* No room, none for the NUL, none at all; room for what is wrong. */
        int written = check(1, prompt, 0, said, sizeof said);
        if (written < 1 || check(1, prompt, 0, said, (size_t)written) != -1 || check(1, prompt, 0, NULL, 64) != -1 ||
            check(-1, NULL, 1, said, sizeof said) < 1 || check(3, some, 0, said, sizeof said) < 1 || check(2, long_option, 0, said, 0) != -1)
            exit(3);
        accepted += authenticate(NULL, -1, -1, NULL) == PAM_SUCCESS;
        if (pam_start_confdir(service, "a.martin", &conversation, folder, &handle) == PAM_SUCCESS) {
            accepted += authenticate(handle, 0, 0, NULL) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, -5, prompt) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, 1, NULL) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, 1, nothing) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, 3, some) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, 2, long_option) == PAM_SUCCESS;
            accepted += authenticate(handle, 0, 1, prompt) == PAM_SUCCESS;
            pam_end(handle, PAM_SUCCESS);
        } else {
            exit(2);
        }
        setcred(NULL, 0, 0, NULL);
        dlclose(module);
    }
    free(huge);
    printf("calls=%d\n", accepted);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    folder = argv[1], service = argv[2], user = argv[3], password = argv[4];
    way = user;
    if (is("calls")) {
        calls(argv[4]);
        return 0;
    }
    for (int i = 5; i < argc; i++) {
        char *typed = strchr(argv[i], '=');
        if (!typed)
            return 2;
        *typed = 0;
        way = argv[i], code = typed + 1, questions = 0;
        int accepted = log_in(), status;
        if (is_child)
            _exit(accepted);
        while (wait(&status) > 0)
            accepted += WIFEXITED(status) ? WEXITSTATUS(status) : 100;
        printf("%s=%d\n", way, accepted);
    }
    return 0;
}
