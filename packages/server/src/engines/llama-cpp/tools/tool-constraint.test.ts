import { expect, test } from 'vitest';
import type { AnswerFormat, ToolUse } from '../../engine.ts';
import { machineOf, matches, sampleText } from '../grammar/sample-text.ts';
import { ToolCallParser } from './tool-call-parser.ts';
import { toolConstraint } from './tool-constraint.ts';

const CITY = {
  type: 'object',
  properties: { city: { type: 'string', maxLength: 5 } },
  required: ['city'],
  additionalProperties: false,
};
const TOOLS: ToolUse = {
  definitions: [
    { name: 'get_weather', description: null, parameters: CITY, strict: true },
    { name: 'get_time', description: null, parameters: {}, strict: false },
    {
      name: 'odd',
      description: null,
      parameters: { type: 'object', if: { required: ['a'] }, else: { required: ['b'] } },
      strict: false,
    },
  ],
  choice: 'auto',
  parallel: true,
};
const WEATHER = '{"name": "get_weather", "arguments": {"city": "上海"}}';
const TIME = '{"name": "get_time", "arguments": {"a": [1, {"b": null}]}}';
const ODD = '{"name": "odd", "arguments": {}}';

function accepted(tools: Partial<ToolUse>, texts: readonly string[], format?: AnswerFormat): boolean[] {
  const machine = machineOf(toolConstraint({ ...TOOLS, ...tools }, format).gbnf);
  return texts.map((text) => matches(machine, text));
}

test('where the model decides, it is held to calls behind the first open tag', () => {
  const { trigger } = toolConstraint(TOOLS, undefined);
  expect(trigger).toBe('<tool_call>');
  const texts = [
    `\n${WEATHER}\n</tool_call>`,
    `${TIME}</tool_call>`,
    `${ODD}</tool_call>\n<tool_call>${TIME}</tool_call>`,
  ];
  expect(accepted({}, texts)).toEqual([true, true, true]);
  expect(accepted({ parallel: false }, texts)).toEqual([true, true, false]);
  expect(
    accepted({}, [
      '{"name": "rm", "arguments": {}}</tool_call>',
      `${WEATHER.replace('city', 'town')}</tool_call>`,
      WEATHER,
    ]),
  ).toEqual([false, false, false]);
});

test('an obligation holds from the first character on, one by name to this function alone', () => {
  const texts = [`<tool_call>\n${WEATHER}\n</tool_call>`, `<tool_call>${TIME}</tool_call>`, 'words', ''];
  expect(accepted({ choice: 'required' }, texts)).toEqual([true, true, false, false]);
  expect(toolConstraint({ ...TOOLS, choice: 'required' }, undefined).trigger).toBeUndefined();
  expect(accepted({ choice: { name: 'get_time' } }, texts)).toEqual([false, true, false, false]);
});

test('an answer that is no call follows the format that was asked for', () => {
  const texts = ['{"a": 1}', `<tool_call>${TIME}</tool_call>`, 'words'];
  expect(accepted({}, texts, { kind: 'json-object' })).toEqual([true, true, false]);
  expect(accepted({ choice: 'required' }, texts, { kind: 'json-object' })).toEqual([false, true, false]);
});

test('a strict function whose schema can’t be held is refused by its place, a name that is no function too', () => {
  const strict = TOOLS.definitions.map((tool) => ({ ...tool, strict: true }));
  expect(() => toolConstraint({ ...TOOLS, definitions: strict }, undefined)).toThrow(
    /tools\[2\]\.function\.parameters/,
  );
  expect(() => toolConstraint({ ...TOOLS, choice: { name: 'rm' } }, undefined)).toThrow(/not among the tools/);
  expect(() => toolConstraint(TOOLS, { kind: 'grammar', gbnf: 'root ::= "a"' })).toThrow(/not both/);
});

test('whatever a grammar lets through is read as calls with valid arguments, and nothing is left over', () => {
  let state = 5;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const machine = machineOf(toolConstraint({ ...TOOLS, choice: 'required' }, undefined).gbnf);
  const names = new Set(TOOLS.definitions.map(({ name }) => name));
  for (let round = 0; round < 200; round++) {
    const text = sampleText(machine, random, 400);
    const parser = new ToolCallParser({ names, held: true, mostCalls: Infinity });
    const parsed = [...Array.from(text).flatMap((unit) => parser.push(unit)), ...parser.flush()];
    expect(parser.calls, text).toBeGreaterThan(0);
    let written = '';
    for (const one of parsed) {
      expect(one.kind, text).not.toBe('text');
      if (one.kind === 'arguments') written += one.text;
      else if (written !== '') {
        expect(() => void JSON.parse(written), text).not.toThrow();
        written = '';
      }
    }
  }
});
