from app.simulator.mistral.api import MistralApi

__all__ = ["MistralApi"]
