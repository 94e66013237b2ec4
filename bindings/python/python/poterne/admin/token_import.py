"""`poterne tokens import`: the file of a manufacturer, in the format and encoding that the arguments declare."""

from __future__ import annotations

import contextlib
import pathlib
import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple

import click

from poterne import Algorithm, CsvLayout, CsvSeparator, Error, ErrorKind, SecretEncoding, TokenEntry, TokenFile
from poterne.admin import database_fault, sealed
from poterne.admin.console import INTERRUPTED, Stop, explained
from poterne.admin.delivery import Delivered, Delivery, Result
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.moving import foreign, graph
from poterne.admin.moving.found import MAX_BYTES, Trouble, UnreadableSource, line_of, looks_secret, swapped
from poterne.admin.options import shared, yes
from poterne.admin.site import Site

LAYOUTS = {
    "entra": CsvLayout.ENTRA,
    "deepnet": CsvLayout.DEEPNET,
    "oath": CsvLayout.OATH,
    "yubico-traditional": CsvLayout.YUBICO_TRADITIONAL,
    "yubico-flat": CsvLayout.YUBICO_FLAT,
}

FORMATS = ("pskc", "etoken", *LAYOUTS, "columns", "graph")

_HASHES = {"sha1": Algorithm.SHA1, "sha256": Algorithm.SHA256, "sha512": Algorithm.SHA512}

_ENCODINGS = {"base32": SecretEncoding.BASE32, "hex": SecretEncoding.HEX}

_SEPARATORS = {"comma": CsvSeparator.COMMA, "semicolon": CsvSeparator.SEMICOLON, "tab": CsvSeparator.TAB}

_SHOWN = 200


