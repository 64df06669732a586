import { createOpenApi } from '@concert/protocol';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ERRORS } from '../../shared/errors.ts';
import type { AppDeps } from '../app-deps.ts';

/** Swagger UI (https://github.com/swagger-api/swagger-ui), as a package brings it that counts no visitors. */
const FILES = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')), 'static');
/** It styles elements in their attributes; everything else comes from this server, and nothing goes anywhere else. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Concert API</title>
    <link rel="stylesheet" href="/docs/files/swagger-ui.css" />
    <link rel="icon" href="/docs/files/favicon-32x32.png" />
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/files/swagger-ui-bundle.js"></script>
    <script src="/docs/page.js"></script>
  </body>
</html>
`;
const SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, docExpansion: 'list', defaultModelsExpandDepth: 0 });
`;

/** The API's description, made on first demand, and a page to read and try it. */
export function mountOpenApi(app: FastifyInstance, deps: AppDeps): void {
  let document: string | null = null;
  app.get('/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(createOpenApi(deps.version, ERRORS));
    return reply.type('application/json; charset=utf-8').send(document);
  });
  app.get('/docs', (_request, reply) =>
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(PAGE),
  );
  app.get('/docs/page.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(SCRIPT));
  void app.register(staticFiles, {
    root: FILES,
    prefix: '/docs/files/',
    index: false,
    decorateReply: false,
    cacheControl: true,
    maxAge: '1d',
  });
}
