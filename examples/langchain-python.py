"""LangChain for Python: `pip install langchain-openai`, then `python langchain-python.py`."""

import os

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

url = os.environ.get("CONCERT_URL", "http://localhost:8000") + "/v1"
chat = ChatOpenAI(base_url=url, api_key="EMPTY", model="autoglm-phone-9b", temperature=0, max_tokens=120)

print("— streamed")
for chunk in chat.stream("Name three rivers, one per line."):
    print(chunk.content, end="", flush=True)
print()


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two whole numbers."""
    return a * b


print("— a tool")
call = chat.bind_tools([multiply], tool_choice="multiply").invoke("What is 17 times 23?").tool_calls[0]
print(call["name"], call["args"], "→", multiply.invoke(call["args"]))

print("— JSON that fits a schema")
schema = {
    "title": "Person",
    "description": "A person.",
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
print(chat.with_structured_output(schema, method="json_schema").invoke("Extract the person: Ada Lovelace was 36 years old."))

print("— embeddings")
# Texts are sent as they are: otherwise this client fetches OpenAI's vocabulary and cuts them by it.
embeddings = OpenAIEmbeddings(
    base_url=url, api_key="EMPTY", model="text-embedding-3-small", check_embedding_ctx_length=False
)
vectors = embeddings.embed_documents(["a red bicycle", "the tax office"])
print(len(vectors), len(vectors[0]))
