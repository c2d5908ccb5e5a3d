"""What leaves the house: a release month as a data package of Parquet and CSV files, and what it changes. No Dagster."""
