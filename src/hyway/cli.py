"""The `hyway` command: answers on standard output, words on standard error.

Exit codes: 0 done, 1 failed, 2 not understood.
"""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version as installed

from cyclopts import App, CycloptsError

from hyway.commands import backup, billing, care, collabs, demo, mails, oidc, packages, people, serving
from hyway.commands.shared import Data
from hyway.kernel.faults import Fault, Invalid
from hyway.observe import clean

app = App(
    name="hyway",
    help="One self-hosted server for short links and what they lead to. Begin with: hyway up",
    version=lambda: installed("hyway"),
    version_flags=("--version",),
    help_format="plaintext",
    result_action="return_value",
)
for subject in (serving, people, oidc, mails, collabs, billing, packages, care, backup, demo):
    subject.register(app)


@app.command
def version(*, data: Data = None) -> int:
    """Print the version of this program."""
    print(installed("hyway"))
    return 0


def sentence(fault: Fault) -> str:
    """A refusal as a person reads it: what it is about, then what is wrong."""
    subject = fault.field + " " if isinstance(fault, Invalid) and fault.field else ""
    return clean(subject + fault.message)


def run(tokens: Sequence[str] | None = None) -> int:
    """One command line; gives the exit code."""
    try:
        return app(tokens, exit_on_error=False) or 0
    except CycloptsError:
        return 2  # it has been explained
    except Fault as fault:
        print(f"hyway: {sentence(fault)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output had enough; Python would complain about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        print(f"hyway: {about}{(error.strerror or str(error)).lower()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def main() -> None:
    sys.exit(run())
