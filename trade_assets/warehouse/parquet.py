"""Parquet files in memory, read and written by the calling thread alone.

A thread of pyarrow's pools that lets go of a Python object while the interpreter ends aborts the process ("terminate called
without an active exception", apache/arrow#34314): a run that had done everything ended by SIGABRT. So no pool is begun: nothing is
read ahead, nothing goes through a Python file object. Our files are small; one thread is also the faster way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trade_assets.facts.schemas import PANDAS_DTYPES, Kind

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def arrow_types() -> dict[Kind, pa.DataType]:
    """The Parquet type of each kind of column."""
    import pyarrow as pa

    return {"string": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}


def parquet_of(table: pa.Table, **options: object) -> bytes:
    """The table as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.BufferOutputStream() as sink:
        pq.write_table(table, sink, compression="zstd", **options)
        return bytes(sink.getvalue())


def arrow_of(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The frame as an Arrow table, without its index."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False, nthreads=1)


def frame_of(data: bytes) -> pd.DataFrame:
    """The rows of a Parquet file, in the dtypes of the tables: each of them has a missing value.

    Raises:
        pa.ArrowException, OSError: it is none, or damaged.
    """
    import pandas as pd

    dtypes = {arrow: pd.api.types.pandas_dtype(PANDAS_DTYPES[kind]) for kind, arrow in arrow_types().items()}
    frame: pd.DataFrame = table_of(data).to_pandas(use_threads=False, types_mapper=dtypes.get)
    return frame


def table_of(data: bytes, dictionaries: Sequence[str] = ()) -> pa.Table:
    """The rows of a Parquet file, some of its columns as dictionaries; raises as ``frame_of``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.BufferReader(data) as source:
        return pq.ParquetFile(source, read_dictionary=dictionaries, pre_buffer=False).read(use_threads=False)


def metadata_of(data: bytes) -> dict[bytes, bytes]:
    """What a Parquet file's schema notes; raises as ``frame_of``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.BufferReader(data) as source:
        return dict(pq.read_schema(source).metadata or {})
