import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { GatewayError } from '../shared/errors.ts';
import { checkJsonShape } from './check-json-shape.ts';
import { readBody } from './read-body.ts';
import { type Form, readForm } from './read-form.ts';

type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly form: Form }
  /** Announced as JSON, as Python's client does where there is nothing to send. */
  | { readonly kind: 'empty' };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Most values in a JSON body of this route, where it is not the usual number. */
    jsonValues?: number;
  }
}

/** Teaches the app to read JSON and forms of at most `limitBytes`; anything else is drained and refused. */
export function acceptBodies(app: FastifyInstance, limitBytes: number): void {
  app.removeAllContentTypeParsers();
  const accept = (type: string, read: (request: FastifyRequest, bytes: Buffer) => Body | Promise<Body>): void => {
    app.addContentTypeParser(type, async (request: FastifyRequest, payload: Readable) => {
      const bytes = await readBody(payload, limitBytes);
      if (request.is404) return null;
      refuseEncoded(request);
      return read(request, bytes);
    });
  };
  const parse = app.getDefaultJsonParser('error', 'error');
  accept('application/json', async (request, bytes) => {
    if (bytes.length === 0) return { kind: 'empty' };
    checkJson(bytes, request.routeOptions.config.jsonValues);
    return { kind: 'json', value: await parseJson(parse, request, bytes) };
  });
  accept('multipart/form-data', async (request, bytes) => ({
    kind: 'form',
    form: await readForm(request.headers, bytes),
  }));
  accept('*', (request) => {
    throw wrongType(request, 'application/json or multipart/form-data');
  });
}

/** The JSON body. Throws `invalid_json` when it is empty, and `unsupported_media_type` when there is none or another kind came. */
export function jsonOf(request: FastifyRequest): unknown {
  const body = request.body as Body | null | undefined;
  if (body?.kind === 'empty') throw new GatewayError('invalid_json', 'the body is empty; send a JSON object');
  if (body?.kind !== 'json') throw wrongType(request, 'application/json');
  return body.value;
}

/** The form body. Throws `unsupported_media_type` when there is none or another kind came. */
export function formOf(request: FastifyRequest): Form {
  const body = request.body as Body | null | undefined;
  if (body?.kind !== 'form') throw wrongType(request, 'multipart/form-data');
  return body.form;
}

/** Whether the body came as a form. */
export function isForm(request: FastifyRequest): boolean {
  return (request.body as Body | null | undefined)?.kind === 'form';
}

function wrongType(request: FastifyRequest, wanted: string): GatewayError {
  const type = request.headers['content-type'];
  const found = type === undefined ? 'without a content-type' : 'with another content-type';
  return new GatewayError('unsupported_media_type', `the request came ${found}; send ${wanted}`);
}

function refuseEncoded(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new GatewayError('unsupported_media_type', 'the body is compressed (content-encoding); send it plain');
}

function checkJson(bytes: Buffer, mostValues: number | undefined): void {
  if (!isUtf8(bytes)) throw new GatewayError('invalid_json', 'the body is not valid UTF-8; encode it so');
  checkJsonShape(bytes, mostValues);
}

function parseJson(parse: FastifyBodyParser<string>, request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    void parse(request, bytes.toString('utf8'), (cause: Error | null, value?: unknown) => {
      if (cause === null) return resolve(value);
      reject(
        new GatewayError(
          'invalid_json',
          'the body is not valid JSON, or has a key that is never taken such as __proto__',
          { cause },
        ),
      );
    });
  });
}
