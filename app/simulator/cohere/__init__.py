from app.simulator.cohere.api import CohereApi

__all__ = ["CohereApi"]
