#!/usr/bin/env node
/** The API server of the stand-in; see README.md. `vllm.mjs serve MODEL [flags of vllm serve]`, `vllm.mjs --version` */
import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { behaviour, endWithParent, log, report, toldBy } from './behaviour.mjs';

const NAME = 'APIServer';
/** The flags of vLLM 0.12 that are understood; true: the flag stands alone. */
const FLAGS = {
  'served-model-name': false,
  uds: false,
  host: false,
  port: false,
  'tensor-parallel-size': false,
  'distributed-executor-backend': false,
  'max-num-seqs': false,
  'max-model-len': false,
  'gpu-memory-utilization': false,
  'reasoning-parser': false,
  'tool-call-parser': false,
  'enable-auto-tool-choice': true,
  'mm-encoder-tp-mode': false,
  'mm-processor-cache-type': false,
  'mm-processor-kwargs': false,
  'chat-template-content-format': false,
  'limit-mm-per-prompt': false,
  'enable-chunked-prefill': true,
  'enable-prompt-tokens-details': true,
  'disable-uvicorn-access-log': true,
  'enable-sleep-mode': true,
};

function readArguments(words) {
  const flags = {};
  const rest = [];
  for (let at = 0; at < words.length; at++) {
    if (!words[at].startsWith('--')) {
      rest.push(words[at]);
      continue;
    }
    const name = words[at].slice(2).replaceAll('_', '-');
    if (!(name in FLAGS)) {
      process.stderr.write(`vllm: error: unrecognized arguments: ${words[at]}\n`);
      process.exit(2);
    }
    flags[name] = FLAGS[name] ? true : words[++at];
  }
  return { flags, model: rest[1] };
}

let words = process.argv.slice(2);
const pretended = words.indexOf('--pretend-version');
const version = pretended === -1 ? '0.12.0' : words[pretended + 1];
if (pretended !== -1) words = words.toSpliced(pretended, 2);
if (words.includes('--version')) {
  process.stdout.write(`${version}\n`);
  process.exit(0);
}
const { flags, model } = readArguments(words);
const key = process.env.VLLM_API_KEY;
const sleepMode = process.env.VLLM_SERVER_DEV_MODE === '1' && flags['enable-sleep-mode'] === true;
process.title = 'VLLM::APIServer';
report({ event: 'arguments', pid: process.pid, arguments: process.argv.slice(2), environment: process.env });
log(NAME, `[api_server.py:1772] vLLM API server version ${version}`);

let dead = false;
let asleep = false;
let healthChecks = 0;
let seen = '';
const core = fork(fileURLToPath(new URL('./engine-core.mjs', import.meta.url)), [
  flags['tensor-parallel-size'] ?? '1',
  model,
  flags['max-model-len'] ?? '4096',
]);
endWithParent(() => {
  log(NAME, '[launcher.py:110] Shutting down FastAPI HTTP server.');
  process.exit(0);
});
core.on('message', (message) => {
  if (message.ready) listen();
  if (message.failed) fail();
  if (message.dead) dead = true;
});
core.on('exit', () => {
  if (!behaviour.noticeDeath && !dead) return;
  log(NAME, '[core_client.py:564] Engine core proc EngineCore_DP0 died unexpectedly, shutting down client.', 'ERROR');
  dead = true;
  setTimeout(() => process.exit(1), 300);
});

function fail() {
  process.stderr.write(
    'RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}\n',
  );
  process.exit(1);
}

