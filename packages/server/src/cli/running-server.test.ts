import { expect, test } from 'vitest';
import { serverUrl } from './running-server.ts';

test('a server that binds every address is reached by the machine’s own', () => {
  expect(serverUrl({ host: '0.0.0.0', port: 8000 })).toBe('http://127.0.0.1:8000');
  expect(serverUrl({ host: '::', port: 8000 })).toBe('http://[::1]:8000');
  expect(serverUrl({ host: '127.0.0.1', port: 81 })).toBe('http://127.0.0.1:81');
  expect(serverUrl({ host: 'fe80::1', port: 81 })).toBe('http://[fe80::1]:81');
});

test('an address that is given wins, whatever path it has', () => {
  expect(serverUrl({ url: 'https://models.example:444/v1', host: '127.0.0.1', port: 8000 })).toBe(
    'https://models.example:444',
  );
  for (const url of ['localhost:8000', 'nonsense', 'ftp://x']) {
    expect(() => serverUrl({ url, host: '127.0.0.1', port: 8000 })).toThrow('must be an address such as');
  }
});
