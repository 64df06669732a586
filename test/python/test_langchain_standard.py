"""LangChain's own standard tests of a chat model, on ChatOpenAI that talks to http://127.0.0.1:8000: over chat completions, and over responses."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests

ANSWER = 96


@pytest.fixture(autouse=True)
def media_of_this_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests take a picture and a recording from the network; here they are files."""

    def get(url: str, **_: Any) -> httpx.Response:
        name = os.environ["TEST_RECORDING"] if url.endswith(".wav") else os.environ["TEST_PICTURE"]
        return httpx.Response(200, content=Path(name).read_bytes())

    monkeypatch.setattr(httpx, "get", get)


class TestChatCompletions(ChatModelIntegrationTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "base_url": "http://127.0.0.1:8000/v1",
            "api_key": "EMPTY",
            "model": "autoglm-phone-9b",
            "temperature": 0,
            "seed": 7,
            "max_tokens": ANSWER,
            "stream_usage": True,
            "timeout": 600,
        }

    @property
    def model_override_value(self) -> str:
        return "qwen2.5-coder-1.5b-instruct-q4_k_m"

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_audio_inputs(self) -> bool:
        return True

    @property
    def supported_usage_metadata_details(self) -> dict[str, list[str]]:
        return {"invoke": ["reasoning_output", "cache_read_input"], "stream": ["reasoning_output", "cache_read_input"]}

    def invoke_with_reasoning_output(self, *, stream: bool = False) -> AIMessage:
        model = self.chat_model_class(**{**self.chat_model_params, "extra_body": {"enable_thinking": True}})
        return answered(model, "Which is larger, 9.11 or 9.9?", stream=stream)

    def invoke_with_cache_read_input(self, *, stream: bool = False) -> AIMessage:
        model = self.chat_model_class(**{**self.chat_model_params, "max_tokens": 10})
        question = "The conductor's baton is white, the hall is full, and the lights go down. What begins?"
        model.invoke(question)
        return answered(model, question, stream=stream)

    @pytest.mark.parametrize("model", [{}, {"output_version": "v1"}], indirect=True)
    def test_agent_loop_that_is_told_to_call(self, model: BaseChatModel) -> None:
        """The same loop, with a question that leaves no choice."""

        @tool
        def get_weather(location: str) -> str:
            """Get the weather at a location."""
            return f"It's sunny in {location}."

        agent = model.bind_tools([get_weather])
        question = HumanMessage("What is the weather in San Francisco, CA? Use the tool.")
        asked = agent.invoke([question])
        assert [call["name"] for call in asked.tool_calls] == ["get_weather"]
        assert [block["type"] for block in asked.content_blocks if block["type"] == "tool_call"] == ["tool_call"]
        answer = agent.invoke([question, asked, get_weather.invoke(asked.tool_calls[0])])
        assert "sunny" in answer.text.lower()


class TestResponses(TestChatCompletions):
    @property
    def chat_model_params(self) -> dict[str, Any]:
        params = {key: value for key, value in super().chat_model_params.items() if key != "seed"}
        return {**params, "use_responses_api": True}


def answered(model: BaseChatModel, question: str, *, stream: bool) -> AIMessage:
    if not stream:
        return model.invoke(question)
    whole: Any = None
    for chunk in model.stream(question):
        whole = chunk if whole is None else whole + chunk
    return whole
