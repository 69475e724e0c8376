"""The SQLite file that everything is kept in: opening, schema steps, transactions, errors in one sentence."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.db import Table
from sqlite_utils.migrations import Migrations

from knowledge.errors import StoreError

# How long one process waits for another that writes, unless its caller can't.
_PATIENCE_S = 10.0


class DatabaseFile:
    """One connection to the database at ``path``, which is created when missing; several processes may do so at once.

    ``migrations`` are the steps to the schema that the caller needs; those not taken yet are taken now. ``wait_s``:
    how long to wait for another process that writes.

    Raises (here and inside ``reading`` and ``writing``):
        StoreError: the file can't be created, opened, read or written; the message says what to do.
    """

    def __init__(self, path: Path, migrations: Migrations, wait_s: float = _PATIENCE_S):
        self.path = path
        with self.reading():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.db = Database(sqlite3.connect(path, timeout=wait_s))
            self._write_ahead()
            self.db.execute("pragma secure_delete = on")  # what is deleted is not to be found in the file
        self._erasing = False
        self.migrate(migrations)

    def migrate(self, migrations: Migrations) -> None:
        """Take the steps of ``migrations`` that were not taken yet."""
        with self.reading():
            if migrations.pending(self.db):
                with self.writing():
                    migrations.apply(self.db)

    def close(self) -> None:
        """Close the connection; it can't be used afterwards."""
        self.db.close()

    def table(self, name: str) -> Table:
        """Return the table ``name``."""
        return self.db.table(name)

    @property
    def version(self) -> int:
        """A number that changes when another connection has changed the file, and not by this one's own writing."""
        with self.reading():
            return int(self.db.execute("pragma data_version").fetchone()[0])

    @contextmanager
    def writing(self, *, durable: bool = True, erases: bool = False) -> Iterator[None]:
        """One transaction with the right to write from its beginning: what it reads, nobody changes meanwhile.

        It survives the end of the process; when ``durable``, a power failure too, together with all before it: that
        waits for the disk. Inside another transaction it is a part of that. When it ``erases``, what it deletes is not
        left in the write-ahead log either, unless somebody else reads just then.
        """
        with self.reading():
            self._erasing = self._erasing or erases
            if self.db.conn.in_transaction:
                yield
                return
            self.db.execute(f"pragma synchronous={'full' if durable else 'normal'}")
            self.db.execute("begin immediate")
            try:
                yield
                self.db.commit()
            except BaseException:
                self.db.rollback()
                raise
            finally:
                erasing, self._erasing = self._erasing, False
            if erasing:
                self.db.execute("pragma wal_checkpoint(truncate)").fetchone()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into one sentence for a person."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"数据库 {self.path} 不能读写（{error}）；请检查磁盘空间和权限，或用 --database 另选一个文件。"
            ) from error
        except OSError as error:
            raise StoreError(
                f"数据库 {self.path} 打不开（{error.strerror}）；请检查路径和权限，或用 --database 另选一个文件。"
            ) from error

    def _write_ahead(self) -> None:
        """Let readers and a writer not wait for each other; SQLite makes nobody wait for that change itself."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self.db.enable_wal()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(0.02)
