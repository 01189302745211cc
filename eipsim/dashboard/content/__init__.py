"""What the pages say: plain functions from a run or a store to sections of sentences, tables and figures, without a browser."""
