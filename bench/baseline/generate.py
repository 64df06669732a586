"""The other side of the baseline: Transformers' `generate` on a GGUF file's weights, dequantised when they are loaded.

Reads one JSON object a line from standard input and answers each with one line on standard output.
"""

import json
import os
import sys
import time

# Everything that is needed lies in the GGUF file; nothing may be looked for elsewhere.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(path, dtype, threads):
    torch.set_num_threads(threads)
    folder, name = os.path.split(path)
    started = time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=getattr(torch, dtype))
    model.eval()
    return tokenizer, model, time.perf_counter() - started


def forget_peak():
    """Makes the system's record of the most memory begin anew: loading holds more than generating."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return


def peak_bytes():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def run(tokenizer, model, conversations, new_tokens):
    prompts = tokenizer.apply_chat_template(
        conversations, add_generation_prompt=True, padding=True, return_tensors="pt", return_dict=True
    )
    started, cpu = time.perf_counter(), time.process_time()
    with torch.inference_mode():
        written = model.generate(
            **prompts,
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            repetition_penalty=1.0,
            max_new_tokens=new_tokens,
            min_new_tokens=new_tokens,
        )
    seconds = time.perf_counter() - started
    length = prompts["input_ids"].shape[1]
    return {
        "seconds": seconds,
        "cpuSeconds": time.process_time() - cpu,
        "tokens": int((written.shape[1] - length) * written.shape[0]),
        "promptTokens": int(prompts["attention_mask"].sum()),
        "peakBytes": peak_bytes(),
    }


def main():
    # Libraries print what they like; only answers may go to the parent.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tokenizer = model = None
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["kind"] == "load":
            tokenizer, model, seconds = load(asked["path"], asked["dtype"], asked["threads"])
            forget_peak()
            answer = {"seconds": seconds}
        else:
            answer = run(tokenizer, model, asked["conversations"], asked["newTokens"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