function listen() {
  if (behaviour.bindFailsUntil !== null && !existsSync(behaviour.bindFailsUntil)) {
    writeFileSync(behaviour.bindFailsUntil, '');
    process.stderr.write('OSError: [Errno 98] Address already in use\n');
    process.exit(1);
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      log(NAME, String(error?.stack ?? error), 'ERROR');
      response.destroy();
    });
  });
  server.keepAliveTimeout = 5_000;
  server.on('error', (error) => {
    process.stderr.write(
      `OSError: [Errno 98] ${error.code === 'EADDRINUSE' ? 'Address already in use' : error.message}\n`,
    );
    process.exit(1);
  });
  const where = flags.uds ? { path: flags.uds } : { host: flags.host, port: Number(flags.port) };
  server.listen(where, () => {
    log(
      NAME,
      `[api_server.py:2099] Starting vLLM API server 0 on ${flags.uds ? `unix:${flags.uds}` : `http://${flags.host}:${flags.port}`}`,
    );
    process.stderr.write('INFO:     Application startup complete.\n');
  });
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname.startsWith('/v1') && request.headers.authorization !== `Bearer ${key}`) {
    return json(response, 401, { error: 'Unauthorized' });
  }
  switch (`${request.method} ${pathname}`) {
    case 'GET /health':
      healthChecks++;
      if (behaviour.silentAfter !== null && healthChecks > behaviour.silentAfter) return undefined;
      response.writeHead(dead ? 503 : 200).end();
      return undefined;
    case 'GET /v1/models':
      return json(response, 200, { object: 'list', data: [{ id: flags['served-model-name'], object: 'model' }] });
    case 'GET /is_sleeping':
      return sleepMode ? json(response, 200, { is_sleeping: asleep }) : json(response, 404, { detail: 'Not Found' });
    case 'POST /sleep':
    case 'POST /wake_up':
      if (!sleepMode) return json(response, 404, { detail: 'Not Found' });
      await setSleeping(pathname === '/sleep');
      response.writeHead(200).end();
      return undefined;
    case 'POST /v1/chat/completions':
    case 'POST /v1/completions':
      return chat(request, response);
    default:
      return json(response, 404, { detail: 'Not Found' });
  }
}

function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function setSleeping(wanted) {
  return new Promise((resolve) => {
    core.once('message', () => {
      asleep = wanted;
      report({ event: wanted ? 'slept' : 'woke' });
      resolve();
    });
    core.send({ sleep: wanted });
  });
}

async function chat(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  report({ event: 'request', body });
  if (dead)
    return json(response, 500, {
      error: { message: 'EngineCore encountered an issue.', type: 'InternalServerError', code: 500 },
    });
  const told = toldBy(toldText(body));
  if (told.status !== 200) {
    return json(response, told.status, {
      error: { message: told.message, type: 'BadRequestError', param: null, code: told.status },
    });
  }
  const usage = countTokens(body);
  // As vLLM refuses functions that it has no parser for.
  if (body.tools !== undefined && flags['enable-auto-tool-choice'] !== true) {
    const message = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
    return json(response, 400, { error: { message, type: 'BadRequestError', param: null, code: 400 } });
  }
  if (body.stream !== true) return json(response, 200, whole(told, usage));
  return stream(response, body, told, usage);
}

function whole(told, usage) {
  const completion = told.say.split(' ').length;
  return {
    object: 'chat.completion',
    model: flags['served-model-name'],
    choices: [{ index: 0, message: { role: 'assistant', content: told.say }, finish_reason: 'stop' }],
    usage: { ...usage, completion_tokens: completion, total_tokens: usage.prompt_tokens + completion },
  };
}

