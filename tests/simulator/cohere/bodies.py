"""Requests to simulated Cohere, and what they are made of."""

PLAIN = "command-a-03-2025"
REASONING = "command-a-reasoning-08-2025"
VISION = "command-a-vision-07-2025"
OLDER = "command-r-08-2024"
REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
PNG = "data:image/png;base64,iVBORw0KGgo="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
}
ARGUMENTS = '{"city": "sample city", "days": 1}'

Body = dict[str, object]
HELLO: list[Body] = [{"role": "user", "content": "Hello, world"}]
WEATHER: Body = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
CLOCK: Body = {"type": "function", "function": {"name": "tell_time", "parameters": {"type": "object"}}}
CALL: Body = {
    "id": "get_weather_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": ARGUMENTS},
}
CALLED: list[Body] = [*HELLO, {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [CALL]}]
RESULT: Body = {"role": "tool", "tool_call_id": "get_weather_1", "content": "21 degrees"}


def chat(**fields: object) -> Body:
    return {"model": PLAIN, "messages": HELLO, **fields}


def turns(*messages: Body) -> Body:
    return chat(messages=list(messages))


def said(*content: Body) -> Body:
    return {"role": "user", "content": list(content)}


def text(words: str) -> Body:
    return {"type": "text", "text": words}
