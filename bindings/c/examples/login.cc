// The same login in C++17: handles that free themselves, and a result that cannot be ignored.
//
//     login DATABASE KEYS ACCOUNT CODE
//
// Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well.
#include "application.h"

#include <cstdio>
#include <memory>
#include <string_view>

namespace {

struct Free {
    void operator()(poterne_verifier *verifier) const noexcept { poterne_verifier_free(verifier); }
    void operator()(sqlite3 *table) const noexcept { sqlite3_close(table); }
};

// unique_ptr, as nobody else frees them; threads get a const reference to the verifier, and a table each.
using Verifier = std::unique_ptr<poterne_verifier, Free>;
using Table = std::unique_ptr<sqlite3, Free>;

// The outcome of a login. Nothing but poterne_login makes one whose let_in() is true.
class [[nodiscard]] Login {
public:
    Login(const poterne_verifier &verifier, sqlite3 &table, std::string_view account, std::string_view submitted) noexcept
    {
        // Both callbacks are C functions: no exception may pass through the library.
        const poterne_store store = store_on(&table);
        status_ = poterne_login(&verifier, &store, account.data(), account.size(), submitted.data(), submitted.size(),
                                POTERNE_NOW, &result_);
    }

    bool let_in() const noexcept { return status_ == POTERNE_OK; }
    int32_t status() const noexcept { return status_; }
    const poterne_result &result() const noexcept { return result_; }

private:
    poterne_result result_ = POTERNE_RESULT_INIT;
    int32_t status_ = POTERNE_E_INTERNAL;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: %s DATABASE KEYS ACCOUNT CODE\n", argv[0]);
        return FAILED;
    }
    const Table table{open_table(argv[1])};
    const Verifier verifier{open_verifier(argv[2])};
    if (!table || !verifier)
        return FAILED;
    const Login login{*verifier, *table, argv[3], argv[4]};
    if (login.let_in())
        std::printf("accepted: method %u, %u recovery codes left\n", static_cast<unsigned>(login.result().method),
                    static_cast<unsigned>(login.result().recovery_codes_left));
    return say(login.status(), static_cast<int64_t>(login.result().wait_seconds));
}
