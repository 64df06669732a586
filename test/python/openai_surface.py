"""What the official Python client can ask for beyond plain chat; prints one JSON object with what it saw."""

import asyncio
import base64
import json
import sys
from typing import Literal

from openai import APIStatusError, AsyncOpenAI, OpenAI
from pydantic import BaseModel

URL = "http://127.0.0.1:8000/v1"
MODEL = "autoglm-phone-9b"
client = OpenAI(base_url=URL, api_key="EMPTY", max_retries=0)
seen = {}


def user(text):
    return [{"role": "user", "content": text}]


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city now.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def tools():
    """A call that is streamed and put together, and the answer about its result."""
    messages = user("What is the weather in Paris?")
    asked = {"model": MODEL, "tools": [WEATHER], "max_tokens": 100, "temperature": 0}
    with client.chat.completions.stream(messages=messages, tool_choice="required", **asked) as stream:
        fragments = [event.arguments_delta for event in stream if event.type == "tool_calls.function.arguments.delta"]
        choice = stream.get_final_completion().choices[0]
    call = choice.message.tool_calls[0]
    messages += [
        {"role": "assistant", "tool_calls": [call.model_dump(include={"id", "type", "function"})]},
        {"role": "tool", "tool_call_id": call.id, "content": "21 degrees and light rain"},
    ]
    answer = client.chat.completions.create(messages=messages, **asked)
    seen["tool"] = {
        "name": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "fragments": len(fragments),
        "joined": "".join(fragments) == call.function.arguments,
        "finish": choice.finish_reason,
        "answer": answer.choices[0].message.content,
    }


class Person(BaseModel):
    name: str
    age: int
    profession: Literal["mathematician", "painter"]


def structured():
    parsed = client.chat.completions.parse(
        model=MODEL,
        messages=user("Extract the person: Ada Lovelace, a mathematician, was 36 years old."),
        response_format=Person,
        max_tokens=100,
        temperature=0,
    )
    seen["parsed"] = parsed.choices[0].message.parsed.model_dump()


def sampling():
    """Several answers at once, their log probabilities, and the same text by the same seed."""
    asked = {"model": MODEL, "messages": user("Name a colour."), "max_tokens": 6, "temperature": 1.2, "seed": 11, "n": 2}
    # Once, so that both read a prompt that was computed before: rounding differs where it is computed with others.
    client.chat.completions.create(**asked)
    first, again = (client.chat.completions.create(logprobs=True, top_logprobs=3, **asked) for _ in range(2))
    seen["choices"] = [choice.index for choice in first.choices]
    seen["seeded"] = [one.message.content for one in first.choices] == [one.message.content for one in again.choices]
    tokens = [token for choice in first.choices for token in choice.logprobs.content]
    seen["logprobs"] = {
        "tokens": len(tokens),
        "counted": first.usage.completion_tokens,
        "three_each": all(len(token.top_logprobs) == 3 for token in tokens),
        "sorted": all(
            token.top_logprobs[0].logprob >= token.top_logprobs[1].logprob >= token.top_logprobs[2].logprob
            for token in tokens
        ),
        "most": max(token.logprob for token in tokens),
        "spelt": "".join(bytes(token.bytes).decode(errors="ignore") for token in first.choices[0].logprobs.content),
        "text": first.choices[0].message.content,
    }


def older_forms():
    completion = client.completions.create(model=MODEL, prompt="One, two, three,", max_tokens=6, temperature=0, logprobs=1)
    seen["completion"] = {
        "text": completion.choices[0].text,
        "tokens": "".join(completion.choices[0].logprobs.tokens),
        "object": completion.object,
    }
    chunks = client.completions.create(model=MODEL, prompt="One, two, three,", max_tokens=6, temperature=0, stream=True)
    seen["completion"]["streamed"] = "".join(chunk.choices[0].text for chunk in chunks if chunk.choices)


