"""How the official Python client takes refusals that pass: it waits as long as it is told, then asks again. Prints JSON."""

import json
import time

from openai import OpenAI, RateLimitError

asked = {"model": "hub", "messages": [{"role": "user", "content": "hi"}]}
started = time.monotonic()
answer = OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="EMPTY", max_retries=2).chat.completions.create(**asked)
waited = time.monotonic() - started
try:
    OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="EMPTY", max_retries=0).chat.completions.create(**asked)
    refused = None
except RateLimitError as error:
    refused = [error.status_code, error.code, error.type, error.response.headers["retry-after"]]
print(json.dumps({"said": answer.choices[0].message.content, "waited": waited, "refused": refused}))
