#!/usr/bin/env bash
# A new key, in four steps, on one server. In an empty folder.
set -euo pipefail

poterne init --application grand-angle
echo 'account;name
a.martin;Alice Martin' >employees.csv
poterne enroll-all employees.csv --no-letters
old=$(grep -o '^[^ ]*' <(poterne key list) | head -n 1)
poterne key list

poterne key add 20270101                          # 1. opens, does not seal yet
poterne key promote 20270101 --only-server        # 2. seals from now on
poterne reseal                                    # 3. the records that are there
poterne key remove "$old" --only-server --yes     # 4. the old key goes

# What this file promises.
poterne key list
test "$(poterne report --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["unknown_key"])')" = 0
