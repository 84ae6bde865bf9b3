"""`kios-desktop doctor account URL --user NAME`: what is wrong with a server, and what helps.

The password comes from standard input or from KIOS_PASSWORD, never from an argument: those can be
read by everybody on the computer. Nothing is written on the server, and no library is opened.
"""

import asyncio
import getpass
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from kios_desktop.cli.command import (
    BadArguments,
    Command,
    CommandOutcome,
    Options,
    Parser,
    print_outcome,
)
from kios_desktop.domain.secret import Secret, ServerUrl

PASSWORD_VARIABLE = "KIOS_PASSWORD"  # noqa: S105 (the name of a variable)


class DoctorCommand(Command):
    """The exit status is 0 without a fault, 1 with one, and 2 for words that make no sense."""

    def main(self, words: Sequence[str]) -> int:
        try:
            options = _parsed(words)
            password = password_from(os.environ, sys.stdin)
        except BadArguments as e:
            return print_outcome(CommandOutcome(str(e), 2))
        return _run(options, password)


COMMAND = DoctorCommand()


def password_from(environment: Mapping[str, str], stdin: TextIO) -> Secret:
    """From the variable, else the first line of standard input. Raises `BadArguments`."""
    given = environment.get(PASSWORD_VARIABLE, "")
    if not given:
        given = getpass.getpass() if stdin.isatty() else stdin.readline().rstrip("\r\n")
    if not given:
        raise BadArguments(
            f"The password is missing. Give it on standard input or in {PASSWORD_VARIABLE}.\n"
        )
    return Secret(given)


def _run(options: Options, password: Secret) -> int:
    from kios_desktop.cli.doctor_account import examine_account  # slow to import
    from kios_desktop.ui.kit.server_report import as_json, as_text

    report = asyncio.run(examine_account(ServerUrl(options.url), options.user, password))
    sys.stdout.write(as_json(report) if options.json else as_text(report))
    return int(bool(report.faults))


def _parsed(words: Sequence[str]) -> Options:
    """Raises `BadArguments`."""
    parser = Parser(
        prog="kios-desktop doctor",
        allow_abbrev=False,
        description="Says what is wrong with a server, and what helps.",
    )
    parser.add_argument("--profile", help="accepted, and without effect")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND", parser_class=Parser)
    account = kinds.add_parser(
        "account",
        allow_abbrev=False,
        help="an account at BookLore or Grimmory",
        description="The password comes from standard input or KIOS_PASSWORD.",
    )
    account.add_argument("url", metavar="URL", help="the address of the server")
    account.add_argument("--user", required=True, metavar="NAME", help="the account’s name")
    account.add_argument("--json", action="store_true", help="print a JSON object")
    return parser.parse_args(list(words))