async function stream(response, body, told, usage) {
  let left = false;
  let said = 0;
  response.on('close', () => {
    left = true;
    report({ event: response.writableFinished ? 'finished' : 'aborted', words: said });
  });
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const send = (value) => response.write(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
  const continues = body.prompt !== undefined;
  const piece = (delta, reason = null, logprobs = null) =>
    send({
      id: continues ? 'cmpl-stand-in' : 'chatcmpl-stand-in',
      object: continues ? 'text_completion' : 'chat.completion.chunk',
      created: 1,
      model: flags['served-model-name'],
      choices: [
        {
          index: 0,
          ...(continues ? { text: delta.content ?? '' } : { delta }),
          logprobs,
          finish_reason: reason,
          stop_reason: null,
        },
      ],
    });
  if (!continues) piece({ role: 'assistant', content: '' });
  if (told.think !== null) piece({ reasoning: told.think });
  const all = told.say.split(' ');
  const most = body.max_tokens ?? Infinity;
  for (const [at, word] of all.slice(0, most).entries()) {
    if (told.delayMs > 0) await sleep(told.delayMs);
    if (left) return;
    if (at === told.hangAfter) return;
    if (at === told.cutAfter) {
      // What was written before is to arrive.
      await sleep(20);
      response.destroy();
      return;
    }
    if (at === told.errorAfter) {
      send({ error: { message: told.message, type: 'InternalServerError', param: null, code: 500 } });
      send('[DONE]');
      response.end();
      return;
    }
    said++;
    const content = at === 0 ? word : ` ${word}`;
    if (!piece({ content }, null, logprobsOf(content, body)))
      await new Promise((resolve) => response.once('drain', resolve));
  }
  for (const [index, { name, arguments: given }] of told.calls.entries()) {
    const id = `chatcmpl-tool-${index}`;
    piece({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
    // Cut as tokens would be, in the middle of words.
    for (const part of given.match(/.{1,3}/gsu) ?? [])
      piece({ tool_calls: [{ index, function: { arguments: part } }] });
  }
  // vLLM gives calls that it was obliged to make the reason of any other answer.
  const called = told.calls.length > 0 && body.tool_choice === 'auto';
  piece({}, all.length > most ? 'length' : called ? 'tool_calls' : 'stop');
  const completion = Math.min(all.length, most);
  if (body.stream_options?.include_usage === true) {
    send({
      object: 'chat.completion.chunk',
      choices: [],
      usage: { ...usage, completion_tokens: completion, total_tokens: usage.prompt_tokens + completion },
    });
  }
  if (!told.forgetDone) send('[DONE]');
  response.end();
}

/** In the forms of chats and of completions, where a word is a token. */
function logprobsOf(token, { logprobs, top_logprobs: top = 0, prompt }) {
  if (logprobs === undefined || logprobs === false) return null;
  const others = Array.from({ length: prompt === undefined ? top : logprobs }, (_, at) => [
    at === 0 ? token : `~${at}`,
    -0.25 - at,
  ]);
  if (prompt !== undefined) {
    return { tokens: [token], token_logprobs: [-0.25], top_logprobs: [Object.fromEntries(others)], text_offset: [0] };
  }
  const chance = (text, logprob) => ({ token: text, logprob, bytes: [...Buffer.from(text)] });
  const top_logprobs = others.map(([text, logprob]) => chance(text, logprob));
  return { content: [{ ...chance(token, -0.25), top_logprobs }] };
}

/** What the request says: its prompt, or its last message that is not a beginning of the answer. */
function toldText({ prompt, messages, continue_final_message: continues }) {
  return prompt === undefined ? textOf(messages.at(continues === true ? -2 : -1).content) : String(prompt);
}

function textOf(content) {
  if (content === null) return '';
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Words count as tokens, a picture as a hundred; what an earlier request began with in the same words counts as cached. */
function countTokens({ prompt, messages = [{ content: String(prompt) }], cache_salt: salt = '' }) {
  const words = messages
    .map((message) => textOf(message.content))
    .join(' ')
    .split(' ');
  const pictures = messages
    .flatMap((message) => (Array.isArray(message.content) ? message.content : []))
    .filter((part) => part.type === 'image_url');
  const text = [salt, ...words];
  let same = 0;
  while (same < text.length && text[same] === seen[same]) same++;
  seen = text;
  return {
    prompt_tokens: words.length + 100 * pictures.length,
    prompt_tokens_details: flags['enable-prompt-tokens-details'] ? { cached_tokens: Math.max(0, same - 1) } : null,
  };
}
