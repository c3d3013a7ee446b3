"""Requests to simulated Mistral, and what they are made of."""

LARGE = "mistral-large-4"
SMALL = "mistral-small-latest"
MEDIUM = "mistral-medium-latest"
MAGISTRAL = "magistral-medium-latest"
CODESTRAL = "codestral-latest"
REPLY = "You said: Hello, world\nThis is a simulated answer, made without any model behind it."
THOUGHT = "Messages so far: 1. I repeat the last one, as simulators do."
PNG = "data:image/png;base64,iVBORw0KGgo="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
}
ARGUMENTS = '{"city": "sample city", "days": 1}'

Body = dict[str, object]
HELLO: Body = {"role": "user", "content": "Hello, world"}
WEATHER: Body = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
CLOCK: Body = {"type": "function", "function": {"name": "tell_time", "parameters": {"type": "object"}}}
CALL: Body = {
    "id": "abcDEF123",
    "type": "function",
    "function": {"name": "get_weather", "arguments": ARGUMENTS},
}
CALLING: Body = {"role": "assistant", "content": "", "tool_calls": [CALL]}
RESULT: Body = {
    "role": "tool",
    "tool_call_id": "abcDEF123",
    "name": "get_weather",
    "content": "21 degrees",
}


def chat(**fields: object) -> Body:
    return {"model": MEDIUM, "messages": [HELLO], **fields}


def turns(*messages: Body) -> Body:
    return chat(messages=list(messages))


def user(*content: Body) -> Body:
    return {"role": "user", "content": list(content)}


def assistant(content: object, **fields: object) -> Body:
    return {"role": "assistant", "content": content, **fields}


def text(words: str) -> Body:
    return {"type": "text", "text": words}


def thinking(words: str, **fields: object) -> Body:
    return {"type": "thinking", "thinking": [text(words)], **fields}
