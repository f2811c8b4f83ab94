import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { RECORD, cudaRuntime } from '../cuda/runtime';
import { nodeFiles } from '../node-files';
import { parseJson } from '../parse-json';
import { cacheFolder } from '../runs/verdict-cache';
import type { ConcreteDevice } from './devices';
import type { DeviceReport, TrialRun } from './probe';

/** What is kept of a device's trial. */
export interface DeviceVerdict {
  readonly report: DeviceReport;
  /** What its graphs gave; kept of the CPU, with which others are compared. */
  readonly runs: readonly TrialRun[];
}

const run = z.object({
  what: z.enum(['step', 'inference']),
  tokens: z.number(),
  ms: z.number(),
  outputs: z.record(z.string(), z.array(z.number())),
});
const schema = z.object({
  time: z.number(),
  report: z.object({
    device: z.enum(['cpu', 'webgpu', 'cuda', 'directml', 'coreml']),
    works: z.boolean(),
    why: z.string(),
    speed: z.number(),
    drivers: z.array(z.string()).optional(),
    software: z.boolean().optional(),
    float16: z.boolean().optional(),
    memory: z.number().optional(),
  }),
  runs: z.array(run),
});

/** A device that failed is tried again after a day: what was wrong may have been a busy machine. */
const FAILURE_HOLDS_MS = 24 * 3600 * 1000;

/** The verdict on a device under the drivers of now, if there is one; a damaged file is none. */
export async function readDeviceVerdict(device: ConcreteDevice, threads: number): Promise<DeviceVerdict | undefined> {
  const file = fileOf(device, threads);
  if (!(await nodeFiles.exists(file))) return undefined;
  try {
    const { time, report, runs } = parseJson(await nodeFiles.read(file), schema, file);
    const holds = report.works || Date.now() - time < FAILURE_HOLDS_MS;
    return holds && report.device === device ? { report: report as DeviceReport, runs } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a verdict; where nothing can be written, the device is tried again next time. */
export async function writeDeviceVerdict(threads: number, { report, runs }: DeviceVerdict): Promise<void> {
  const text = `${JSON.stringify({ time: Date.now(), report, runs })}\n`;
  await nodeFiles.writeAtomic(fileOf(report.device, threads), text).catch(() => undefined);
}

/** Names a device of this machine under its drivers: what changes with an update of either makes another name. */
function fileOf(device: ConcreteDevice, threads: number): string {
  const state = [
    TRIAL,
    device,
    threads,
    process.platform,
    arch(),
    release(),
    cpus()[0]?.model,
    runtimeVersion(),
    ...(device === 'cuda' ? cudaState() : []),
    ...driverState(),
  ];
  const hash = createHash('sha256').update(JSON.stringify(state)).digest('hex');
  return join(cacheFolder(), 'devices', `${hash}.json`);
}

/** The number of the trial: another trial says other things. */
const TRIAL = 2;

function runtimeVersion(): unknown {
  const file = join(dirname(require.resolve('onnxruntime-node')), '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }).version;
}

/** What CUDA is loaded from, and when it was set up. */
function cudaState(): unknown[] {
  const runtime = cudaRuntime();
  return 'folder' in runtime ? [runtime.libraries, modified(join(runtime.folder, RECORD))] : [];
}

/** What tells one version of the machine's graphics drivers from another. */
function driverState(): string[] {
  if (process.platform === 'win32') {
    const folder = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'DriverStore', 'FileRepository');
    return namesIn(folder).filter((name) => /^(nv|u0|c0|ki|ii|ig|qcdx)/i.test(name));
  }
  // Apple's come with the system, whose version is told already.
  if (process.platform !== 'linux') return [];
  const told = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'];
  const manifests = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].flatMap((folder) =>
    namesIn(folder).map((name) => join(folder, name)),
  );
  const files = [...(told?.split(':') ?? manifests), '/dev/nvidia0', '/dev/dri/renderD128', '/dev/kfd', '/dev/dxg'];
  return [textOf('/proc/driver/nvidia/version'), ...files.map((file) => `${file} ${modified(file)}`)];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** When a file was last written; of a device node, whether it is there, since its time is that of the start. */
function modified(file: string): number | boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return file.startsWith('/dev/') ? found !== undefined : (found?.mtimeMs ?? 0);
}
