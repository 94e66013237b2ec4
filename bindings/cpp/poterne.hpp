// poterne.hpp: the C library in C++17. include/poterne.h is the manual; what is here says how it looks in C++.
//
// - Only `verdict.accepted()` is a login. A Verdict is neither a number nor a bool, and the compiler warns if one is ignored.
// - Handles are move-only and free themselves. Attempts are move-only and wipe themselves.
// - No exception passes through the library: a Table may throw, and then the verdict is POTERNE_E_STORE.
// - What makes a login throws nothing. What makes handles, records and pictures throws Error, whose text is the status's name.
//
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef POTERNE_HPP
#define POTERNE_HPP

#include <poterne.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#if __cplusplus < 201703L && !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L)
#error "poterne.hpp needs C++17"
#endif

namespace poterne {

// The stable text of a status, for the journal: `ok`, `refused.replayed`, `error.store`.
inline std::string name_of(std::int32_t status)
{
    char text[64];
    return poterne_status_name(status, text, sizeof text, nullptr) == POTERNE_OK ? text : std::to_string(status);
}

// What went wrong outside a login. what() is the status's name, and never has data of a user in it.
class Error : public std::exception {
public:
    explicit Error(std::int32_t status) : status_{status}, name_{name_of(status)} {}
    std::int32_t status() const noexcept { return status_; }
    const char *what() const noexcept override { return name_.c_str(); }

private:
    std::int32_t status_;
    std::string name_;
};

namespace detail {

inline void done(std::int32_t status)
{
    if (status != POTERNE_OK)
        throw Error{status};
}

// A text whose length the library tells: `call` gets the buffer, its size, and where its length goes.
template <class Call>
std::string text(std::size_t usual, Call call)
{
    std::string out(usual, '\0');
    std::size_t len = 0;
    std::int32_t status = call(out.data(), out.size(), &len);
    if (status == POTERNE_E_BUFFER) {
        out.resize(len + 1);
        status = call(out.data(), out.size(), &len);
    }
    done(status);
    out.resize(len);
    return out;
}

inline const std::uint8_t *bytes(std::string_view text) noexcept
{
    return reinterpret_cast<const std::uint8_t *>(text.data());
}

struct Free {
    void operator()(poterne_keyring *keyring) const noexcept { poterne_keyring_free(keyring); }
    void operator()(poterne_verifier *verifier) const noexcept { poterne_verifier_free(verifier); }
};

} // namespace detail

// The text for the user, in `en` or `fr`. `detail` is the seconds of POTERNE_REFUSED_WAIT.
inline std::string message_to_user(std::int32_t status, std::int64_t detail, std::string_view language)
{
    return detail::text(256, [&](char *out, std::size_t cap, std::size_t *len) {
        return poterne_message_to_user(status, detail, language.data(), language.size(), out, cap, len);
    });
}

// The verdict of a login. Only the library makes one.
class [[nodiscard]] Verdict {
public:
    // Let the user in, if the password is right too.
    bool accepted() const noexcept { return status_ == POTERNE_OK; }
    // The user gave a wrong code, or must wait: show message_to_user.
    bool refused() const noexcept { return status_ > 0; }
    // No verdict at all, such as a database that is down. Refuse, and look at the journal.
    bool failed() const noexcept { return status_ < 0; }

    std::int32_t status() const noexcept { return status_; }
    std::string name() const { return name_of(status_); }
    // Its details: refused attempts before, recovery codes left, seconds to wait.
    const poterne_result &result() const noexcept { return result_; }
    std::string message_to_user(std::string_view language) const
    {
        return poterne::message_to_user(status_, static_cast<std::int64_t>(result_.wait_seconds), language);
    }

    // `if (verdict)` would be true for refusals in one reading, and false in another.
    operator bool() const = delete;

private:
    friend class Attempt;
    friend class Verifier;
    Verdict(std::int32_t status, const poterne_result &result) noexcept : status_{status}, result_(result) {}

