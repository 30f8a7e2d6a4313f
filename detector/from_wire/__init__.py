"""From the batches of a session to what the detector judges."""

from detector.from_wire.recordings import recording_from_batches

__all__ = ["recording_from_batches"]
