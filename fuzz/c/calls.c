/*
 * Any bytes as a script of calls of the C interface: two servers, each with its own clock, over one row, with attempts that are copied, spent twice and
 * damaged, tickets that come back late or altered, records that are changed, and buffers of every size.
 *
 * What must hold: a status is one that the header documents, and never a fault of the library; a login is told only after its
 * own row was reported; no code is accepted twice; a ticket is taken exactly when it is whole, in time and for what it was made;
 * what is written ends where it may. Every input and output is a block of
 * exactly its size, so that AddressSanitizer sees a byte too far.
 *
 * With -DPLANTED_BLIND_SWAP, -DPLANTED_SIZE or -DPLANTED_CONTEXT it is a caller with that fault, which must be found.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poterne.h"

static void fault(const char *where, const char *what)
{
    fprintf(stderr, "FAULT %s: %s\n", where, what);
    abort();
}

#include "../../bindings/c/tests/documented.h"

#define MAX_CALLS 48
#define MAX_TEXT 160

static void check(int holds, const char *where, const char *what)
{
    if (!holds)
        fault(where, what);
}

/* ---- The script ---- */

static const uint8_t *script, *script_end;

static uint8_t byte(void)
{
    return script < script_end ? *script++ : 0;
}

static uint64_t number(int bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | byte();
    return value;
}

/* A text in a block of its own. */
typedef struct {
    char *at;
    size_t len;
} text;

static text copied(const void *from, size_t len)
{
    text copy = {malloc(len), len};
    if (copy.at == NULL && len > 0)
        abort();
    if (len > 0)
        memcpy(copy.at, from, len);
    return copy;
}

/* The next bytes of the script. */
static text next(void)
{
    size_t len = byte() % MAX_TEXT, left = (size_t)(script_end - script);
    text text = copied(script, len < left ? len : left);
    script += text.len;
    return text;
}

/* ---- Statuses and outputs ---- */

/* Calls of the interface, over all scripts. */
static unsigned long long call_count;

static int32_t documented(const char *name, int32_t status)
{
    call_count++;
    const function *function = find(name, strlen(name));
    int is_documented = 0;
    for (size_t i = 0; function != NULL && i < function->count; i++)
        is_documented |= function->allowed[i] == status;
    check(is_documented, name, "a status that the header does not document");
    check(status != POTERNE_E_INTERNAL, name, "a fault of the library");
    return status;
}

#define CALL(name, ...) documented("poterne_" #name, poterne_##name(__VA_ARGS__))

typedef struct {
    char *at;
    size_t cap, len;
} output;

static output output_of(size_t cap)
{
    output output = {malloc(cap), cap, 0xa5a5};
    if (output.at == NULL && cap > 0)
        abort();
    if (cap > 0)
        memset(output.at, 0xa5, cap);
#ifdef PLANTED_SIZE
    output.cap++;
#endif
    return output;
}

/* Large enough, or of a size that the script says. */
static output any_output(size_t enough)
{
    uint8_t says = byte();
    return output_of(says < 128 ? enough : says < 192 ? says - 128U : (size_t)number(2) % (enough + 1));
}

/* What a text output must look like after a call. */
static void check_output(const output *output, int32_t status)
{
    if (status == POTERNE_OK) {
        check(output->len < output->cap && output->at[output->len] == 0, "output", "no NUL");
        return;
    }
    check(status == POTERNE_E_BUFFER ? output->len >= output->cap : output->len == 0, "output", "a wrong length");
    check(output->cap == 0 || output->at[0] == 0, "output", "not empty after a failure");
}

static void done(output output, int32_t status)
{
    check_output(&output, status);
    free(output.at);
}

/* ---- The application ---- */

/* What the two servers share, and what one of them has read before the other's last write. */
typedef struct {
    char record[POTERNE_RECORD_MAX];
    char account[MAX_TEXT + 1];
} row;

typedef struct {
    char text[POTERNE_CODES_MAX];
    uint32_t method, uses;
} code;

static poterne_keyring *keyring;
static poterne_verifier *verifier;
static int64_t ticket_seconds;
static poterne_parameters parameters;
static uint8_t secret[POTERNE_URI_MAX];
static size_t secret_len;
static row stored, stale;
/* Of the server that makes the present call, and of both; they differ by at most 300 seconds. */
static int64_t now, clocks[2], confirm_by;
static uint64_t counter, spent[2 * MAX_CALLS * 4];
static size_t spent_count, code_count;
static code codes[12 * MAX_CALLS];
static int is_revoked;

