/** Writes what is derived from the schemas: the configuration's reference and JSON Schema, and the client's types. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { bootstrap, ROOT } from './bootstrap.mjs';

bootstrap();
const { configJsonSchema, CONFIG_OVERRIDES } = await import('../packages/server/dist/config.js');
const { createOpenApi } = await import('../packages/protocol/dist/index.js');

const typeOf = (schema) => {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  return (
    { object: 'keys and values', integer: 'whole number', string: 'text', boolean: '`true`, `false`' }[schema.type] ??
    'any'
  );
};

/** One row for each key; groups are followed into, long defaults are left to the schema file. */
function rowsOf(schema, prefix, overrides = CONFIG_OVERRIDES) {
  return Object.entries(schema.properties).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const isGroup = value.properties !== undefined && value.description === undefined;
    if (isGroup) return rowsOf(value, `${name}.`, overrides);
    const shown = value.default === undefined ? '' : JSON.stringify(value.default);
    const fallback = shown === '' || shown === '{}' ? '' : shown.length > 60 ? 'see the schema' : `\`${shown}\``;
    const { env, flag } = overrides.find((override) => override.path.join('.') === name) ?? {};
    const flagName = flag?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const also = [flagName && `\`--${flagName}\``, env && `\`${env}\``].filter(Boolean).join(', ');
    return `| \`${name}\` | ${typeOf(value)} | ${fallback} | ${also} | ${value.description ?? ''} |`;
  });
}

const schema = configJsonSchema();
const reference = `# Configuration

Generated from the schema (\`npm run generate\`); the same as JSON Schema, for editors: [config.schema.json](config.schema.json).

The file is \`--config FILE\`, \`CONCERT_CONFIG\`, \`concert.yaml\` in the working folder, or \`config.yaml\` in the state folder (\`CONCERT_HOME\`).
A flag wins over an environment variable, that over the file, that over the default. An unknown key stops the start and is named.
Sizes are numbers of bytes or \`512MB\`, \`8GiB\`; durations are seconds or \`90s\`, \`5m\`, \`never\`.

| key | value | default | also as | what it does |
| --- | --- | --- | --- | --- |
${rowsOf(schema, '').join('\n')}

Environment alone: \`CONCERT_HOME\` (the state folder), \`HF_TOKEN\` (for hub repositories that ask for one), \`HTTPS_PROXY\` and \`NO_PROXY\`.

## One model

Under \`models.<id>\`:

| key | value | default | also as | what it does |
| --- | --- | --- | --- | --- |
${rowsOf(schema.properties.models.additionalProperties, '', []).join('\n')}
`;
writeFileSync(join(ROOT, 'docs/configuration.md'), reference);
writeFileSync(join(ROOT, 'docs/config.schema.json'), `${JSON.stringify(schema, null, 2)}\n`);

const generated = join(ROOT, 'packages/client/src/generated');
mkdirSync(generated, { recursive: true });
const types = astToString(await openapiTS(createOpenApi('0'), { defaultNonNullable: false }));
writeFileSync(
  join(generated, 'api.ts'),
  `/** Generated from the server's OpenAPI description by \`npm run generate\`. */\n${types}`,
);
