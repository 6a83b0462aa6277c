"""What Resolve's scripting interface says that is not so: each a switch that names its source.

Sources: `gursky` is samuelgursky/davinci-resolve-mcp (`src/utils/api_truth.py`, its issues), `dbw`
danielbaldwin47/resolve-mcp (`docs/adr`), `ayon` ynput/ayon-resolve, `nakano000`
nakano000/Resolve_Script, `readme` Blackmagic's scripting README. What the fake always does
(append to the current timeline only, import into the current folder, list transitions among items,
refuse a timeline's name that exists) is no lie and has no switch.
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
    APPEND_NEEDS_EDIT_PAGE = "dbw: nothing is appended from other pages"
    IN_POINT_IGNORED = "gursky: startFrame is ignored until an out point was set on the clip"
    VANISHES_AT_SAVE = "gursky: an item of the last batch is gone after SaveProject, once"
    VANISHES_AT_EVERY_SAVE = "gursky: the same, whenever it is tried"
    DELETE_FAILS_FIRST = "dbw: the first DeleteClips fails"
    DELETE_NEEDS_EDIT_PAGE = "gursky: DeleteClips is False on Fairlight"
    IMPORT_ANSWERS_NOTHING = "gursky: ImportMedia is empty for a path that is in the pool"
    TRUE_WITHOUT_EFFECT = "gursky: colours, flags, markers and metadata answer True without effect"
    FALSE_THOUGH_DONE = "gursky: setters answer False after doing the work"
    ADD_TRACK_WITHOUT_EFFECT = "gursky: AddTrack answers True and adds none"
    DUPLICATE_FAILS = "gursky: DuplicateTimeline answers None"
    DUPLICATE_BECOMES_CURRENT = "dbw: the duplicate becomes the current timeline"
    SAVE_ANSWERS_FALSE = "gursky: SaveProject answers False though it saved"
    EXPORT_WITHOUT_FILE = "gursky: Export answers True and writes no file"
    EXPORT_DISAGREES = "dbw: an item's range in the OTIO is a frame off the timeline's"
    ANY_NAME_IS_THERE = "gursky: getattr gives something for any name; dir() does not"
    TRACK_WITHOUT_TYPE = "dbw: trackIndex is dropped where no mediaType comes with it"
    SOUND_IN_PIECES = "gursky: sound of several channels yields several items"
    RESTLESS_IDS = "none: transitions have another id at each look; that they have not is not said"
    LOCKED_LATE = "dbw: a locked track answers an item and places nothing"
    RIPPLES = "none: an append moves what comes after; what the backup is for"


ONCE = frozenset({Lie.APPEND_ANSWERS_NONE, Lie.VANISHES_AT_SAVE, Lie.DELETE_FAILS_FIRST})
"""Those that happen one time in a session."""
