"""An installation of privacyIDEA in a folder, by its own calls: key file, tables, a resolver, tokens, and logins with some of them.

    python privacyidea_site.py FOLDER COUNT [PASSWORD]

With a password the key file is encrypted. Prints what the test compares. Runs with the Python of privacyIDEA's own environment.
"""

import json
import pathlib
import subprocess
import sys
import time

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
password = sys.argv[3] if len(sys.argv) > 3 else None
config = folder / "pi.cfg"
config.write_text(
    f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{folder}/pi.sqlite'\n"
    "SECRET_KEY = 'of the test'\nPI_PEPPER = 'of the test'\n"
    f'PI_ENCFILE = "{folder}/enckey"  # made by pi-manage\n'
    "PI_AUDIT_NO_SIGN = True\nPI_LOGLEVEL = 50\n"
    f"PI_LOGFILE = '{folder}/pi.log'\n"
)

from privacyidea.app import create_app  # noqa: E402
from privacyidea.lib.realm import set_realm  # noqa: E402
from privacyidea.lib.resolver import save_resolver  # noqa: E402
from privacyidea.lib.security.default import DefaultSecurityModule  # noqa: E402
from privacyidea.lib.token import check_serial_pass, init_token  # noqa: E402
from privacyidea.lib.tokens.HMAC import HmacOtp  # noqa: E402
from privacyidea.lib.user import User  # noqa: E402
from privacyidea.models import Token, TokenOwner, db  # noqa: E402

subprocess.run(
    [pathlib.Path(sys.executable).with_name("pi-manage"), "setup", "create_enckey"],
    env={"PRIVACYIDEA_CONFIGFILE": str(config), "PATH": "/usr/bin:/bin"},
    check=True,
    capture_output=True,
)

names = ["a.clock", "b.counts", "c.hard", "d.disabled", "e.unused", "f.nobody"] + [f"user.{number:05}" for number in range(count)]
passwd = folder / "passwd"
passwd.write_text("".join(f"{name}:x:{5000 + at}:100:{name}:/nowhere:/bin/false\n" for at, name in enumerate(names)))

app = create_app(config_name="production", config_file=str(config), silent=True)
out = {}
with app.app_context():
    db.create_all()
    save_resolver({"resolver": "local", "type": "passwdresolver", "fileName": str(passwd)})
    set_realm("department", [{"name": "local"}])

    def token(name, key, tokenkind=None, **more):
        owner = {} if name == "f.nobody" else {"user": User(login=name, realm="department")}
        return init_token({"otpkey": key, "genkey": 0, "pin": "", **more}, tokenkind=tokenkind, **owner)

    def code(key, at, digits=6, hashlib="sha1"):
        import hashlib as hashes
        import hmac

        return HmacOtp(digits=digits, hashfunc=getattr(hashes, hashlib)).generate(at, key=bytes.fromhex(key))

    keys = {name: f"{at:02x}" + "3132333435363738393031323334353637383930"[2:] for at, name in enumerate(names[:6])}
    clock = token("a.clock", keys["a.clock"], type="totp", otplen=8, hashlib="sha256")
    counts = token("b.counts", keys["b.counts"], type="hotp")
    hard = token("c.hard", keys["c.hard"], type="totp", timeStep=60, tokenkind="hardware")
    disabled = token("d.disabled", keys["d.disabled"], type="hotp")
    disabled.enable(False)
    token("e.unused", keys["e.unused"], type="totp")
    token("f.nobody", keys["f.nobody"], type="hotp")
    init_token({"type": "spass", "pin": "x"}, user=User(login="a.clock", realm="department"))

    # Far enough from the end of a minute that the calls below are in the same time step.
    while time.time() % 60 > 45 or time.time() % 30 > 15:
        time.sleep(0.5)
    now = time.time()
    used = {
        "a.clock": code(keys["a.clock"], int(now // 30), 8, "sha256"),
        "b.counts": code(keys["b.counts"], 2),
        # Its clock is two steps slow.
        "c.hard": code(keys["c.hard"], int(now // 60) - 2),
    }
    for name, each in (("a.clock", clock), ("b.counts", counts), ("c.hard", hard)):
        assert check_serial_pass(each.token.serial, used[name])[0], name
        assert not check_serial_pass(each.token.serial, used[name])[0], name
    out = {"now": now, "used": used, "keys": keys, "next": code(keys["b.counts"], 3), "skipped": code(keys["b.counts"], 1)}

    realm = hard.token.owners.first().realm_id
    for at in range(count):
        each = Token(f"BULK{at:08}", tokentype="totp", otpkey=f"{at + 1:08x}" + keys["a.clock"][8:])
        db.session.add(each)
    db.session.flush()
    rows = {each.serial: each.id for each in Token.query.filter(Token.serial.like("BULK%"))} if count else {}
    for at in range(count):
        owner = TokenOwner(token_id=rows[f"BULK{at:08}"], user_id=str(5006 + at), resolver="local", realm_id=realm)
        db.session.add(owner)
    db.session.commit()
    if password is not None:
        # As `pi-manage setup encrypt_enckey` does.
        clear = (folder / "enckey").read_bytes()
        (folder / "enckey").chmod(0o600)
        (folder / "enckey").write_text(DefaultSecurityModule.password_encrypt(clear, password) + "\n")
(folder / "accounts.csv").write_text("".join(f"{5000 + at};{name}\n" for at, name in enumerate(names)))
print(json.dumps(out))
