"""The command line of tutofrais: a table of commands, of which only the one that is used is loaded."""

from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

COMMANDS = {
    "workbench": ("workbench", "Check, correct, review and publish tutorials in your browser."),
    "run": ("run", "Visit every page, compare with the baselines, write the report."),
    "merge": ("merge", "Merge runs of different tutorials into one, such as shards."),
    "attend": ("attend", "Do in one sitting what only a person can do."),
    "report": ("report", "Write the report of a run again, from its run.json."),
    "approve": ("decisions", "Approve captures of a run: they become the new baselines."),
    "apply": ("decisions", "Apply the decisions that a report exported."),
    "review": ("review", "Serve a report on this machine and apply decisions at once."),
    "confirm": ("decisions", "Record that a person has checked a personal page today."),
    "ignore": ("decisions", "Never compare a part of a page again."),
    "heal": ("heal", "Write the new names of renamed elements into the scenarios."),
    "publish": ("publish", "Publish the tutorials: HTML, PDF, presentation, Markdown."),
    "compare": ("compare", "Compare two pictures, without masks or elements."),
    "import": ("importation", "Draft a scenario from an old tutorial, such as a PDF."),
    "replica": ("replica", "Serve a replica to look at, until Ctrl-C."),
    "lint": ("lint", "Read scenarios without running them; name the wrong lines."),
    "history": ("history", "Print the verdicts of the last nights on each page."),
    "notify": ("notify", "Tell people what is new in the latest run."),
    "schedule": ("schedule", "Print what starts “tutofrais run” every night in this folder."),
    "prune": ("prune", "Remove old runs, but none that a decision cites."),
    "config": ("config", "Print the settings in force, and where they come from."),
    "doctor": ("doctor", "Check everything that a run needs, and print what to do."),
}
"""Module in ``report/commands`` and summary of each command, in the order of the help."""


class _Group(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"report.commands.{module}"), f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of an unknown one, name the most similar."""
        near = get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete from the table: nothing is loaded."""
        named = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tutofrais")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Visit the pages of step-by-step tutorials and report each instruction that is no longer true.

    Without a command, the workbench opens in your browser.
    """
    if ctx.invoked_subcommand is None:
        workbench = _Group().get_command(ctx, "workbench")
        assert workbench is not None, "it is in the table"
        with workbench.make_context("workbench", [], parent=ctx) as context:
            workbench.invoke(context)


if __name__ == "__main__":
    main()
