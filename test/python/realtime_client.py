"""The official Python client in a conversation by voice; prints one JSON object with what it saw.

Every event is checked against the client's own types, strictly: what it would only pass on is told as foreign.
"""

import asyncio
import base64
import json

from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter, ValidationError

BASE = "http://127.0.0.1:8000/v1"
client = AsyncOpenAI(base_url=BASE, websocket_base_url=BASE.replace("http", "ws"), api_key="EMPTY", max_retries=0)
known = TypeAdapter(RealtimeServerEvent)
seen = {"types": [], "foreign": [], "text": "", "sound": 0}


def note(event):
    seen["types"].append(event.type)
    try:
        known.validate_python(event.model_dump(exclude_unset=True), strict=True)
    except ValidationError as error:
        seen["foreign"].append(f"{event.type}: {error.errors()[0]['loc']} {error.errors()[0]['msg']}")


async def until(connection, kind):
    async for event in connection:
        note(event)
        if event.type == "response.output_text.delta":
            seen["text"] += event.delta
        if event.type == "response.output_audio.delta":
            seen["sound"] += len(base64.b64decode(event.delta))
        if event.type == kind:
            return event


async def main():
    async with client.realtime.connect(model="gpt-realtime") as connection:
        await until(connection, "session.created")
        await connection.session.update(
            session={
                "type": "realtime",
                "output_modalities": ["text"],
                "tools": [{"type": "function", "name": "now", "parameters": {"type": "object", "properties": {}}}],
                "audio": {"input": {"transcription": {"model": "whisper-1"}}},
            }
        )
        await until(connection, "session.updated")
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
        await connection.conversation.item.create(item=item)
        added = await until(connection, "conversation.item.done")
        await connection.response.create()
        done = await until(connection, "response.done")
        seen["status"] = done.response.status
        await connection.conversation.item.retrieve(item_id=added.item.id)
        await until(connection, "conversation.item.retrieved")

        await connection.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
        await until(connection, "session.updated")
        voice = b"".join(int(12000 * (1 if at // 40 % 2 else -1)).to_bytes(2, "little", signed=True) for at in range(9600))
        for sound in (voice, bytes(48000)):
            for start in range(0, len(sound), 960):
                frame = base64.b64encode(sound[start : start + 960]).decode()
                await connection.input_audio_buffer.append(audio=frame)
        done = await until(connection, "response.done")
        await connection.conversation.item.truncate(item_id=done.response.output[0].id, content_index=0, audio_end_ms=100)
        await until(connection, "conversation.item.truncated")
        await connection.input_audio_buffer.clear()
        await until(connection, "input_audio_buffer.cleared")
        await connection.input_audio_buffer.commit()
        error = await until(connection, "error")
        seen["error"] = error.error.code
        await connection.conversation.item.delete(item_id=added.item.id)
        await until(connection, "conversation.item.deleted")
    print(json.dumps(seen))


asyncio.run(main())
