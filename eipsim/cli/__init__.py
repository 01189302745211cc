"""The command line: reads options, calls the API, prints. `eipsim --help` lists the commands.

Exit codes: 0 done, 2 bad input, 3 some runs failed, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from eipsim.cli import (
    analyses,
    clusters,
    dashboards,
    decisions,
    enquiries,
    explanations,
    pictures,
    reports,
    runs,
    streams,
    sweeps,
    terminal,
)
from eipsim.core.extras import missing
from eipsim.core.names import shortened
from eipsim.errors import LONGEST_TOLD, EipsimError, InputError, Mistake, StoppedError
from eipsim.sweeps import interruption

# The ancestor of every error of typer's option parser, whether typer brings its own click or uses the package.
UsageError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

UNUSABLE_NAMES = (errno.ENAMETOOLONG, errno.ELOOP)  # names that no file can bear

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
explain_app = typer.Typer(
    help="Tell why a park is or is not certified, which criteria bind, why a firm took a measure or not."
)
store_app = typer.Typer(help="List stores of sweeps, show one, export it as a table, keep it in order.")
cluster_app = typer.Typer(help="Run a sweep as jobs of a cluster, in parts: submit, see how far it is, go on, cancel.")
app.command()(runs.run)
app.command()(runs.compare)
app.command()(runs.validate)
app.command()(pictures.figure)
app.command()(reports.report)
app.command()(dashboards.dashboard)
app.command()(sweeps.sweep)
app.add_typer(store_app, name="store")
store_app.command("ls")(sweeps.list_stores)
store_app.command("show")(sweeps.show_store)
store_app.command("export")(sweeps.export_store)
store_app.command("gc")(sweeps.collect_garbage)
app.add_typer(cluster_app, name="cluster")
cluster_app.command("submit")(clusters.submit)
cluster_app.command("status")(clusters.status)
cluster_app.command("resume")(clusters.resume)
cluster_app.command("cancel")(clusters.cancel)
app.command()(analyses.sensitivity)
app.command()(decisions.rank)
app.command()(decisions.discover)
app.add_typer(explain_app, name="explain")
explain_app.command("park")(explanations.explain_park)
explain_app.command("criteria")(explanations.explain_criteria)
explain_app.command("exchange")(explanations.explain_exchange)
explain_app.command("firm")(explanations.explain_firm)
app.command("check")(enquiries.check_file)
app.command()(enquiries.schema)
app.command("list")(enquiries.list_library)
app.command()(enquiries.show)


@app.callback(invoke_without_command=True)
def eipsim(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Simulate how industrial parks become eco-industrial parks, firm by firm, policy by policy."""
    if version:
        from eipsim import __version__

        terminal.print_lines(__version__)
    elif context.invoked_subcommand is None:
        terminal.print_lines(*context.get_help().splitlines())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. Errors are told on stderr, without traceback."""
    streams.set_up()
    with interruption.insistent(), terminal.warnings_as_lines():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name="eipsim", standalone_mode=False)
        sys.stdout.flush()
        if code == interruption.EXIT_CODE:  # what newer versions of typer make of Ctrl-C
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except EipsimError as error:
        return _print_error(error)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        return _read_enough()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # of which typer makes an end of the process
            return _read_enough()
        raise
    except UsageError as error:
        told = shortened(error.format_message(), LONGEST_TOLD)
        terminal.print_beside(f"Error: {told}", "`eipsim COMMAND --help` lists what is allowed.")
        return InputError.exit_code
    except ModuleNotFoundError as error:
        named = next(iter(sys.argv[1:] if arguments is None else arguments), "")
        lacking = missing(error, f"eipsim {named}")
        if lacking is None:
            raise
        return _print_error(lacking)
    except OSError as error:
        if error.errno not in UNUSABLE_NAMES or not error.filename:
            raise
        return _print_error(InputError(Mistake(str(error.filename), f"cannot be used: {error.strerror}")))
    except Exception:
        if not interruption.HEARD.is_set():
            raise
        return _interrupted()  # of which compiled code made an error of its own


def _read_enough() -> int:
    """The reader has had enough, as `head` has: the rest goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _interrupted() -> int:
    interruption.disarm()
    terminal.print_beside(interruption.TOLD)
    return interruption.EXIT_CODE


def _print_error(error: EipsimError) -> int:
    """Every mistake on a line of its own; the exit code."""
    lines = [str(mistake) for mistake in error.mistakes] if isinstance(error, InputError) else str(error).splitlines()
    sign = "" if isinstance(error, StoppedError) else "Error: "
    terminal.print_beside(*(f"{sign}{line}" for line in lines))
    return error.exit_code
