"""The article's streaming loop over the model of the snippet: one server-sent line for each chunk."""

from langchain_openai import ChatOpenAI

chat_model = ChatOpenAI(
    model="autoglm-phone-9b",
    temperature=0.5,
    base_url="http://127.0.0.1:8000/v1",
    api_key="EMPTY",
    streaming=True,
)

for chunk in chat_model.stream("用两句话介绍一下杭州的西湖"):
    print(f"data: {chunk.content}\n\n", end="", flush=True)
