"""The published documents the tests read whole, kept beside the repository."""

from pathlib import Path

import pytest

SHARED_DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"


def shared_document(name: str) -> Path:
    """The path of a shared document; skips the calling test where it is absent."""
    if not SHARED_DOCUMENTS.is_dir():
        pytest.skip(f"the folder shared/documents beside the repository is missing (needed for {name})")
    path = SHARED_DOCUMENTS / name
    if not path.is_file():
        pytest.skip(f"the document shared/documents/{name} beside the repository is missing")
    return path


SHARED_SAMPLES = SHARED_DOCUMENTS.parent / "samples"


def shared_sample(name: str) -> Path:
    """The path of a shared sample, ``folder/file``; skips the calling test where it is absent."""
    path = SHARED_SAMPLES / name
    if not path.is_file():
        pytest.skip(f"the file shared/samples/{name} beside the repository is missing")
    return path
