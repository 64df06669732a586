import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { InputBuffer } from './input-buffer.ts';
import { SpokenOutput } from './spoken-output.ts';
import { bytesOfMs, decodeSound, encodeSound, msOfBytes, wavOf } from './wire-audio.ts';

const FORMATS = ['pcm16', 'g711_ulaw', 'g711_alaw'] as const;

test('a second of sound has the bytes of its format', () => {
  expect(FORMATS.map((format) => bytesOfMs(format, 1000))).toEqual([48_000, 8_000, 8_000]);
  expect(msOfBytes('pcm16', 480)).toBe(10);
});

test('sound survives its format', () => {
  const samples = Float32Array.from({ length: 100 }, (_, at) => Math.sin(at / 5) * 0.8);
  for (const format of FORMATS) {
    const back = decodeSound(encodeSound(samples, format), format);
    const worst = Math.max(...back.map((sample, at) => Math.abs(sample - (samples[at] ?? 9))));
    expect(worst, format).toBeLessThan(format === 'pcm16' ? 0.0001 : 0.03);
  }
});

test('telephone sound becomes a wav file of 16-bit samples', () => {
  const wav = Buffer.from(wavOf(Uint8Array.of(0xff, 0x80), 'g711_ulaw'));
  expect(wav.subarray(0, 4).toString()).toBe('RIFF');
  expect(wav.readUInt32LE(24)).toBe(8000);
  expect(wav.readUInt32LE(40)).toBe(4);
  expect(wav.readInt16LE(46)).toBeGreaterThan(32_000);
});

test('an answer is cut into pieces of a quarter second at most, without losing a sample', () => {
  const output = new SpokenOutput('pcm16');
  const pieces = [...output.push(new Float32Array(22_050), 22_050), ...output.finish()];
  const bytes = pieces.map((piece) => Buffer.from(piece, 'base64').length);
  expect(Math.max(...bytes)).toBe(12_000);
  expect(bytes.reduce((sum, some) => sum + some, 0)).toBe(48_000);
});

test('voices of different rates follow each other in one stream', () => {
  const output = new SpokenOutput('g711_ulaw');
  const pieces = [
    ...output.push(new Float32Array(16_000), 16_000),
    ...output.push(new Float32Array(24_000), 24_000),
    ...output.finish(),
  ];
  expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))).toHaveLength(16_000);
});

test('the buffer gives out what lies between two times and keeps the rest', () => {
  const buffer = new InputBuffer('g711_ulaw');
  buffer.append(Uint8Array.from({ length: 800 }, (_, at) => at >> 3));
  expect([...buffer.take(10, 20)]).toEqual(Array.from({ length: 80 }, (_, at) => 10 + (at >> 3)));
  expect(buffer.startMs).toBe(20);
  expect(buffer.endMs).toBe(100);
  buffer.clear();
  expect([buffer.startMs, buffer.lengthMs]).toEqual([100, 0]);
});

test('the buffer forgets old silence, but for the part that is asked for', () => {
  const buffer = new InputBuffer('g711_ulaw');
  for (let at = 0; at < 100; at += 1) {
    buffer.append(new Uint8Array(800));
    buffer.keepLast(1000);
  }
  expect(buffer.endMs).toBe(10_000);
  expect(buffer.lengthMs).toBeLessThanOrEqual(2000);
  expect(buffer.lengthMs).toBeGreaterThanOrEqual(1000);
});

test('half a sample, too much sound and a change of format in mid-sound are refused', () => {
  const buffer = new InputBuffer('pcm16');
  expect(() => buffer.append(new Uint8Array(3))).toThrow('middle of a sample');
  buffer.append(new Uint8Array(48_000));
  expect(() => buffer.setFormat('g711_alaw')).toThrow('commit or clear');
  const minute = new Uint8Array(48_000 * 60);
  const fill = (): void => {
    for (let minutes = 0; minutes < 10; minutes += 1) buffer.append(minute);
  };
  expect(fill).toThrow(GatewayError);
  expect(buffer.lengthMs).toBe(1000 + 4 * 60_000);
});