def embeddings():
    texts = ["a red bicycle", "ein rotes Fahrrad", "the tax office"]
    asked = {"model": "text-embedding-3-small", "input": texts}
    packed = [row.embedding for row in client.embeddings.create(**asked).data]
    plain = [row.embedding for row in client.embeddings.create(encoding_format="float", **asked).data]
    cut = client.embeddings.create(dimensions=64, **asked).data[0].embedding
    same = sum(a * b for a, b in zip(packed[0], packed[1]))
    other = sum(a * b for a, b in zip(packed[0], packed[2]))
    seen["embeddings"] = {
        "dimensions": [len(packed[0]), len(cut)],
        "forms_agree": max(abs(a - b) for a, b in zip(packed[0], plain[0])) < 1e-6,
        "nearer": same > other,
    }


def speech():
    """An answer that is spoken, heard again; and a question that is spoken."""
    spoken = client.chat.completions.create(
        model=MODEL,
        modalities=["text", "audio"],
        audio={"voice": "alloy", "format": "wav"},
        messages=user("Say exactly: good morning."),
        max_tokens=20,
        temperature=0,
    ).choices[0].message
    sound = base64.b64decode(spoken.audio.data)
    heard = client.audio.transcriptions.create(model="whisper-1", file=("answer.wav", sound), language="en").text
    question = client.audio.speech.create(
        model="tts-1", voice="alloy", input="What is the capital of France?", response_format="wav"
    ).read()
    answered = client.chat.completions.create(
        model=MODEL,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "input_audio", "input_audio": {"data": base64.b64encode(question).decode(), "format": "wav"}}
                ],
            }
        ],
        max_tokens=30,
        temperature=0,
    )
    translated = client.audio.translations.create(model="whisper-1", file=("question.wav", question), response_format="srt")
    seen["speech"] = {
        "transcript": spoken.audio.transcript,
        "heard": heard,
        "content": spoken.content,
        "answered": answered.choices[0].message.content,
        "translated": translated,
    }


def refused(call):
    try:
        call()
    except APIStatusError as error:
        return [error.status_code, error.code, error.param]


def refusals():
    seen["refused"] = {
        "moderation": refused(lambda: client.moderations.create(input="hello")),
        "image": refused(lambda: client.images.generate(prompt="a horse")),
        "long": refused(lambda: client.chat.completions.create(model=MODEL, messages=user("word " * 200_000))),
        "empty": refused(lambda: client.chat.completions.create(model=MODEL, messages=[])),
        "tools": refused(
            lambda: client.chat.completions.create(model=MODEL, messages=user("hi"), tool_choice="required")
        ),
    }


async def at_once():
    """The asynchronous client, four questions together, one of them given up."""
    other = AsyncOpenAI(base_url=URL, api_key="EMPTY", max_retries=0)

    async def ask(country):
        question = f"What is the capital of {country}? One word."
        stream = await other.chat.completions.create(
            model=MODEL, messages=user(question), max_tokens=12, temperature=0, stream=True
        )
        text = ""
        async for chunk in stream:
            text += chunk.choices[0].delta.content or "" if chunk.choices else ""
            if country == "Spain":
                await stream.close()
                return "given up"
        return text

    seen["at_once"] = await asyncio.gather(*(ask(country) for country in ("France", "Italy", "Japan", "Spain")))


async def realtime():
    """A typed question over the WebSocket, answered in text."""
    other = AsyncOpenAI(base_url=URL, websocket_base_url=URL.replace("http", "ws"), api_key="EMPTY")
    types = []
    text = ""
    async with other.realtime.connect(model=MODEL) as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "What is the capital of Japan? One word."}],
            }
        )
        await connection.response.create()
        async for event in connection:
            types.append(event.type)
            if event.type == "response.output_text.delta":
                text += event.delta
            if event.type in ("response.done", "error"):
                break
    seen["realtime"] = {"first": types[0], "last": types[-1], "text": text}


for part in (tools, structured, sampling, older_forms, embeddings, speech, refusals):
    part()
asyncio.run(at_once())
asyncio.run(realtime())
json.dump(seen, sys.stdout)
