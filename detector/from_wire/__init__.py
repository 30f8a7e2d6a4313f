"""From the batches of a session to what the detector judges."""

from detector.from_wire.recordings import copies_of, insertion_of, recording_from_batches

__all__ = ["copies_of", "insertion_of", "recording_from_batches"]
