// A callback that throws. In C++17 it compiles only if it promises not to, and then std::terminate ends the process; before C++17
// the library ends it. No exception passes through the library.
//
//     throwing [throws]    compiled with -DPROMISE=, or -DPROMISE=noexcept
#include <poterne.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

static bool throws;

static void ask_the_database()
{
    if (throws)
        throw std::runtime_error("no database");
}

int main(int argc, char **)
{
    throws = argc > 1;
    static char stored[POTERNE_RECORD_MAX];
    static const unsigned char secret[] = "12345678901234567890";
    poterne_keyring *keyring = nullptr;
    poterne_verifier *verifier = nullptr;
    poterne_parameters parameters = POTERNE_PARAMETERS_INIT;
    if (poterne_keyring_generate(1, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "throwing", 8, &verifier) != POTERNE_OK
        || poterne_import(verifier, "a", 1, &parameters, secret, 20, nullptr, POTERNE_NOW, stored, sizeof stored, nullptr)
               != POTERNE_OK)
        return 3;
    poterne_keyring_free(keyring);
    poterne_store store = POTERNE_STORE_INIT;
    store.load = [](void *, const char *, char *record) PROMISE -> int32_t {
        ask_the_database();
        std::memcpy(record, stored, sizeof stored);
        return 0;
    };
    store.swap = [](void *, const char *, const char *, const char *, int64_t *rows) POTERNE_NOEXCEPT -> int32_t {
        *rows = 1;
        return 0;
    };
    int32_t status = POTERNE_OK;
    try {
        status = poterne_login(verifier, &store, "a", 1, "12", 2, POTERNE_NOW, nullptr);
    } catch (...) {
        std::puts("an exception came through the library");
        return 4;
    }
    poterne_verifier_free(verifier);
    std::printf("%d\n", static_cast<int>(status));
    return status == POTERNE_REFUSED_MALFORMED ? 0 : 5;
}
