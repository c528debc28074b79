"""What can be set from outside, read once at start-up."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

ROOT = Path(__file__).resolve().parents[2]
STATE_DIR = ROOT / ".demo"


class SettingsError(Exception):
    """A setting that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Credentials of the real Timeback cloud."""

    env: Literal["staging", "production"]
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the server needs to know before it starts.

    `port` must be the port that really listens: the SDK reaches the local platform through it.
    """

    port: int = 8000
    host: str = "127.0.0.1"
    database_url: str
    secret: str
    bundle_dir: Path = STATE_DIR / "bundle"
    frameworks_dir: Path = STATE_DIR / "frameworks"
    site_dir: Path = STATE_DIR / "site"
    pages_dir: Path = ROOT / "demo" / "pages"
    lessons_dir: Path = ROOT / "demo" / "lessons"
    faults: bool = False
    describe_api: bool = False
    """Whether `/openapi.json` is there."""
    cloud: Cloud | None = None
    retry_base_ms: int = 1_000
    """Delay before a completion is tried again the first time; it doubles from there."""

    @property
    def address(self) -> str:
        """Where this server is reached from the same machine."""
        return f"http://{self.host}:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from environment variables.

        Raises:
            SettingsError: A variable has a value that cannot be used.
        """
        return cls(
            port=_port(env.get("PORT", "8000")),
            database_url=env.get("DATABASE_URL") or _default_database_url(),
            secret=env.get("DEMO_SECRET") or kept_secret(STATE_DIR / "secret"),
            bundle_dir=Path(env.get("DEMO_BUNDLE_DIR") or STATE_DIR / "bundle"),
            faults=env.get("DEMO_FAULTS") == "1",
            describe_api=env.get("DEMO_OPENAPI") == "1",
            cloud=_cloud(env),
        )


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use; two processes starting at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(32))
    try:
        # A hard link is made whole or not at all, so nobody can read half a secret.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def _default_database_url() -> str:
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{STATE_DIR / 'demo.sqlite3'}"


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _cloud(env: Mapping[str, str]) -> Cloud | None:
    name = env.get("TIMEBACK_ENV")
    client_id = env.get("TIMEBACK_CLIENT_ID")
    client_secret = env.get("TIMEBACK_CLIENT_SECRET")
    if not (name and client_id and client_secret):
        return None
    if name == "staging":
        return Cloud("staging", client_id, client_secret)
    if name == "production":
        return Cloud("production", client_id, client_secret)
    raise SettingsError(f"TIMEBACK_ENV must be staging or production, not {name!r}.")
