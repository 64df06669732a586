"""OpenAI's Responses with the official Python client; prints what it saw as JSON."""

import json
import time

from openai import BadRequestError, NotFoundError, OpenAI
from pydantic import BaseModel

client = OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="EMPTY", max_retries=0)
MODEL = "autoglm-phone-9b"


class Person(BaseModel):
    name: str
    age: int


first = client.responses.create(model=MODEL, input="My name is Ada. Greet me.", max_output_tokens=40, temperature=0)
second = client.responses.create(
    model=MODEL,
    input="What is my name? One word.",
    previous_response_id=first.id,
    max_output_tokens=40,
    temperature=0,
)

types = []
with client.responses.stream(model=MODEL, input="Count from 6 to 10.", max_output_tokens=60, temperature=0) as stream:
    for event in stream:
        types.append(event.type)
    final = stream.get_final_response()

parsed = client.responses.parse(
    model=MODEL,
    instructions="Write down the person that the user speaks of.",
    input="Ada Lovelace was 36 years old.",
    text_format=Person,
    max_output_tokens=100,
    temperature=0,
)

background = client.responses.create(model=MODEL, input="Say hello.", background=True, max_output_tokens=20)
statuses = [background.status]
while statuses[-1] in ("queued", "in_progress"):
    time.sleep(0.05)
    statuses.append(client.responses.retrieve(background.id).status)

cancelled = client.responses.cancel(background.id).status

items = [item.type for item in client.responses.input_items.list(second.id)]
client.responses.delete(second.id)
try:
    client.responses.retrieve(second.id)
    deleted = False
except NotFoundError:
    deleted = True
try:
    client.responses.create(model=MODEL, input="x", tools=[{"type": "web_search"}])
    refused = ""
except BadRequestError as error:
    refused = error.message

print(
    json.dumps(
        {
            "name": second.output_text,
            "remembers": second.previous_response_id == first.id,
            "first_event": types[0],
            "last_event": types[-1],
            "deltas": types.count("response.output_text.delta"),
            "streamed": final.output_text,
            "usage": final.usage.total_tokens == final.usage.input_tokens + final.usage.output_tokens,
            "person": parsed.output_parsed.model_dump(),
            "cancelled": cancelled == statuses[-1],
            "statuses": sorted(set(statuses)),
            "items": items,
            "deleted": deleted,
            "refused": refused,
        }
    )
)
