"""The providers that the simulator plays."""

from app.simulator.anthropic import AnthropicApi
from app.simulator.api import Api
from app.simulator.cohere import CohereApi
from app.simulator.google import GoogleApi
from app.simulator.mistral import MistralApi
from app.simulator.openai import OpenAIApi

# OpenAI comes last: its prefix is empty, so that it has every path that no other has.
APIS: tuple[Api, ...] = (AnthropicApi(), CohereApi(), GoogleApi(), MistralApi(), OpenAIApi())
