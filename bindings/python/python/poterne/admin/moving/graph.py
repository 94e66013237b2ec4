"""The JSON in which vendors deliver tokens to Entra (Microsoft Graph, hardwareOathDevices). It is the only such layout that names the hash.

Graph itself never gives a secret back: this is a delivery, so these tokens were not confirmed here and wait for their first code.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from poterne import Algorithm, Authenticator, Error, Secret
from poterne.admin.language import Say
from poterne.admin.moving.found import Found, Source, UnreadableSource, number
from poterne.admin.moving.json_text import parse

_HASHES = {"hmacsha1": Algorithm.SHA1, "hmacsha256": Algorithm.SHA256, "hmacsha512": Algorithm.SHA512}


def read(content: bytes, say: Say) -> Source:
    source, parsed = Source(), parse(content, say)
    if isinstance(parsed, dict):
        # The body of a request for many, or one device.
        parsed = parsed.get("value", [parsed])
    if not isinstance(parsed, list) or not all(isinstance(each, dict) for each in parsed):
        raise UnreadableSource(say("This JSON is not a list of tokens.", "Ce JSON n’est pas une liste de jetons."))
    for at, device in enumerate(parsed, 1):
        _take(source, say("token {at}", "jeton {at}", at=at), device, say)
    return source


def _take(source: Source, place: str, device: Dict[str, Any], say: Say) -> None:
    serial, there = device.get("serialNumber"), _assigned(device)
    if not isinstance(serial, str) or not serial:
        source.refuse(place, there or "", say("there is no serialNumber", "pas de serialNumber"))
        return
    algorithm = _HASHES.get(str(device.get("hashFunction", "hmacsha1")).lower())
    step = number(str(device.get("timeIntervalInSeconds", "30")), 30, 120)
    try:
        secret: Optional[Secret] = Secret.from_base32(str(device.get("secretKey", "")))
    except Error:
        secret = None
    if algorithm is None or step is None or secret is None:
        source.refuse(place, serial, say("secretKey, hashFunction or timeIntervalInSeconds are not of their kind", "secretKey, hashFunction ou timeIntervalInSeconds incorrects"))
        return
    source.found.append(
        Found(
            place,
            there or "",
            secret,
            algorithm,
            time_step=step,
            is_use_known=True,
            authenticator=Authenticator.TOKEN,
            is_pending=True,
            also=(serial,),
        )
    )


def _assigned(device: Dict[str, Any]) -> Optional[str]:
    to = device.get("assignTo")
    name = to.get("id") or to.get("userPrincipalName") if isinstance(to, dict) else None
    return name if isinstance(name, str) else None
