"""The tables of privacyIDEA 3: token, tokeninfo and tokenowner. Secrets are encrypted with the file that PI_ENCFILE of pi.cfg names.

That file has three keys of 32 bytes, of which the first is for tokens; a longer one is encrypted with a password. A secret is AES-256-CBC
over its hexadecimal text, with PKCS #7 padding, or with the padding 01 02 of old versions.

A person is the number that the resolver has, or RESOLVER/NUMBER if there are several resolvers: the list of accounts names them.
"""

from __future__ import annotations

import hashlib
import math
import pathlib
import re
from typing import Any, Dict, List, Optional, Tuple

from poterne import Authenticator, Error, Secret
from poterne.admin.console import Stop
from poterne.admin.language import Say
from poterne.admin.moving.database import Database
from poterne.admin.moving.found import MAX_COUNTER, Found, Source, UnreadableSource, algorithm_of, number

_MAX_CONFIG_BYTES = 1 << 20


def configured(path: pathlib.Path, say: Say) -> Tuple[str, pathlib.Path]:
    """The database's address and the key file, of a pi.cfg. It is a program of Python: it is looked at and not run."""
    text = path.read_bytes()[:_MAX_CONFIG_BYTES].decode("utf-8", errors="replace")
    values = dict(re.findall(r"^\s*(PI_ENCFILE|SQLALCHEMY_DATABASE_URI)\s*=\s*[rf]?[\"']([^\"'\n{]+)[\"']\s*(?:#.*)?$", text, re.MULTILINE))
    if set(values) != {"PI_ENCFILE", "SQLALCHEMY_DATABASE_URI"}:
        raise UnreadableSource(
            say(
                "{path} does not give PI_ENCFILE and SQLALCHEMY_DATABASE_URI as plain texts: name the database instead, and the key file by"
                " --key-file.",
                "{path} ne donne pas PI_ENCFILE et SQLALCHEMY_DATABASE_URI en clair : indiquer la base à la place, et le fichier de clés par"
                " --key-file.",
                path=path,
            )
        )
    return values["SQLALCHEMY_DATABASE_URI"], pathlib.Path(values["PI_ENCFILE"])


def is_encrypted(key_file: bytes) -> bool:
    """Whether it wants a password: privacyIDEA's own criterion."""
    return len(key_file) > 100


def token_key(key_file: bytes, password: Optional[str], say: Say) -> bytes:
    """The key of the tokens' secrets."""
    keys = key_file if not is_encrypted(key_file) else _opened(key_file, password or "", say)
    if len(keys) < 32:
        raise UnreadableSource(say("The key file is too short.", "Le fichier de clés est trop court."))
    return keys[:32]


def read(database: Database, key: bytes, say: Say) -> Source:
    source = Source()
    database.need(["token", "tokeninfo", "tokenowner"], "privacyIDEA")
    info: Dict[Any, Dict[str, str]] = {}
    for row in database.rows("tokeninfo", ("id", "token_id", "Key", "Value")):
        info.setdefault(row["token_id"], {})[str(row["Key"])] = str(row["Value"] or "")
    owners: Dict[Any, List[str]] = {}
    rows = list(database.rows("tokenowner", ("id", "token_id", "user_id", "resolver")))
    # The same number can be two persons in two resolvers.
    is_alone = len({row["resolver"] for row in rows}) < 2
    for row in rows:
        owners.setdefault(row["token_id"], []).append(str(row["user_id"]) if is_alone else f"{row['resolver']}/{row['user_id']}")
    columns = ("id", "serial", "tokentype", "otplen", "key_enc", "key_iv", "active", "revoked", "locked", "count", "rollout_state")
    for row in database.rows("token", columns):
        _take(source, row, info.get(row["id"], {}), owners.get(row["id"], []), key, say)
    return source


