import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cudaRuntime } from '../cuda/runtime';
import { RowlightError } from '../errors';
import type { Device, EngineName } from '../../protocol/settings';
import { type ConcreteDevice, NOT_BY_ITSELF, PROVIDERS, devicesOf } from './devices';
import type { Engine } from './engine';
import type * as OnnxEngine from './onnx/engine';
import { cudaLoad, loadCuda, nativeFolder } from './onnx/load-cuda';
import { type DeviceReport, probeDevice } from './probe';

/** What to run models on. */
export interface EngineChoice {
  /** Threads inside one operation; all of the machine's by default. */
  readonly threads?: number;
  /** `onnx` by default. */
  readonly engine?: EngineName;
  /**
   * `cpu` by default: to know whether anything else is worth it takes a second or two, longer than a command on a small model. `auto` takes
   * them where there may be a GPU.
   */
  readonly device?: Device;
  /** Whether idle threads spin. */
  readonly spinning?: boolean;
  /** A file prefix for ONNX Runtime's profile; for diagnosis. */
  readonly profile?: string;
}

/**
 * Makes the engine. A device that doesn't work here, or with `auto` none that is faster than the CPU, leaves the CPU and the reason in `note`.
 * @throws RowlightError `unsupported` where ONNX Runtime has no package for the platform, or TensorFlow is asked for and can't be loaded
 */
export async function selectEngine(choice: EngineChoice = {}): Promise<Engine> {
  const { threads = availableParallelism(), spinning = false, profile } = choice;
  if (choice.engine === 'tensorflow') {
    const { loadTensorflowEngine } = await import('./tensorflow/load');
    const made = loadTensorflowEngine(threads);
    if ('problem' in made)
      throw new RowlightError('unsupported', `the engine tensorflow can't be used: ${made.problem}`);
    return made;
  }
  const { device, note } = await decide(choice.device, threads);
  const settings = { providers: [PROVIDERS[device]], threads, spinning, ...(profile === undefined ? {} : { profile }) };
  if (device === 'cuda') takeCuda();
  const { createOnnxEngine } = await loadEngine();
  return createOnnxEngine(settings, device, note);
}

/** Tries every device that ONNX Runtime may have here, the CPU first; takes seconds. For `rowlight doctor`. */
export async function probeDevices(threads = availableParallelism()): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  // One after the other: their speeds are compared.
  for (const device of ['cpu', ...devicesOf(process.platform)] as const) {
    const absent = missingLibrary(device);
    reports.push(
      absent === undefined ? await probeDevice(device, threads) : { device, works: false, why: absent, speed: 0 },
    );
  }
  return reports;
}

/** The device for what was asked, by what the devices showed. */
export function chooseDevice(
  asked: Device | undefined,
  reports: readonly DeviceReport[],
): { device: ConcreteDevice; note?: string } {
  if (asked === 'cpu') return { device: 'cpu' };
  if (asked === undefined)
    return { device: 'cpu', note: 'the CPU is the default; the device "auto" looks for a faster one' };
  if (asked !== 'auto') {
    const report = reports.find(({ device }) => device === asked);
    if (report?.works) return { device: asked };
    return {
      device: 'cpu',
      note: `${asked} does not work here: ${report?.why ?? `ONNX Runtime has none for ${process.platform}`}`,
    };
  }
  // The CPU's own speed is the bar: software drivers (SwiftShader, llvmpipe, WARP) are right, but slower.
  const bar = reports.find(({ device }) => device === 'cpu')?.speed ?? 0;
  const others = reports.filter(({ device }) => device !== 'cpu' && !NOT_BY_ITSELF.includes(device));
  const [best] = others.filter(({ speed }) => speed > bar).sort((a, b) => b.speed - a.speed);
  if (best !== undefined) return { device: best.device };
  const why = others.map(({ device, works, why }) => `${device}: ${works ? `slower than the CPU (${why})` : why}`);
  return { device: 'cpu', note: why.join('; ') || `ONNX Runtime has no other device for ${process.platform}` };
}

async function decide(asked: Device | undefined, threads: number): Promise<{ device: ConcreteDevice; note?: string }> {
  if (asked === undefined || asked === 'cpu') return chooseDevice(asked, []);
  if (asked === 'auto' && !mayHaveGpu())
    return { device: 'cpu', note: 'no GPU is to be seen here (no device node in /dev)' };
  if (asked === 'auto') return chooseDevice(asked, await probeDevices(threads));
  const tried = devicesOf(process.platform).includes(asked) && missingLibrary(asked) === undefined;
  if (tried) return chooseDevice(asked, [await probeDevice(asked, threads)]);
  const absent = missingLibrary(asked);
  return chooseDevice(asked, absent === undefined ? [] : [{ device: asked, works: false, why: absent, speed: 0 }]);
}

/** Whether trying is worth its seconds. On Linux every driver makes a device node (`/dev/dxg` is Windows' below WSL); elsewhere there is no saying. */
function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true;
  return ['/dev/dri/renderD128', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'].some((node) => existsSync(node));
}

/** Why a device can't even be tried: CUDA's libraries are not part of the npm package. */
function missingLibrary(device: ConcreteDevice): string | undefined {
  if (device !== 'cuda' || hasOwnProvider()) return undefined;
  const runtime = cudaRuntime();
  return 'problem' in runtime ? runtime.problem : undefined;
}

/** Whether onnxruntime-node's install script was asked for CUDA (`--onnxruntime-node-install=cuda12`); the user sees to NVIDIA's libraries then. */
const hasOwnProvider = (): boolean => existsSync(join(nativeFolder(), 'libonnxruntime_providers_cuda.so'));

/** Takes the copy of ONNX Runtime with CUDA in the user's cache, where there is one; does nothing once ONNX Runtime is loaded. */
export function takeCuda(): void {
  const runtime = cudaRuntime();
  if (!hasOwnProvider() && 'folder' in runtime) loadCuda(cudaLoad(runtime), require);
}

/** Loaded late: the native library is missing on some platforms, where everything but the model works. */
async function loadEngine(): Promise<typeof OnnxEngine> {
  try {
    return await import('./onnx/engine');
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new RowlightError(
      'unsupported',
      `ONNX Runtime does not load on ${process.platform} ${process.arch}: ${message}. Models run on Linux and Windows (x64, arm64) and on macOS (arm64).`,
    );
  }
}
