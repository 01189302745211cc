"""What is kept of runs: folders of Parquet parts."""
