"""Every error the detector raises on purpose."""


class DetectorError(Exception):
    """Base of all errors raised by the detector; its message is fit to be shown to a person."""


class BadTableError(DetectorError):
    """A table of events does not have the documented columns, types or values."""


class BadModelError(DetectorError):
    """A model cannot be loaded: not trusted, damaged, or made for other features."""


class BadCorpusError(DetectorError):
    """A corpus folder cannot be trained on or evaluated."""


class BadPromiseError(DetectorError):
    """A promise about false flags cannot be made from these sessions, or its file is not one."""


class BadGalleryError(DetectorError):
    """A gallery of signatures cannot be read, or was made with another key."""


class BadStateError(DetectorError):
    """A session's state does not fit what is to be added, or is another version's: rebuild it."""
