"""The data root: one setting, a local path or a URL, and the only code that opens files under it.

Every write is whole or not at all: to a temporary name and moved into place on a local disk, in one put on
object storage. A file whose bytes would not change is left alone.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import platformdirs

SETTING = "TRADE_ASSETS_DATA"
TEMPORARY = ".tmp-"


def temporary_name() -> str:
    """A name for a file that is not whole yet; it says which process of which machine writes it, for ``sweep``."""
    host = "".join(char if char.isalnum() else "_" for char in socket.gethostname())
    return f"{TEMPORARY}{host}-{os.getpid()}-{uuid.uuid4().hex}"


_PROJECT = Path(__file__).resolve().parents[2]


_ELSE = f"correct {SETTING} or --data-root"
_NEW = f"{_ELSE}; 'trade-assets ingest FILE...' makes a new one"


class RootError(ValueError):
    """A setting that names no data root, or a root that is not there.

    Attributes:
        why: what is wrong with it.
    """

    def __init__(self, place: str, why: str, todo: str = _ELSE) -> None:
        self.why = why
        super().__init__(f"the data root {place!r} cannot be used: {why}. To do: {todo}")


def _is_checkout() -> bool:
    """Whether this package stands in its own project, and not in an environment."""
    try:
        return '\nname = "trade-assets"\n' in (_PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    except OSError:
        return False


@dataclass(frozen=True)
class DataRoot:
    """A place for data.

    Attributes:
        url: an absolute local path, or a URL that fsspec knows (``s3://bucket/prefix``, ``memory://data``).
    """

    url: str

    @classmethod
    def of(cls, setting: str | os.PathLike[str] | None = None) -> DataRoot:
        """The data root of a setting; by default that of ``TRADE_ASSETS_DATA``, else ``data`` in the project's checkout.

        A relative path counts from the working directory. Outside a checkout the default is a folder of the user's: nothing that
        people keep may stand inside an environment, and go with it.

        Raises:
            RootError: the setting is empty, fsspec does not know the protocol, or it needs a package that is not installed, the URL
                names no place, or DuckDB cannot open the path.
        """
        text = os.fspath(setting) if setting is not None else os.environ.get(SETTING)
        if text is None:
            return cls(str(_PROJECT / "data") if _is_checkout() else platformdirs.user_data_dir("trade-assets", appauthor=False))
        if not text.strip():
            raise RootError(text, "it names no place", f"name a folder or a URL in {SETTING} or --data-root, or leave both out")
        if "://" in text and not text.startswith("file://"):
            import fsspec  # as below: it looks through all installed packages, for which loading the definitions need not wait

            protocol, _, path = text.partition("://")
            try:
                fsspec.get_filesystem_class(protocol)
            except (ValueError, ImportError) as error:
                raise RootError(text, str(error)) from None
            if not path.strip("/"):
                raise RootError(text, f"it names no place behind {protocol}://")
            return cls(text.rstrip("/"))
        path = str(Path(text.removeprefix("file://")).expanduser().absolute())
        if "?" in path:
            raise RootError(path, "it has a question mark, behind which DuckDB looks for options")
        return cls(path)

    def require(self, *, is_new: bool = False) -> DataRoot:
        """This root, if something is there: a mistyped one must not look like one with nothing to review.

        Args:
            is_new: whether it may also be made.

        Raises:
            RootError: nothing is there, or it is no folder, or cannot be reached.
        """
        if self.is_local:
            path = Path(self.url)
            if path.exists() and not path.is_dir():
                raise RootError(self.url, "it is a file, no folder", _NEW)
            if not (is_new or path.is_dir()):
                raise RootError(self.url, "there is no such folder", _NEW)
            return self
        try:
            is_there = is_new or self.exists()
        except Exception as error:  # each file system has errors of its own
            why = f"it cannot be reached, {type(error).__name__}: {error}"
            raise RootError(self.url, why, f"see to the connection, or {_ELSE}") from error
        if not is_there:
            raise RootError(self.url, "nothing is there", _NEW)
        return self

    @classmethod
    def of_user(cls) -> DataRoot | None:
        """The folder of the user's, if that is what counts without a setting."""
        return None if os.environ.get(SETTING) is not None or _is_checkout() else cls.of()

    @property
    def is_local(self) -> bool:
        """Whether it is a path on this machine."""
        return "://" not in self.url

    @property
    def filesystem(self) -> Any:
        """The fsspec file system that holds the root."""
        import fsspec

        if self.is_local:
            return fsspec.filesystem("file")
        # Others write there too: a remembered listing would hide their files, and cut those that have grown since.
        return fsspec.filesystem(self.url.partition("://")[0], use_listings_cache=False)

    def path(self, *parts: str) -> str:
        """The full path or URL of something under the root.

        Raises:
            ValueError: a part would leave the root.
        """
        relative = PurePosixPath(*parts) if parts else PurePosixPath()
        if relative.is_absolute() or ".." in relative.parts:
            raise ValueError(f"{relative} is not inside the data root")
        return "/".join([self.url, *relative.parts])

    def exists(self, *parts: str) -> bool:
        """Whether there is a file or folder."""
        return bool(self.filesystem.exists(self.path(*parts)))

    def size(self, *parts: str) -> int:
        """Size of a file in bytes. Raises FileNotFoundError."""
        return int(self.filesystem.size(self.path(*parts)))

    def stamp(self, *parts: str) -> str:
        """Size and time of change of a file, as far as its file system tells. Raises FileNotFoundError."""
        if self.is_local:  # as fsspec tells it, in a tenth of the time: a run asks of hundreds of files, several times
            found = Path(self.path(*parts)).stat()
            return f"{found.st_size} {found.st_mtime}"
        told = self.filesystem.info(self.path(*parts))
        times = ("mtime", "LastModified", "last_modified", "updated", "created", "ETag")  # file systems name it differently
        changed = next((told[name] for name in times if name in told), "")
        return f"{told['size']} {changed}"

    def read(self, *parts: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError."""
        with self.filesystem.open(self.path(*parts), "rb") as file:
            return bytes(file.read())

    def names(self, *parts: str) -> list[str]:
        """Names in a folder, sorted, without temporary files; empty if there is no such folder."""
        try:
            found = self.filesystem.ls(self.path(*parts), detail=False, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        names = {PurePosixPath(name.rstrip("/")).name for name in found}
        return sorted(name for name in names if not name.startswith("."))

    def write(self, data: bytes, *parts: str) -> bool:
        """Put bytes in place in one step; False if they already stood there."""
        path = self.path(*parts)
        try:
            if self.size(*parts) == len(data) and self.read(*parts) == data:
                return False
        except FileNotFoundError:
            pass
        if not self.is_local:
            self.filesystem.pipe_file(path, data)
            return True
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(temporary_name())
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return True