def command(say: Say) -> click.Command:
    @click.command(
        "import",
        help=say(
            """Puts the tokens of a manufacturer's file into the stock. The file can come through a pipe, so that it never lies on the disk:

            \b
                gpg -d tokens.xml.gpg | poterne tokens import - --format pskc
                poterne tokens import tokens.csv --format deepnet --proof 306000123
                poterne tokens import tokens.csv --format columns --columns serial,secret,-,counter --encoding hex

            Encoding and hash are declared where the format leaves them open, and never guessed: the manufacturer says which, or a code that
            one of the tokens shows now proves them, with --proof. Tokens that are in the inventory stay as they are, those that are handed
            out too. What is wrong with a token is told with its line and serial number, and the others are stored.
            """,
            """Met en stock les jetons du fichier d’un fabricant. Le fichier peut arriver par un tube, sans jamais être écrit sur le disque :

            \b
                gpg -d jetons.xml.gpg | poterne tokens import - --format pskc
                poterne tokens import jetons.csv --format deepnet --proof 306000123
                poterne tokens import jetons.csv --format columns --columns serial,secret,-,counter --encoding hex

            L’encodage et le hachage se déclarent si le format ne les fixe pas, et ne se devinent jamais : le fabricant les indique, ou un
            code affiché en ce moment par l’un des jetons les prouve, avec --proof. Les jetons déjà à l’inventaire ne changent pas, ni ceux
            qui sont remis. Ce qui ne va pas est dit avec la ligne et le numéro de série ; les autres jetons sont mis en stock.
            """,
        ),
    )
    @click.argument("file", metavar=say("FILE|-", "FICHIER|-"))
    @click.option("--format", "format_", required=True, type=click.Choice(FORMATS), help=say("The file's format; graph is the JSON for Entra.", "Format du fichier ; graph est le JSON pour Entra."))
    @click.option("--columns", metavar=say("NAMES", "NOMS"), help=say("The columns of a CSV without a layout of its own.", "Colonnes d’un CSV quelconque."))
    @click.option("--encoding", type=click.Choice(list(_ENCODINGS)), help=say("How the secrets are written.", "Écriture des secrets."))
    @click.option("--hash", "hash_name", type=click.Choice(list(_HASHES)), help=say("The hash.", "Fonction de hachage."))
    @click.option("--digits", type=click.IntRange(6, 8), metavar=say("NUMBER", "NOMBRE"), help=say("Digits of a code.", "Nombre de chiffres d’un code."))
    @click.option("--time-step", type=click.IntRange(30, 120), metavar=say("NUMBER", "NOMBRE"), help=say("Seconds of a time step.", "Durée d’un pas de temps, en secondes."))
    @click.option("--counter-based", is_flag=True, help=say("With --columns: the tokens count.", "Avec --columns : jetons à compteur."))
    @click.option("--header", is_flag=True, help=say("With --columns: the first line has titles.", "Avec --columns : la première ligne contient des titres."))
    @click.option("--separator", type=click.Choice(list(_SEPARATORS)), default="comma", show_default=True, help=say("Between the cells of a CSV.", "Entre les cellules d’un CSV."))
    @click.option("--ignore-dates", is_flag=True, help=say("Drops the dates of validity of the file.", "Ignore les dates de validité du fichier."))
    @click.option("--clock-is-right", "is_clock_right", is_flag=True, help=say("Takes tokens whose last used code is of a time to come, as the file says.", "Accepte les jetons dont le dernier code utilisé est dans le futur, selon le fichier."))
    @click.option(
        "--key-file",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FILE", "FICHIER"),
        help=say("The pre-shared key of a PSKC file, in hexadecimal.", "Clé partagée d’un fichier PSKC, en hexadécimal."),
    )
    @click.option("--password", "has_password", is_flag=True, help=say("Asks for the password of a PSKC file.", "Demande le mot de passe d’un fichier PSKC."))
    @click.option("--password-fd", type=int, metavar=say("NUMBER", "NUMÉRO"), help=say("Reads that password from this file descriptor.", "Lit ce mot de passe sur ce descripteur."))
    @click.option("--proof", "proof", metavar=say("SERIAL", "SÉRIE"), help=say("Asks for a code that this token shows now, before anything is stored.", "Demande un code affiché par ce jeton avant tout enregistrement."))
    @click.option("--code-fd", type=int, metavar=say("NUMBER", "NUMÉRO"), help=say("Reads that code from this file descriptor.", "Lit ce code sur ce descripteur."))
    @click.option("--replace", "is_replaced", is_flag=True, help=say("Stores those anew that are in stock and were never used.", "Enregistre de nouveau ceux qui sont en stock et n’ont jamais servi."))
    @click.option("--rehearse", is_flag=True, help=say("Checks everything and writes nothing.", "Vérifie tout, n’écrit rien."))
    @click.option("--each", "has_each", is_flag=True, help=say("Names every token, not only those to look at.", "Nomme chaque jeton, pas seulement ceux à examiner."))
    @yes(say)
    @shared(say, has_json=True)
    def import_(
        site: Site,
        file: str,
        format_: str,
        columns: Optional[str],
        encoding: Optional[str],
        hash_name: Optional[str],
        digits: Optional[int],
        time_step: Optional[int],
        counter_based: bool,
        header: bool,
        separator: str,
        ignore_dates: bool,
        is_clock_right: bool,
        key_file: Optional[pathlib.Path],
        has_password: bool,
        password_fd: Optional[int],
        proof: Optional[str],
        code_fd: Optional[int],
        is_replaced: bool,
        rehearse: bool,
        has_each: bool,
        is_sure: bool,
    ) -> int:
        if (columns is None) is (format_ == "columns"):
            raise Stop(say("--columns and --format columns go together.", "--columns et --format columns vont ensemble."), 2)
        order = _Order(site, file, format_, ignore_dates)
        options: Dict[str, Any] = {
            "encoding": None if encoding is None else _ENCODINGS[encoding],
            "algorithm": None if hash_name is None else _HASHES[hash_name],
            "digits": digits,
            "time_step": time_step,
            "separator": _SEPARATORS[separator],
        }
        if format_ == "columns":
            options.update(columns=columns, counter_based=counter_based, header=header)
        key = None if key_file is None else file_key(key_file, say)
        password = order.password(password_fd) if has_password or password_fd is not None else None
        code = None if proof is None else order.code(code_fd)
        with order:
            delivered, troubles = order.read(options, key, password, proof, code)
        sealed.refuse_other_keyring(site)
        delivery = Delivery(site, is_replaced=is_replaced, is_clock_right=is_clock_right)
        delivery.refuse(troubles)
        if not rehearse:
            site.console.confirm(
                say("{count:#token|tokens} in the file. Put into the stock?", "{count:#jeton|jetons} dans le fichier. Mettre en stock ?", count=len(delivered)),
                is_given=is_sure,
            )
        with database_fault.repeatable(site), Interruptible() as stop, site.console.progress(say("tokens", "jetons"), len(delivered)) as progress:
            delivery.run(delivered, stop, progress, is_stored=not rehearse)
        return _told(site, delivery, rehearse=rehearse, has_each=has_each)

    return import_


def file_key(path: pathlib.Path, say: Say) -> bytes:
    """The pre-shared key of a PSKC file, in hexadecimal."""
    with open(path, "rb") as file, contextlib.suppress(ValueError):
        return bytes.fromhex(file.read(200).decode("ascii").strip())
    raise Stop(say("{path} does not hold a key in hexadecimal.", "{path} ne contient pas de clé en hexadécimal.", path=path))


