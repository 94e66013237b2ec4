// What a careless program cannot write: each number must not compile, and 0 must.
#include "../poterne.hpp"

#ifndef CARELESS
#define CARELESS 0
#endif

bool login(const poterne::Verifier &verifier, poterne::Table &table, std::int64_t rows)
{
    poterne::Attempt attempt = verifier.verify("", "a.martin", "123456");
#if CARELESS == 1
    verifier.login(table, "a.martin", "123456"); // the verdict is ignored
#elif CARELESS == 2
    attempt.outcome(rows); // the same
#elif CARELESS == 3
    if (verifier.login(table, "a.martin", "123456")) // refusals would be true
        return true;
#elif CARELESS == 4
    if (verifier.login(table, "a.martin", "123456") == 0)
        return true;
#elif CARELESS == 5
    poterne::Attempt copy = attempt; // one attempt would be spent twice
#elif CARELESS == 6
    verifier.verify("", "a.martin", "123456"); // nothing is stored, and nobody asks
#elif CARELESS == 7
    poterne_store store = POTERNE_STORE_INIT;
    store.load = [](void *, const char *, char *) -> std::int32_t { throw 1; }; // an exception would reach the library
#endif
    return verifier.login(table, "a.martin", "123456").accepted() && attempt.outcome(rows).accepted();
}
