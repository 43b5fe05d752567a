"""The program: `python -m mtd`, or `./mtd`."""

from mtd.faces.cli import app


def main() -> None:
    """Run the command that the command line names."""
    app()


if __name__ == "__main__":
    main()
