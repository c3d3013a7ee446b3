from app.simulator.anthropic.api import AnthropicApi

__all__ = ["AnthropicApi"]