    std::int32_t status_;
    poterne_result result_;
};

// The table of the application, in one thread. Both members may throw: the verdict is then POTERNE_E_STORE.
class Table {
public:
    virtual ~Table() = default;
    // The stored record; none if there is no row.
    virtual std::optional<std::string> load(const std::string &account) = 0;
    // UPDATE ... SET record = :record WHERE account = :account AND record = :old, in a transaction of its own, and COMMIT. Without
    // `old` it inserts. Returns the rows that the database counted: 0 if somebody else was in the way, or if the COMMIT failed.
    virtual std::int64_t swap(const std::string &account, const std::optional<std::string> &old, const std::string &record) = 0;
};

namespace detail {

inline std::int32_t load(void *table, const char *account, char *record) noexcept
{
    try {
        const auto found = static_cast<Table *>(table)->load(account);
        if (!found)
            return 1;
        // A longer text is not a record, and must not be cut to another text.
        if (found->size() >= POTERNE_RECORD_MAX)
            return -1;
        std::memcpy(record, found->c_str(), found->size() + 1);
        return 0;
    } catch (...) {
        return -1;
    }
}

inline std::int32_t swap(void *table, const char *account, const char *old, const char *record, std::int64_t *rows) noexcept
{
    try {
        *rows = static_cast<Table *>(table)->swap(account, old ? std::optional<std::string>{old} : std::nullopt, record);
        return 0;
    } catch (...) {
        return -1;
    }
}

inline poterne_store store(Table &table) noexcept
{
    poterne_store store = POTERNE_STORE_INIT;
    store.arg = &table;
    store.load = load;
    store.swap = swap;
    return store;
}

} // namespace detail

// A login or a change in two steps: store record(), commit, then ask for the outcome. It is spent once, and cannot be copied.
class [[nodiscard]] Attempt {
public:
    Attempt(Attempt &&other) noexcept : status_{other.status_}, attempt_(other.attempt_) { other.wipe(); }
    Attempt &operator=(Attempt &&other) noexcept
    {
        if (this != &other) {
            status_ = other.status_;
            attempt_ = other.attempt_;
            other.wipe();
        }
        return *this;
    }
    ~Attempt() { poterne_wipe(&attempt_, sizeof attempt_); }

    // Whether there is a record to store.
    bool changed() const noexcept { return attempt_.changed == 1; }
    std::string record() const { return {attempt_.record, attempt_.record_len}; }
    // The status of the first step: POTERNE_STORE, a refusal or an error. Never a login.
    std::int32_t status() const noexcept { return status_; }

    // After the COMMIT, with the rows that the swap updated.
    Verdict outcome(std::int64_t rows) noexcept
    {
        poterne_result result = POTERNE_RESULT_INIT;
        // Below 0 there is no verdict to ask for.
        if (status_ >= 0)
            return {poterne_outcome(&attempt_, rows, &result), result};
        result.status = status_;
        return {status_, result};
    }

    // The codes that a stored confirmation or change has issued: show them now, and never again.
    std::vector<std::string> codes() const
    {
        std::string lines = detail::text(POTERNE_CODES_MAX, [&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_codes(&attempt_, out, cap, len);
        });
        std::vector<std::string> codes;
        for (std::size_t at = 0; at < lines.size();) {
            const std::size_t end = std::min(lines.find('\n', at), lines.size());
            codes.push_back(lines.substr(at, end - at));
            at = end + 1;
        }
        poterne_wipe(lines.data(), lines.size());
        return codes;
    }

private:
    friend class Verifier;
    Attempt() noexcept = default;

    void wipe() noexcept
    {
        poterne_wipe(&attempt_, sizeof attempt_);
        attempt_ = POTERNE_ATTEMPT_INIT;
        status_ = POTERNE_E_ATTEMPT;
    }

    std::int32_t status_ = POTERNE_E_ATTEMPT;
    poterne_attempt attempt_ = POTERNE_ATTEMPT_INIT;
};

// A ticket that came back, and the purpose and context for which it must have been made.
struct Ticket {
    std::string_view ticket, purpose, context;
};

// The keys that seal records.
class Keyring {
public:
    static Keyring generate(std::uint32_t key_id)
    {
        return Keyring{[&](poterne_keyring **keyring) { return poterne_keyring_generate(key_id, keyring); }};
    }
    // Wipe the text afterwards.
    static Keyring parse(std::string_view text)
    {
        return Keyring{[&](poterne_keyring **keyring) { return poterne_keyring_parse(text.data(), text.size(), keyring); }};
    }
    // A file of mode 0600.
    static Keyring open(std::string_view path)
    {
        return Keyring{[&](poterne_keyring **keyring) { return poterne_keyring_open(path.data(), path.size(), keyring); }};
    }

