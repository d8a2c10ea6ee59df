"""Registry files, whatever they claim to be: csv, xlsx and Parquet to exact native columns."""