class _Order:
    """A file, and how it is read. Its bytes are overwritten at the end."""

    def __init__(self, site: Site, file: str, format_: str, ignore_dates: bool) -> None:
        self.console, self.say, self.file, self.format, self.ignores_dates = site.console, site.console.say, file, format_, ignore_dates
        self._data = bytearray()

    def __enter__(self) -> None:
        self._data = self._content()

    def __exit__(self, *_: object) -> None:
        self._data[:] = bytes(len(self._data))

    def read(
        self, options: Any, key: Optional[bytes], password: Optional[str], proof: Optional[str], code: Optional[str]
    ) -> Tuple[List[Delivered], List[Trouble]]:
        if self.format == "graph":
            return self._graph()
        try:
            if proof is not None and code is not None:
                self._prove(options, proof, code)
            entries = self._parsed(options, key, password).entries
        except Error as error:
            raise Stop(self._explained(error)) from None
        delivered: List[Delivered] = []
        troubles: List[Trouble] = []
        for entry in entries:
            if isinstance(entry, TokenEntry) and looks_secret(entry.account or ""):
                troubles.append(Trouble(line_of(self.say, entry.line), entry.serial, swapped(self.say)))
            elif isinstance(entry, TokenEntry):
                token = entry.ignore_dates() if self.ignores_dates else entry
                delivered.append(Delivered(line_of(self.say, entry.line), entry.serial, token, token.not_after, entry.account))
            else:
                # Line and serial number have columns of their own.
                serial = entry.serial or ""
                words = str(entry).removeprefix(f"line {entry.line}").removeprefix(f", serial {serial}" if serial else "").removeprefix(": ")
                troubles.append(Trouble(line_of(self.say, entry.line), serial, words))
        return delivered, troubles

    def password(self, file_descriptor: Optional[int]) -> str:
        self._need_descriptor(file_descriptor, "--password-fd 3 3<FILE")
        return self.console.secret(self.say("Password of the file: ", "Mot de passe du fichier : "), file_descriptor)

    def code(self, file_descriptor: Optional[int]) -> str:
        self._need_descriptor(file_descriptor, "--code-fd 3 3<FILE")
        if file_descriptor is not None:
            return self.console.secrets(1, file_descriptor)[0].replace(" ", "")
        return self.console.line(self.say("Code that the token shows now: ", "Code affiché par le jeton en ce moment : ")).replace(" ", "")

    def _need_descriptor(self, file_descriptor: Optional[int], example: str) -> None:
        """Standard input is the file: nothing can be typed there."""
        if self.file == "-" and file_descriptor is None:
            raise Stop(
                self.say("Standard input is the file: give {example}", "L’entrée standard est le fichier : indiquer {example}", example=example.replace("FILE", self.say("FILE", "FICHIER"))), 2
            )

    def _content(self) -> bytearray:
        if self.file == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            path = pathlib.Path(self.file)
            with open(path, "rb") as file:
                if not path.is_file():
                    raise Stop(self.say("{path} is not a file.", "{path} n’est pas un fichier.", path=path))
                content = file.read(MAX_BYTES + 1)
        refusal = foreign.recognized(content, self.say)
        if refusal is not None:
            raise Stop(refusal)
        return bytearray(content)

    def _parsed(self, options: Any, key: Optional[bytes], password: Optional[str]) -> TokenFile:
        if self.format == "pskc":
            self._refuse_options(options)
            return TokenFile.read_pskc(self._data, key=key, password=None if password is None else password.encode())
        if self.format == "etoken":
            self._refuse_options({**options, "algorithm": None})
            return TokenFile.read_etoken(self._data, algorithm=options["algorithm"])
        return TokenFile.read_csv(self._data, LAYOUTS.get(self.format), **options)

    def _refuse_options(self, options: Any) -> None:
        """What the file itself says is not declared: the two could differ."""
        if any(options[name] is not None for name in ("encoding", "algorithm", "digits", "time_step")):
            raise Stop(self.say("The format {format} fixes that itself: leave the option out.", "Le format {format} le fixe lui-même : omettre l’option.", format=self.format), 2)

    def _prove(self, options: Any, serial: str, code: str) -> None:
        """Finds, by one code, what was not declared. Semantics 16.13."""
        if self.format == "pskc":
            raise Stop(self.say("A PSKC file says all of it. Afterwards: poterne tokens proof {serial}", "Un fichier PSKC dit tout. Ensuite : poterne tokens proof {serial}", serial=serial), 2)
        if self.format == "etoken":
            hashes = TokenFile.prove_etoken(self._data, serial, code)
            fits: Sequence[Any] = [each for each in hashes if options["algorithm"] in (None, each)]
        else:
            fits = TokenFile.prove_csv(self._data, serial, code, LAYOUTS.get(self.format), **options)
        if len(fits) != 1:
            raise Stop(
                self.say(
                    "This code of {serial} fits several readings, by chance. Nothing was stored: try with the next code.",
                    "Ce code de {serial} convient par hasard à plusieurs lectures. Rien n’a été enregistré : essayer le code suivant.",
                    serial=serial,
                )
                if fits
                else self.say(
                    "This is not a code of {serial}, however its secret is read. Nothing was stored. Is it this token, and typed right?",
                    "Ce n’est pas un code de {serial}, quelle que soit la lecture de son secret. Rien n’a été enregistré. Est-ce ce jeton, et la saisie est-elle exacte ?",
                    serial=serial,
                )
            )
        if self.format == "etoken":
            options["algorithm"] = fits[0]
            return
        encoding, algorithm = fits[0]
        if self.format not in ("entra", "oath", "yubico-traditional", "yubico-flat"):
            options["encoding"] = encoding
        if self.format in ("deepnet", "oath", "columns"):
            options["algorithm"] = algorithm

    def _graph(self) -> Tuple[List[Delivered], List[Trouble]]:
        try:
            source = graph.read(bytes(self._data), self.say)
        except UnreadableSource as error:
            raise Stop(str(error)) from None
        troubles = [Trouble(each.place, each.also[0], swapped(self.say)) for each in source.found if looks_secret(each.there)]
        delivered = [Delivered(each.place, each.also[0], each, None, each.there or None) for each in source.found if not looks_secret(each.there)]
        return delivered, source.troubles + troubles

    def _explained(self, error: Error) -> str:
        if error.kind is ErrorKind.TOKEN_PASSWORD:
            return explained(self.say, error) + self.say("\nOptions: --password, or --key-file FILE.", "\nOptions : --password, ou --key-file FICHIER.")
        if error.kind is ErrorKind.ARGUMENT:
            # Of the options: the reader says which.
            return self.say("An option is missing, or does not fit the file: {words}.", "Une option manque ou ne convient pas au fichier : {words}.", words=error.args[1])
        return explained(self.say, error)


