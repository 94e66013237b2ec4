"""otpauth URIs, one a line, as other systems and password managers of servers export them."""

from __future__ import annotations

from poterne import Algorithm, Authenticator, Error, OtpauthUri
from poterne.admin.language import Say
from poterne.admin.moving.found import Found, Source, line_of
from poterne.admin.moving.lines import lines_of


def read(content: bytes, say: Say) -> Source:
    """The account is the label behind the issuer."""
    source = Source()
    for at, line in lines_of(content, say, source):
        place = line_of(say, at)
        try:
            uri = OtpauthUri.parse(line)
        except Error as error:
            # The library's words name what is wrong, and no value.
            source.refuse(place, "", f"{error.kind.message(say.language)} ({error.args[1]})")
            continue
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
    return source
