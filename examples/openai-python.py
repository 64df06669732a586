"""The official OpenAI client for Python: `pip install openai`, then `python openai-python.py`."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ.get("CONCERT_URL", "http://localhost:8000") + "/v1", api_key="EMPTY")
model = "autoglm-phone-9b"

print("— streamed")
for chunk in client.chat.completions.create(
    model=model,
    stream=True,
    max_tokens=60,
    messages=[{"role": "user", "content": "Name three rivers, one per line."}],
):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

print("— how sure it is of each word")
answer = client.chat.completions.create(
    model=model,
    max_tokens=8,
    temperature=0,
    logprobs=True,
    top_logprobs=2,
    messages=[{"role": "user", "content": "The capital of France is"}],
)
for token in answer.choices[0].logprobs.content:
    print(repr(token.token), round(token.logprob, 3), [other.token for other in token.top_logprobs])

print("— speech, and back")
with client.audio.speech.with_streaming_response.create(
    model="tts-1", voice="alloy", input="Hello from Concert.", response_format="wav"
) as spoken:
    audio = spoken.read()
print(client.audio.transcriptions.create(model="whisper-1", file=("hello.wav", audio)).text)

print("— embeddings")
vectors = client.embeddings.create(model="text-embedding-3-small", input=["a red bicycle", "ein rotes Fahrrad"]).data
print(round(sum(a * b for a, b in zip(vectors[0].embedding, vectors[1].embedding)), 3))
