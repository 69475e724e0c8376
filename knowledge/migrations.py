"""The steps by which a database reaches the present schema; applied in order, each once, each in a transaction."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("lianzheng")


@migrations()
def editions_and_powers(db: Database) -> None:
    """Create the editions and their powers; lists are JSON, as a reader of the file would want to query them."""
    db.table("editions").create(
        {
            "number": int,
            "title": str,
            "preface": str,
            "headings": str,
            "faults": str,
            "source": str,
            "sha256": str,
            "imported_at": str,
        },
        pk="number",
        not_null={"title", "source", "sha256", "imported_at"},
    )
    db.table("powers").create(
        {
            "edition": int,
            "position": int,
            "serial": int,
            "unit": str,
            "name": str,
            "process": str,
            "posts": str,
            "risks": str,
            "controls": str,
            "responsible": str,
            "extra": str,
        },
        pk=("edition", "position"),
        foreign_keys=[("edition", "editions", "number")],
        not_null={"name"},
    )


@migrations()
def lines_below_the_table(db: Database) -> None:
    """Keep what stood below the table; the editions before had it in the last cell, or none."""
    db.table("editions").add_column("postscript", str, not_null_default="[]")
