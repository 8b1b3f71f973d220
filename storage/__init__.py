"""What we keep. The only room that speaks DuckDB."""
