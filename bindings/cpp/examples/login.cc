// A login on SQLite: login DATABASE KEYS ACCOUNT < CODE
//
// Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well.
#include "sqlite_table.hpp"

#include <iostream>

int main(int argc, char **argv)
try {
    if (argc != 4) {
        std::cerr << "usage: login DATABASE KEYS ACCOUNT < CODE\n";
        return 2;
    }
    const poterne::Verifier verifier{poterne::Keyring::open(argv[2]), "grand-angle"}; // once, when the program starts
    SqliteTable table{argv[1]};                                                       // one in each thread
    std::string code;
    std::getline(std::cin, code);

    const poterne::Verdict verdict = verifier.login(table, argv[3], code);
    std::cerr << "journal: " << verdict.name() << '\n';
    if (verdict.accepted()) {
        std::cout << "Welcome. Refused attempts before: " << verdict.result().failures_before << '\n';
        return 0;
    }
    std::cout << verdict.message_to_user("en") << '\n';
    return verdict.refused() ? 1 : 2;
} catch (const poterne::Error &error) {
    std::cerr << "journal: " << error.what() << '\n';
    return 2;
}
