import { expect, test } from 'vitest';
import { audioContainer } from './audio-container.ts';

function bytes(text: string): Uint8Array {
  return Buffer.from(text.padEnd(64, '\0'), 'latin1');
}

test('containers are told apart by their first bytes', () => {
  expect(audioContainer(bytes('RIFF\x10\0\0\0WAVEfmt '))).toBe('wav');
  expect(audioContainer(bytes('FORM\0\0\0\x10AIFFCOMM'))).toBe('aiff');
  expect(audioContainer(bytes('fLaC\0\0\0\x22'))).toBe('flac');
  expect(audioContainer(bytes('OggS\0\x02\0\0\0\0\0\0\0\0OpusHead'))).toBe('opus');
  expect(audioContainer(bytes('OggS\0\x02\0\0\0\0\0\0\0\0\x01vorbis'))).toBe('oga');
  expect(audioContainer(bytes('OggS\0\x02\0\0\0\0\0\0\0\0\x7fFLAC'))).toBe('flac');
  expect(audioContainer(bytes('\0\0\0\x20ftypM4A '))).toBe('m4a');
  expect(audioContainer(bytes('\x1aE\xdf\xa3'))).toBe('webm');
  expect(audioContainer(bytes('\xff\xfb\x90\x64'))).toBe('mp3');
  expect(audioContainer(bytes('\xff\xf1\x50\x80'))).toBe('aac');
});

test('what follows an ID3 tag decides', () => {
  const tag = 'ID3\x04\0\0\0\0\0\x05hello';
  expect(audioContainer(bytes(`${tag}\xff\xfb\x90\x64`))).toBe('mp3');
  expect(audioContainer(bytes(`${tag}\xff\xf1\x50\x80`))).toBe('aac');
  expect(audioContainer(bytes(`${tag}fLaC`))).toBe('flac');
});

test('text, pictures and nothing are no audio', () => {
  for (const text of ['hello world', '\x89PNG\r\n\x1a\n', 'RIFF\x10\0\0\0WEBPVP8 ', '\xff\xd8\xff\xe0', '']) {
    expect(audioContainer(bytes(text))).toBeNull();
  }
});
