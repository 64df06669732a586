from langchain_openai import ChatOpenAI
import os

chat_model = ChatOpenAI(
    model="autoglm-phone-9b",
    temperature=0.5,
    base_url="http://127.0.0.1:8000/v1",  # 替换为实际服务地址
    api_key="EMPTY",  # 当前服务无需认证
    extra_body={
        "enable_thinking": True,
        "return_reasoning": True,
    },
    streaming=True,
)

response = chat_model.invoke("你是谁?")
print(response.content)
