"""Files under the data root: Parquet partitions and the DuckDB catalogue over them. Knows no family."""
