#!/usr/bin/env python3
"""Writes tests/life/token-life.txt: three hardware tokens, from the manufacturer's file to their second holder.

    generate.py >tests/life/token-life.txt

The token is `oathtool`, of Debian, on a clock that loses four seconds a day, the most that semantics 8.4 allows for: every code is what it
prints. Verdicts are by hand from the norm; the drift that is expected follows 4.9 here.
"""

import base64
import hashlib
import hmac
import subprocess

BEGIN = 1_800_000_000
DAY = 86_400
PERIOD = 30 * DAY
LOST_A_DAY = 4
SECRET = bytes.fromhex("3132333435363738393031323334353637383930")
SHARED = bytes.fromhex("000102030405060708090a0b0c0d0e0f")


def run(*command, data=b""):
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def oathtool(secret, *options):
    return run("oathtool", *options, "-", data=secret.hex().encode()).decode().strip()


class Token:
    """A token on the clock of its own, and what a server knows of it."""

    def __init__(self, secret, algorithm, time_step):
        self.secret, self.algorithm, self.time_step = secret, algorithm, time_step
        self.drift, self.last_sync = 0, BEGIN // PERIOD

    def shown(self, now):
        """The time that the token shows."""
        return now - LOST_A_DAY * (now - BEGIN) // DAY

    def step(self, now):
        return self.shown(now) // self.time_step

    def code(self, now):
        return self.code_of(self.step(now))

    def code_of(self, step):
        time = step * self.time_step
        return oathtool(self.secret, f"--totp={self.algorithm}", f"--time-step-size={self.time_step}s", f"--now=@{time}")

    def idle(self, now):
        """4.2"""
        periods = max(1, now // PERIOD - self.last_sync + 1)
        return min(6, -(-30 * periods // self.time_step))

    def oldest(self, now):
        """The first candidate of 4.1."""
        return now // self.time_step + self.drift - 2 - self.idle(now)

    def accepted(self, now, step):
        """4.9; what a server has learned from this step."""
        offset = step - now // self.time_step - self.drift
        shift = offset if offset > 0 else offset + 1 if offset < -1 else 0
        idle = self.idle(now)
        assert -2 - idle <= offset <= 1 + idle, "the norm does not accept it"
        self.drift += max(-idle, min(idle, shift))
        self.last_sync = now // PERIOD
        return f"{step} drift={self.drift}"

    def paired(self, now, step):
        """8.4; what a server has learned from two codes, the second of this step."""
        off = step - now // self.time_step
        self.drift = off if off > 0 else off + 1 if off < -1 else 0
        self.last_sync = now // PERIOD
        return f"{step} drift={self.drift}"


def time_based(name, token, file, serial):
    """From the file to the first holder, a year, and the second holder."""
    lines, typing = [], 8
    say = lines.append

    def log_in(now):
        seen = now - typing
        say(f"step = verify {now} {token.code(seen)} -> accepted otp {token.accepted(now, token.step(seen))}")
        say(f"step = verify {now + 1} {token.code(seen)} -> refused replayed")

    say(f"[{name}]")
    say("rule = 16.2")
    lines.extend(file)
    say(f"account = serial:{serial}")
    say(f"deliver = {serial} pending {BEGIN}")
    say(f"step = inspect {BEGIN} -> pending drift=0")
    say("# Handed out, and confirmed by its holder.")
    say("step = rename a.martin -> stored")
    now = BEGIN + 2 * DAY + 7
    say(f"step = verify {now} {token.code(now)} -> refused pending")
    say(f"step = confirm {now} {token.code_of(token.step(now) - 9)} -> refused wrong_code")
    say(f"step = confirm {now} {token.code(now)} -> confirmed {token.accepted(now, token.step(now))} codes=8")
    say(f"step = verify {now + 1} {token.code(now)} -> refused replayed")
    say("# A year: each week, and after two weeks of leave now and then.")
    for week in range(1, 41):
        if week in (8, 21, 30):
            continue
        log_in(now + week * 7 * DAY + week * 611)
    say("# The oldest code that the norm takes, and the one before it.")
    now += 41 * 7 * DAY
    assert token.step(now) >= token.oldest(now) > 0
    say(f"step = verify {now} {token.code_of(token.oldest(now) - 1)} -> refused wrong_code")
    say(f"step = verify {now} {token.code_of(oldest := token.oldest(now))} -> accepted otp {token.accepted(now, oldest)}")
    for week in range(1, 4):
        log_in(now + week * 7 * DAY)
    now += 3 * 7 * DAY
    say("# Three months in a drawer: too slow by more than a login heals. Two codes seen long ago do not count, two of now do.")
    now = BEGIN + 2 * DAY + 365 * DAY + 30 * DAY
    assert token.step(now) < token.oldest(now)
    say(f"step = verify {now} {token.code(now)} -> refused wrong_code")
    first = token.step(now) - 1_200 // token.time_step
    say(f"step = resynchronize {now + 5} {token.code_of(first)} {token.code_of(first + 1)} -> refused wrong_code")
    now += 3 * token.time_step
    second = token.step(now)
    pair = f"{token.code_of(second - 1)} {token.code_of(second)}"
    say(f"step = resynchronize {now} {pair} -> resynchronized {token.paired(now, second)}")
    say(f"step = resynchronize {now + 1} {pair} -> refused wrong_code")
    now += 3 * token.time_step
    log_in(now)
    say("# Given back: the codes of section 5 end, and it waits as long as 8.3 says. Its last holder has noted three codes of this minute.")
    now += DAY
    noted = [token.step(now) + each for each in range(3)]
    say("step = unlock -> stored")
    say("step = end_codes both -> stored")
    until = now + 120 * token.time_step + 300
    say(f"step = temporary_code {now} {until} 1 suspend -> stored")
    say(f"step = rename serial:{serial} -> stored")
    say("step = fork returned -> ok")
    say(f"step = verify {now + 60} {token.code_of(noted[0])} -> refused suspended")
    say(f"step = resynchronize {now + 60} {token.code_of(noted[0])} {token.code_of(noted[1])} -> refused suspended")
    say("# To somebody else.")
    now = until + 1
    say("step = resume -> stored")
    say("step = end_codes both -> stored")
    say("step = rename c.petit -> stored")
    say(f"step = inspect {now} -> active recovery=0 temporary=0 drift={token.drift}")
    say(f"step = verify {now} recovery[0] -> refused wrong_code")
    say(f"step = verify {now} {token.code_of(noted[2])} -> refused wrong_code")
    say(f"step = resynchronize {now} {token.code_of(noted[1])} {token.code_of(noted[2])} -> refused wrong_code")
    now += 20
    seen = now - typing
    say(f"step = verify {now} {token.code(seen)} -> accepted otp {token.accepted(now, token.step(seen))}")
    say(f"step = verify {now + 1} {token.code(seen)} -> refused replayed")
    say("# A record of the stock, put back from a copy, is of another account.")
    say(f"step = verify {now + 60} {token.code(now + 60)} with returned -> error record")
    return lines


def counter_based(name, secret, counter, file, serial):
    """The same of a token that counts, and is pressed in a pocket."""
    lines, now = [], BEGIN
    say = lines.append

    def code(at):
        return oathtool(secret, "--hotp", f"--counter={at}")

    say(f"[{name}]")
    say("rule = 16.9")
    lines.extend(file)
    say(f"account = serial:{serial}")
    say(f"deliver = {serial} pending {now}")
    say("step = rename a.martin -> stored")
    say(f"step = verify {now} {code(counter)} -> refused pending")
    say(f"step = confirm {now} {code(counter)} -> confirmed {counter} codes=8")
    say(f"step = verify {now} {code(counter)} -> refused replayed")
    say("# A year of logins, pressed once or more in between: the last one that the norm takes, and the one after it.")
    at = counter + 1
    for month in range(12):
        now += PERIOD
        at += (0, 1, 3, 9)[month % 4]
        say(f"step = verify {now} {code(at)} -> accepted otp {at}")
        say(f"step = verify {now + 1} {code(at)} -> refused replayed")
        at += 1
    now += DAY
    say(f"step = verify {now} {code(at + 10)} -> refused wrong_code")
    say(f"step = verify {now} {code(at + 9)} -> accepted otp {at + 9}")
    at += 10
    say("# Pressed forty times in a pocket: two codes in a row bring it back.")
    at += 40
    now += DAY
    say(f"step = verify {now} {code(at)} -> refused wrong_code")
    say(f"step = resynchronize {now + 9} {code(at + 1)} {code(at + 3)} -> refused wrong_code")
    say(f"step = resynchronize {now + 20} {code(at + 4)} {code(at + 5)} -> resynchronized {at + 5}")
    at += 6
    say(f"step = verify {now + 30} {code(at)} -> accepted otp {at}")
    at += 1
    say("# Given back. Its last holder has noted four codes, which would work for ever.")
    say("step = unlock -> stored")
    say("step = end_codes both -> stored")
    say("step = resume -> stored")
    say(f"step = rename serial:{serial} -> stored")
    say("# Two codes of the next holder end those that were noted, before the token is handed out (8.3).")
    now += DAY
    say(f"step = resynchronize {now} {code(at + 4)} {code(at + 5)} -> resynchronized {at + 5}")
    say("step = rename c.petit -> stored")
    say(f"step = verify {now + 1} recovery[0] -> refused wrong_code")
    for noted in range(4):
        say(f"step = verify {now + 60 * noted + 60} {code(at + noted)} -> refused wrong_code")
    now += 3_600
    say(f"step = verify {now} {code(at + 6)} -> accepted otp {at + 6} failures_before=4")
    say(f"step = verify {now + 1} {code(at + 6)} -> refused replayed")
    return lines


def sealed(data, number):
    """A value of an encrypted PSKC file, and its MAC; semantics 16.8."""
    iv = hashlib.sha256(bytes([number])).digest()[:16]
    padding = 16 - len(data) % 16
    whole = iv + run("openssl", "enc", "-aes-128-cbc", "-nopad", "-K", SHARED.hex(), "-iv", iv.hex(), data=data + bytes([padding]) * padding)
    mac = base64.b64encode(hmac.new(SHARED, whole, "sha1").digest()).decode()
    value = base64.b64encode(whole).decode()
    method = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
    cipher = f"<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>"
    return f"<EncryptedValue>{method}{cipher}</EncryptedValue><ValueMAC>{mac}</ValueMAC>"


def pskc(serial, secret):
    """RFC 6030, encrypted with a pre-shared key."""
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
        ' xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">',
        "<EncryptionKey><ds:KeyName>delivery</ds:KeyName></EncryptionKey>",
        '<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"/>',
        f"<KeyPackage><DeviceInfo><Manufacturer>m</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>",
        f'<Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">',
        '<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>',
        f"<Data><Secret>{sealed(secret, 1)}</Secret><TimeInterval><PlainValue>30</PlainValue></TimeInterval></Data>",
        "</Key></KeyPackage></KeyContainer>",
    ]


def main():
    print("# The life of a hardware token, from its file to its second holder, in three formats.")
    print("# Source: codes are oathtool's, verdicts by hand from the norm, agreed by tests/model. Written by tests/life/generate.py.")
    serial = "306000123"
    file = [f"file = {line}" for line in pskc(serial, SECRET)]
    file += [f"key = key hex:{SHARED.hex()}", f"token = 5 {serial} time 30 - SHA1 6 0 - - - m - - hex:{SECRET.hex()}"]
    lives = [time_based("pskc", Token(SECRET, "sha1", 30), file, serial)]

    secret, serial = hashlib.sha256(b"deepnet").digest(), "2308614000123"
    file = [
        "file = serial number,secret key,time interval,manufacturer,model",
        f"file = {serial},{base64.b32encode(secret).decode().rstrip('=')},60,m,SafeID",
        "layout = deepnet",
        "declare = encoding base32",
        "declare = algorithm SHA256",
        f"token = 2 {serial} time 60 - SHA256 6 0 - - - m SafeID - hex:{secret.hex()}",
    ]
    lives.append(time_based("csv", Token(secret, "sha256", 60), file, serial))

    secret, serial = hashlib.sha1(b"etoken").digest(), "GALT10057511"
    file = [
        f'file = <Tokens><Token serial="{serial}"><ProductName>PASS</ProductName><Applications><Application>',
        f"file = <Seed>{secret.hex()}</Seed><MovingFactor>7</MovingFactor></Application></Applications></Token></Tokens>",
        "algorithm = none",
        f"token = 1 {serial} counter - 7 SHA1 6 0 - - - - PASS - hex:{secret.hex()}",
    ]
    lives.append(counter_based("etoken", secret, 7, file, serial))
    for life in lives:
        print()
        print("\n".join(life))


if __name__ == "__main__":
    main()
