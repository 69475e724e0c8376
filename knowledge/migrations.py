"""The steps by which a database reaches the present schema; applied in order, each once, each in a transaction."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from knowledge.divisions import division_of

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


@migrations()
def divisions_and_publications(db: Database) -> None:
    """Keep several registers: an edition is of a division, and a publication says which edition is in force.

    Until now the newest edition was in force; it stays so, and what else was kept of its division was published before.
    """
    db.table("editions").add_column("division", str, not_null_default="")
    db.table("editions").add_column("imported_by", str, not_null_default="")
    db.table("editions").add_column("note", str, not_null_default="")
    db.table("publications").create(
        {"number": int, "division": str, "edition": int, "at": str, "by": str},
        pk="number",
        foreign_keys=[("edition", "editions", "number")],
        not_null={"division", "at", "by"},
    )
    editions = list(db.query("select number, title, imported_at from editions order by number"))
    for edition in editions:
        units = [
            str(row["unit"])
            for row in db.query("select distinct unit from powers where edition = ?", [edition["number"]])
        ]
        edition["division"] = division_of(str(edition["title"]), units)
        db.table("editions").update(edition["number"], {"division": edition["division"]})
    for edition in editions:
        if edition["division"] == editions[-1]["division"]:
            db.table("publications").insert(
                {
                    "division": edition["division"],
                    "edition": edition["number"],
                    "at": edition["imported_at"],
                    "by": "",
                }
            )
