"""
Open-AutoGLM's own code against http://127.0.0.1:8000: its first check, its deployment check, its agent's loop on recorded screens, and its
parser on 10,000 answers cut at random. Arguments: a checkout of Open-AutoGLM, the folder of screens. Prints what was seen as JSON.
"""

import base64
import contextlib
import io
import json
import random
import subprocess
import sys
import time
import types
from pathlib import Path

from openai import OpenAI

URL = "http://127.0.0.1:8000/v1"
checkout, screens = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(checkout))
# It takes screenshots with Pillow; here they are recorded.
sys.modules.setdefault("PIL", types.SimpleNamespace(Image=None))
with contextlib.redirect_stdout(io.StringIO()):
    from phone_agent import PhoneAgent
    from phone_agent.actions import handler
    from phone_agent.actions.handler import parse_action
    from phone_agent import agent as agent_module
    from phone_agent.model import ModelConfig
    from phone_agent.model.client import ModelClient
    from phone_agent.adb.screenshot import Screenshot

seen = {}
targets = json.loads((screens / "targets.json").read_text())


class RecordedPhone:
    """A phone whose screens are pictures; every tap goes on to the next."""

    def __init__(self, names):
        self.names, self.at, self.taps, self.other = names, 0, [], []

    def get_screenshot(self, device_id=None, timeout=10):
        png = (screens / self.names[min(self.at, len(self.names) - 1)]).read_bytes()
        return Screenshot(base64.b64encode(png).decode(), targets["width"], targets["height"])

    def get_current_app(self, device_id=None):
        return "System Home"

    def tap(self, x, y, device_id=None, delay=None):
        name = self.names[min(self.at, len(self.names) - 1)]
        hit = [t["text"] for t in targets["screens"][name] if t["box"][0] <= x < t["box"][2] and t["box"][1] <= y < t["box"][3]]
        self.taps.append({"screen": name, "x": x, "y": y, "hit": hit})
        self.at += 1

    def launch_app(self, name, device_id=None, delay=None):
        self.other.append(name)
        return True

    def __getattr__(self, action):
        def act(*args, **kwargs):
            self.other.append(action)

        return act


def first_check():
    started = time.time()
    client = OpenAI(base_url=URL, api_key="EMPTY", timeout=30.0)
    answer = client.chat.completions.create(
        model="autoglm-phone-9b", messages=[{"role": "user", "content": "Hi"}], max_tokens=5, temperature=0.0, stream=False
    )
    seen["first_check"] = {"choices": len(answer.choices), "seconds": round(time.time() - started, 1)}


def deployment_check():
    started = time.time()
    command = [sys.executable, "scripts/check_deployment_cn.py", "--base-url", URL, "--model", "autoglm-phone-9b"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    body = (checkout / "scripts/sample_messages.json").stat().st_size
    seen["deployment"] = {"rc": done.returncode, "printed": done.stdout[-700:], "bytes": body, "seconds": round(time.time() - started, 1)}


def agent_loop():
    phone = RecordedPhone(["login.png", "chats.png", "dialog.png"])
    agent_module.get_device_factory = lambda: phone
    handler.get_device_factory = lambda: phone
    steps = []
    with contextlib.redirect_stdout(io.StringIO()):
        agent = PhoneAgent(model_config=ModelConfig(base_url=URL), agent_config=agent_module.AgentConfig(max_steps=3))
        handler.time.sleep = lambda _: None
        for task in ["点击“登录”", None, None]:
            result = agent.step(task)
            steps.append({"action": result.action, "message": result.message})
            if result.finished:
                break
    seen["agent"] = {"steps": steps, "taps": phone.taps, "other": phone.other}


def made_up(rng):
    """An answer as the server gives it, and what its parser must make of it."""
    words = "登录 设置 搜索 咖啡 Wi-Fi 下一步 (可选) 3.5 折 50% & <b> ' “好” ok".split()
    text = " ".join(rng.choices(words, k=rng.randint(1, 5)))
    place = [rng.randint(0, 999), rng.randint(0, 999)]
    kind = rng.randrange(6)
    if kind == 0:
        return f'finish(message="{text}")', {"_metadata": "finish", "message": text}
    if kind == 1:
        return f'do(action="Type", text="{text}")', {"_metadata": "do", "action": "Type", "text": text}
    if kind == 2:
        end = [rng.randint(0, 999), rng.randint(0, 999)]
        return f'do(action="Swipe", start={place}, end={end})', {"_metadata": "do", "action": "Swipe", "start": place, "end": end}
    if kind == 3:
        return 'do(action="Back")', {"_metadata": "do", "action": "Back"}
    if kind == 4:
        return f'do(action="Launch", app="{text}")', {"_metadata": "do", "action": "Launch", "app": text}
    return f'do(action="Tap", element={place})', {"_metadata": "do", "action": "Tap", "element": place}


def chunk(text):
    return types.SimpleNamespace(choices=[types.SimpleNamespace(delta=types.SimpleNamespace(content=text))])


def parser_cuts():
    rng = random.Random(11)
    client = ModelClient(ModelConfig(base_url=URL))
    wrong = []
    for _ in range(10_000):
        action, expected = made_up(rng)
        answer = f"<think>先看屏幕,再决定。do it</think>\n<answer>{action}"
        cuts = sorted(rng.sample(range(1, len(answer)), rng.randint(1, 6)))
        pieces = [answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)])]
        create = lambda **_: iter([types.SimpleNamespace(choices=[]), *map(chunk, pieces)])
        client.client = types.SimpleNamespace(chat=types.SimpleNamespace(completions=types.SimpleNamespace(create=create)))
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                parsed = parse_action(client.request([]).action)
            except ValueError as error:
                parsed = str(error)
        if parsed != expected:
            wrong.append({"answer": answer, "parsed": str(parsed)})
    seen["parser"] = {"cuts": 10_000, "wrong": wrong[:5], "wrong_count": len(wrong)}


for part in [first_check, deployment_check, agent_loop, parser_cuts]:
    part()
print(json.dumps(seen, ensure_ascii=False))