    void add(std::uint32_t key_id) { detail::done(poterne_keyring_add(handle_.get(), key_id)); }
    void promote(std::uint32_t key_id) { detail::done(poterne_keyring_promote(handle_.get(), key_id)); }
    void remove(std::uint32_t key_id) { detail::done(poterne_keyring_remove(handle_.get(), key_id)); }
    // All keys in clear: wipe the text.
    std::string to_text() const
    {
        return detail::text(16386, [&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_keyring_to_text(handle_.get(), out, cap, len);
        });
    }

private:
    friend class Verifier;
    template <class Make>
    explicit Keyring(Make make)
    {
        poterne_keyring *made = nullptr;
        detail::done(make(&made));
        handle_.reset(made);
    }

    std::unique_ptr<poterne_keyring, detail::Free> handle_;
};

inline poterne_parameters parameters() noexcept
{
    return POTERNE_PARAMETERS_INIT;
}

inline poterne_existing_credential existing_credential() noexcept
{
    return POTERNE_EXISTING_CREDENTIAL_INIT;
}

// Makes and checks the records of one application. Make one when the program starts; all threads share it as const.
class Verifier {
public:
    Verifier(const Keyring &keyring, std::string_view application)
    {
        poterne_verifier *made = nullptr;
        detail::done(poterne_verifier_new(POTERNE_ABI, keyring.handle_.get(), application.data(), application.size(), &made));
        handle_.reset(made);
    }

    // Options of the policy, before other threads use it: POTERNE_OPTION_...
    void set(std::int32_t option, std::int64_t value) { detail::done(poterne_verifier_set(handle_.get(), option, value)); }
    std::int64_t get(std::int32_t option) const
    {
        std::int64_t value = 0;
        detail::done(poterne_verifier_get(handle_.get(), option, &value));
        return value;
    }

    // For calls that this class does not have.
    const poterne_verifier *handle() const noexcept { return handle_.get(); }

    // ---- Login ----

    Verdict login(Table &table, std::string_view account, std::string_view submitted, std::int64_t now = POTERNE_NOW) const noexcept
    {
        const poterne_store store = detail::store(table);
        poterne_result result = POTERNE_RESULT_INIT;
        const std::int32_t status = poterne_login(handle(), &store, account.data(), account.size(), submitted.data(),
                                                  submitted.size(), now, &result);
        return {status, result};
    }

    // Password and code in two requests: `ticket` makes the text for the client, and this takes it back.
    Verdict login(Table &table, std::string_view account, const Ticket &ticket, std::string_view submitted,
                  std::int64_t now = POTERNE_NOW) const noexcept
    {
        const poterne_store store = detail::store(table);
        const poterne_presented_ticket presented = shown(ticket);
        poterne_result result = POTERNE_RESULT_INIT;
        const std::int32_t status = poterne_login_with_ticket(handle(), &store, account.data(), account.size(), &presented,
                                                              submitted.data(), submitted.size(), now, &result);
        return {status, result};
    }

    // In two steps, for programs that store by themselves. An account without a row has an empty record.
    Attempt verify(std::string_view record, std::string_view account, std::string_view submitted,
                   std::int64_t now = POTERNE_NOW) const noexcept
    {
        return attempt([&](poterne_attempt *attempt) {
            return poterne_verify(handle(), record.data(), record.size(), account.data(), account.size(), submitted.data(),
                                  submitted.size(), now, attempt);
        });
    }
    Attempt verify(std::string_view record, std::string_view account, const Ticket &ticket, std::string_view submitted,
                   std::int64_t now = POTERNE_NOW) const noexcept
    {
        const poterne_presented_ticket presented = shown(ticket);
        return attempt([&](poterne_attempt *attempt) {
            return poterne_verify_with_ticket(handle(), record.data(), record.size(), account.data(), account.size(), &presented,
                                              submitted.data(), submitted.size(), now, attempt);
        });
    }

