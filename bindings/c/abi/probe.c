/* What generation 1 of the interface was on its first day: sizes, offsets, constants. Compiled, never run. What is here is
 * frozen; new constants and fields are added below their kind, and the size of a structure may grow at its end only (then its
 * line becomes SIZE_AT_LEAST, with this size). */
#include <poterne.h>

#define VALUE(name, value) _Static_assert((name) == (value), #name " has another value")
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another size")
#define SIZE_AT_LEAST(type, bytes) _Static_assert(sizeof(type) >= (bytes), #type " has shrunk")
#define FIELD(type, field, offset, bytes)                                                             \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (bytes), #type "." #field " has moved")

VALUE(POTERNE_RECORD_MAX, 512);
VALUE(POTERNE_CODES_MAX, 128);
VALUE(POTERNE_URI_MAX, 2048);
VALUE(POTERNE_OK, 0);
VALUE(POTERNE_REFUSED_WRONG_CODE, 1);
VALUE(POTERNE_REFUSED_REPLAYED, 2);
VALUE(POTERNE_REFUSED_MALFORMED, 3);
VALUE(POTERNE_REFUSED_WAIT, 4);
VALUE(POTERNE_REFUSED_LOCKED, 5);
VALUE(POTERNE_REFUSED_PENDING, 6);
VALUE(POTERNE_REFUSED_REVOKED, 7);
VALUE(POTERNE_REFUSED_NOT_YET_VALID, 8);
VALUE(POTERNE_REFUSED_EXPIRED, 9);
VALUE(POTERNE_REFUSED_CLOCK_BEHIND, 10);
VALUE(POTERNE_REFUSED_CLOCK_OFF, 11);
VALUE(POTERNE_REFUSED_CONFLICT, 12);
VALUE(POTERNE_REFUSED_NOT_ENROLLED, 13);
VALUE(POTERNE_REFUSED_SUSPENDED, 14);
VALUE(POTERNE_REFUSED_NOT_PENDING, 15);
VALUE(POTERNE_STORE, 101);
VALUE(POTERNE_RESYNCHRONIZED, 102);
VALUE(POTERNE_CONFIRMED, 103);
VALUE(POTERNE_CHANGED, 104);
VALUE(POTERNE_NOT_FOUND, 105);
VALUE(POTERNE_E_ARGUMENT, -1);
VALUE(POTERNE_E_NULL, -2);
VALUE(POTERNE_E_BUFFER, -3);
VALUE(POTERNE_E_VERSION, -4);
VALUE(POTERNE_E_UTF8, -5);
VALUE(POTERNE_E_TIME, -6);
VALUE(POTERNE_E_RECORD, -7);
VALUE(POTERNE_E_UNKNOWN_KEY, -8);
VALUE(POTERNE_E_RECORD_FORMAT, -9);
VALUE(POTERNE_E_STATE, -10);
VALUE(POTERNE_E_ROWS, -11);
VALUE(POTERNE_E_ATTEMPT, -12);
VALUE(POTERNE_E_KEYRING, -13);
VALUE(POTERNE_E_KEYRING_FILE, -14);
VALUE(POTERNE_E_SECRET, -15);
VALUE(POTERNE_E_URI, -16);
VALUE(POTERNE_E_COUNTER, -17);
VALUE(POTERNE_E_RANDOM, -18);
VALUE(POTERNE_E_STORE, -19);
VALUE(POTERNE_E_TOKEN_FILE, -20);
VALUE(POTERNE_E_TOKEN_PASSWORD, -21);
VALUE(POTERNE_E_TOKEN_MAC, -22);
VALUE(POTERNE_E_TOKEN_UNSUPPORTED, -23);
VALUE(POTERNE_E_INTERNAL, -99);
VALUE(POTERNE_APP, 1);
VALUE(POTERNE_TOKEN, 2);
VALUE(POTERNE_COUNTER, 1);
VALUE(POTERNE_TIME, 2);
VALUE(POTERNE_SHA1, 1);
VALUE(POTERNE_SHA256, 2);
VALUE(POTERNE_SHA512, 3);
VALUE(POTERNE_STATE_PENDING, 0);
VALUE(POTERNE_STATE_ACTIVE, 1);
VALUE(POTERNE_STATE_SUSPENDED, 2);
VALUE(POTERNE_STATE_REVOKED, 3);
VALUE(POTERNE_METHOD_OTP, 1);
VALUE(POTERNE_METHOD_RECOVERY_CODE, 2);
VALUE(POTERNE_METHOD_TEMPORARY_CODE, 3);
VALUE(POTERNE_ABI, 1);
VALUE(POTERNE_OPTION_APP_STEPS_BACKWARD, 1);
VALUE(POTERNE_OPTION_APP_STEPS_FORWARD, 2);
VALUE(POTERNE_OPTION_TOKEN_STEPS_BACKWARD, 3);
VALUE(POTERNE_OPTION_TOKEN_STEPS_FORWARD, 4);
VALUE(POTERNE_OPTION_LOOK_AHEAD, 5);
VALUE(POTERNE_OPTION_MAX_FAILURES, 6);
VALUE(POTERNE_OPTION_MAX_DRIFT, 7);
VALUE(POTERNE_OPTION_RESYNC_LOOK_AHEAD, 8);
VALUE(POTERNE_OPTION_RECOVERY_CODES, 9);
VALUE(POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN, 10);
VALUE(POTERNE_OPTION_ALLOW_SHORT_SECRET, 11);
VALUE(POTERNE_OPTION_ALLOW_INCOMPATIBLE, 12);
VALUE(POTERNE_KEEP, 1);
VALUE(POTERNE_SUSPEND, 2);
VALUE(POTERNE_NOW, INT64_MIN);
VALUE(POTERNE_NO_WATERMARK, UINT64_MAX);

