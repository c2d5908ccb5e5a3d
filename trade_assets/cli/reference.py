"""The page of commands, generated from the command line: ``python -m trade_assets.cli.reference FILE``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from trade_assets.cli.ending import FAULT, INTERRUPTED, NOTHING_TO_REVIEW, TO_REVIEW, UNREADABLE
from trade_assets.cli.group import main

_NAME = "trade-assets"
_STATUS = "Exit status:"
_STATUSES = {
    NOTHING_TO_REVIEW: ("nothing to review", ""),
    TO_REVIEW: ("something to review", ""),
    UNREADABLE: (
        "something asked for is not there, or could not be read or written; wrong usage; output that nobody could be given",
        "a line for each: what, where, what to do; the other files and months are done all the same",
    ),
    FAULT: ("a fault of the program", "a line that says where its trace is; please report it"),
    INTERRUPTED: ("interrupted by Ctrl-C, SIGTERM or a closed terminal", "a line; the months before are built"),
}


def markdown() -> str:
    """The whole page."""
    found = list(_commands(main, click.Context(main, info_name=_NAME)))
    lines = [
        "# Commands",
        "",
        "Generated from `trade_assets/cli/` by `make docs`; do not edit by hand. `trade-assets` stands for `.venv/bin/trade-assets` in the",
        "project's folder; after `. .venv/bin/activate` it is found by its name. `--help` after each command says what stands here.",
        "What is set in the environment is in [settings](settings.md), what `publish` writes in [publications](publication.md).",
        "",
        "| command | what it does | exit status |",
        "|---|---|---|",
        *(_row(command, context) for command, context in found),
        "",
        "For each command alike:",
        "",
        "| exit status | meaning | on standard error |",
        "|---|---|---|",
        *(f"| {status} | {meaning} | {said} |" for status, (meaning, said) in _STATUSES.items()),
        "",
        "Of several reasons the largest counts. `make run` treats 1 as a result, and no other as a success.",
        "",
        "Options that stand before the command:",
        "",
        *_options(main, click.Context(main, info_name=_NAME)),
    ]
    for command, context in found:
        lines += _section(command, context)
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """The commands that do something, each with the context that names it."""
    for name in group.list_commands(context):
        command = group.commands[name]
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)
        else:
            yield command, inner


def _row(command: click.Command, context: click.Context) -> str:
    what = _paragraphs(command)[0].removesuffix(".")
    return f"| `{_escaped(_called(command, context))}` | {what} | {_status(command)} |"


def _section(command: click.Command, context: click.Context) -> list[str]:
    lines = ["", f"## {context.command_path}", "", "```text", _called(command, context), "```"]
    for paragraph in _paragraphs(command):
        lines += ["", paragraph]
    return [*lines, "", *_options(command, context), "", f"Exit status: {_status(command)}."]


def _called(command: click.Command, context: click.Context) -> str:
    """How the command is called: what must be given, then in brackets what may be."""
    pieces = [parameter.make_metavar(context) for parameter in command.params if isinstance(parameter, click.Argument)]
    given = [(option, _given(option, context)) for option in command.params if isinstance(option, click.Option)]
    pieces += [text for option, text in given if option.required]
    pieces += [f"[{text}]" for option, text in given if not option.required]
    return " ".join([context.command_path, *pieces])


def _given(option: click.Option, context: click.Context) -> str:
    names = "|".join((*option.opts[:1], *option.secondary_opts))
    if option.is_flag:
        return names
    wanted = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else option.make_metavar(context)
    return f"{names} {wanted}"


def _options(command: click.Command, context: click.Context) -> list[str]:
    """A line for each option, as its help has it."""
    records = (option.get_help_record(context) for option in command.params if isinstance(option, click.Option))
    rows = [f"| `{_escaped(name)}` | {_escaped(what)} |" for name, what in filter(None, records)]
    return ["| option | what it is |", "|---|---|", *rows] if rows else ["It has no options."]


def _paragraphs(command: click.Command) -> list[str]:
    """What its help says, a line for each paragraph."""
    text = inspect.cleandoc(command.help or "").split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in text]


def _status(command: click.Command) -> str:
    """What its exit statuses mean, as the end of its help says."""
    return (command.epilog or "").removeprefix(_STATUS).strip().removesuffix(".")


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
