#!/usr/bin/env bash
# A list of employees, their letters, and what is known of one of them. In an empty folder.
set -euo pipefail

cat >employees.csv <<'END'
account;name;service
a.martin;Alice Martin;Accueil
b.durand;Bruno Durand;Voirie
END
poterne init --application grand-angle
poterne enroll-all employees.csv --letters letters --rehearse    # looks, and writes nothing
poterne enroll-all employees.csv --letters letters               # one A4 page a person, in PDFs of mode 0600
poterne show a.martin

# What this file promises.
pdftotext letters/*.pdf - | grep -q "Alice Martin"
test "$(poterne report --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["pending"])')" = 2
