"""Evidence of how a text was entered: features, models and one assessment per session.

The package is pure: it reads no file, network, clock or database (its command-line doors in
``detector.doors`` do). Start with `detector.assess.assess`.
"""
