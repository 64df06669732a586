import { expect, test } from 'vitest';
import { beginsLikeAudio } from './is-audio.ts';

test.each([
  ['wav', 'RIFF\0\0\0\0WAVE'],
  ['aiff', 'FORM\0\0\0\0AIFF'],
  ['an mp3 with a tag', 'ID3\u0004\0\0\0\0\0\0\0\0'],
  ['flac', 'fLaC\0\0\0\0\0\0\0\0'],
  ['ogg', 'OggS\0\0\0\0\0\0\0\0'],
  ['m4a', '\0\0\0 ftypM4A '],
  ['webm', '\u001aE\u00df\u00a3\0\0\0\0\0\0\0\0'],
  ['aac', '\u00ff\u00f1\u0050\0\0\0\0\0\0\0\0\0'],
  ['mp3', '\u00ff\u00fb\u0090\0\0\0\0\0\0\0\0\0'],
])('%s begins like audio', (_, head) => {
  expect(beginsLikeAudio(Buffer.from(head, 'latin1'))).toBe(true);
});

test.each([
  ['text', 'RIFFs and raffs'],
  ['a picture', 'RIFF\0\0\0\0WEBP'],
  ['UTF-16', '\u00ff\u00feH\0i\0'],
  ['nothing', ''],
])('%s does not', (_, head) => {
  expect(beginsLikeAudio(Buffer.from(head, 'latin1'))).toBe(false);
});
