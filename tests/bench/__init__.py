"""Speed and memory, measured the same way every time: ``make bench``, or ``python -m tests.bench --only feeds``.

Nothing here asserts a time: a busy machine is no defect. Where somebody would otherwise write a plain loop over a
library (feedparser, trafilatura, sentence-transformers, aiosmtplib), that loop runs beside ours on the same input, so
that the ratio says what our care costs or gains on this machine at this hour.
"""
