from app.simulator.openai.api import OpenAIApi

__all__ = ["OpenAIApi"]
