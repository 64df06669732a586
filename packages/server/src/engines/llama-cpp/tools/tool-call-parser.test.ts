import { expect, test } from 'vitest';
import { AnswerText } from '../answer-text.ts';
import { type Parsed, ToolCallParser, type ToolCallParserOptions } from './tool-call-parser.ts';

const NAMES = new Set(['get_weather', 'get_time', 'name']);
const FREE: ToolCallParserOptions = { names: NAMES, held: false, mostCalls: Infinity };
const HELD: ToolCallParserOptions = { ...FREE, held: true };

/** What was given out, with neighbouring pieces of one stretch joined. */
function joined(parsed: readonly Parsed[]): Parsed[] {
  const result: Parsed[] = [];
  for (const one of parsed) {
    const last = result.at(-1);
    if (last !== undefined && 'text' in last && 'text' in one && last.kind === one.kind) {
      result[result.length - 1] = { kind: one.kind, text: last.text + one.text };
    } else result.push(one);
  }
  return result;
}

function parse(pieces: readonly string[], options: ToolCallParserOptions): Parsed[] {
  const parser = new ToolCallParser(options);
  return joined([...pieces.flatMap((piece) => parser.push(piece)), ...parser.flush()]);
}

/** The answer as it comes from tokens that are cut at these bytes. */
function parseBytes(text: string, cuts: readonly number[], options: ToolCallParserOptions): Parsed[] {
  const bytes = Buffer.from(text);
  const decoder = new AnswerText([]);
  const pieces: string[] = [];
  for (const [at, from] of [0, ...cuts].entries()) pieces.push(decoder.push(bytes.subarray(from, cuts[at])).text);
  pieces.push(decoder.flush().text);
  return parse(pieces, options);
}

const call = (name: string, written: string): Parsed[] => [
  { kind: 'call', name },
  { kind: 'arguments', text: written },
];
const text = (written: string): Parsed => ({ kind: 'text', text: written });
const WEATHER =
  '<tool_call>\n{"name": "get_weather", "arguments": {"city": "上海", "note": "a } \\" b 🙂"}}\n</tool_call>';
const WEATHER_ARGUMENTS = '{"city":"上海","note":"a } \\" b 🙂"}';

const FREE_CASES: [string, Parsed[]][] = [
  ['just words, 1 < 2 and <tool', [text('just words, 1 < 2 and <tool')]],
  ['', []],
  [WEATHER, call('get_weather', WEATHER_ARGUMENTS)],
  [`Let me look.\n${WEATHER}\n`, [text('Let me look.'), ...call('get_weather', WEATHER_ARGUMENTS)]],
  [
    `${WEATHER}\n<tool_call>{"name":"get_time","arguments":{}}</tool_call>`,
    [...call('get_weather', WEATHER_ARGUMENTS), ...call('get_time', '{}')],
  ],
  [
    '<tool_call>{"name":"get_time"}{"name":"get_time"}</tool_call>',
    [...call('get_time', '{}'), ...call('get_time', '{}')],
  ],
  ['<tool_call>[{"name":"get_time","parameters":{"a":1}}]</tool_call>', call('get_time', '{"a":1}')],
  ['<tool_call>{"arguments":{"a":[1]},"name":"get_time"}', call('get_time', '{"a":[1]}')],
  ['<tool_call>{"name":"get_time","arguments":"{\\"a\\": 1}"}</tool_call>', call('get_time', '{"a":1}')],
  [`${WEATHER} and words`, [...call('get_weather', WEATHER_ARGUMENTS), text(' and words')]],
  [
    '<tool_call>{"name":"rm","arguments":{}}</tool_call>',
    [text('<tool_call>{"name":"rm","arguments":{}}</tool_call>')],
  ],
  [
    'a <tool_call>\n{"name":"get_time", oops}</tool_call>',
    [text('a <tool_call>\n{"name":"get_time", oops}</tool_call>')],
  ],
  ['a\n<tool_call>\n{"name":"get_ti', [text('a\n<tool_call>\n{"name":"get_ti')]],
  [`<tool_call> is a tag\n${WEATHER}`, [text('<tool_call> is a tag'), ...call('get_weather', WEATHER_ARGUMENTS)]],
  ['<tool_call>{"name":"get_time","arguments":[1]}', [text('<tool_call>{"name":"get_time","arguments":[1]}')]],
  ['{"name": "get_time", "arguments": {"zone": "UTC"}}', call('get_time', '{"zone":"UTC"}')],
  ['\n```json\n{"name": "get_time", "arguments": {}}\n```\n', call('get_time', '{}')],
  ['```\n{"function": {"name": "name", "arguments": {}}}\n```', call('name', '{}')],
  ['```json\n{"name":"get_time"}\n{"name":"get_time"}\n```', [...call('get_time', '{}'), ...call('get_time', '{}')]],
  ['[{"name":"get_time"}, {"name":"name"}]', [...call('get_time', '{}'), ...call('name', '{}')]],
  [
    '{"name": "get_time", "arguments": {}} is what I would call',
    [text('{"name": "get_time", "arguments": {}} is what I would call')],
  ],
  ['{{"name": "get_time", "arguments": {"a": {}}}}', call('get_time', '{"a":{}}')],
  ['{{"name": "get_time", "arguments": {"a": 1}}', call('get_time', '{"a":1}')],
  ['```json\n<tool_call>\n{"name":"get_time"}\n</tool_call>', call('get_time', '{}')],
  ['```json\n<tool_call>\nnothing', [text('```json\n<tool_call>\nnothing')]],
  ['```json', [text('```json')]],
  ['{"name": "Bob", "arguments": {}}', [text('{"name": "Bob", "arguments": {}}')]],
  ['{"city": "Paris"}', [text('{"city": "Paris"}')]],
  ['```python\nprint(1)\n```', [text('```python\nprint(1)\n```')]],
  ['{"name": "get_time", "argu', [text('{"name": "get_time", "argu')]],
  [' \n ', [text(' \n ')]],
];

