import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-node';
import {
  DetectionService,
  type Image,
  ImageClassificationService,
  type OrtInferenceSession,
  type OrtModule,
  RecognitionService,
} from 'paddleocr';
import type { EngineOptions } from '../engine.ts';

/** What PP-OCR's three networks do. Each call blocks the process while its network runs. */
export interface OcrModels {
  /** Finds lines of text: four corners each, in pixels of `image`, clockwise from the top left one. */
  detect(image: Image): Promise<readonly Corners[]>;
  /** How sure the network is, 0 to 1, that this crop of a line is upside down. */
  upsideDown(crop: Image): Promise<number>;
  /** Reads a crop of one line. */
  recognise(crop: Image): Promise<{ readonly text: string; readonly confidence: number }>;
  /** Frees the networks. */
  release(): Promise<void>;
}

export interface Corner {
  readonly x: number;
  readonly y: number;
}
export type Corners = readonly [Corner, Corner, Corner, Corner];

/** PaddleOCR was trained on pictures in OpenCV's channel order. */
const CHANNELS = { channelOrder: 'bgr' } as const;

/**
 * The least probability of a space that stands for one, chosen on blurred and slanted pages. Lower finds more of the
 * missing spaces; a few wrong ones come with it, between digits set wide apart or beside full-width punctuation.
 */
const THINKABLE_SPACE = 0.02;

/** Loads the four files of a PP-OCR model. Throws when one is missing or they don't belong together. */
export async function loadModels(options: Pick<EngineOptions, 'files' | 'threads'>): Promise<OcrModels> {
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    // Each picture has another size, so patterns are never reused; without the arena glibc fragments: half as much again.
    enableCpuMemArena: true,
    enableMemPattern: false,
    // Spinning threads take the processor from the other models.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  };
  const load = (name: string): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(fileNamed(options.files, name), sessionOptions);
  const [detector, classifier, recogniser] = [
    await load('ppocrv5_det.onnx'),
    await load('ppocrv5_cls.onnx'),
    await load('ppocrv5_rec.onnx'),
  ];
  const charactersDictionary = parseKeys(await readFile(fileNamed(options.files, 'ppocr_keys_v5.txt'), 'utf8'));
  const runtime = ort as unknown as OrtModule;
  const detection = new DetectionService(runtime, plain(detector), CHANNELS);
  const classification = new ImageClassificationService(runtime, plain(classifier), {
    ...CHANNELS,
    labels: ['0', '180'],
    topK: 2,
  });
  const recognition = new RecognitionService(runtime, favouringSpaces(recogniser), {
    ...CHANNELS,
    outputSelectionStrategy: 'ctc-logits',
    charactersDictionary,
  });
  return {
    async detect(image) {
      // The picture has the network's size already, so the library must not scale it again.
      const boxes = await detection.run(image, { inputShape: [3, image.height, image.width] });
      return boxes.flatMap((box) => (box.points === undefined ? [] : [box.points]));
    },
    async upsideDown(crop) {
      const classes = await classification.run(crop);
      return classes.find(({ label }) => label === '180')?.score ?? 0;
    },
    async recognise(crop) {
      const whole = { x: 0, y: 0, width: crop.width, height: crop.height };
      const [read] = await recognition.run(crop, [whole]);
      return { text: read?.text ?? '', confidence: read?.confidence ?? 0 };
    },
    async release() {
      await Promise.all([detector.release(), classifier.release(), recogniser.release()]);
    },
  };
}

/** The library's view of a session; its types are narrower than what it uses. */
function plain(session: ort.InferenceSession): OrtInferenceSession {
  return session as unknown as OrtInferenceSession;
}

/**
 * The recogniser is shy of spaces between words: where it sees nothing between two characters, yet thinks of a space,
 * the space is taken. (Its output has one row of probabilities per step; class 0 is CTC's blank, the last one the space.)
 */
function favouringSpaces(session: ort.InferenceSession): OrtInferenceSession {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const outputs = await plain(session).run(feeds);
      for (const { data, dims } of Object.values(outputs)) {
        if (data instanceof Float32Array) swapShySpaces(data, dims.at(-1) ?? 0);
      }
      return outputs;
    },
  };
}

/** Gives the space the blank's probability, and the reverse, in each row where the blank leads and a space is thinkable. */
export function swapShySpaces(probabilities: Float32Array, classes: number): void {
  for (let blankAt = 0; blankAt + classes <= probabilities.length; blankAt += classes) {
    const spaceAt = blankAt + classes - 1;
    const [blank, space] = [probabilities[blankAt] ?? 0, probabilities[spaceAt] ?? 0];
    if (blank < 0.5 || space < THINKABLE_SPACE) continue;
    probabilities[blankAt] = space;
    probabilities[spaceAt] = blank;
  }
}

/** The characters by class number. The file lists every class; its first, CTC's blank, is none of them. */
export function parseKeys(file: string): string[] {
  const lines = file.replace(/\n$/, '').split(/\r?\n/);
  return lines[0] === 'blank' ? lines.slice(1) : lines;
}

function fileNamed(files: Readonly<Record<string, string>>, name: string): string {
  const path = files[name];
  if (path === undefined) throw new Error(`the OCR model needs a file named ${name}; its catalogue entry lists none`);
  return path;
}
