"""The command line: a table of commands, each in a module of its own, imported when it is run."""

from importlib.metadata import PackageNotFoundError, version

from cyclopts import App

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (where it is, what `mtd --help` says of it)
    "test": ("mtd.faces.cli.test:test", "Run every check and test of the project."),
}


def _version() -> str:
    try:
        return version("mtd")
    except PackageNotFoundError:
        return "unreleased"


app = App(name="mtd", help="Run retail purchase orders through their drawings.", version=_version)
for _name, (_place, _help) in COMMANDS.items():
    app.command(_place, name=_name, help=_help)
