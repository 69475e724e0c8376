"""The tables of the talk, step by step; applied in order, each once, each in a transaction."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("lianzheng.bot")


@migrations()
def arrivals_and_departures(db: Database) -> None:
    """Create the journal: updates as they arrived, messages as they are to leave."""
    db.table("inbox").create({"update_id": int, "payload": str, "received_at": float, "done": int}, pk="update_id")
    db.execute("create index inbox_waiting on inbox(update_id) where done = 0")
    db.table("outbox").create(
        {
            "number": int,
            "update_id": int,
            "chat": int,
            "question": int,  # the message that it answers
            "handoff": int,  # the question to a person that it carries
            "payload": str,
            "state": str,  # waiting, sent, failed
            "message_id": int,  # as Telegram accepted it
            "at": float,
        },
        pk="number",
    )
    db.table("outbox").create_index(["update_id"])
    db.table("outbox").create_index(["chat", "question"])


@migrations()
def who_may_ask(db: Database) -> None:
    """Create what admins decided: who is let in or kept out, and the invitations."""
    db.table("grants").create(
        {"kind": str, "id": int, "denied": int, "facets": str, "by": int, "at": float}, pk=("kind", "id")
    )
    db.table("invitations").create(
        {"digest": str, "facets": str, "uses_left": int, "expires_at": float, "by": int, "at": float}, pk="digest"
    )
    db.table("secrets").create({"name": str, "value": str}, pk="name")


@migrations()
def what_was_asked(db: Database) -> None:
    """Create the audit log, the questions handed to a person and the memories of conversations."""
    db.table("questions").create(
        {
            "number": int,
            "at": float,
            "channel": str,
            "chat": int,
            "user": int,
            "text": str,
            "decision": str,  # answered, refused (not let in), limited (too many), failed
            "kind": str,
            "reason": str,
            "powers": str,
            "facets": str,
            "version": int,
            "milliseconds": float,
            "disliked": int,
            "settled": int,
        },
        pk="number",
    )
    db.table("questions").create_index(["at"])
    db.table("questions").create_index(["user"])
    db.table("handoffs").create(
        {
            "number": int,
            "question": int,
            "chat": int,
            "thread": int,
            "message": int,
            "user": int,
            "text": str,
            "answered_by": int,
            "at": float,
        },
        pk="number",
    )
    db.table("talks").create(
        {"chat": str, "user": str, "at": float, "version": int, "memory": str}, pk=("chat", "user")
    )


@migrations()
def nicknames(db: Database) -> None:
    """Create the nicknames that admins learnt from misses: an alias and the name of the power that it means."""
    db.table("nicknames").create({"alias": str, "name": str, "by": int, "at": float}, pk="alias")


@migrations()
def what_chats_want(db: Database) -> None:
    """Create what is set for a chat: the unit that it is of, whether it is told of changes of the register."""
    db.table("chats").create({"chat": int, "unit": str, "subscribed": int}, pk="chat", defaults={"subscribed": 0})


@migrations()
def what_chats_were_told(db: Database) -> None:
    """Create the one row that says of which publication subscribers were told last."""
    db.table("told").create({"only": int, "publication": int}, pk="only")
