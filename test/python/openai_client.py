"""The official Python client over every endpoint; prints one JSON object with what it saw."""

import json
import os
import sys

from openai import BadRequestError, NotFoundError, OpenAI

client = OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="EMPTY", max_retries=0)
seen = {}

seen["models"] = [model.id for model in client.models.list()]
seen["model"] = client.models.retrieve("autoglm-phone-9b").id

answer = client.chat.completions.create(
    model="autoglm-phone-9b",
    messages=[{"role": "user", "content": "What is the capital of France? One word."}],
    temperature=0,
    max_tokens=20,
)
seen["chat"] = answer.choices[0].message.content
seen["finish"] = answer.choices[0].finish_reason
seen["usage"] = answer.usage.total_tokens - answer.usage.prompt_tokens - answer.usage.completion_tokens

chunks = []
usage = None
for chunk in client.chat.completions.create(
    model="autoglm-phone-9b",
    messages=[{"role": "user", "content": "Continue this list up to 10: 1, 2, 3, 4,"}],
    temperature=0,
    max_tokens=40,
    stream=True,
    stream_options={"include_usage": True},
):
    if chunk.choices and chunk.choices[0].delta.content:
        chunks.append(chunk.choices[0].delta.content)
    if chunk.usage:
        usage = chunk.usage.completion_tokens
seen["stream"] = "".join(chunks)
seen["stream_chunks"] = len(chunks)
seen["stream_usage"] = usage

with open(sys.argv[1], "rb") as speech:
    seen["transcription"] = client.audio.transcriptions.create(model="whisper-1", file=speech).text
with open(sys.argv[1], "rb") as speech:
    verbose = client.audio.transcriptions.create(model="whisper-1", file=speech, response_format="verbose_json")
    seen["verbose"] = {"language": verbose.language, "segments": len(verbose.segments), "duration": verbose.duration}

path = os.path.join(sys.argv[2], "speech.mp3")
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice="alloy", input="Hello from the concert hall.", response_format="mp3"
) as spoken:
    spoken.stream_to_file(path)
with open(path, "rb") as speech:
    seen["spoken"] = client.audio.transcriptions.create(model="whisper-1", file=speech, language="en").text

try:
    client.chat.completions.create(model="nobody", messages=[{"role": "user", "content": "hi"}])
except NotFoundError as error:
    seen["not_found"] = error.code
try:
    client.chat.completions.create(model="autoglm-phone-9b", messages=[{"role": "user", "content": "hi"}], temperature=9)
except BadRequestError as error:
    seen["bad_request"] = error.param

print(json.dumps(seen))
