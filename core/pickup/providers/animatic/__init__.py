"""The local model: moving storyboards of the editor's own frames, without key, network or GPU."""

from pickup.providers.animatic.provider import AnimaticProvider

__all__ = ["AnimaticProvider"]
