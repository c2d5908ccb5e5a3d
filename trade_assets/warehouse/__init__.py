"""Files under the data root: Parquet partitions and the DuckDB database over them. Knows no family."""
