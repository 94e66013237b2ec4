// The outcomes of bindings/languages/outcomes.c, in C++.
#include "../examples/sqlite_table.hpp"

#include <cstdlib>
#include <iostream>

static_assert(!std::is_copy_constructible_v<poterne::Keyring> && std::is_nothrow_move_constructible_v<poterne::Keyring>);
static_assert(!std::is_copy_constructible_v<poterne::Verifier> && std::is_nothrow_move_constructible_v<poterne::Verifier>);
static_assert(!std::is_copy_constructible_v<poterne::Attempt> && !std::is_copy_assignable_v<poterne::Attempt>);
static_assert(!std::is_default_constructible_v<poterne::Verdict> && !std::is_default_constructible_v<poterne::Attempt>);
static_assert(noexcept(std::declval<poterne::Verifier &>().login(std::declval<poterne::Table &>(), "", "")));
static_assert(noexcept(std::declval<poterne::Attempt &>().outcome(0)));
static_assert(std::is_same_v<decltype(&poterne::detail::load), poterne_load_fn>);
static_assert(std::is_same_v<decltype(&poterne::detail::swap), poterne_swap_fn>);

namespace {

constexpr std::int64_t now = 1111111109, later = 1111111111;
constexpr std::string_view code = "081804", later_code = "050471", strange = "h\xc3\xa9l\xc3\xa8ne.\xc5\x93uvray";

void is(std::string_view name, std::string_view outcome)
{
    std::cout << name << ": " << outcome << '\n';
}

void need(bool is_right, const char *what)
{
    if (!is_right) {
        std::cerr << "outcomes: " << what << '\n';
        std::exit(2);
    }
}

// A table whose swap reports another number of rows.
struct Rows : SqliteTable {
    Rows(const std::string &file, std::int64_t rows) : SqliteTable{file}, rows_{rows} {}
    std::int64_t swap(const std::string &, const std::optional<std::string> &, const std::string &) override { return rows_; }
    std::int64_t rows_;
};

struct Locked : SqliteTable {
    explicit Locked(const std::string &file) : SqliteTable{file} { need(execute("BEGIN IMMEDIATE") == SQLITE_OK, "no lock"); }
};

// It throws what is no std::exception.
struct Throwing : poterne::Table {
    std::optional<std::string> load(const std::string &) override { throw 42; }
    std::int64_t swap(const std::string &, const std::optional<std::string> &, const std::string &) override { throw 42; }
};

// A size that is not the library's own; through C, as this header sets the right one by itself.
void sizes(const poterne::Verifier &verifier, SqliteTable &table)
{
    const std::string account = "e.size", record = table.load(account).value();
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    attempt.struct_size -= 8;
    is("attempt of a wrong size", poterne::name_of(poterne_verify(verifier.handle(), record.data(), record.size(), account.data(),
                                                                  account.size(), code.data(), code.size(), now, &attempt)));
    attempt.struct_size = sizeof attempt;
    is("attempt of the right size", poterne::name_of(poterne_verify(verifier.handle(), record.data(), record.size(),
                                                                    account.data(), account.size(), code.data(), code.size(), now,
                                                                    &attempt)));
    const std::int64_t rows = table.swap(account, record, attempt.record);
    poterne_result result = POTERNE_RESULT_INIT;
    result.struct_size -= 8;
    is("result of a wrong size", poterne::name_of(poterne_outcome(&attempt, rows, &result)));
    result.struct_size = sizeof result;
    is("result of the right size", poterne::name_of(poterne_outcome(&attempt, rows, &result)));
    is("spent attempt", poterne::name_of(poterne_outcome(&attempt, rows, &result)));
}

// What the outcomes of C do not show: life of a credential, moved attempts, exceptions.
void of_cpp(const poterne::Verifier &verifier, SqliteTable &table, SqliteTable &second)
{
    Throwing throwing;
    need(verifier.login(throwing, "a.martin", code, now).status() == POTERNE_E_STORE, "an exception is no verdict");
    try {
        (void)verifier.enroll("");
        need(false, "an empty name");
    } catch (const poterne::Error &error) {
        need(error.status() == POTERNE_E_ARGUMENT && std::string_view{error.what()} == "error.argument", "another error");
    }
    const std::string account = "f.life", secret = "12345678901234567890";
    poterne_existing_credential pending = poterne::existing_credential();
    pending.state = POTERNE_STATE_PENDING;
    need(table.swap(account, {}, verifier.import_credential(account, secret, poterne::parameters(), &pending, now)) == 1, "not stored");
    need(table.swap(account, {}, verifier.import_credential(account, secret, poterne::parameters(), &pending, now)) == 0, "a second one");
    const std::string uri = verifier.otpauth_uri(table.load(account).value(), account, "Direction", "f.life", now);
    need(uri.rfind("otpauth://totp/Direction", 0) == 0 && poterne::qr_svg(uri).rfind("<svg", 0) == 0
             && poterne::qr_png(uri).rfind("\x89PNG", 0) == 0,
         "no URI or no picture");
    const std::vector<std::string> codes = verifier.confirm(table, account, code, now);
    need(codes.size() == 8 && codes[0].size() == 15, "no recovery codes");
    const poterne::Verdict recovered = verifier.login(table, account, codes[0], now);
    need(recovered.accepted() && recovered.result().method == POTERNE_METHOD_RECOVERY_CODE && recovered.result().recovery_codes_left == 7,
         "not by a recovery code");
    const std::string temporary = verifier.temporary_code(table, account, POTERNE_SUSPEND, 0, 0, now);
    need(verifier.login(table, account, temporary, now).accepted(), "not by a temporary code");
    need(verifier.inspect(table.load(account).value(), account, now).state == POTERNE_STATE_SUSPENDED, "not suspended");
    verifier.resume(table, account);
    need(verifier.login(table, account, later_code, later).accepted(), "not resumed");
    verifier.check_store(table, second, account);
    // A moved attempt leaves nothing to spend behind.
    poterne::Attempt first = verifier.verify(table.load(account).value(), account, "000000", later);
    poterne::Attempt moved = std::move(first);
    need(first.outcome(1).status() == POTERNE_E_ATTEMPT && !first.changed(), "a moved attempt has a verdict");
    need(moved.changed() && moved.outcome(1).status() == POTERNE_REFUSED_WRONG_CODE, "the attempt has moved without its verdict");
    // An error of the first step is the outcome.
    need(verifier.verify("POTERNE1", account, code, now).outcome(1).status() == POTERNE_E_RECORD, "the error is lost");
    verifier.revoke(table, account);
    need(verifier.login(table, account, later_code, later).status() == POTERNE_REFUSED_REVOKED, "not revoked");
    std::cout << "own: a life of a credential, exceptions, moved attempts\n";
}

void all(const poterne::Verifier &verifier, const std::string &file)
{
    SqliteTable table{file, 50};
    const auto login = [&](std::string_view account, std::string_view typed, std::int64_t at) {
        return verifier.login(table, account, typed, at).name();
    };
    std::string padded = "c.petit";
    padded.resize(255, ' ');
    is("no row", login("nobody", code, now));
    is("right code", login("a.martin", code, now));
    is("used code", login("a.martin", code, now));
    is("wrong code", login("a.martin", "000000", now));
    is("not a code", login("a.martin", "password", now));
    is("account outside ASCII", login(strange, code, now));
    is("account outside ASCII, used code", login(strange, code, now));
    is("account that is not UTF-8", login("h\xe9l\xe8ne", code, now));
    is("padded account and record", login(padded, code, now));
    is("padded account, used code", login(padded, code, now));
    is("account of 256 bytes", login(std::string(256, 'a'), code, now));
    sizes(verifier, table);
    const std::string ticket = verifier.ticket("d.ticket", "payroll", "192.0.2.1", now - 60);
    const poterne::Ticket shown{ticket, "payroll", "192.0.2.1"};
    is("late ticket", verifier.login(table, "d.ticket", shown, code, now + 241).name());
    is("ticket", verifier.login(table, "d.ticket", shown, code, now).name());
    is("ticket and used code", verifier.login(table, "d.ticket", shown, code, now).name());
    SqliteTable down{file + ".d/t"};
    is("database down", verifier.login(down, "a.martin", code, now).name());
    {
        Locked locked{file};
        is("table locked", login("a.martin", later_code, later));
    }
    Rows none{file, 0}, two{file, 2};
    is("swap of no row", verifier.login(none, "a.martin", later_code, later).name());
    is("swap of two rows", verifier.login(two, "a.martin", later_code, later).name());
    is("later code", login("a.martin", later_code, later));
    is("for the user", poterne::message_to_user(POTERNE_REFUSED_REPLAYED, 0, "fr"));
    for (int tries = 0; tries < 20; tries++) {
        const poterne::Verdict verdict = verifier.login(table, "g.wait", "000000", now);
        if (verdict.status() == POTERNE_REFUSED_WRONG_CODE)
            continue;
        is("too many wrong codes", verdict.name());
        is("for the user who must wait", verdict.message_to_user("fr"));
        break;
    }
}

void race(const poterne::Verifier &verifier, const std::string &file, const std::string &account, bool is_careless)
{
    SqliteTable table{file};
    bool has_waited = false;
    std::int32_t status = POTERNE_REFUSED_CONFLICT;
    for (int tries = 0; tries < 3 && status == POTERNE_REFUSED_CONFLICT; tries++) {
        std::string old = table.load(account).value(), line;
        poterne::Attempt attempt = verifier.verify(old, account, code, now);
        if (!std::exchange(has_waited, true)) {
            std::cout << "loaded" << std::endl;
            std::getline(std::cin, line);
        }
        // The fault: the record is compared with itself.
        if (is_careless)
            old = table.load(account).value();
        status = attempt.outcome(attempt.changed() ? table.swap(account, old, attempt.record()) : 0).status();
    }
    is(account, poterne::name_of(status));
}

} // namespace

int main(int argc, char **argv)
{
    need(argc >= 2, "say the folder");
    const std::string folder = argv[1], file = folder + "/table.sqlite";
    const poterne::Verifier verifier{poterne::Keyring::open(folder + "/keys"), "grand-angle"};
    if (argc > 2 && argv[2] == std::string_view{"own"}) {
        SqliteTable table{file}, second{file};
        of_cpp(verifier, table, second);
    } else if (argc > 3)
        race(verifier, file, argv[3], argc > 4);
    else
        all(verifier, file);
}
