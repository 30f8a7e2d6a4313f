"""What the console says, in the language of who reads it ([texts](docs/texts.md))."""

from server.language.formats import instant as instant
from server.language.formats import moment as moment
from server.language.formats import number as number
from server.language.formats import percent as percent
from server.language.voice import N_ as N_
from server.language.voice import _ as _
from server.language.voice import ngettext as ngettext
from server.language.voice import pgettext as pgettext
from server.language.voice import speaking as speaking
from server.language.voice import translated as translated