    // A ticket is not a login. `context` is data that the client's next request has too.
    std::string ticket(std::string_view account, std::string_view purpose, std::string_view context,
                       std::int64_t now = POTERNE_NOW) const
    {
        return detail::text(POTERNE_TICKET_MAX, [&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_ticket(handle(), account.data(), account.size(), purpose.data(), purpose.size(),
                                  detail::bytes(context), context.size(), now, out, cap, len);
        });
    }
    // For a wrong password: never valid, and of the same form.
    std::string dud_ticket(std::string_view account, std::string_view purpose, std::string_view context,
                           std::int64_t now = POTERNE_NOW) const
    {
        return detail::text(POTERNE_TICKET_MAX, [&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_dud_ticket(handle(), account.data(), account.size(), purpose.data(), purpose.size(),
                                      detail::bytes(context), context.size(), now, out, cap, len);
        });
    }

    // ---- Enrollment: the record is for an INSERT, table.swap(account, {}, record) ----

    std::string enroll(std::string_view account, const poterne_parameters &parameters = poterne::parameters(),
                       std::int64_t now = POTERNE_NOW) const
    {
        return record([&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_enroll(handle(), account.data(), account.size(), &parameters, now, out, cap, len);
        });
    }
    std::string enroll_token(std::string_view account, std::string_view secret, const poterne_parameters &parameters,
                             std::int64_t now = POTERNE_NOW) const
    {
        return record([&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_enroll_token(handle(), account.data(), account.size(), &parameters, detail::bytes(secret),
                                        secret.size(), now, out, cap, len);
        });
    }
    std::string import_credential(std::string_view account, std::string_view secret,
                                  const poterne_parameters &parameters = poterne::parameters(),
                                  const poterne_existing_credential *existing = nullptr, std::int64_t now = POTERNE_NOW) const
    {
        return record([&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_import(handle(), account.data(), account.size(), &parameters, detail::bytes(secret), secret.size(),
                                  existing, now, out, cap, len);
        });
    }
    // The text of the QR code.
    std::string otpauth_uri(std::string_view record, std::string_view account, std::string_view issuer, std::string_view label,
                            std::int64_t now = POTERNE_NOW) const
    {
        poterne_uri_names names = POTERNE_URI_NAMES_INIT;
        names.issuer = issuer.data();
        names.issuer_len = issuer.size();
        names.label = label.data();
        names.label_len = label.size();
        return detail::text(POTERNE_URI_MAX, [&](char *out, std::size_t cap, std::size_t *len) {
            return poterne_otpauth_uri(handle(), record.data(), record.size(), account.data(), account.size(), &names, now, out,
                                       cap, len);
        });
    }

    // ---- Changes: each loads, swaps, and starts again after a conflict. They throw Error; a refusal, too. ----

    // The first code. Returns the recovery codes.
    std::vector<std::string> confirm(Table &table, std::string_view account, std::string_view submitted,
                                     std::int64_t now = POTERNE_NOW) const
    {
        return change(table, account, POTERNE_CONFIRMED, [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
            return poterne_confirm(handle(), record, POTERNE_NUL, name, POTERNE_NUL, submitted.data(), submitted.size(), now,
                                   attempt);
        });
    }
    void resynchronize(Table &table, std::string_view account, std::string_view first, std::string_view second,
                       std::int64_t now = POTERNE_NOW) const
    {
        change(table, account, POTERNE_RESYNCHRONIZED, [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
            return poterne_resynchronize(handle(), record, POTERNE_NUL, name, POTERNE_NUL, first.data(), first.size(),
                                         second.data(), second.size(), now, attempt);
        });
    }
    void unlock(Table &table, std::string_view account) const { plain(table, account, poterne_unlock); }
    void suspend(Table &table, std::string_view account) const { plain(table, account, poterne_suspend); }
    void resume(Table &table, std::string_view account) const { plain(table, account, poterne_resume); }
    void revoke(Table &table, std::string_view account) const { plain(table, account, poterne_revoke); }
    void reseal(Table &table, std::string_view account) const { plain(table, account, poterne_reseal); }
    void forget(Table &table, std::string_view account, std::int64_t now = POTERNE_NOW) const
    {
        change(table, account, POTERNE_CHANGED, [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
            return poterne_forget(handle(), record, POTERNE_NUL, name, POTERNE_NUL, now, attempt);
        });
    }
    std::vector<std::string> recovery_codes(Table &table, std::string_view account, std::uint32_t count) const
    {
        return change(table, account, POTERNE_CHANGED, [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
            return poterne_recovery_codes(handle(), record, POTERNE_NUL, name, POTERNE_NUL, count, attempt);
        });
    }
    // `missing` is POTERNE_KEEP or POTERNE_SUSPEND. An expiry and uses of 0 are the defaults.
    std::string temporary_code(Table &table, std::string_view account, std::uint32_t missing, std::int64_t expiry = 0,
                               std::uint32_t uses = 0, std::int64_t now = POTERNE_NOW) const
    {
        auto codes = change(table, account, POTERNE_CHANGED,
                            [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
                                return poterne_temporary_code(handle(), record, POTERNE_NUL, name, POTERNE_NUL, expiry, uses,
                                                              missing, now, attempt);
                            });
        return std::move(codes.at(0));
    }
    poterne_inspection inspect(std::string_view record, std::string_view account, std::int64_t now = POTERNE_NOW) const
    {
        poterne_inspection inspection = POTERNE_INSPECTION_INIT;
        detail::done(poterne_inspect(handle(), record.data(), record.size(), account.data(), account.size(), now, &inspection));
        return inspection;
    }