def _take(source: Source, row: Dict[str, Any], info: Dict[str, str], owners: List[str], key: bytes, say: Say) -> None:
    kind, serial = str(row["tokentype"] or "").lower(), str(row["serial"])
    if kind not in ("hotp", "totp"):
        source.ignored[f"tokens of type {kind}"] += 1
        return
    if not row["active"] or row["revoked"] or row["locked"]:
        source.ignored["tokens out of use"] += 1
        return
    if row["rollout_state"] in ("clientwait", "verify", "pending"):
        source.ignored["tokens that were never confirmed"] += 1
        return
    if not owners:
        source.ignored["tokens of nobody"] += 1
        return
    if len(owners) > 1:
        source.refuse(serial, owners[0], say("the token has several owners there", "le jeton y a plusieurs titulaires"))
        return
    secret, algorithm = _secret(row, key), algorithm_of(info.get("hashlib") or "sha1")
    step, count, digits = number(info.get("timeStep") or "30", 30, 120), row["count"] or 0, row["otplen"]
    if secret is None:
        source.refuse(serial, owners[0], say("its secret cannot be decrypted: is this the key file of this database?", "son secret est indéchiffrable : est-ce le fichier de clés de cette base ?"))
        return
    if algorithm is None or step is None or digits not in (6, 7, 8) or not 0 <= count <= MAX_COUNTER:
        source.refuse(serial, owners[0], say("hash, digits, time step or counter is out of range", "hachage, chiffres, pas de temps ou compteur hors limites"))
        return
    is_hardware = info.get("tokenkind") == "hardware"
    source.found.append(
        Found(
            serial,
            owners[0],
            secret,
            algorithm,
            digits,
            time_step=step,
            counter=count if kind == "hotp" else None,
            # A new token has 0.
            last_step=count if kind == "totp" and count else None,
            is_use_known=True,
            drift=_drift(info.get("timeShift", ""), step) if kind == "totp" and is_hardware else 0,
            authenticator=Authenticator.TOKEN if is_hardware else Authenticator.APP,
            also=(serial,),
            remark=say("has a PIN there, which does not come along", "son code PIN n’est pas repris") if info.get("pin") else "",
        )
    )


def _drift(shift: str, step: int) -> int:
    """Seconds from the server's clock to the begin of the step that was used last."""
    try:
        seconds = float(shift or "0")
    except ValueError:
        return 0
    return max(-200, min(200, math.ceil(seconds / step))) if math.isfinite(seconds) else 0


def _secret(row: Dict[str, Any], key: bytes) -> Optional[Secret]:
    try:
        clear = _decrypted(key, bytes.fromhex(row["key_iv"]), bytes.fromhex(row["key_enc"]))
        return Secret.from_hex(clear.decode("ascii"))
    except (Error, ValueError, TypeError):
        return None


def _decrypted(key: bytes, iv: bytes, data: bytes) -> bytes:
    padded = _aes_cbc(key, iv, data)
    last = padded[-1] if padded else 0
    if 1 <= last <= 16 and padded.endswith(bytes([last]) * last):
        return padded[:-last]
    return bytes.fromhex(_unpadded(padded).decode("ascii"))


def _opened(key_file: bytes, password: str, say: Say) -> bytes:
    try:
        iv, _, data = key_file.strip().decode("ascii").partition(":")
        padded = _aes_cbc(hashlib.sha256(password.encode()).digest(), bytes.fromhex(iv), bytes.fromhex(data))
        return bytes.fromhex(_unpadded(padded).decode("ascii"))
    except ValueError:
        pass
    raise UnreadableSource(say("The key file does not open with this password.", "Ce mot de passe n’ouvre pas le fichier de clés."))


def _unpadded(padded: bytes) -> bytes:
    end = padded.rfind(b"\x01\x02")
    return padded if end < 0 else padded[:end]


def _aes_cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Raises ValueError for what is not whole blocks."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def need_cryptography(say: Say) -> None:
    try:
        import cryptography
    except ModuleNotFoundError:
        raise Stop(
            say(
                "The secrets of privacyIDEA are encrypted, and the package that decrypts them is missing: pip install cryptography",
                "Les secrets de privacyIDEA sont chiffrés et le paquet qui les déchiffre manque : pip install cryptography",
            )
        ) from None
    assert cryptography