static int64_t swap(const row *read, const char *record, const char *account)
{
#ifndef PLANTED_BLIND_SWAP
    if (strcmp(read->record, stored.record) != 0 || strcmp(read->account, stored.account) != 0)
        return 0;
#endif
    (void)read;
    memmove(stored.record, record, strlen(record) + 1);
    memmove(stored.account, account, strlen(account) + 1);
    return 1;
}

static void otp(uint64_t factor, char *out)
{
    size_t len;
    check(CALL(otp, &parameters, secret, secret_len, factor, out, 9, &len) == POTERNE_OK, "otp", "no code");
    check(len == parameters.digits, "otp", "a wrong number of digits");
}

static void spend(uint64_t factor)
{
    for (size_t i = 0; i < spent_count; i++)
        check(spent[i] != factor, "accepted", "a moving factor twice");
    spent[spent_count++] = factor;
    if (factor >= counter)
        counter = factor + 1;
}

static void end(uint32_t method)
{
    for (size_t i = 0; i < code_count; i++)
        if (codes[i].method == method)
            codes[i].uses = 0;
}

/* New codes take the place of all former ones of their kind. */
static void issue(uint32_t method, uint32_t uses, const char *lines)
{
    end(method);
    while (*lines != 0) {
        size_t len = strcspn(lines, "\n");
        memcpy(codes[code_count].text, lines, len);
        codes[code_count].text[len] = 0;
        codes[code_count].method = method;
        codes[code_count++].uses = uses;
        lines += len + (lines[len] == '\n');
    }
}

static void accept(const poterne_result *result, const char *typed, size_t len)
{
    check(!is_revoked, "accepted", "a login with what was revoked");
    if (result->method == POTERNE_METHOD_OTP) {
        char right[9];
        otp(result->moving_factor, right);
        check(len == strlen(right) && memcmp(typed, right, len) == 0, "accepted", "a code that is not right");
        spend(result->moving_factor);
        return;
    }
    for (size_t i = 0; i < code_count; i++)
        if (codes[i].method == result->method && strlen(codes[i].text) == len && memcmp(codes[i].text, typed, len) == 0) {
            check(codes[i].uses > 0, "accepted", "a code that was used or replaced");
            codes[i].uses--;
            return;
        }
    fault("accepted", "a code that was never issued");
}

/* ---- Attempts ---- */

typedef enum { LOGIN, CONFIRM, RESYNCHRONIZE, ISSUE_RECOVERY, ISSUE_TEMPORARY, END_CODES, REVOKE, REPAIR, CHANGE } purpose;

typedef struct {
    purpose purpose;
    row read;
    const char *account; /* of the row after the swap */
    text typed;
    uint32_t uses;
    uint32_t ended; /* codes */
} step;

