import type { z } from 'zod';
import { GatewayError } from '../shared/errors.ts';

type Issue = z.core.$ZodIssue;

/** Checks what a client sent against its schema. Throws `invalid_request` or `unsupported_value` naming the first field at fault. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [first] = result.error.issues;
  if (first === undefined) throw new GatewayError('invalid_request', 'the request could not be read');
  throw toGatewayError(innermost(first));
}

/** Of a union's branches, the issue of the one that got furthest: it is the one the client meant. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [innermost(first)]));
  const furthest = branches.reduce(
    (best, branch) => (branch.path.length > best.path.length ? branch : best),
    branches[0] ?? issue,
  );
  if (furthest.path.length > 0 || branches.some((branch) => branch.code !== 'invalid_type')) {
    const meant =
      furthest.path.length > 0 ? furthest : (branches.find((branch) => branch.code !== 'invalid_type') ?? furthest);
    return { ...meant, path: [...issue.path, ...meant.path] };
  }
  return issue;
}

function toGatewayError(issue: Issue): GatewayError {
  const param = issue.path.map(String).join('.');
  const name = param === '' ? 'the request body' : param;
  const input = inputOf(issue);
  if (input === undefined) {
    return new GatewayError('invalid_request', `${name} is missing; it is required`, { param });
  }
  const oneOfList = issue.code === 'invalid_value' || (issue.code === 'invalid_union' && issue.errors.length === 0);
  const code = oneOfList && typeof input === 'string' ? 'unsupported_value' : 'invalid_request';
  return new GatewayError(code, `${name} ${complaint(issue)}`, param === '' ? {} : { param });
}

/** What the client sent in the place at fault. */
function inputOf(issue: Issue): unknown {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input;
  return (issue.input as Record<string, unknown>)[issue.discriminator];
}

function complaint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kind(issue.expected)}`;
    case 'invalid_value':
      return `must be ${list(issue.values)}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
      return `must ${atLeast(issue.origin, issue.minimum, issue.inclusive !== false)}`;
    case 'too_big':
      return `must ${atMost(issue.origin, issue.maximum, issue.inclusive !== false)}`;
    case 'invalid_union':
      return unionComplaint(issue);
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_element':
    case 'custom':
      return issue.message;
    default:
      return issue satisfies never;
  }
}

function unionComplaint(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if ('options' in issue && issue.options !== undefined) return `must be ${list(issue.options)}`;
  const kinds = issue.errors.flatMap(([first]) => (first?.code === 'invalid_type' ? [kind(first.expected)] : []));
  return kinds.length > 0 ? `must be ${[...new Set(kinds)].join(' or ')}` : 'has a form that is not taken';
}

function kind(expected: string): string {
  switch (expected) {
    case 'int':
      return 'a whole number';
    case 'array':
    case 'object':
      return `an ${expected}`;
    case 'record':
      return 'an object';
    case 'null':
      return 'null';
    case 'boolean':
      return 'true or false';
    default:
      return `a ${expected}`;
  }
}

function list(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length > 1 ? `one of ${shown.join(', ')}` : (shown[0] ?? 'something else');
}

function atLeast(origin: string, minimum: number | bigint, inclusive: boolean): string {
  if (origin === 'string') return minimum === 1 ? 'not be empty' : `have at least ${minimum} characters`;
  if (origin === 'array') return minimum === 1 ? 'not be empty' : `have at least ${minimum} entries`;
  return inclusive ? `be at least ${minimum}` : `be greater than ${minimum}`;
}

function atMost(origin: string, maximum: number | bigint, inclusive: boolean): string {
  if (origin === 'string') return `have at most ${maximum} characters`;
  if (origin === 'array') return `have at most ${maximum} entries`;
  return inclusive ? `be at most ${maximum}` : `be less than ${maximum}`;
}
