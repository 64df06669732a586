import { z } from 'zod';
import { ErrorBody } from './error.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { RealtimeClientEvent } from './realtime.ts';

type Json = Record<string, unknown>;

const PREFIX = '#/components/schemas/';

const HEADERS = {
  'x-request-id': { description: 'The request’s id, the client’s own if it sent one.', schema: { type: 'string' } },
  'retry-after': {
    description: 'Seconds after which to try again, where that makes sense.',
    schema: { type: 'string' },
  },
};
/** Statuses of failures that pass. */
const RETRIED = [429, 503];
const EVERY_ANSWER = { headers: headers('x-request-id') };

/** Codes of failures with their HTTP statuses. */
type ErrorTable = Readonly<Record<string, { readonly status: number }>>;

/** The OpenAPI 3.1 document of the operations table; a fresh object each time. `errors` are named beside the statuses they come with. */
export function createOpenApi(version: string, errors: ErrorTable = {}): Json {
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation, errors),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Concert',
      version,
      description:
        'One OpenAI-compatible server in which a central model leads OCR, speech recognition and speech synthesis. ' +
        'Every answer carries x-request-id; every failure has the body Error. Fields that are not described are ignored. ' +
        'Events of a stream hold JSON by the schema under x-event; OpenAI’s older streams end with `data: [DONE]`. ' +
        'Conversations by voice run over a WebSocket at /v1/realtime, whose messages from the client are RealtimeClientEvent.',
    },
    paths,
    components: {
      headers: HEADERS,
      schemas: { ...schemasOf(requestSchemas(), 'input'), ...schemasOf(answerSchemas(), 'output') },
    },
  };
}

function requestSchemas(): z.ZodType[] {
  const posted = OPERATIONS.flatMap((operation) => [operation.json, operation.form?.fields]);
  return [...posted, RealtimeClientEvent].filter((schema) => schema !== undefined);
}

function answerSchemas(): z.ZodType[] {
  const events = OPERATIONS.flatMap((operation) => (operation.event === undefined ? [] : [operation.event]));
  const failures = OPERATIONS.flatMap((operation) => (operation.failure === undefined ? [] : [operation.failure]));
  return [ErrorBody, ...failures, ...OPERATIONS.flatMap((operation) => operation.answers), ...events];
}

/** Schemas by id. Shared parts (their ids come from `.meta`) become components of their own. */
function schemasOf(roots: readonly z.ZodType[], io: 'input' | 'output'): Json {
  const found: Json = {};
  for (const root of roots) {
    const {
      $defs,
      $schema: _,
      ...schema
    } = z.toJSONSchema(root, { io, unrepresentable: 'any', reused: 'inline' }) as Json;
    found[idOf(root)] = schema;
    Object.assign(found, $defs);
  }
  return relink(found) as Json;
}

/** Points references at the components and drops `id`, which only named them. */
function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !((key === 'id' || key === '$id') && typeof inner === 'string'))
      .map(([key, inner]) =>
        key === '$ref' && typeof inner === 'string' ? [key, inner.replace('#/$defs/', PREFIX)] : [key, relink(inner)],
      ),
  );
}

function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error('a schema in the operations table has no id');
  return id;
}

function reference(schema: z.ZodType): Json {
  return { $ref: PREFIX + idOf(schema) };
}

function describeOperation(operation: Operation, errors: ErrorTable): Json {
  const parameters = [
    ...[...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(operation),
  ];
  const body = describeBody(operation);
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    tags: [operation.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: { required: true, content: body } }),
    responses: {
      200: {
        description: 'The answer.',
        ...EVERY_ANSWER,
        content: describeAnswer(operation),
        ...(operation.idFor !== undefined && { links: describeLinks(operation.idFor) }),
      },
      ...(operation.path.startsWith('/health') && {
        503: { description: 'Not ready.', ...EVERY_ANSWER, content: describeAnswer(operation) },
      }),
      ...Object.fromEntries(
        [...operation.failures, 405, 500].map((status) => [status, failure(status, operation, errors)]),
      ),
    },
  };
}

/** Operations that take the id of the answer. */
function describeLinks(operationIds: readonly string[]): Json {
  return Object.fromEntries(
    operationIds.map((operationId) => [operationId, { operationId, parameters: { id: '$response.body#/id' } }]),
  );
}

function queryParameters({ query }: Operation): Json[] {
  if (query === undefined) return [];
  return Object.entries(query.shape).map(([name, field]) => {
    const { $schema: _, ...schema } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as Json;
    return { name, in: 'query', required: false, schema };
  });
}

function describeBody(operation: Operation): Json | null {
  const content: Json = {};
  if (operation.json !== undefined) content['application/json'] = { schema: reference(operation.json) };
  if (operation.form !== undefined) {
    const file = { type: 'object', properties: { [operation.form.file]: { type: 'string', format: 'binary' } } };
    content['multipart/form-data'] = {
      schema: { allOf: [reference(operation.form.fields), { ...file, required: [operation.form.file] }] },
    };
  }
  return Object.keys(content).length > 0 ? content : null;
}

function describeAnswer(operation: Operation): Json {
  const content: Json = {};
  const [only, ...more] = operation.answers.map(reference);
  if (only !== undefined) content['application/json'] = { schema: more.length > 0 ? { anyOf: [only, ...more] } : only };
  for (const type of operation.otherAnswers ?? []) {
    content[type] = type === 'application/json' ? { schema: { type: 'object' } } : { schema: { type: 'string' } };
  }
  if (operation.event !== undefined) {
    const event = { anyOf: [reference(operation.event), reference(operation.failure ?? ErrorBody)] };
    content['text/event-stream'] = {
      schema: {
        type: 'object',
        description: 'One event. A failure is told by an event with the body Error, after which the stream closes.',
        required: ['data'],
        properties: {
          event: { type: 'string' },
          data: {
            anyOf: [
              { const: '[DONE]' },
              { type: 'string', contentMediaType: 'application/json', contentSchema: event },
            ],
          },
        },
      },
      'x-event': event,
    };
  }
  return content;
}

function failure(status: number, operation: Operation, errors: ErrorTable): Json {
  const codes = Object.keys(errors).filter((code) => errors[code]?.status === status);
  const named = codes.length > 0 ? `: ${codes.map((code) => `\`${code}\``).join(', ')}` : '';
  return {
    description: `Failed with ${status}; the code in the body says why${named}.`,
    headers: headers('x-request-id', ...(RETRIED.includes(status) ? (['retry-after'] as const) : [])),
    content: { 'application/json': { schema: reference(operation.failure ?? ErrorBody) } },
  };
}

function headers(...names: readonly (keyof typeof HEADERS)[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
