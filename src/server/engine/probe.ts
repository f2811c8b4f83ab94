// The process that tries a device inherits the variable.
import './onnx/no-telemetry';
import { spawn } from 'node:child_process';
import { driverProblem, driverText } from '../cuda/driver';
import { cudaRuntime } from '../cuda/runtime';
import { type ConcreteDevice, PROVIDERS } from './devices';
import { driversAmong, isSoftware } from './drivers';
import { cudaLoad, loadCuda } from './onnx/load-cuda';
import type { TrialGraph } from './trial';

/** What a device showed when it was tried. */
export interface DeviceReport {
  readonly device: ConcreteDevice;
  /** Whether it gave the CPU's numbers. */
  readonly works: boolean;
  /** One line: how fast it is, or why it doesn't work. */
  readonly why: string;
  /** Tokens a second, of a training step and an inference batch together; 0 where it doesn't work. */
  readonly speed: number;
  /** Names of the graphics drivers that were loaded for it. */
  readonly drivers?: readonly string[];
  /** Whether these compute on the processor. */
  readonly software?: boolean;
  /** Whether it gave the CPU's numbers in float16, too, nearly; absent for the CPU. */
  readonly float16?: boolean;
  /** Bytes of memory of the card, where the system tells. */
  readonly memory?: number;
}

