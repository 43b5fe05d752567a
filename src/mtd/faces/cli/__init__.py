"""The command line: a table of commands, each in a module of its own, imported when it is run."""

from importlib.metadata import PackageNotFoundError, version

from cyclopts import App

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (where it is, what `mtd --help` says of it)
    "demo": ("mtd.faces.cli.demo:demo", "Run generated orders, with trouble, and show what came."),
    "up": ("mtd.up:up", "Run engine, API, portal and intake."),
    "check": ("mtd.faces.cli.check:check", "Say whether a drawing would run, and what it lacks."),
    "trace": ("mtd.faces.cli.trace:trace", "Try a drawing in memory, under a clock that jumps."),
    "deploy": ("mtd.faces.cli.deploy:deploy", "Deploy drawings and decision tables: all or none."),
    "migrate": ("mtd.faces.cli.migrate:migrate", "Let instances go on with another version."),
    "order": ("mtd.faces.cli.order:order", "Show an order's trace; retry, cancel, push."),
    "person": ("mtd.faces.cli.person:person", "Erase a person whom orders are about."),
    "bulk": ("mtd.faces.cli.bulk:bulk", "Do one thing to many orders or files, previewed first."),
    "pause": ("mtd.faces.cli.pause:pause", "Let a step, store, channel or system stand still."),
    "alert": ("mtd.faces.cli.alert:alert", "What rules found, what is done about it; the rules."),
    "schedule": ("mtd.faces.cli.schedule:schedule", "List, pause and resume timer starts."),
    "fact": ("mtd.faces.cli.fact:fact", "Say what is so in the world: conditions begin by it."),
    "message": ("mtd.faces.cli.message:message", "Messages that nobody took, and why."),
    "portal": ("mtd.faces.cli.portal:portal", "Accounts and roles of the portal's people."),
    "client": ("mtd.faces.cli.client:client", "Clients of the API, and their keys."),
    "audit": ("mtd.faces.cli.audit:audit", "Check the record of what people did."),
    "stats": ("mtd.faces.cli.stats:stats", "Count the journal anew, or check what is counted."),
    "db": ("mtd.faces.cli.db:db", "Migrate, back up and restore the database."),
    "caf": ("mtd.faces.cli.caf:caf", "Take in folios and certificates; show what is left."),
    "dte": ("mtd.faces.cli.dte:dte", "Issue, show, draw and check tax documents."),
    "simulate": (
        "mtd.faces.cli.simulate:simulate",
        "Play random drawings, checking every promise.",
    ),
    "bench": ("mtd.faces.cli.bench:bench", "Measure."),
    "stress": ("mtd.faces.cli.stress:stress", "Run the load profiles against everything."),
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