const HELD_CASES: [string, Parsed[]][] = [
  [WEATHER, call('get_weather', '{"city": "上海", "note": "a } \\" b 🙂"}')],
  [
    `Words.\n${WEATHER}\n${WEATHER}`,
    [
      text('Words.'),
      ...call('get_weather', '{"city": "上海", "note": "a } \\" b 🙂"}'),
      ...call('get_weather', '{"city": "上海", "note": "a } \\" b 🙂"}'),
    ],
  ],
  ['<tool_call>{"name":"get_time","arguments":{"a":{"b":[{}]}}}</tool_call>', call('get_time', '{"a":{"b":[{}]}}')],
  ['<tool_call>\n{"name": "get_time", "arguments": {"a": "cut of', call('get_time', '{"a": "cut of')],
  ['<tool_call>\n{"name": "get_t', [text('<tool_call>\n{"name": "get_t')]],
  ['{"name": "get_time", "arguments": {}}', call('get_time', '{}')],
];

test.each(FREE_CASES)('%j is understood alike however it is cut', (written, expected) => {
  expect(parse([written], FREE)).toEqual(expected);
  expect(parse(Array.from(written), FREE)).toEqual(expected);
  const { length } = Buffer.from(written);
  for (let cut = 0; cut <= length; cut++) expect(parseBytes(written, [cut], FREE), `cut at ${cut}`).toEqual(expected);
});

test.each(HELD_CASES)('held by a grammar, %j is told while it is written, however it is cut', (written, expected) => {
  expect(parse([written], HELD)).toEqual(expected);
  const { length } = Buffer.from(written);
  for (let cut = 0; cut <= length; cut++) expect(parseBytes(written, [cut], HELD), `cut at ${cut}`).toEqual(expected);
  for (let cut = 0; cut < length; cut++) {
    expect(parseBytes(written, [cut, Math.min(length, cut + 3)], HELD), `cut at ${cut}`).toEqual(expected);
  }
});

test('five thousand random answers in random pieces are understood as when they come at once', () => {
  const parts = [
    '<tool_call>',
    '</tool_call>',
    '{"name": "get_time", "arguments": ',
    '{"a": "',
    '"}',
    '}',
    '{',
    '"',
    '\n',
    ' ',
    '想',
    '```json',
    '<',
    'tool',
    '[',
    ',',
  ];
  let state = 3;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (let round = 0; round < 5_000; round++) {
    const written = Array.from({ length: random(12) }, () => parts[random(parts.length)]).join('');
    const pieces: string[] = [];
    for (let at = 0; at < written.length;) {
      const end = at + random(9);
      pieces.push(written.slice(at, end));
      at = end;
    }
    for (const options of [FREE, HELD]) {
      expect(parse(pieces, options), JSON.stringify(pieces)).toEqual(parse([written], options));
    }
  }
});

test('without a grammar no character that is no call is lost', () => {
  const written = 'a <tool_call>{"name":"x"}</tool_call> b <tool_call>[]</tool_call>';
  expect(parse(Array.from(written), FREE)).toEqual([text(written)]);
});

test('arguments that a grammar holds are told as they come, and words at once', () => {
  const parser = new ToolCallParser(HELD);
  expect(parser.push('Look')).toEqual([text('Look')]);
  expect(parser.push(': <tool_')).toEqual([text(':')]);
  expect(parser.push('call>\n{"name": "get_time", "arguments": ')).toEqual([]);
  expect(parser.push('{"zone"')).toEqual(call('get_time', '{"zone"'));
  expect(parser.push(': "UTC"}')).toEqual([{ kind: 'arguments', text: ': "UTC"}' }]);
  expect(parser.push('}\n</tool_call>')).toEqual([]);
  expect(parser.flush()).toEqual([]);
  expect(parser.calls).toBe(1);
});

test('of more calls than wanted the first are told', () => {
  const one = { ...FREE, mostCalls: 1 };
  expect(parse([WEATHER, '\n', WEATHER], one)).toEqual(call('get_weather', WEATHER_ARGUMENTS));
  expect(parse(['{"name":"get_time"}{"name":"name"}'], one)).toEqual(call('get_time', '{}'));
});
