"""Every limit of the wire format, in one place. Both ends enforce the same numbers."""

BATCH_MAX_EVENTS = 500
BATCH_MAX_SPAN_US = 30_000_000
HEADER_MAX_BYTES = 2_048
BODY_MAX_BYTES = 65_536
"""Compressed."""
BODY_MAX_RAW_BYTES = 131_072
"""Decompressed: 500 rows of the widest event need about 45 kB."""
BODY_MAX_RATIO = 1_024
"""Decompressed over compressed: a full batch of identical rows reaches about 300."""
ZSTD_MAX_WINDOW_BYTES = 1 << 20
BATCH_MAX_BYTES = HEADER_MAX_BYTES + BODY_MAX_BYTES + 128
"""A whole sealed batch: magic, lengths and signature included."""

UNKNOWN_COLUMNS_MAX = 16
"""Columns of a newer version that a reader carries through, at most this many a batch."""
UNKNOWN_COLUMN_MAX_WIDTH_BYTES = 4
"""Wide enough for counts and codes, too narrow to be a handy place for text."""
HEADER_MAX_UNKNOWN = 8

OBJECT_MAX_BYTES = 2_000_000
"""A screenshot, title or note, as uploaded."""
NOTE_MAX_CHARS = 2_000
TITLE_MAX_CHARS = 300
MESSAGE_MAX_BYTES = 65_536
"""A JSON message other than a batch."""
RELEASE_MAX_BYTES = 500_000_000
"""A released agent, as downloaded."""
SAMPLE_MAX_KEYS = 1_500
"""Keys of each part of a typing sample: both parts fit a message."""
SAMPLE_MAX_GAP_US = 9_999_999
"""Between two keys of a typing sample; longer is as long."""
SUBMISSION_MAX_CHARS = 100_000
"""A text that a platform asks about; one of another person's takes seconds to align."""
SUBMISSION_MAX_BYTES = 1_400_000
"""Such a text as JSON, if each character is escaped as two surrogates."""
SUBMISSION_SESSIONS_MAX = 20
SUBMISSION_STRETCHES_MAX = 200
"""Tasks or intervals of one session that a submission names."""
