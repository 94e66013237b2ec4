"""otpauth URIs, one a line, as other systems and password managers of servers export them."""

from __future__ import annotations

from typing import Optional

from poterne import Algorithm, Authenticator, Error, OtpauthUri
from poterne.admin.language import Say
from poterne.admin.moving.found import Found, Source, UnreadableSource, line_of, reason
from poterne.admin.moving.lines import lines_of


def read(content: bytes, say: Say, *, issuer: Optional[str] = None) -> Source:
    """The account is the label behind the issuer. Apps export URIs too, of everything that a person has: several issuers are refused, unless
    one is named, and then the others are neither kept nor named.
    """
    source, issuers = Source(), set[Optional[str]]()
    for at, line in lines_of(content, say, source):
        place = line_of(say, at)
        try:
            uri = OtpauthUri.parse(line)
        except Error as error:
            source.refuse(place, "", reason(say, error))
            continue
        if issuer is not None and uri.issuer != issuer:
            source.ignored["URIs of other issuers"] += 1
            continue
        issuers.add(uri.issuer)
        parameters = uri.parameters
        source.found.append(
            Found(
                place,
                uri.label,
                uri.secret,
                algorithm=parameters.get("algorithm", Algorithm.SHA1),
                digits=parameters.get("digits", 6),
                time_step=parameters.get("time_step", 30),
                counter=parameters.get("counter"),
                authenticator=Authenticator.APP,
            )
        )
    if len(issuers) > 1:
        raise UnreadableSource(
            say(
                "The URIs are of several issuers: perhaps the export of somebody's own app, with private accounts. Nothing was stored. To take those of one"
                " issuer alone: --issuer NAME",
                "Les URI sont de plusieurs émetteurs : peut-être l’export d’une application personnelle, avec des comptes privés. Rien n’a été enregistré."
                " Pour ne prendre que celles d’un émetteur : --issuer NOM",
            )
        )
    return source
