"""The database: a file of SQLite, or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event, literal, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .tables import Base

_THREADS = 40
"""In which requests are worked on at a time, at most: the default of Starlette."""
_CREATING = 0x7469_6D65
"""Any number that only this demo uses as its lock."""


class Database:
    """Hands out short transactions. Synchronous: call it from threads, not from the event loop."""

    def __init__(self, url: str) -> None:
        """Nothing is connected yet.

        Args:
            url: SQLAlchemy URL, such as `sqlite:///file` or `postgresql+psycopg://..`.
        """
        parsed = make_url(url)
        sqlite_file = parsed.database if parsed.get_backend_name() == "sqlite" else None
        if sqlite_file:
            Path(sqlite_file).parent.mkdir(parents=True, exist_ok=True)
        # A connection for each thread of the server: one beyond the pool's size would be closed
        # after its transaction, and a heartbeat has four.
        pool = {} if parsed.database in {None, "", ":memory:"} else {"pool_size": _THREADS}
        self._engine = create_engine(parsed, pool_pre_ping=not sqlite_file, **pool)
        if sqlite_file:
            _prepare_sqlite(self._engine)
        self._writer = self._engine.execution_options(demo_writes=True)

    def create_tables(self) -> None:
        """Make the tables that are missing; safe when several servers start at once."""
        with self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_CREATING})")
            Base.metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or rolled back by an exception."""
        with Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def insert_new(session: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless one with the same key is there; say whether it is new."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # What comes back tells it on both databases; the row count is not known for such an INSERT.
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return session.scalar(statement) is not None


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: SqliteConnection, _record: object) -> None:
        # The driver must not open transactions by itself: `begin` below does.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=10000")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A writer takes the lock at once. One that reads first and writes later can find that
        # somebody wrote in between, and SQLite then refuses it without waiting.
        writes = connection.get_execution_options().get("demo_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