static poterne_attempt empty_attempt(void)
{
    poterne_attempt attempt;
    memset(&attempt, 0xa5, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    return attempt;
}

static void check_codes(const poterne_attempt *attempt, const step *step)
{
    output told = output_of(POTERNE_CODES_MAX), any = any_output(POTERNE_CODES_MAX);
    int32_t status = CALL(codes, attempt, told.at, told.cap, &told.len);
    check(status == POTERNE_OK, "codes", "none after a confirmation or a change");
    check_output(&told, status);
    done(any, CALL(codes, attempt, any.at, any.cap, &any.len));
    if (step->purpose == CONFIRM || step->purpose == ISSUE_RECOVERY)
        issue(POTERNE_METHOD_RECOVERY_CODE, 1, told.at);
    else if (step->purpose == ISSUE_TEMPORARY)
        issue(POTERNE_METHOD_TEMPORARY_CODE, step->uses, told.at);
    else
        check(told.len == 0, "codes", "a change that issues none");
    if (step->purpose == END_CODES && step->ended != POTERNE_CODES_TEMPORARY)
        end(POTERNE_METHOD_RECOVERY_CODE);
    if (step->purpose == END_CODES && step->ended != POTERNE_CODES_RECOVERY)
        end(POTERNE_METHOD_TEMPORARY_CODE);
    free(told.at);
}

/* Asks for the verdict, and holds it against what may be. */
static void ask(poterne_attempt *attempt, const step *step, int64_t rows)
{
    uint32_t changed = attempt->changed;
    poterne_result result;
    memset(&result, 0xa5, sizeof result);
    result.struct_size = sizeof result;
    int32_t status = CALL(outcome, attempt, rows, &result);
    check(result.status == status, "outcome", "another status in the result");
    if (changed && rows != 1)
        check(status == (rows == 0 ? POTERNE_REFUSED_CONFLICT : POTERNE_E_ROWS), "outcome", "a verdict without a row");
    if (status == POTERNE_OK) {
        check(step->purpose == LOGIN && changed && rows == 1, "outcome", "a login of what is none");
        accept(&result, step->typed.at, step->typed.len);
    } else {
        check(result.method == 0, "outcome", "a method without a login");
    }
    if (status == POTERNE_CONFIRMED) {
        check(step->purpose == CONFIRM, "outcome", "a confirmation of what is none");
        check(confirm_by == 0 || now <= confirm_by, "outcome", "a confirmation that comes too late");
        spend(result.moving_factor);
    }
    if (status == POTERNE_RESYNCHRONIZED) {
        check(step->purpose == RESYNCHRONIZE, "outcome", "a resynchronization of what is none");
        spend(result.moving_factor - 1);
        spend(result.moving_factor);
    }
    if (status == POTERNE_CHANGED) {
        check(step->purpose >= ISSUE_RECOVERY, "outcome", "a change of what is none");
        check(changed || step->purpose == REPAIR, "outcome", "a change that has nothing to do");
        is_revoked |= step->purpose == REVOKE;
    }
    if (status == POTERNE_CONFIRMED || status == POTERNE_CHANGED)
        check_codes(attempt, step);
    check(CALL(outcome, attempt, 1, NULL) == POTERNE_E_ATTEMPT, "outcome", "a verdict twice");
}

/* What an application does with an attempt, and what none should. */
static void settle(poterne_attempt *attempt, int32_t status, const step *step)
{
    if (status < 0) {
        check(attempt->record_len == 0 && !attempt->changed, "attempt", "not empty after a failure");
        check(CALL(outcome, attempt, 1, NULL) == POTERNE_E_ATTEMPT, "attempt", "a verdict after a failure");
        return;
    }
    check(status != POTERNE_OK && attempt->changed == (status == POTERNE_STORE), "attempt", "changed, or not");
    check(strlen(attempt->record) == attempt->record_len, "attempt", "a wrong length");
    check(attempt->changed || strcmp(attempt->record, step->read.record) == 0, "attempt",
          "nothing changed, and another record");
    uint8_t how = byte();
    if (how & 1) {
        poterne_attempt damaged = *attempt;
        /* The length, the flag, or the verdict: 8 and 64 bytes. The record is not told by it, nor what has no codes. */
        size_t at = number(2) % 72;
        at += at < 8 ? offsetof(poterne_attempt, record_len) : offsetof(poterne_attempt, opaque) - 8;
        ((uint8_t *)&damaged)[at] ^= (uint8_t)(byte() | 1);
        check(CALL(outcome, &damaged, 1, NULL) == POTERNE_E_ATTEMPT, "attempt", "a verdict of a damaged one");
    }
    if (how & 2) {
        poterne_result result;
        result.struct_size = byte();
        if (result.struct_size < sizeof result)
            check(CALL(outcome, attempt, 1, &result) == POTERNE_E_VERSION && result.status == POTERNE_E_VERSION, "attempt",
                  "a result of no size");
    }
    poterne_attempt copy = *attempt;
    static const int64_t impossible[] = {2, -1, INT64_MAX, INT64_MIN};
    /* What changed nothing is written back as it was. */
    int64_t rows = how & 4 ? 0 : how & 8 ? impossible[how >> 6] : swap(&step->read, attempt->record, step->account);
    ask(attempt, step, rows);
    /* The copy is spent too, by an application that tells the truth about its second swap. */
    if (how & 16 && copy.changed)
        ask(&copy, step, swap(&step->read, copy.record, step->account));
    if (how & 32)
        check(CALL(wipe, attempt, sizeof *attempt) == POTERNE_OK && attempt->struct_size == 0, "wipe", "not wiped");
}

/* ---- Calls ---- */

static uint64_t center(void)
{
    uint64_t step;
    if (parameters.moving_factor == POTERNE_COUNTER)
        return counter;
    check(CALL(time_step, &parameters, now, &step) == POTERNE_OK, "time_step", "no step");
    return step;
}

/* What somebody types: a code of the authenticator near the present one, one that was issued, or anything. */
static text typed(int64_t offset)
{
    char right[9];
    uint8_t which = byte();
    if (which < 160) {
        uint64_t at = center() + (uint64_t)offset;
        otp(at == UINT64_MAX || at > UINT64_MAX / 2 ? 0 : at, right);
        return copied(right, strlen(right));
    }
    if (which < 240 && code_count > 0) {
        const code *code = &codes[code_count - 1 - which % code_count % 12];
        return copied(code->text, strlen(code->text));
    }
    return next();
}

static void configure(void)
{
    poterne_verifier_free(verifier);
    check(CALL(verifier_new, POTERNE_ABI, keyring, "fuzz", 4, &verifier) == POTERNE_OK, "verifier_new", "cannot be made");
    ticket_seconds = 300;
}

static void rotate(void)
{
    uint32_t id = byte() % 4;
    CALL(keyring_add, keyring, id);
    CALL(keyring_promote, keyring, byte() % 4U);
    output output = any_output(16386);
    int32_t status = CALL(keyring_to_text, keyring, output.at, output.cap, &output.len);
    if (status == POTERNE_OK) {
        poterne_keyring *other;
        if (output.len > 0 && byte() % 2)
            output.at[number(2) % output.len] ^= (char)byte();
        if (CALL(keyring_parse, output.at, output.len, &other) == POTERNE_OK)
            CALL(keyring_remove, other, byte() % 4U);
        poterne_keyring_free(other);
        free(output.at);
    } else {
        done(output, status);
    }
    configure();
}

/* Anything for what reads texts. */
static void read_any_text(void)
{
    uint8_t which = byte();
    text text = next(), other = next();
    output output = any_output(which % 14 == 11 ? 65536 : 20000);
    poterne_parameters read = {0};
    uint64_t found;
    size_t len;
    read.struct_size = sizeof read;
#define OUTPUT output.at, output.cap, &output.len
    switch (which % 14) {
    case 0:
        done(output, CALL(uri_parse, text.at, text.len, &read, (uint8_t *)OUTPUT));
        break;
    case 1:
        done(output, CALL(uri_issuer, text.at, text.len, OUTPUT));
        break;
    case 2:
        done(output, CALL(uri_label, text.at, text.len, OUTPUT));
        break;
    case 3:
        done(output, CALL(secret_to_type, text.at, text.len, OUTPUT));
        break;
    case 4:
        done(output, CALL(qr_text, text.at, text.len, OUTPUT));
        break;
    case 5:
        done(output, CALL(base32_decode, text.at, text.len, (uint8_t *)OUTPUT));
        break;
    case 6:
        done(output, CALL(status_name, (int8_t)byte(), OUTPUT));
        break;
    case 7:
        done(output, CALL(message, (int8_t)byte(), (int64_t)number(8), byte() % 2 ? "fr" : "en", 2, OUTPUT));
        break;
    case 8:
        done(output, CALL(message_to_user, (int8_t)byte(), (int64_t)number(8), text.at, text.len, OUTPUT));
        break;
    case 9:
        /* The issuer and the label of what was enrolled. */
        {
            poterne_uri_names names = {sizeof names, 0, text.at, text.len, other.at, other.len};
            done(output, CALL(otpauth_uri, verifier, stored.record, strlen(stored.record), stored.account,
                              strlen(stored.account), &names, now, OUTPUT));
        }
        break;
    case 10:
        free(output.at);
        read.algorithm = byte() % 5;
        uint32_t digits = byte() % 10;
        if (CALL(split, text.at, text.len, digits, &len) == POTERNE_OK)
            check(len + digits == text.len || len + 15 == text.len, "split", "no code");
        uint64_t first = number(byte() % 9), last = first + number(2) % 64;
        if (CALL(match, &read, secret, secret_len, other.at, other.len, first, last, number(byte() % 9), &found)
            == POTERNE_OK)
            check(first <= found && found <= last, "match", "none of the candidates");
        break;
    case 12:
        done(output, CALL(hex_decode, text.at, text.len, (uint8_t *)OUTPUT));
        break;
    case 13: {
        free(output.at);
        uint32_t authenticator = byte() % 4, time_step = byte();
        uint64_t seconds = 0;
        CALL(is_conflict, byte() % 13, text.at, text.len, (int32_t)number(4));
        if (CALL(code_lifetime, verifier, authenticator, time_step, &seconds) == POTERNE_OK)
            check(seconds >= 300U + time_step, "code_lifetime", "less than a code is shown");
        check(seconds <= 300 + 33 * 120, "code_lifetime", "more than the policy can give");
        break;
    }
    default:
        done(output, CALL(apps_html, byte() % 2 ? "fr" : "en", 2, OUTPUT));
    }
    free(text.at);
    free(other.at);
}

/* A record that nobody has sealed. */
static void damaged_record(void)
{
    row damaged = stored;
    poterne_attempt attempt = empty_attempt();
    poterne_inspection status;
    status.struct_size = sizeof status;
    size_t at = number(2) % 504, len = byte() % 4 ? 504 : number(2) % 504;
    damaged.record[at] ^= (char)byte();
    char code[9];
    otp(center(), code);
    /* Cut behind the change it is not there any more; trailing spaces are no part of it. */
    int is_same = memcmp(damaged.record, stored.record, 504) == 0 && len == 504;
    text record = copied(damaged.record, len), account = copied(stored.account, strlen(stored.account));
    int32_t told = CALL(verify, verifier, record.at, record.len, account.at, account.len, code, strlen(code), now, &attempt);
    check(is_same || told < 0 || told == POTERNE_REFUSED_NOT_ENROLLED, "verify", "a damaged record opens");
    check(told != POTERNE_REFUSED_NOT_ENROLLED || len == 0, "verify", "a damaged record is none");
    told = CALL(inspect, verifier, record.at, record.len, account.at, account.len, (int64_t)number(8), &status);
    check(is_same || told < 0, "inspect", "a damaged record opens");
    free(record.at);
    free(account.at);
}

typedef struct {
    row read;
    uint8_t does;
    int64_t rows; /* of its last swap */
} server;

/* ---- Tickets ---- */

/* The last one that a server gave out, in each of the two ways that a client comes. */
static struct {
    char text[POTERNE_TICKET_MAX];
    char person[MAX_TEXT + 1];
    int64_t expiry;
    int is_dud;
} given[2];

static size_t without_spaces(const char *name, size_t len)
{
    while (len > 0 && name[len - 1] == ' ')
        len--;
    return len;
}

/* Semantics 9.8. */
static void person_of(const char *account, char *person)
{
    size_t len = without_spaces(account, strlen(account));
    if (len > 2 && account[len - 2] == '#' && (account[len - 1] == '2' || account[len - 1] == '3'))
        len = without_spaces(account, len - 2);
    memcpy(person, account, len);
    person[len] = 0;
}

static void give_ticket(const char *account, uint8_t how)
{
    uint8_t context[] = {how & 1};
    output told = output_of(POTERNE_TICKET_MAX), any = any_output(POTERNE_TICKET_MAX);
    size_t len = strlen(account);
    int is_dud = (how & 6) == 6;
    int32_t status = is_dud
                         ? CALL(dud_ticket, verifier, account, len, "fuzz", 4, context, 1, now, told.at, told.cap, &told.len)
                         : CALL(ticket, verifier, account, len, "fuzz", 4, context, 1, now, told.at, told.cap, &told.len);
    check_output(&told, status);
    done(any, CALL(ticket, verifier, account, len, "fuzz", 4, context, 1, now, any.at, any.cap, &any.len));
    if (status == POTERNE_OK) {
        check(told.len == 96, "ticket", "of another length");
        memcpy(given[how & 1].text, told.at, told.len + 1);
        person_of(account, given[how & 1].person);
        given[how & 1].expiry = now + ticket_seconds;
        given[how & 1].is_dud = is_dud;
    }
    free(told.at);
}

/* What the client sends back with the code. Each part is a block of its own. */
typedef struct {
    poterne_presented_ticket to_check;
    text ticket, purpose, context;
    int is_valid;
} presented;

static presented present(const char *account, uint8_t how)
{
    presented it = {POTERNE_PRESENTED_TICKET_INIT, {NULL, 0}, {NULL, 0}, {NULL, 0}, 0};
    size_t way = how & 1, len = strlen(given[way].text);
    uint8_t context[] = {(how >> 3 & 7) == 7 ? 2 : how & 1};
    char person[MAX_TEXT + 1];
    person_of(account, person);
    it.is_valid = len == 96 && !given[way].is_dud && strcmp(given[way].person, person) == 0 && now <= given[way].expiry
                  && given[way].expiry <= now + 900 && context[0] == (how & 1);
#ifdef PLANTED_CONTEXT
    /* Bound to nothing of the request. */
    context[0] = how & 1;
#endif
    it.ticket = copied(given[way].text, len);
    it.purpose = copied(how & 128 ? "fuze" : "fuzz", how & 64 && how & 128 ? 3 : 4);
    it.context = copied(context, sizeof context);
    it.is_valid &= !(how & 128);
    if ((how & 6) == 6 && len > 0) {
        /* One bit; another case of a letter is another ticket too. */
        it.ticket.at[number(1) % len] ^= (char)(1 << byte() % 8);
        it.is_valid = 0;
    }
    it.to_check.ticket = it.ticket.at;
    it.to_check.ticket_len = it.ticket.len;
    it.to_check.purpose = it.purpose.at;
    it.to_check.purpose_len = it.purpose.len;
    it.to_check.context = (uint8_t *)it.context.at;
    it.to_check.context_len = it.context.len;
    return it;
}

static void end_presented(presented *it, int32_t status)
{
    check(status < 0 || (status == POTERNE_REFUSED_TICKET) == !it->is_valid, "ticket",
          it->is_valid ? "a good one is refused" : "a bad one is taken");
    free(it->ticket.at);
    free(it->purpose.at);
    free(it->context.at);
}

static int32_t load(void *arg, const char *account, char *record)
{
    server *server = arg;
    server->rows = 0;
    if (server->does & 1)
        return -1;
    server->read = server->does & 2 && !(server->does & 64) ? stale : stored;
    server->does |= 64;
    if (strcmp(account, server->read.account) != 0)
        return 1;
    memcpy(record, server->read.record, strlen(server->read.record) + 1);
    return 0;
}

static int32_t exchange(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    server *server = arg;
    check(strcmp(old_record, server->read.record) == 0, "login", "a swap with another record than the one it loaded");
    if (server->does & 4)
        return -1;
    *rows = server->rows = server->does & 8 ? 0 : swap(&server->read, record, account);
    return 0;
}

static void log_in(const text *code, presented *presented)
{
    server server = {stored, byte(), 0};
    poterne_store store = {sizeof store, 0, &server, load, exchange, NULL, 0};
    /* Loaded already, with the application's own row. */
    if (server.does & 128) {
        server.read = server.does & 2 ? stale : stored;
        store.loaded = server.read.record;
        store.loaded_len = POTERNE_NUL;
    }
    server.does &= 63;
    poterne_result result;
    memset(&result, 0xa5, sizeof result);
    result.struct_size = sizeof result;
    size_t len = strlen(stored.account);
    int32_t status = presented == NULL
                         ? CALL(login, verifier, &store, stored.account, len, code->at, code->len, now, &result)
                         : CALL(login_with_ticket, verifier, &store, stored.account, len, &presented->to_check, code->at,
                                code->len, now, &result);
    check(result.status == status, "login", "another status in the result");
    if (presented != NULL) {
        check(presented->is_valid || server.does < 64, "login", "a record is loaded for a bad ticket");
        end_presented(presented, status);
    }
    if (status == POTERNE_OK) {
        check(server.rows == 1, "login", "a login without a row");
        accept(&result, code->at, code->len);
    }
}

static int32_t make(void *arg, const poterne_verifier *by, const char *record, const char *account, poterne_attempt *attempt)
{
    check(by == verifier, "apply", "another verifier");
    int32_t status = CALL(unlock, by, record, POTERNE_NUL, account, POTERNE_NUL, attempt);
    return *(uint8_t *)arg ? *(uint8_t *)arg : status;
}

static void unlock_by_apply(uint8_t servers)
{
    server server = {stored, servers >> 3 & 15, 0};
    poterne_store store = {sizeof store, 0, &server, load, exchange, NULL, 0};
    poterne_attempt attempt;
    uint8_t lie = servers & 128 ? byte() : 0;
    memset(&attempt, 0xa5, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    int32_t status = CALL(apply, verifier, &store, stored.account, POTERNE_NUL, make, &lie, &attempt, NULL);
    check(status != POTERNE_OK, "apply", "a login");
    check(status != POTERNE_CHANGED || server.rows == 1, "apply", "a change without a row");
    check(CALL(outcome, &attempt, 1, NULL) == POTERNE_E_ATTEMPT, "apply", "a verdict twice");
}

/* Time goes on for both. */
static void pass(int64_t seconds)
{
    clocks[0] += seconds;
    clocks[1] += seconds;
}

static void one_call(void)
{
    uint8_t which = byte() % 26, servers = byte();
    poterne_attempt attempt = empty_attempt();
    step step = {CHANGE, servers & 1 ? stale : stored, NULL, {NULL, 0}, 0, 0};
    now = clocks[servers >> 2 & 1];
    if (servers & 2)
        stale = stored;
    /* In blocks of their own. */
    text record = copied(step.read.record, strlen(step.read.record)), second = {NULL, 0};
    text account = copied(step.read.account, strlen(step.read.account));
    char new_account[MAX_TEXT + 1];
    step.account = step.read.account;
    /* 0, which none of these calls gives, until there is an attempt to settle. */
    int32_t status = POTERNE_OK;
#define READ verifier, record.at, record.len, account.at, account.len
    switch (which) {
    case 0:
        pass(byte());
        break;
    case 1:
        pass((int64_t)number(4) % 100000000);
        break;
    case 2: {
        uint32_t option = byte() % 15;
        int64_t value = (int16_t)number(2);
        if (CALL(verifier_set, verifier, option, value) == POTERNE_OK && option == POTERNE_OPTION_TICKET_SECONDS)
            ticket_seconds = value;
        break;
    }
    case 3:
        rotate();
        break;
    case 4:
    case 5:
    case 6:
        read_any_text();
        break;
    case 7:
        damaged_record();
        break;
    case 8:
        step.purpose = CONFIRM;
        step.typed = typed((int8_t)byte());
        status = CALL(confirm, READ, step.typed.at, step.typed.len, now, &attempt);
        break;
    case 9:
    case 10: {
        int64_t offset = (int8_t)byte();
        step.purpose = RESYNCHRONIZE;
        step.typed = typed(offset);
        second = typed(offset + 1);
        status = CALL(resynchronize, READ, step.typed.at, step.typed.len, second.at, second.len, now, &attempt);
        break;
    }
    case 11:
        step.purpose = ISSUE_RECOVERY;
        status = CALL(recovery_codes, READ, byte() % 12, &attempt);
        break;
    case 12: {
        int64_t expiry = byte() % 4 ? 0 : now + (int64_t)number(4);
        step.purpose = ISSUE_TEMPORARY;
        step.uses = byte() % 52;
        status = CALL(temporary_code, READ, expiry, step.uses, byte() % 4, now, &attempt);
        step.uses += step.uses == 0;
        break;
    }
    case 13:
        if (servers & 64)
            unlock_by_apply(servers);
        else
            status = CALL(unlock, READ, &attempt);
        break;
    case 14:
        status = CALL(suspend, READ, &attempt);
        break;
    case 15:
        status = CALL(resume, READ, &attempt);
        break;
    case 16:
        /* Rarely: nothing works after it. */
        if (servers < 32) {
            step.purpose = REVOKE;
            status = CALL(revoke, READ, &attempt);
        }
        break;
    case 17:
        status = CALL(forget, READ, now, &attempt);
        break;
    case 18:
        status = CALL(reseal, READ, &attempt);
        break;
    case 19: {
        text name = next();
        memcpy(new_account, name.at, name.len);
        new_account[name.len] = 0;
        status = CALL(rename, READ, name.at, name.len, &attempt);
        step.account = new_account;
        free(name.at);
        break;
    }
    case 20:
        step.purpose = REPAIR;
        status = CALL(repair_clock, READ, now, &attempt);
        break;
    case 21:
        step.purpose = END_CODES;
        step.ended = byte() % 5;
        status = CALL(end_codes, READ, step.ended, &attempt);
        break;
    case 22:
        step.typed = typed((int8_t)byte());
        if (servers & 64) {
            presented presented = present(stored.account, byte());
            log_in(&step.typed, &presented);
        } else {
            log_in(&step.typed, NULL);
        }
        break;
    case 23:
        if (servers & 64) {
            give_ticket(step.read.account, byte());
            break;
        }
        /* fall through */
    default:
        step.purpose = LOGIN;
        step.typed = typed((int8_t)byte() % 16);
        if (which == 24 && servers & 64) {
            presented presented = present(step.read.account, byte());
            status = CALL(verify_with_ticket, READ, &presented.to_check, step.typed.at, step.typed.len, now, &attempt);
            check(presented.is_valid || !attempt.changed, "verify", "a bad ticket changes the record");
            end_presented(&presented, status);
        } else {
            status = CALL(verify, READ, step.typed.at, step.typed.len, now, &attempt);
        }
    }
    if (status != POTERNE_OK)
        settle(&attempt, status, &step);
    free(record.at);
    free(account.at);
    free(step.typed.at);
    free(second.at);
}

/* A credential of any kind; 0 if there is none to be had. */
static int begin(void)
{
    static const uint8_t seed[] = "1234567890123456789012345678901234567890123456789012345678901234";
    uint8_t kind = byte();
    size_t len;
    int32_t status;
    memset(&parameters, 0, sizeof parameters);
    parameters.struct_size = sizeof parameters;
    parameters.authenticator = 1 + (kind >> 3) % 2;
    parameters.moving_factor = 1 + (kind >> 4) % 2;
    parameters.algorithm = kind & 32 ? byte() % 5 : 0;
    parameters.digits = kind & 32 ? 6 + byte() % 3 : 6;
    parameters.time_step = parameters.moving_factor == POTERNE_TIME ? 30 + (kind & 64 ? byte() % 91 : 0) : 0;
    /* Of a pending one. */
    confirm_by = parameters.confirm_by = kind % 8 >= 4 && kind & 64 ? now + (int64_t)number(2) : 0;
    configure();
    strcpy(stored.account, "a");
    if (kind % 4 < 2) {
        poterne_existing_credential imported = {sizeof imported, kind % 8 < 4, 0, 0, 0, 0, 0};
        secret_len = kind & 128 ? byte() % sizeof seed : 20;
        memcpy(secret, seed, secret_len);
        /* As a clock that was ahead leaves it: steps that nobody has used. */
        if (kind & 128 && parameters.moving_factor == POTERNE_TIME) {
            imported.has_watermark = 1;
            imported.watermark = (uint64_t)now / parameters.time_step + byte();
        }
        status = CALL(import, verifier, "a", 1, &parameters, secret, secret_len, &imported, now, stored.record,
                      POTERNE_RECORD_MAX, &len);
    } else if (kind % 4 == 2) {
        parameters.authenticator = POTERNE_TOKEN;
        secret_len = 20;
        memcpy(secret, seed, secret_len);
        status = CALL(enroll_token, verifier, "a", 1, &parameters, secret, secret_len, now, stored.record,
                      POTERNE_RECORD_MAX, &len);
    } else {
        char uri[POTERNE_URI_MAX];
        parameters.authenticator = POTERNE_APP;
        if (confirm_by == 0)
            confirm_by = now + 30 * 86400;
        status = CALL(enroll, verifier, "a", 1, &parameters, now, stored.record, POTERNE_RECORD_MAX, &len);
        if (status != POTERNE_OK)
            return 0;
        const poterne_uri_names names = {sizeof names, 0, "fuzz", POTERNE_NUL, "a", POTERNE_NUL};
        check(CALL(otpauth_uri, verifier, stored.record, len, "a", POTERNE_NUL, &names, now, uri, sizeof uri, &len)
                  == POTERNE_OK,
              "otpauth_uri", "none of a pending credential");
        check(CALL(uri_parse, uri, len, &parameters, secret, sizeof secret, &secret_len) == POTERNE_OK, "uri_parse",
              "the library cannot read what it wrote");
    }
    stale = stored;
    return status == POTERNE_OK;
}

/* As libFuzzer writes its own figures. */
static void tell_calls(void)
{
    fprintf(stderr, "stat::calls: %llu\n", call_count);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    read_header(HEADER);
    check(function_count > 40, "header", "too few functions");
    check(atexit(tell_calls) == 0, "atexit", "no room");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    poterne_inspection status;
    script = data;
    script_end = data + size;
    now = clocks[0] = clocks[1] = 1700000010;
    counter = spent_count = code_count = 0;
    is_revoked = 0;
    memset(given, 0, sizeof given);
    keyring = NULL;
    verifier = NULL;
    check(CALL(keyring_generate, 1, &keyring) == POTERNE_OK, "keyring_generate", "no keyring");
    if (begin()) {
        /* Ahead, or behind. */
        clocks[1] += (int64_t)number(2) % 601 - 300;
        for (int calls = 0; calls < MAX_CALLS && script < script_end; calls++)
            one_call();
        status.struct_size = sizeof status;
        check(CALL(inspect, verifier, stored.record, strlen(stored.record), stored.account, strlen(stored.account), now,
                   &status)
                  == POTERNE_OK,
              "inspect", "the stored record does not open");
        check(!is_revoked || status.state == POTERNE_STATE_REVOKED, "inspect", "revoked, and in use");
    }
    poterne_verifier_free(verifier);
    poterne_keyring_free(keyring);
    return 0;
}
