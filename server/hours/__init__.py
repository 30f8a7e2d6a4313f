"""Hours that payroll can trust: counted from evidence, laid on calendars, decided by people.

`counting`, `calendar`, `overlaps` and `laying` are pure: no I/O, no clock.
"""
