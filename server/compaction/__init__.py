"""A session that is over leaves the log: its batches as they came, and all its events as columns.

`docs/decisions/compaction.md` says what lies where and why.
"""
