"""The campaign of ``benchmarks/campaign_files.py`` in small: every mutant of a file is read or refused, and counted."""

import os
import re
import subprocess
import sys

import pytest

from trade_assets_tests.conftest import REPOSITORY


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "mutants"), [("xlsx", 500), ("xls", 120), ("pdf", 120), ("csv", 500), ("bundle", 500), ("json", 500), ("txt", 200)]
)
def test_every_mutant_is_read_or_refused(form, mutants):
    command = [sys.executable, "benchmarks/campaign_files.py", "--seed", "20141", "--mutants", str(mutants), "--formats", form]
    done = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, encoding="utf-8", timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith(form))
    counts = [int(count.replace(",", "")) for count in re.findall(r"[\d,]+(?= )", line)]
    as_before, seen, otherwise, refused, unforeseen, neither = counts[:6]
    assert as_before + seen + otherwise + refused + unforeseen == mutants and neither == 0
    assert refused > mutants / 4 and as_before + seen + otherwise > 0
    assert not done.stderr, done.stderr  # no parser writes beside the outcome
