import { expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';

test('an engine sees where programs and libraries lie, and nothing that the server keeps to itself', () => {
  const server = {
    PATH: '/usr/bin',
    HOME: '/home/me',
    LD_LIBRARY_PATH: '/usr/local/cuda/lib64',
    NCCL_P2P_DISABLE: '1',
    VLLM_CACHE_ROOT: '/var/cache/vllm',
    VLLM_API_KEY: 'of another engine',
    CONCERT_HOME: '/var/lib/concert',
    CONCERT_KEYS: 'secret',
    HF_TOKEN: 'hf_secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    DATABASE_URL: 'postgres://user:password@db',
    LLAMA_ARG_HOST: '0.0.0.0',
    NODE_OPTIONS: '--inspect',
    EMPTY: undefined,
  };
  expect(childEnvironment({ VLLM_API_KEY: 'its own', HF_HUB_OFFLINE: '1' }, server)).toEqual({
    PATH: '/usr/bin',
    HOME: '/home/me',
    LD_LIBRARY_PATH: '/usr/local/cuda/lib64',
    NCCL_P2P_DISABLE: '1',
    VLLM_CACHE_ROOT: '/var/cache/vllm',
    VLLM_API_KEY: 'its own',
    HF_HUB_OFFLINE: '1',
  });
});
