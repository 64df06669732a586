import { z } from 'zod';
import { ErrorBody } from './error.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

type Json = Record<string, unknown>;

const PREFIX = '#/components/schemas/';

/** The OpenAPI 3.1 document of the operations table; a fresh object each time. */
export function createOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Concert',
      version,
      description:
        'One OpenAI-compatible server in which a central model leads OCR, speech recognition and speech synthesis. ' +
        'Every answer carries x-request-id; every failure has the body Error.',
    },
    paths,
    components: { schemas: { ...schemasOf(requestSchemas(), 'input'), ...schemasOf(answerSchemas(), 'output') } },
  };
}

function requestSchemas(): z.ZodType[] {
  return OPERATIONS.flatMap((operation) => [operation.json, operation.form?.fields]).filter(
    (schema) => schema !== undefined,
  );
}

function answerSchemas(): z.ZodType[] {
  const events = OPERATIONS.flatMap((operation) => (operation.event === undefined ? [] : [operation.event]));
  return [ErrorBody, ...OPERATIONS.flatMap((operation) => operation.answers), ...events];
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

function describeOperation(operation: Operation): Json {
  const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const body = describeBody(operation);
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    tags: [operation.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== null && { requestBody: { required: true, content: body } }),
    responses: {
      200: { description: 'The answer.', content: describeAnswer(operation) },
      ...(operation.path.startsWith('/health') && {
        503: { description: 'Not ready.', content: describeAnswer(operation) },
      }),
      ...Object.fromEntries([...operation.failures, 405, 500].map((status) => [status, failure(status)])),
    },
  };
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
    content['text/event-stream'] = {
      schema: {
        type: 'string',
        description:
          'Lines `data: …`, each holding the schema under x-event; a failure is an Error body, after which the stream closes.',
      },
      'x-event': { anyOf: [reference(operation.event), reference(ErrorBody)] },
    };
  }
  return content;
}

function failure(status: number): Json {
  return {
    description: `Failed with ${status}; the code in the body says why.`,
    content: { 'application/json': { schema: reference(ErrorBody) } },
  };
}
