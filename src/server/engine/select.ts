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
import { type DeviceVerdict, readDeviceVerdict, writeDeviceVerdict } from './device-verdicts';
import { graphicsMemory } from './graphics-memory';
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
  const { device, note, report } = await decide(choice.device, threads);
  const settings = { providers: [PROVIDERS[device]], threads, spinning, ...(profile === undefined ? {} : { profile }) };
  if (device === 'cuda') takeCuda();
  const { createOnnxEngine } = await loadEngine();
  const hardware = report && hardwareOf(report);
  return {
    ...createOnnxEngine(settings, device, note),
    ...(hardware === undefined ? {} : { hardware }),
    ...(report?.float16 ? { float16: true as const } : {}),
    ...(report?.memory === undefined ? {} : { deviceBytes: report.memory }),
  };
}

/**
 * What every device that ONNX Runtime may have here showed, the CPU first. To try one takes seconds; the verdict is kept until drivers or runtime change.
 * @param fresh whether kept verdicts are left aside: for `rowlight doctor`
 */
export async function probeDevices(threads = availableParallelism(), fresh = false): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  // One after the other: their speeds are compared.
  for (const device of ['cpu', ...devicesOf(process.platform)] as const) {
    reports.push(await judgeDevice(device, threads, fresh && device !== 'cpu'));
  }
  return reports;
}

/** What a device showed, now or when it was tried under the same drivers. */
async function judgeDevice(device: ConcreteDevice, threads: number, fresh = false): Promise<DeviceReport> {
  const absent = missingLibrary(device);
  if (absent !== undefined) return { device, works: false, why: absent, speed: 0 };
  return (await verdictOn(device, threads, fresh)).report;
}

const verdicts = new Map<string, Promise<DeviceVerdict>>();

/** Whoever asks again in this process gets the first answer, unless it is to be fresh. */
function verdictOn(device: ConcreteDevice, threads: number, fresh: boolean): Promise<DeviceVerdict> {
  const key = `${device} ${threads}`;
  let verdict = fresh ? undefined : verdicts.get(key);
  if (verdict === undefined) verdicts.set(key, (verdict = findVerdict(device, threads, fresh)));
  return verdict;
}

async function findVerdict(device: ConcreteDevice, threads: number, fresh: boolean): Promise<DeviceVerdict> {
  const kept = fresh ? undefined : await readDeviceVerdict(device, threads);
  if (kept !== undefined) return kept;
  const cpu = device === 'cpu' ? undefined : (await verdictOn('cpu', threads, false)).runs;
  const { report, runs } = await probeDevice(device, threads, cpu);
  const memory = await graphicsMemory(report.drivers ?? []);
  const verdict = { report: { ...report, ...(memory === undefined ? {} : { memory }) }, runs };
  await writeDeviceVerdict(threads, verdict);
  return verdict;
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
  // The CPU's own speed is the bar.
  const bar = reports.find(({ device }) => device === 'cpu')?.speed ?? 0;
  const others = reports.filter(({ device }) => device !== 'cpu' && !NOT_BY_ITSELF.includes(device));
  const taken = others.filter((report) => !isRefused(report));
  const [best] = taken.filter(({ speed }) => speed > bar).sort((a, b) => b.speed - a.speed);
  if (best !== undefined) return { device: best.device };
  const why = others.map((report) => {
    if (!report.works) return `${report.device}: ${report.why}`;
    if (isRefused(report)) return `${report.device}: ${report.drivers!.join(', ')} computes on the processor`;
    return `${report.device}: slower than the CPU (${report.why})`;
  });
  return { device: 'cpu', note: why.join('; ') || `ONNX Runtime has no other device for ${process.platform}` };
}

/** Software drivers are right, but no GPU. The variable is for tests of what comes after, on machines without one. */
function isRefused({ works, software }: DeviceReport): boolean {
  return works && software === true && !acceptsSoftware();
}

const acceptsSoftware = (): boolean => process.env['ROWLIGHT_ACCEPT_SOFTWARE_GPU'] === '1';

/** Drivers and memory of a device in words. */
export function hardwareOf({ drivers = [], memory }: DeviceReport): string | undefined {
  const gigabytes = memory === undefined ? [] : [`${(memory / 2 ** 30).toFixed(1)} GiB`];
  return [...drivers, ...gigabytes].join(', ') || undefined;
}

/** @returns the device; why it is the CPU, where there is something to explain; and what a trial showed of it, where it is none */
async function decide(
  asked: Device | undefined,
  threads: number,
): Promise<{ device: ConcreteDevice; note?: string; report?: DeviceReport }> {
  if (asked === undefined || asked === 'cpu') return chooseDevice(asked, []);
  if (asked === 'auto') {
    if (!mayHaveGpu() && !acceptsSoftware())
      return { device: 'cpu', note: 'no GPU is to be seen here (no device node in /dev)' };
  }
  const known = devicesOf(process.platform).includes(asked as ConcreteDevice);
  const reports = asked === 'auto' ? await probeDevices(threads) : known ? [await judgeDevice(asked, threads)] : [];
  const chosen = chooseDevice(asked, reports);
  const report = reports.find(({ device }) => device === chosen.device && device !== 'cpu');
  return { ...chosen, ...(report === undefined ? {} : { report }) };
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
