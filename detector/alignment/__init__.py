"""Trace alignment: which characters of a submitted text have typing behind them."""

from detector.alignment.aligned import Alignment, Origin, Passage, align, align_codes

__all__ = ["Alignment", "Origin", "Passage", "align", "align_codes"]
