// The cases of a login among the vectors: vectors FILE ... Their format is that of tests/vectors/README.md.
//
// A case is one of a login if its steps verify, and nothing else. It says how many there were: bindings/languages/check counts too.
#include "../poterne.hpp"

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace {

using Words = std::vector<std::string>;
struct Line {
    std::string key, value;
};
struct Case {
    std::string name;
    std::vector<Line> lines;
};

[[noreturn]] void fail(const std::string &what)
{
    throw std::string{what};
}

Words split(const std::string &text)
{
    std::istringstream stream{text};
    Words words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

std::string bytes(const std::string &text)
{
    if (text.rfind("hex:", 0) != 0)
        return text;
    std::string out;
    for (std::size_t at = 4; at + 1 < text.size(); at += 2)
        out += static_cast<char>(std::stoi(text.substr(at, 2), nullptr, 16));
    return out;
}

template <class Value>
Value known(const std::map<std::string, Value> &values, const std::string &name)
{
    const auto found = values.find(name);
    return found != values.end() ? found->second : (fail("unknown word " + name), Value{});
}

const std::map<std::string, std::int32_t> options = {
    {"app_steps_backward", POTERNE_OPTION_APP_STEPS_BACKWARD},
    {"app_steps_forward", POTERNE_OPTION_APP_STEPS_FORWARD},
    {"token_steps_backward", POTERNE_OPTION_TOKEN_STEPS_BACKWARD},
    {"token_steps_forward", POTERNE_OPTION_TOKEN_STEPS_FORWARD},
    {"look_ahead", POTERNE_OPTION_LOOK_AHEAD},
    {"max_failures", POTERNE_OPTION_MAX_FAILURES},
    {"max_drift", POTERNE_OPTION_MAX_DRIFT},
    {"resync_look_ahead", POTERNE_OPTION_RESYNC_LOOK_AHEAD},
    {"recovery_codes", POTERNE_OPTION_RECOVERY_CODES},
    {"confirm_at_first_login", POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN},
    {"allow_short_secret", POTERNE_OPTION_ALLOW_SHORT_SECRET},
    {"allow_incompatible", POTERNE_OPTION_ALLOW_INCOMPATIBLE},
    {"confirm_within_days", POTERNE_OPTION_CONFIRM_WITHIN_DAYS},
    {"ticket_seconds", POTERNE_OPTION_TICKET_SECONDS},
};

// `error.record` is `error record`.
std::string shown(std::int32_t status)
{
    std::string name = poterne::name_of(status);
    name[name.find('.')] = ' ';
    return name;
}

class Script {
public:
    void run(const Case &script)
    {
        for (const auto &[key, value] : script.lines) {
            if (key == "policy")
                for (const std::string &word : split(value))
                    policy_[known(options, word.substr(0, word.find('=')))] = std::stoll(word.substr(word.find('=') + 1));
            else if (key == "keyring")
                keyring_ = poterne::Keyring::parse(bytes(value));
            else if (key == "application")
                application_ = bytes(value);
            else if (key == "account")
                account_ = bytes(value);
            else if (key == "record")
                record_ = bytes(value);
            else if (key == "import" || key == "enroll_token")
                begin(key == "import", value);
            else if (key == "step")
                step(value);
            else if (key != "rule" && key != "state")
                fail("unknown key " + key);
        }
    }

    int steps = 0;

private:
    poterne::Verifier verifier() const
    {
        poterne::Verifier made{keyring_, application_};
        for (const auto &[option, value] : policy_)
            made.set(option, value);
        return made;
    }

    void begin(bool is_import, const std::string &value)
    {
        const std::size_t arrow = value.find(" -> ");
        const std::string expected = arrow == std::string::npos ? "stored" : value.substr(arrow + 4);
        Words words = split(value.substr(0, arrow));
        if (!is_import)
            words.insert(words.begin(), "token");
        poterne_parameters parameters = poterne::parameters();
        poterne_existing_credential existing = poterne::existing_credential();
        parameters.authenticator = words[0] == "app" ? POTERNE_APP : POTERNE_TOKEN;
        parameters.moving_factor = words[1] == "time" ? POTERNE_TIME : POTERNE_COUNTER;
        parameters.algorithm = known<std::uint32_t>({{"SHA1", POTERNE_SHA1}, {"SHA256", POTERNE_SHA256}, {"SHA512", POTERNE_SHA512}}, words[2]);
        parameters.digits = static_cast<std::uint32_t>(std::stoul(words[3]));
        if (words[4] != "-")
            parameters.time_step = static_cast<std::uint32_t>(std::stoul(words[4]));
        if (words[5] != "-")
            parameters.t0 = std::stoull(words[5]);
        if (is_import)
            existing.state = known<std::uint32_t>({{"pending", POTERNE_STATE_PENDING}, {"active", POTERNE_STATE_ACTIVE}, {"suspended", POTERNE_STATE_SUSPENDED}}, words[7]);
        auto now = static_cast<std::int64_t>(parameters.t0);
        for (std::size_t at = is_import ? 8 : 7; at < words.size(); at++) {
            const std::string key = words[at].substr(0, words[at].find('=')), given = words[at].substr(key.size() + 1);
            if (given == "none")
                continue;
            if (key == "now")
                now = std::stoll(given);
            else if (key == "counter")
                parameters.counter = std::stoull(given);
            else if (key == "not_before")
                parameters.not_before = std::stoll(given);
            else if (key == "not_after")
                parameters.not_after = std::stoll(given);
            else if (key == "confirm_by")
                parameters.confirm_by = std::stoll(given);
            else if (key == "watermark")
                existing.has_watermark = 1, existing.watermark = std::stoull(given);
            else if (key == "drift")
                existing.drift = std::stoi(given);
            else if (key == "last_sync")
                existing.has_last_sync = 1, existing.last_sync = static_cast<std::uint32_t>(std::stoul(given));
            else
                fail("unknown key " + key);
        }
        std::string actual = "stored";
        try {
            const std::string secret = bytes(words[6]);
            record_ = is_import ? verifier().import_credential(account_, secret, parameters, &existing, now)
                                : verifier().enroll_token(account_, secret, parameters, now);
        } catch (const poterne::Error &error) {
            actual = shown(error.status());
        }
        if (actual != expected)
            fail(actual + ", not " + expected);
    }

    void step(const std::string &value)
    {
        steps++;
        const std::size_t arrow = value.find(" -> ");
        Words words = split(value.substr(0, arrow));
        if (words[0] == "fork") {
            copies_[words[1]] = record_;
            return;
        }
        std::optional<std::int64_t> rows;
        if (words.back().rfind("rows=", 0) == 0) {
            rows = std::stoll(words.back().substr(5));
            words.pop_back();
        }
        std::string against = words[0] == "verify_absent" ? "" : record_;
        if (words.size() == 5 && words[3] == "with") {
            against = known(copies_, words[4]);
            words.resize(3);
        }
        if (words.size() != 3)
            fail("words");
        poterne::Attempt attempt = verifier().verify(against, account_, bytes(words[2]), std::stoll(words[1]));
        const bool is_stored = !rows && attempt.changed() && against == record_;
        const std::string record = attempt.record();
        compare(attempt.outcome(rows.value_or(is_stored ? 1 : 0)), value.substr(arrow + 4));
        if (is_stored)
            record_ = record;
    }

    // A key that is not written is not compared.
    void compare(const poterne::Verdict &verdict, const std::string &expected)
    {
        const poterne_result &result = verdict.result();
        std::string actual = shown(verdict.status());
        std::map<std::string, std::string> keys;
        if (verdict.accepted()) {
            const char *methods[] = {"", "otp", "recovery_code", "temporary_code"};
            actual = std::string{"accepted "} + methods[result.method];
            if (result.method == POTERNE_METHOD_OTP)
                actual += ' ' + std::to_string(result.moving_factor);
            keys = {{"drift", std::to_string(result.drift)},
                    {"recovery", std::to_string(result.recovery_codes_left)},
                    {"failures_before", std::to_string(result.failures_before)}};
        } else if (verdict.status() == POTERNE_REFUSED_WAIT) {
            actual += ' ' + std::to_string(result.wait_seconds);
        }
        std::string plain;
        for (const std::string &word : split(expected)) {
            const std::size_t sign = word.find('=');
            if (sign == std::string::npos)
                plain += (plain.empty() ? "" : " ") + word;
            else if (known(keys, word.substr(0, sign)) != word.substr(sign + 1))
                fail(keys[word.substr(0, sign)] + ", not " + word);
        }
        if (actual != plain)
            fail(actual + ", not " + plain);
    }

    poterne::Keyring keyring_ = poterne::Keyring::generate(20261121);
    std::map<std::int32_t, std::int64_t> policy_;
    std::map<std::string, std::string> copies_;
    std::string application_ = "vectors", account_ = "a.martin", record_;
};

bool is_login(const Case &script)
{
    for (const auto &[key, value] : script.lines) {
        const std::string verb = value.substr(0, value.find(' '));
        // 0 is no bound in C.
        if (key == "enroll" || (key == "import" && (value + ' ').find(" not_after=0 ") != std::string::npos)
            || (key == "step" && verb != "verify" && verb != "verify_absent" && verb != "fork"))
            return false;
    }
    return true;
}

std::vector<Case> read(const char *path)
{
    std::ifstream file{path};
    std::vector<Case> cases;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#')
            continue;
        if (line[0] == '[')
            cases.push_back({line.substr(1, line.size() - 2), {}});
        else
            cases.back().lines.push_back({line.substr(0, line.find(" = ")), line.substr(line.find(" = ") + 3)});
    }
    return cases;
}

} // namespace

int main(int argc, char **argv)
{
    int count = 0, steps = 0, faults = 0;
    for (int file = 1; file < argc; file++)
        for (const Case &script : read(argv[file])) {
            if (!is_login(script))
                continue;
            Script run;
            try {
                run.run(script);
            } catch (const std::string &what) {
                std::cerr << argv[file] << " [" << script.name << "]: " << what << '\n';
                faults++;
            }
            count++;
            steps += run.steps;
        }
    std::cout << count << " cases, " << steps << " steps\n";
    return faults != 0;
}
