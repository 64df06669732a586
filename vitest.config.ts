import { defineConfig } from 'vitest/config';

const shared = { resolve: { conditions: ['@concert/source'] }, ssr: { resolve: { conditions: ['@concert/source'] } } };

/**
 * `unit` lies beside the code and needs neither network nor weights; `integration` starts real servers
 * on fake or small engines; `models` runs real weights, two files at a time because there are two cores.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['packages/*/src/**/*.test.ts', 'bench/**/*.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'models',
          sequence: { groupOrder: 2 },
          include: ['test/models/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each file's models compute on one thread.
          maxWorkers: 2,
        },
      },
    ],
  },
});
