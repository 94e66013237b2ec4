#!/usr/bin/env bash
# A backup of the table comes back. In an empty folder.
set -euo pipefail

poterne init --application grand-angle
echo 'account;name
a.martin;Alice Martin' >employees.csv
poterne enroll-all employees.csv --no-letters
sqlite3 poterne.sqlite '.backup poterne.backup'

# The application is stopped. Then:
sqlite3 poterne.sqlite '.restore poterne.backup'
poterne doctor || true          # the keyring opens the records of the backup, or this names those that it does not open
poterne report                  # what is there: compare it with the help desk's journal

# What this file promises.
test "$(poterne report --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["unknown_key"])')" = 0