def _told(site: Site, delivery: Delivery, *, rehearse: bool, has_each: bool) -> int:
    console, say = site.console, site.console.say
    counts = delivery.counts()
    looked_at = [result for result in delivery.results if has_each or result.text]
    shown = looked_at if has_each else looked_at[:_SHOWN]
    header = (say("where", "où"), say("serial number", "numéro de série"), say("what", "quoi"))
    console.table(header, [(result.place, result.serial, _worded(say, result, rehearse=rehearse)) for result in shown])
    if len(looked_at) > len(shown):
        console.note(say("and {count} more: --each names all", "et {count} de plus : --each nomme tout", count=len(looked_at) - len(shown)))
    named = sum(result.account is not None and result.verdict != "trouble" for result in delivery.results)
    if named:
        console.note(
            say(
                "The file names the users of {count:#token|tokens}: --json has them. A token is handed out by: poterne tokens assign",
                "Le fichier nomme des utilisateurs, pour {count:#jeton|jetons} : --json les donne. Un jeton se remet par : poterne tokens assign",
                count=named,
            )
        )
    if remark := delivery.in_use.remark(say):
        console.note(remark)
    console.print(
        say(
            "{stored} would be put into the stock, {replaced} stored anew, {there} are in the inventory already, {trouble} to look at"
            if rehearse
            else "{stored} in stock now, {replaced} stored anew, {there} were in the inventory already, {trouble} not stored",
            "à mettre en stock : {stored} ; à enregistrer de nouveau : {replaced} ; déjà à l’inventaire : {there} ; à examiner : {trouble}"
            if rehearse
            else "mis en stock : {stored} ; enregistrés de nouveau : {replaced} ; déjà à l’inventaire : {there} ; non enregistrés : {trouble}",
            **{name: counts[name] for name in ("stored", "replaced", "there", "trouble")},
        )
    )
    console.json(
        {
            **{name: counts[name] for name in ("stored", "replaced", "there", "trouble")},
            "unreadable": delivery.in_use.unreadable,
            "rehearsed": rehearse,
            "tokens": [{"place": each.place, "serial": each.serial, "verdict": each.verdict, "text": each.text, "account": each.account} for each in delivery.results],
        }
    )
    if delivery.is_interrupted:
        console.note(say("Interrupted. What is stored stays: run it again.", "Interrompu. Ce qui est enregistré le reste : relancer la commande."))
        return INTERRUPTED
    return 1 if counts["trouble"] else 0


def _worded(say: Say, result: Result, *, rehearse: bool) -> str:
    if result.text:
        return result.text
    return {
        "stored": say("would be stored", "à mettre en stock") if rehearse else say("in stock", "en stock"),
        "replaced": say("would be stored anew", "à enregistrer de nouveau") if rehearse else say("stored anew", "enregistré de nouveau"),
        "there": say("in the inventory already", "déjà à l’inventaire"),
    }[result.verdict]
