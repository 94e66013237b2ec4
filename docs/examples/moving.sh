#!/usr/bin/env bash
# In from another system. In an empty folder.
set -euo pipefail

poterne init --application grand-angle
umask 077
echo 'otpauth://totp/Extranet:a.martin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Extranet' >secrets.txt

poterne import-secrets otpauth secrets.txt --rehearse    # looks, and writes nothing
poterne import-secrets otpauth secrets.txt --yes         # nobody scans anything again
shred -u secrets.txt

# What this file promises.
test "$(poterne report --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["active"])')" = 1
