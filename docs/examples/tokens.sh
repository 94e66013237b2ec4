#!/usr/bin/env bash
# A delivery of hardware tokens: from the manufacturer's file into the stock, to a holder, and back. In an empty folder.
set -euo pipefail

poterne init --application grand-angle
# As a manufacturer writes it: serial number, secret, kind, digits, seconds.
echo '306000123,3132333435363738393031323334353637383930,totp,6,30' >tokens.csv

poterne tokens import tokens.csv --format oath --hash sha1 --rehearse    # looks, and writes nothing
poterne tokens import tokens.csv --format oath --hash sha1 --yes
poterne tokens assign 306000123 b.durand --name 'Bruno Durand' --receipt durand.pdf --yes
poterne tokens stock
poterne tokens return b.durand 306000123 --yes                           # back in the stock: it waits, then goes to somebody else

# What this file promises.
pdftotext durand.pdf - | grep 306000123
test "$(poterne report --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["stock"])')" = 1
