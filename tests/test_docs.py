"""The documentation agrees with the program: its links, commands, options and examples."""

import click
import pytest
from click.testing import CliRunner

from tutofrais import main

TERMINAL_COLUMNS = 80


def help_of(*command: str) -> str:
    return CliRunner().invoke(main, [*command, "--help"], terminal_width=TERMINAL_COLUMNS).output


def test_no_line_of_the_command_list_is_cut() -> None:
    listed = help_of().partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(main.commands)
    for line in listed:
        assert len(line) <= TERMINAL_COLUMNS
        assert line.endswith("."), line
        assert "..." not in line, line


@pytest.mark.parametrize("name", main.commands)
def test_every_option_is_explained(name: str) -> None:
    shown = " ".join(help_of(name).split())
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.split()[0] in shown
        else:
            assert parameter.human_readable_name in shown
