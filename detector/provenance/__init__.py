"""Provenance: where the characters came from that nobody typed."""

from detector.provenance.insertions import Provenance, find_provenance

__all__ = ["Provenance", "find_provenance"]