    // When the program starts: do the tables compare, commit and keep? Each has a connection of its own.
    void check_store(Table &table, Table &second, std::string_view account) const
    {
        const poterne_store one = detail::store(table), other = detail::store(second);
        detail::done(poterne_check_store(handle(), &one, &other, account.data(), account.size()));
    }

private:
    template <class Call>
    static std::string record(Call call)
    {
        return detail::text(POTERNE_RECORD_MAX, call);
    }

    template <class Fill>
    static Attempt attempt(Fill fill) noexcept
    {
        Attempt made;
        made.status_ = fill(&made.attempt_);
        return made;
    }

    // `make` fills an attempt by one call. It must not throw: it runs inside the library.
    template <class Make>
    std::vector<std::string> change(Table &table, std::string_view account, std::int32_t expected, Make make) const
    {
        static_assert(std::is_nothrow_invocable_r_v<std::int32_t, Make, const char *, const char *, poterne_attempt *>);
        const poterne_store store = detail::store(table);
        Attempt made;
        const std::int32_t status = poterne_apply(
            handle(), &store, account.data(), account.size(),
            [](void *arg, const poterne_verifier *, const char *record, const char *name, poterne_attempt *attempt) noexcept {
                return (*static_cast<Make *>(arg))(record, name, attempt);
            },
            &make, &made.attempt_, nullptr);
        if (status != expected)
            throw Error{status};
        return status == POTERNE_RESYNCHRONIZED ? std::vector<std::string>{} : made.codes();
    }

    template <class Call>
    void plain(Table &table, std::string_view account, Call call) const
    {
        change(table, account, POTERNE_CHANGED, [&](const char *record, const char *name, poterne_attempt *attempt) noexcept {
            return call(handle(), record, POTERNE_NUL, name, POTERNE_NUL, attempt);
        });
    }

    static poterne_presented_ticket shown(const Ticket &ticket) noexcept
    {
        poterne_presented_ticket presented = POTERNE_PRESENTED_TICKET_INIT;
        presented.ticket = ticket.ticket.data();
        presented.ticket_len = ticket.ticket.size();
        presented.purpose = ticket.purpose.data();
        presented.purpose_len = ticket.purpose.size();
        presented.context = detail::bytes(ticket.context);
        presented.context_len = ticket.context.size();
        return presented;
    }

    std::unique_ptr<poterne_verifier, detail::Free> handle_;
};

// The QR code of an otpauth URI.
inline std::string qr_svg(std::string_view uri)
{
    return detail::text(16384, [&](char *out, std::size_t cap, std::size_t *len) {
        return poterne_qr_svg(uri.data(), uri.size(), out, cap, len);
    });
}
inline std::string qr_png(std::string_view uri)
{
    return detail::text(4096, [&](char *out, std::size_t cap, std::size_t *len) {
        return poterne_qr_png(uri.data(), uri.size(), reinterpret_cast<std::uint8_t *>(out), cap, len);
    });
}

} // namespace poterne

#endif // POTERNE_HPP
