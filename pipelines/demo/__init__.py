"""The bundled sample: nine invented publishers, two weeks of articles, and the people who give them meaning."""
