"""The names of what stands in the folder of a store."""

from eipsim.runs.saving import CODEBOOK

FORMAT = 1  # raised when a store of before could no longer be read without help
DESIGN, ROWS, INDEX, MANIFEST = "design.json", "rows.parquet", "index.parquet", "manifest.jsonl"
RUNS, PAIRS, FAILURES, CLAIMS, DAMAGED = "runs", "pairs", "failures", "claims", "damaged"
ALL_NAMES = (DESIGN, ROWS, INDEX, CODEBOOK, MANIFEST, RUNS, PAIRS, FAILURES, CLAIMS, DAMAGED)
RUN = ["scenario", "row", "replicate"]  # the columns that say which run of a design a line is of
FAILURE_COLUMNS = ("key", "error", "message", "attempts")
