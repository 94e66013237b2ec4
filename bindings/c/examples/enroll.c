/* Enrolls an account: a secret, its QR code, and the first code that proves that the phone has it.
 *
 *     enroll DATABASE KEYS keyring               makes the keyring's file, once for all servers
 *     enroll DATABASE KEYS new ACCOUNT SVG       stores a pending record, shows the QR code, and writes it to a file
 *     enroll DATABASE KEYS confirm ACCOUNT CODE  confirms by the first code, shows the recovery codes once
 *
 * Exits with 0: done. 1: refused. 2: failed. */
#define _POSIX_C_SOURCE 200809L

#include "application.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes a file with a secret: for its owner only, from the first moment on, and never over another file. */
static int write_private(const char *path, const char *text, size_t len)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0) {
        perror(path);
        return -1;
    }
    int failed = write(file, text, len) != (ssize_t)len || fsync(file) != 0;
    if (close(file) != 0 || failed) {
        perror(path);
        (void)unlink(path);
        return -1;
    }
    return 0;
}

static int make_keyring(const char *keys)
{
    poterne_keyring *keyring = NULL;
    /* The longest keyring, and a NUL. */
    static char text[16386];
    size_t len = 0;
    /* Keys are easy to recognize by their day of creation. */
    int32_t status = poterne_keyring_generate(20261121, &keyring);
    if (status == POTERNE_OK)
        status = poterne_keyring_to_text(keyring, text, sizeof text, &len);
    poterne_keyring_free(keyring);
    int failed = status == POTERNE_OK && write_private(keys, text, len) != 0;
    poterne_wipe(text, sizeof text);
    return failed ? FAILED : say(status, 0);
}

/* Shows the QR code on the terminal and in a file, and the secret for users who cannot scan. */
static int show(const char *uri, size_t uri_len, const char *svg_file)
{
    char secret[256];
    size_t svg_len = 0, text_len = 0;
    char *svg = NULL, *text = NULL;
    int code = FAILED;

    /* With a capacity of 0 the library returns the length that it needs, without the NUL. */
    if (poterne_qr_svg(uri, uri_len, NULL, 0, &svg_len) != POTERNE_E_BUFFER
        || poterne_qr_text(uri, uri_len, NULL, 0, &text_len) != POTERNE_E_BUFFER)
        return FAILED;
    svg = malloc(svg_len + 1);
    text = malloc(text_len + 1);
    if (svg && text && poterne_qr_svg(uri, uri_len, svg, svg_len + 1, &svg_len) == POTERNE_OK
        && poterne_qr_text(uri, uri_len, text, text_len + 1, &text_len) == POTERNE_OK
        && poterne_secret_to_type(uri, uri_len, secret, sizeof secret, NULL) == POTERNE_OK
        && write_private(svg_file, svg, svg_len) == 0) {
        printf("%s\nsecret to type: %s\nuri: %s\n", text, secret, uri);
        printf("remove %s after the scan: it holds the secret\n", svg_file);
        code = DONE;
    }
    if (svg)
        poterne_wipe(svg, svg_len);
    if (text)
        poterne_wipe(text, text_len);
    poterne_wipe(secret, sizeof secret);
    free(svg);
    free(text);
    return code;
}

static int enroll(const poterne_verifier *verifier, sqlite3 *table, char *account, char *svg_file)
{
    char record[POTERNE_RECORD_MAX], uri[POTERNE_URI_MAX];
    size_t uri_len = 0;
    int64_t rows = 0;
    poterne_uri_names names = POTERNE_URI_NAMES_INIT;
    names.issuer = "City of Example";
    names.issuer_len = POTERNE_NUL;
    names.label = account;
    names.label_len = POTERNE_NUL;
    int32_t status = poterne_enroll(verifier, account, POTERNE_NUL, NULL, POTERNE_NOW, record, sizeof record, NULL);
    if (status == POTERNE_OK)
        status = poterne_otpauth_uri(verifier, record, POTERNE_NUL, account, POTERNE_NUL, &names, POTERNE_NOW, uri,
                                     sizeof uri, &uri_len);
    if (status != POTERNE_OK)
        return say(status, 0);
    /* Insert only if there is no record: an active one would be lost, and the user could not log in. */
    if (swap_record(table, account, NULL, record, &rows) < 0)
        return say(POTERNE_E_STORE, 0);
    int code = REFUSED;
    if (rows == 1)
        code = show(uri, uri_len, svg_file);
    else
        printf("%s already has a record\n", account);
    poterne_wipe(uri, sizeof uri);
    return code;
}

/* poterne_apply calls this with the code that the user submitted. */
static int32_t make_confirmation(void *submitted, const poterne_verifier *verifier, const char *record, const char *account,
                                 poterne_attempt *attempt)
{
    return poterne_confirm(verifier, record, POTERNE_NUL, account, POTERNE_NUL, submitted, POTERNE_NUL, POTERNE_NOW,
                           attempt);
}

static int confirm(const poterne_verifier *verifier, sqlite3 *table, char *account, char *submitted)
{
    char codes[POTERNE_CODES_MAX];
    const poterne_store store = store_on(table);
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    poterne_result result = POTERNE_RESULT_INIT;
    int32_t status = poterne_apply(verifier, &store, account, POTERNE_NUL, make_confirmation, submitted, &attempt, &result);
    /* No later call returns them. */
    if (status == POTERNE_CONFIRMED && poterne_codes(&attempt, codes, sizeof codes, NULL) == POTERNE_OK) {
        printf("recovery codes, shown only once:\n%s\n", codes);
        poterne_wipe(codes, sizeof codes);
    }
    poterne_wipe(&attempt, sizeof attempt);
    if (status <= 0 || status == POTERNE_CONFIRMED)
        return say(status, 0);
    /* The user is already logged in, and may read what is wrong with the code or the phone's clock. */
    char text[256];
    int64_t detail = status == POTERNE_REFUSED_CLOCK_OFF ? result.clock_off_steps : (int64_t)result.wait_seconds;
    journal(status);
    if (poterne_message_at_enrollment(status, detail, "en", POTERNE_NUL, text, sizeof text, NULL) == POTERNE_OK)
        printf("page: %s\n", text);
    return REFUSED;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[3], "keyring") == 0)
        return make_keyring(argv[2]);
    int is_new = argc == 6 && strcmp(argv[3], "new") == 0;
    if (!is_new && !(argc == 6 && strcmp(argv[3], "confirm") == 0)) {
        fprintf(stderr, "usage: %s DATABASE KEYS keyring | new ACCOUNT SVG | confirm ACCOUNT CODE\n", argv[0]);
        return FAILED;
    }
    int code = FAILED;
    sqlite3 *table = open_table(argv[1]);
    poterne_verifier *verifier = open_verifier(argv[2]);
    if (table && verifier)
        code = (is_new ? enroll : confirm)(verifier, table, argv[4], argv[5]);
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return code;
}