/** What one graph of the trial gave. */
export interface TrialRun {
  readonly what: TrialGraph['what'];
  readonly tokens: number;
  /** The shortest of three runs, or of two where the second was slow. */
  readonly ms: number;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

/** A graphics driver compiles its first programs for seconds, on a busy machine for many; one that hangs takes for ever. */
const LIMIT_MS = 120_000;

/** Where a small graph takes longer than this, the large ones are left out: the device is no faster than any CPU. */
const SLOW_MS = 100;

/**
 * Tries a device beside the CPU: a training step and an inference batch of a small BERT, in a process of its own, since a broken graphics driver may
 * abort or hang.
 * @param cpu what the CPU gave; its own trial has nothing to agree with
 */
export async function probeDevice(
  device: ConcreteDevice,
  threads: number,
  cpu?: readonly TrialRun[],
): Promise<{ readonly report: DeviceReport; readonly runs: readonly TrialRun[] }> {
  const runtime = device === 'cuda' ? cudaRuntime() : undefined;
  // Loaded late: the graphs are made with the model's own code.
  const { trialGraphs } = await import('./trial');
  const answer = await runProgram({
    provider: PROVIDERS[device],
    ...(runtime && 'folder' in runtime && { cuda: cudaLoad(runtime) }),
    threads,
    // The CPU has int8 instead.
    graphs: trialGraphs().map(({ float16, ...graph }) => (cpu && float16 ? { ...graph, float16 } : graph)),
    slow: SLOW_MS,
  });
  if ('error' in answer) return { report: { device, works: false, why: answer.error, speed: 0 }, runs: [] };
  const { runs, libraries } = answer;
  const drivers = device === 'cpu' ? [] : driversAmong(libraries);
  const facts = drivers.length === 0 ? {} : { drivers: drivers.map(({ name }) => name), software: isSoftware(drivers) };
  const wrong = cpu && disagreement(runs, cpu);
  if (wrong !== undefined) return { report: { device, works: false, why: wrong, speed: 0, ...facts }, runs };
  const report = { device, works: true, ...speedOf(runs), ...facts };
  if (cpu === undefined) return { report, runs };
  const { float16 } = answer;
  const lacks = 'error' in float16 ? float16.error : disagreement([float16], cpu.slice(float16.graph));
  const why = `${report.why}; ${lacks === undefined ? 'computes float16' : `no float16: ${lacks}`}`;
  return { report: { ...report, why, float16: lacks === undefined }, runs };
}

function speedOf(runs: readonly TrialRun[]): { why: string; speed: number } {
  const last = runs.slice(-2);
  const speed = (1000 * last[0]!.tokens) / last.reduce((sum, { ms }) => sum + ms, 0);
  const each = last.map(({ what, tokens, ms }) => `${what} ${inWords((1000 * tokens) / ms)}`);
  return { why: `tokens a second: ${each.join(', ')}`, speed };
}

const inWords = (rate: number): string => Math.round(Number(rate.toPrecision(2))).toLocaleString('en');

/**
 * Whether a device's numbers are others than the CPU's, in words. Ten times what TensorFloat-32 does, which NVIDIA's cards use in products: wrong drivers are far off.
 */
export function disagreement(
  runs: readonly Pick<TrialRun, 'what' | 'outputs'>[],
  cpu: readonly TrialRun[],
): string | undefined {
  // On a busy machine the CPU may have been too slow for the large graphs.
  for (const [i, { what, outputs }] of runs.slice(0, cpu.length).entries()) {
    for (const [name, values] of Object.entries(outputs)) {
      const expected = cpu[i]!.outputs[name]!;
      const largest = Math.max(...expected.map(Math.abs));
      const off = Math.max(...values.map((value, j) => Math.abs(value - expected[j]!)));
      if (!(off <= 0.02 * largest)) return `it computes wrong numbers (${name} of the ${what}: off by ${off.toPrecision(2)} of ${largest.toPrecision(2)})`; // prettier-ignore
    }
  }
  return undefined;
}

interface Failure {
  readonly error: string;
}

/** What the graphs gave in float32. */
interface Trial {
  readonly runs: readonly TrialRun[];
  readonly libraries: readonly string[];
}

/** What a graph, told by its place among the others, gave in float16. */
interface Float16Run extends Pick<TrialRun, 'what' | 'outputs'> {
  readonly graph: number;
}

type Answer = Failure | (Trial & { readonly float16: Failure | Float16Run });

/** The program of the other process: plain JavaScript, since it must run from any bundle. */
const PROGRAM = `
process.once('message', async ({ provider, threads, graphs, slow, cuda }) => {
  const say = (message) => new Promise((sent) => process.send(message, sent));
  const numbers = (made) => Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, Array.from(data)]));
  const tensors = (ort, feeds) => Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape, data }]) => [name, new ort.Tensor(dtype, data, shape)]));
  try {
    if (cuda) (${loadCuda.toString()})(cuda, require);
    const ort = require(process.argv[1]);
    const settings = { executionProviders: [provider], intraOpNumThreads: threads, logSeverityLevel: 4 };
    const runs = [];
    for (const { what, tokens, model, feeds } of graphs) {
      if (runs.length > 1 && runs[0].ms > slow) break;
      const session = await ort.InferenceSession.create(model, settings);
      const given = tensors(ort, feeds);
      const run = { what, tokens, ms: Infinity, outputs: {} };
      for (let i = 0; i < 3; i++) {
        const start = performance.now();
        const made = await session.run(given);
        run.ms = Math.min(run.ms, performance.now() - start);
        run.outputs = numbers(made);
        if (i > 0 && run.ms > slow) break;
      }
      runs.push(run);
      await session.release();
    }
    process.report.excludeNetwork = true;
    await say({ runs, libraries: process.report.getReport().sharedObjects });
    for (const [graph, { what, float16, feeds }] of graphs.entries()) {
      if (!float16) continue;
      const session = await ort.InferenceSession.create(float16, settings);
      await say({ graph, what, outputs: numbers(await session.run(tensors(ort, feeds))) });
    }
  } catch (error) {
    await say({ error: String(error.message ?? error) });
  }
  process.exit();
});`;

function runProgram(question: object): Promise<Answer> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['-e', PROGRAM, require.resolve('onnxruntime-node')], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      timeout: LIMIT_MS,
      // In the editor this program is Electron, which is Node only on request.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      windowsHide: true,
    });
    let trial: Trial | undefined;
    let float16: Float16Run | undefined;
    let failure: Failure | undefined;
    child.on('message', (message: Failure | Trial | Float16Run) => {
      if ('error' in message) failure = { error: shorten(message.error) };
      else if ('runs' in message) trial = message;
      else float16 = message;
    });
    child.on('error', ({ message }) => done({ error: `it could not be tried: ${message}` }));
    // Once the channel is closed, too: what was said before the end was heard. A driver that float16 breaks is as good as before in float32.
    child.on('close', (code, signal) => {
      failure ??=
        signal === 'SIGTERM'
          ? { error: `it gave no answer within ${LIMIT_MS / 1000} s` }
          : { error: `it ended the process that tried it (${signal ?? `code ${code}`})` };
      done(trial === undefined ? failure : { ...trial, float16: float16 ?? failure });
    });
    child.send(question, (error) => error && done({ error: `it could not be tried: ${error.message}` }));
  });
}

/** ONNX Runtime begins with file, line and condition in C++; what a person can use comes last. */
function shorten(message: string): string {
  const [, cuda] = /CUDA failure \d+: ([^;]+?) ;/.exec(message) ?? [];
  if (cuda?.includes('driver version')) return `${cuda} (${driverProblem(driverText()) ?? 'update the driver'})`;
  if (cuda !== undefined) return cuda;
  const last = message.split(' was false. ').at(-1)!.split(' Status Message: ').at(-1)!;
  const [line = ''] = last
    .replace(/^\S+:\d+ \S+ (?=Program )/, '')
    .trim()
    .split('\n');
  return line.replace(/^\/\S+ .*?\) /, '').replace(/\.$/, '');
}
