"""What Resolve's scripting interface says that is not so: each a switch that names its source.

Sources: `gursky` is samuelgursky/davinci-resolve-mcp (`src/utils/api_truth.py`, its issues), `dbw`
danielbaldwin47/resolve-mcp (`docs/adr`), `ayon` ynput/ayon-resolve, `nakano000`
nakano000/Resolve_Script, `pydavinci` pedrolabonia/pydavinci, `upp` percentageup-oss/UPPELETE
(`docs/decisions`), `readme` Blackmagic's scripting README.

What every Resolve does is no lie and has no switch, and the fake always does it: it appends to the
current timeline only and imports into the current bin; it lists transitions among items and
timelines among clips; it refuses the name of a timeline that exists, a marker on a frame that has
one, metadata fields that it does not know; takes, and whether a track is on or locked, it tells of
the current timeline only; it answers True to a colour for a generator and gives it none; it deletes
no sound with its picture; a locked track answers an item and places nothing; the track above the
last one is made by an append, and one above that never.
"""

from __future__ import annotations

from enum import Enum


class Lie(Enum):
    """One switch; the value is where it is written down, and what happens."""

    NONE_LISTS = "gursky: a getter with nothing to list answers None"
    FLOAT_NUMBERS = "readme: numbers are Lua's, frames come as floats"
    INCLUSIVE_END = "nakano000 #21: endFrame is the last frame shown, as on 18.x"
    FLOORED_DURATION = "gursky: at mixed rates a clip lands one frame short"
    COLLISION_DROPS = "gursky: on a collision the later item is lost, and an item is answered"
    COLLISION_SLIDES = "dbw: on a collision the later item slides to the next free frame"
    COLLISION_EMPTY_ID = "gursky: on a collision an item without an id is answered"
    APPEND_ANSWERS_NONE = "ayon: AppendToTimeline answers [None] for an unusable clip, once"
    APPEND_ANSWERS_NOTHING = "gursky: None after doing the work"
    APPEND_ANSWERS_GHOST = "ayon: the item answered has getters that answer None"
    BATCH_KEEPS_FIRST = "gursky, 21.1.0.14: of one clip named twice in a batch, the first is placed"
    STILL_IGNORES_END = "gursky: a still lands with the standard length, not with its endFrame"
    APPEND_NEEDS_EDIT_PAGE = "dbw: nothing is appended from other pages"
    IN_POINT_IGNORED = "gursky: startFrame is ignored until an out point was set on the clip"
    VANISHES_AT_SAVE = "gursky: an item of the last batch is gone after SaveProject, once"
    VANISHES_AT_EVERY_SAVE = "gursky: the same, whenever it is tried"
    DELETE_FAILS_FIRST = "dbw: the first DeleteClips fails"
    DELETE_NEEDS_EDIT_PAGE = "gursky: DeleteClips is False on Fairlight"
    IMPORT_ANSWERS_NOTHING = "gursky: ImportMedia is empty for a path that is in the pool"
    INDIVIDUAL_FRAMES = "readme: with “Show Individual Frames” a sequence comes in as stills"
    FPS_IS_NUMBER = "upp: the clip property FPS is a number, and no text"
    REEL_NOT_KEPT = "gursky: SetClipProperty answers True and drops “Reel Name”"
    TRUE_WITHOUT_EFFECT = "gursky: colours, flags, markers and metadata answer True without effect"
    FALSE_THOUGH_DONE = "gursky: setters answer False after doing the work"
    ADD_TRACK_WITHOUT_EFFECT = "gursky: AddTrack answers True and adds none"
    DUPLICATE_FAILS = "gursky: DuplicateTimeline answers None"
    DUPLICATE_BECOMES_CURRENT = "dbw: the duplicate becomes the current timeline"
    SAVE_ANSWERS_FALSE = "gursky: SaveProject answers False though it saved"
    EXPORT_WITHOUT_FILE = "gursky: Export answers True and writes no file"
    EXPORT_DISAGREES = "dbw: an item's range in the OTIO is a frame off the timeline's"
    EXPORT_STAYS_OPEN = "dbw: the file of an earlier export stays open, and is not written again"
    EXPORT_UNPADDED = "ayon: a track of the OTIO may end with its last item, without a gap"
    EXPORT_FRACTIONS = "ayon: times in the OTIO are off by the rounding of floats"
    EXPORT_FIRST_TAKE = (
        "none: an item's first take is in the OTIO; that it is the chosen is not said"
    )
    IMPORT_OFFLINE = "gursky, 19 to 21.0: without importSourceClips every item comes in offline"
    IMPORT_CANCELED = "gursky, 21.1.0.14: with importSourceClips, media of the pool cancels it"
    RATE_ROUNDED_DOWN = "pydavinci #20: the timeline's rate is 29 for 29.97"
    RATE_IS_NUMBER = "readme and stub differ: the timeline's rate is a number, and no text"
    NO_PROJECT = "gursky: at the Project Manager, GetCurrentProject answers None"
    NO_PAGE = "readme: GetCurrentPage answers None"
    ANY_NAME_IS_CALLABLE = "gursky, 21.0.0: getattr gives a function for any name"
    ANY_NAME_IS_THERE = "gursky: getattr gives something for any name; dir() does not"
    TRACK_WITHOUT_TYPE = "dbw: trackIndex is dropped where no mediaType comes with it"
    SOUND_IN_PIECES = "gursky: sound of several channels yields several items"
    RESTLESS_IDS = "none: transitions have another id at each look; that they have not is not said"
    LOCKED_LATE = "dbw: a locked track answers an item and places nothing"
    RIPPLES = "none: an append moves what comes after; what the backup is for"


ONCE = frozenset({Lie.APPEND_ANSWERS_NONE, Lie.VANISHES_AT_SAVE, Lie.DELETE_FAILS_FIRST})
"""Those that happen one time in a session."""
