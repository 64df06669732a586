/** Imports point one way: http → policy → route → pipeline → models → engines → machine, with shared and protocol below all. */
const layers = ['http', 'policy', 'route', 'pipeline', 'models', 'engines', 'machine', 'shared'];
const inLayer = (names) => `^packages/server/src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...layers.slice(1).map((layer, index) => ({
      name: `${layer}-imports-downward`,
      severity: 'error',
      from: { path: inLayer([layer]) },
      to: { path: inLayer(layers.slice(0, index + 1)) },
    })),
    {
      name: 'http-never-runs-engines',
      comment: 'types alone may pass',
      severity: 'error',
      from: { path: inLayer(['http']), pathNot: '\\.test\\.ts$' },
      to: { path: inLayer(['engines']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      from: { path: `^packages/server/src/(${layers.join('|')})/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(main|config|cli/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'protocol-stands-alone',
      severity: 'error',
      from: { path: '^packages/protocol/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/protocol/src|^(node_modules/)?zod|node_modules/zod' },
    },
    {
      name: 'client-stands-alone',
      severity: 'error',
      from: { path: '^packages/client/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/client/src' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
  },
};
