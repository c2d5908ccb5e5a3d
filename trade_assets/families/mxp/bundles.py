"""Files and answers of BLS with the records of several series: each series as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from trade_assets.facts import catalogue
from trade_assets.families.mxp.series_files import named_columns
from trade_assets.reading.bundle import Packer
from trade_assets.reading.grid import Field, GridDocument, GridRow
from trade_assets.reading.series_file import SeriesFile

_KNOWN = "bls_series"


def unpack(
    document: GridDocument, packer: Packer, titles: Mapping[str, str], notes: tuple[str, ...], *, is_answer: bool, called: str | None
) -> bool:
    """Make a part of each series of the catalogue; whether there are several, or it is an answer.

    Args:
        titles: what an answer calls its series.
        called: which series the file is said to have; BLS's records name theirs.

    Raises:
        ReadError: a column is missing or stands twice, or there are too many series.
    """
    file = named_columns(SeriesFile(document))
    rows: dict[str, list[GridRow]] = {}
    names: dict[str, Field] = {}
    for row in file.records:
        field = file.field(row, "series")
        if field is None:
            file.fail(row, "the id of a series")
        rows.setdefault(field.plain, []).append(row)
        names.setdefault(field.plain, field)
    if len(rows) == 1 and not is_answer:
        return False
    known = [entry["id"] for entry in catalogue.records(_KNOWN)]
    for name, records in rows.items():
        if name in known:
            used = {field.column for row in records for field in row.fields} if is_answer else None
            header = [field for field in document.rows[0].fields if used is None or field.column in used]
            columns = [field.column for field in header]
            fields = ((row.line, list(map({field.column: field for field in row.fields}.get, columns))) for row in records)
            packer.add(name, [field.text for field in header], fields, notes=notes)
    unknown = {f"{name} ({titles[name]})" if name in titles else name: field for name, field in names.items() if name not in known}
    packer.refuse(unknown, known, f"give these; a new series is a line of {catalogue.location(_KNOWN)}")
    return True
