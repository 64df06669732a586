import { createRequire } from 'node:module';

/** Mono samples from -1 to 1, as sherpa-onnx gives them. */
export interface SherpaAudio {
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

/** The part of sherpa-onnx-node's OfflineTts that is used here; the package brings no types. */
export interface SherpaTts {
  readonly sampleRate: number;
  readonly numSpeakers: number;
  generateAsync(request: {
    readonly text: string;
    readonly sid: number;
    readonly speed: number;
    readonly enableExternalBuffer: boolean;
  }): Promise<SherpaAudio>;
}

interface SherpaModule {
  readonly OfflineTts: { createAsync(config: object): Promise<SherpaTts> };
}

/** Where a VITS model lies and how lively it speaks. */
export interface SherpaVitsOptions {
  readonly model: string;
  readonly tokens: string;
  readonly espeakFolder: string;
  readonly noiseScale: number;
  readonly noiseScaleDuration: number;
  readonly threads: number;
}

/** Loads a VITS model into this process. A file that is not such a model aborts the process, so digests are checked before. */
export function loadSherpaVits(options: SherpaVitsOptions): Promise<SherpaTts> {
  const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as SherpaModule;
  return sherpa.OfflineTts.createAsync({
    model: {
      vits: {
        model: options.model,
        tokens: options.tokens,
        dataDir: options.espeakFolder,
        noiseScale: options.noiseScale,
        noiseScaleW: options.noiseScaleDuration,
        lengthScale: 1,
      },
      numThreads: options.threads,
      provider: 'cpu',
      debug: 0,
    },
    maxNumSentences: 1,
  });
}