SIZE(poterne_attempt, 784);
FIELD(poterne_attempt, struct_size, 0, 4);
FIELD(poterne_attempt, reserved, 4, 4);
FIELD(poterne_attempt, record_len, 8, 4);
FIELD(poterne_attempt, changed, 12, 4);
FIELD(poterne_attempt, record, 16, 512);
FIELD(poterne_attempt, opaque, 528, 256);

SIZE(poterne_result, 64);
FIELD(poterne_result, struct_size, 0, 4);
FIELD(poterne_result, status, 4, 4);
FIELD(poterne_result, method, 8, 4);
FIELD(poterne_result, recovery_codes_left, 12, 4);
FIELD(poterne_result, moving_factor, 16, 8);
FIELD(poterne_result, drift, 24, 4);
FIELD(poterne_result, clock_off_steps, 28, 4);
FIELD(poterne_result, wait_seconds, 32, 8);
FIELD(poterne_result, failures_before, 40, 4);
FIELD(poterne_result, reserved, 44, 4);
FIELD(poterne_result, reserved2, 48, 16);

SIZE(poterne_parameters, 64);
FIELD(poterne_parameters, struct_size, 0, 4);
FIELD(poterne_parameters, authenticator, 4, 4);
FIELD(poterne_parameters, moving_factor, 8, 4);
FIELD(poterne_parameters, algorithm, 12, 4);
FIELD(poterne_parameters, digits, 16, 4);
FIELD(poterne_parameters, time_step, 20, 4);
FIELD(poterne_parameters, secret_len, 24, 4);
FIELD(poterne_parameters, reserved, 28, 4);
FIELD(poterne_parameters, counter, 32, 8);
FIELD(poterne_parameters, t0, 40, 8);
FIELD(poterne_parameters, not_before, 48, 8);
FIELD(poterne_parameters, not_after, 56, 8);

SIZE(poterne_store, 8 + 2 * sizeof(void (*)(void)));
FIELD(poterne_store, struct_size, 0, 4);
FIELD(poterne_store, reserved, 4, 4);
FIELD(poterne_store, load, 8, sizeof(void (*)(void)));
FIELD(poterne_store, swap, 8 + sizeof(void (*)(void)), sizeof(void (*)(void)));

SIZE(poterne_imported, 32);
FIELD(poterne_imported, struct_size, 0, 4);
FIELD(poterne_imported, state, 4, 4);
FIELD(poterne_imported, drift, 8, 4);
FIELD(poterne_imported, has_watermark, 12, 4);
FIELD(poterne_imported, watermark, 16, 8);
FIELD(poterne_imported, has_last_sync, 24, 4);
FIELD(poterne_imported, last_sync, 28, 4);

SIZE(poterne_status, 120);
FIELD(poterne_status, struct_size, 0, 4);
FIELD(poterne_status, state, 4, 4);
FIELD(poterne_status, authenticator, 8, 4);
FIELD(poterne_status, moving_factor, 12, 4);
FIELD(poterne_status, algorithm, 16, 4);
FIELD(poterne_status, digits, 20, 4);
FIELD(poterne_status, time_step, 24, 4);
FIELD(poterne_status, failures, 28, 4);
FIELD(poterne_status, t0, 32, 8);
FIELD(poterne_status, wait_seconds, 40, 8);
FIELD(poterne_status, drift, 48, 4);
FIELD(poterne_status, locked, 52, 4);
FIELD(poterne_status, recovery_codes_left, 56, 4);
FIELD(poterne_status, temporary_uses_left, 60, 4);
FIELD(poterne_status, temporary_expiry, 64, 8);
FIELD(poterne_status, not_before, 72, 8);
FIELD(poterne_status, not_after, 80, 8);
FIELD(poterne_status, weak_secret, 88, 4);
FIELD(poterne_status, key_id, 92, 4);
FIELD(poterne_status, needs_reseal, 96, 4);
FIELD(poterne_status, reserved, 100, 4);
FIELD(poterne_status, reserved2, 104, 16);
