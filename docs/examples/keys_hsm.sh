#!/usr/bin/env bash
# The keyring sealed by a key that never leaves an HSM, here SoftHSM. In an empty folder.
set -euo pipefail

poterne init --application grand-angle
umask 077
mkdir hsm
echo "directories.tokendir = $PWD/hsm" >softhsm2.conf
export SOFTHSM2_CONF=$PWD/softhsm2.conf
module=/usr/lib/softhsm/libsofthsm2.so
tr -dc 0-9 </dev/urandom | head -c 8 >pin || true
export PIN SO_PIN=87654321
PIN=$(<pin)
softhsm2-util --init-token --free --label poterne --so-pin "$SO_PIN" --pin "$PIN"

# Once: a pair of keys in the HSM, and the keyring under its public key.
pkcs11-tool --module "$module" --login --pin env:PIN --keypairgen --key-type rsa:4096 --id 01 --label keyring
pkcs11-tool --module "$module" --read-object --type pubkey --id 01 -o public.der
openssl pkeyutl -encrypt -pubin -keyform DER -inkey public.der -pkeyopt rsa_padding_mode:oaep -in poterne.keys -out poterne.keys.sealed
shred -u poterne.keys

# At each start, before the application: into memory, for its user alone.
export CREDENTIALS_DIRECTORY=$PWD/run
mkdir -m 700 "$CREDENTIALS_DIRECTORY"
pkcs11-tool --module "$module" --login --pin env:PIN --decrypt --mechanism RSA-PKCS-OAEP --hash-algorithm SHA-1 --mgf MGF1-SHA1 \
    --id 01 --input-file poterne.keys.sealed --output-file "$CREDENTIALS_DIRECTORY/poterne.keys"
poterne key list --keyring '$CREDENTIALS_DIRECTORY/poterne.keys'

# What this file promises: without the HSM there is no keyring.
! poterne key list
