import sharp from 'sharp';
import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { checkAudio, checkImage } from './check-media.ts';
import { decodeBase64 } from './decode-base64.ts';
import { readImageHeader } from './image-header.ts';
import { readMedia } from './read-media.ts';

const code = (expected: string) => expect.objectContaining({ code: expected, param: 'image' }) as Error;

test('base64 is read with and without padding, in both alphabets, wrapped or as a data URI', () => {
  const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x00, 0x10]);
  for (const text of [
    '+//+ABA=',
    '+//+ABA',
    '-__-ABA',
    '+//+\r\nABA=\n',
    'data:image/png;base64,+//+ABA=',
    'DATA:;charset=x;base64,+//+ABA=',
  ]) {
    expect(decodeBase64(text, 'image')).toEqual(bytes);
  }
  expect(decodeBase64('', 'image')).toHaveLength(0);
});

test.each([
  '@@@@',
  'AAAA=AAA',
  'AAAAA',
  'A=',
  'AAAA===',
  'AA%3D',
  'data:image/png,AAAA',
  'data:;base64',
  'data:;base64,!!',
])('%s is not base64', (text) => {
  expect(() => decodeBase64(text, 'image')).toThrow(code('invalid_media'));
});

test('size and format are read from the headers of real files', async () => {
  const picture = sharp({ create: { width: 37, height: 21, channels: 3, background: 'red' } });
  const files = {
    'image/png': await picture.clone().png().toBuffer(),
    'image/jpeg': await picture
      .clone()
      .jpeg({ progressive: true })
      .withMetadata({ exif: { IFD0: { Copyright: 'x'.repeat(500) } } })
      .toBuffer(),
    'image/webp': await picture.clone().webp().toBuffer(),
  };
  for (const [mediaType, bytes] of Object.entries(files))
    expect(readImageHeader(bytes)).toEqual({ mediaType, size: { width: 37, height: 21 } });
  const lossless = await picture.clone().webp({ lossless: true }).toBuffer();
  expect(readImageHeader(lossless)?.size).toEqual({ width: 37, height: 21 });
  const extended = await picture
    .clone()
    .ensureAlpha(0.5)
    .webp()
    .withMetadata({ exif: { IFD0: { Copyright: 'a' } } })
    .toBuffer();
  expect(extended.toString('latin1', 12, 16)).toBe('VP8X');
  expect(readImageHeader(extended)?.size).toEqual({ width: 37, height: 21 });
});

test('a header cut anywhere is damaged, never a crash and never a size', async () => {
  const picture = sharp({ create: { width: 37, height: 21, channels: 3, background: 'red' } });
  for (const bytes of [
    await picture.clone().png().toBuffer(),
    await picture.clone().jpeg().toBuffer(),
    await picture.clone().webp().toBuffer(),
  ]) {
    for (let length = 0; length < Math.min(bytes.length, 700); length++) {
      const size = readImageHeader(bytes.subarray(0, length))?.size ?? null;
      expect(size === null || (size.width === 37 && size.height === 21)).toBe(true);
    }
  }
});

test('other formats are refused whatever they call themselves', () => {
  for (const head of [
    'GIF89a',
    'BM',
    'II*\0',
    '<svg',
    '\0\0\0\x0cjP  \r\n',
    '\0\0\0 ftypavif',
    '%PDF-1.7',
    'RIFF0000WAVE',
  ]) {
    expect(() => checkImage(Buffer.from(head.padEnd(64, '\0'), 'latin1'), { param: 'image', maxPixels: 100 })).toThrow(
      code('invalid_media'),
    );
  }
});

test('a picture over the pixel cap is refused by its header alone', async () => {
  const bytes = await sharp({ create: { width: 11, height: 10, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  expect(checkImage(bytes, { param: 'image', maxPixels: 110 })).toEqual({
    kind: 'image',
    bytes,
    mediaType: 'image/png',
  });
  expect(() => checkImage(bytes, { param: 'image', maxPixels: 109 })).toThrow(code('too_large'));
  expect(() => checkImage(Buffer.alloc(0), { param: 'image', maxPixels: 109 })).toThrow(code('empty_media'));
});

test('audio too short to hold a sample is empty', () => {
  expect(() => checkAudio(Buffer.alloc(31), 'image')).toThrow(code('empty_media'));
  expect(checkAudio(Buffer.alloc(32), 'image').kind).toBe('audio');
});

test('only http and https are fetched, and a failed fetch names the field', async () => {
  const fetched: string[] = [];
  const options = {
    param: 'image',
    signal: new AbortController().signal,
    fetchMedia: async (url: string) => {
      fetched.push(url);
      if (url.endsWith('bad')) throw new GatewayError('media_fetch_failed', 'gone');
      return Buffer.from('x');
    },
  };
  await readMedia('https://example.org/a', options);
  await expect(readMedia('HTTP://example.org/bad', options)).rejects.toThrow(code('media_fetch_failed'));
  for (const url of ['file:///etc/passwd', 'ftp://a/b', 'blob:x', 'javascript:1', 'C:\\a.png']) {
    await expect(readMedia(url, options)).rejects.toThrow(code('media_url_refused'));
  }
  expect(fetched).toEqual(['https://example.org/a', 'HTTP://example.org/bad']);
});
