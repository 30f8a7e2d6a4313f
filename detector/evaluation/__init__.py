"""Figures of how often the detector is wrong, from what it said about labelled sessions.

Pure: files, processes and plots are in `detector.doors`.
"""
