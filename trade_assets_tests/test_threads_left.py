"""No native thread is left when a command is done: one that lets go of a Python object while the interpreter ends aborts it.

apache/arrow#34314: of eight runs at once on two processors one ended by SIGABRT, with everything built and said.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from trade_assets_tests.conftest import SHIPPED
from trade_assets_tests.served import environment

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in Linux's /proc")

# pyarrow's allocator keeps a thread of its own, which knows nothing of Python; OpenBLAS would, but for the setting.
_SAY = """
import pathlib, sys, threading
def say():
    names = [(task / "comm").read_text().strip() for task in pathlib.Path("/proc/self/task").iterdir()]
    print("threads left:", len([name for name in names if not name.startswith("jemalloc")]) - 1)
threading._register_atexit(say)
"""


def _threads_left(script: str, *arguments: object) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _SAY + script, *map(str, arguments)],
        env=environment() | {"OPENBLAS_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if line.startswith("threads left: ")]
    assert len(said) == 1, done.stdout + done.stderr
    return int(said[0].removeprefix("threads left: "))


_PARQUET = """
import pandas as pd
from trade_assets.facts.frames import in_text_order
from trade_assets.warehouse import parquet
import pyarrow as pa
frame = pd.DataFrame({name: ["a", "b"] * 50_000 for name in "abcdef"})
table = parquet.arrow_of(frame, pa.schema([pa.field(name, pa.string()) for name in frame]))
data = parquet.parquet_of(table)
parquet.metadata_of(data)
rows = parquet.frame_of(data)
assert rows.equals(frame)
assert in_text_order(rows, "b").groupby("a")["b"].last().to_dict() == {"a": "a", "b": "b"}
"""


def test_parquet_files_begin_no_thread():
    assert _threads_left(_PARQUET) == 0


def test_a_pool_that_was_begun_is_seen():
    """The count above would notice: what pandas does of itself begins one."""
    assert _threads_left("import pandas as pd\npd.DataFrame({'a': ['x', 'y'], 'b': ['x', 'y']}).groupby('a')['b'].min()\n") > 0


_COMMAND = """
from trade_assets.cli import main
sys.argv[0] = "trade-assets"
main()
"""


@pytest.mark.slow
def test_no_command_leaves_a_thread(tmp_path):
    root = tmp_path / "data"
    root.mkdir()
    (root / "raw").symlink_to(SHIPPED)
    for command in (["run"], ["publish", "--month", "2018-08"], ["review", "list"], ["run", "--month", "2018-09"]):
        assert _threads_left(_COMMAND, "--data-root", root, *command) == 0, command
