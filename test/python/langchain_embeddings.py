"""LangChain's embeddings as its documentation uses them: texts are cut into tokens by the client. Prints what came back as JSON."""

import json
import os
import sys

# The client would fetch its vocabulary from the network and keep it; here it is a file.
os.environ["TIKTOKEN_CACHE_DIR"] = ""

import tiktoken.load
from langchain_openai import OpenAIEmbeddings

vocabulary = sys.argv[1]


def read_file(_address):
    with open(vocabulary, "rb") as file:
        return file.read()


tiktoken.load.read_file = read_file

documents = json.loads(sys.argv[2])
embeddings = OpenAIEmbeddings(model="text-embedding-3-small", base_url="http://127.0.0.1:8000/v1", api_key="EMPTY")
vectors = embeddings.embed_documents(documents)
many = embeddings.embed_documents([f"{document} {index}" for index in range(30) for document in documents])
short = OpenAIEmbeddings(
    model="text-embedding-3-large", dimensions=64, base_url="http://127.0.0.1:8000/v1", api_key="EMPTY"
)
print(
    json.dumps(
        {
            "vectors": vectors,
            "query": embeddings.embed_query(documents[0]),
            "many": len(many),
            "short": len(short.embed_query("hello")),
        }
    )
)
