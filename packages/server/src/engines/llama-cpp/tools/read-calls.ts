import { jsonEnd } from './json-end.ts';

/** A call as a model wrote it, whole. */
export interface WrittenCall {
  readonly name: string;
  /** JSON text of an object. */
  readonly arguments: string;
}

/**
 * The calls that a JSON text states: an object with `name` and `arguments` (or `parameters`), the same below `function`, or an array of
 * such. Null where it is no JSON, or names anything but known functions.
 */
export function readCalls(json: string, names: ReadonlySet<string>): readonly WrittenCall[] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  const calls = (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => callOf(one, names));
  return calls.length === 0 || calls.includes(null) ? null : (calls as WrittenCall[]);
}

function callOf(value: unknown, names: ReadonlySet<string>): WrittenCall | null {
  if (!isObject(value)) return null;
  const call = isObject(value['function']) ? value['function'] : value;
  const { name } = call;
  if (typeof name !== 'string' || !names.has(name)) return null;
  const given = call['arguments'] ?? call['parameters'] ?? {};
  const parsed = typeof given === 'string' ? objectIn(given) : given;
  return isObject(parsed) ? { name, arguments: JSON.stringify(parsed) } : null;
}

/** Some models write the arguments as a string that holds JSON. */
function objectIn(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FENCE = '```';
/** The words behind a fence within which a call may stand. */
const FENCE_WORDS = ['json', 'tool_call', 'tool_calls'];
const SEPARATORS = /(?:\s|,|```(?:json|tool_calls?)?)*/y;
const FIRST_KEYS = ['name', 'arguments', 'parameters', 'function', 'type', 'id'];

/**
 * The calls of an answer that consists of nothing else: bare JSON, perhaps in code fences. Null where anything else stands in it. The outer
 * brace may stand twice, which models learn from templates that were escaped once too often.
 */
export function readBareCalls(text: string, names: ReadonlySet<string>): readonly WrittenCall[] | null {
  const calls: WrittenCall[] = [];
  for (let at = behindSeparators(text, 0); at < text.length; at = behindSeparators(text, at)) {
    if (text[at] !== '{' && text[at] !== '[') return null;
    const start = text.startsWith('{{', at) ? at + 1 : at;
    const end = jsonEnd(text, start);
    const read = end === null ? null : readCalls(text.slice(start, end), names);
    if (end === null || read === null) return null;
    calls.push(...read);
    at = start > at && text[end] === '}' ? end + 1 : end;
  }
  return calls.length === 0 ? null : calls;
}

function behindSeparators(text: string, at: number): number {
  SEPARATORS.lastIndex = at;
  SEPARATORS.exec(text);
  return SEPARATORS.lastIndex;
}

/** Whether an answer that begins so may still turn out to be bare calls; decided by its first key and the name of the first function. */
export function mayBeBareCalls(text: string, names: ReadonlySet<string>): boolean {
  const begun = text.trimStart();
  if (FENCE.startsWith(begun)) return true;
  if (!begun.startsWith(FENCE)) return mayBeCalls(begun, names);
  const behind = begun.slice(FENCE.length);
  const [word = ''] = /^\w*/.exec(behind) ?? [];
  const rest = behind.slice(word.length);
  if (rest === '') return FENCE_WORDS.some((one) => one.startsWith(word));
  if (word !== '' && !FENCE_WORDS.includes(word)) return false;
  return rest.trim() === '' || mayBeCalls(rest.trimStart(), names);
}

function mayBeCalls(text: string, names: ReadonlySet<string>): boolean {
  const [, array, brace, behind = ''] = /^(\[?\s*)(\{{0,2})\s*(.*)/s.exec(text) ?? [];
  if (brace === '') return behind === '' && array !== '';
  if (behind === '') return true;
  const key = /^"(\w*)("?)/.exec(behind);
  if (key === null) return false;
  const [, word = '', keyEnds] = key;
  if (keyEnds === '') return FIRST_KEYS.some((one) => behind.length === word.length + 1 && one.startsWith(word));
  if (!FIRST_KEYS.includes(word)) return false;
  const name = /^"name"\s*:\s*"([^"\\]*)("?)/.exec(behind);
  if (name === null) return true;
  const [, told = '', nameEnds] = name;
  return nameEnds === '' ? [...names].some((one) => one.startsWith(told)) : names.has(told);
}
