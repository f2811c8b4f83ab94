// The process that tries a device inherits the variable.
import './onnx/no-telemetry';
import { spawn } from 'node:child_process';
import { cudaRuntime } from '../cuda/runtime';
import { type ConcreteDevice, PROVIDERS } from './devices';
import { emit } from './onnx/emit';
import { cudaLoad, loadCuda } from './onnx/load-cuda';
import { encodeModel } from './onnx/proto';
import { type Value, record } from './onnx/value';

/** What a device showed when it was tried. */
export interface DeviceReport {
  readonly device: ConcreteDevice;
  /** Whether it gave the right numbers. */
  readonly works: boolean;
  /** One line: how fast it is, or why it doesn't work. */
  readonly why: string;
  /** Operations a second in matrix products, transfers included; 0 where it doesn't work. */
  readonly speed: number;
}

/** Matrix products of the chain. */
const PRODUCTS = 8;
/** A graphics driver that compiles its first programs may take seconds; one that hangs takes for ever. */
const LIMIT_MS = 20_000;

const probes = new Map<string, Promise<DeviceReport>>();

/**
 * Tries a device: a chain of matrix products in a process of its own, since a broken graphics driver may abort or hang. Whoever asks again gets
 * the first answer.
 */
export function probeDevice(device: ConcreteDevice, threads: number): Promise<DeviceReport> {
  const key = `${device} ${threads}`;
  let report = probes.get(key);
  if (report === undefined) probes.set(key, (report = tryDevice(device, threads)));
  return report;
}

async function tryDevice(device: ConcreteDevice, threads: number): Promise<DeviceReport> {
  const runtime = device === 'cuda' ? cudaRuntime() : undefined;
  const answer = await runProgram({
    provider: PROVIDERS[device],
    ...(runtime && 'folder' in runtime && { cuda: cudaLoad(runtime) }),
    threads,
    model: chainOfProducts(),
    products: PRODUCTS,
  });
  if ('error' in answer) return { device, works: false, why: answer.error, speed: 0 };
  return { device, works: true, why: `${(answer.speed / 1e9).toPrecision(2)} G operations/s`, speed: answer.speed };
}

/** `x · w · w · …` for square matrices of any size. */
function chainOfProducts(): Uint8Array {
  const axes = { primes: new Map([['size', 1009]]) };
  const matrix = (name: string): Value => ({ type: 'float32', shape: [1009, 1009], source: { kind: 'input', name } });
  const [x, w] = [matrix('x'), matrix('w')];
  let y = x;
  for (let i = 0; i < PRODUCTS; i++) y = record('MatMul', [y, w], x);
  return encodeModel(emit({ y }, { x, w }, axes).graph);
}

type Answer = { readonly error: string } | { readonly speed: number };

/**
 * The program of the other process: plain JavaScript, since it must run from any bundle. `w` moves columns on by one and no number needs more
 * than seven bits, so the result is exact in any float format. The large matrices are left out where the small ones took long.
 */
const PROGRAM = `
process.once('message', async ({ provider, threads, model, products, cuda }) => {
  let answer;
  try {
    if (cuda) (${loadCuda.toString()})(cuda, require);
    const ort = require(process.argv[1]);
    const settings = { executionProviders: [provider], intraOpNumThreads: threads, logSeverityLevel: 4 };
    const session = await ort.InferenceSession.create(model, settings);
    for (const size of [256, 1024]) {
      const x = Float32Array.from({ length: size * size }, (_, i) => (i * 31) % 113);
      const w = new Float32Array(size * size);
      for (let row = 0; row < size; row++) w[row * size + ((row + 1) % size)] = 1;
      const feeds = { x: new ort.Tensor(x, [size, size]), w: new ort.Tensor(w, [size, size]) };
      let ms = Infinity;
      for (let run = 0; run < 3; run++) {
        const start = performance.now();
        const { data } = (await session.run(feeds)).y;
        ms = Math.min(ms, performance.now() - start);
        if (!data.every((v, i) => v === x[i - (i % size) + (((i % size) + size - products) % size)])) throw new Error('it computes wrong numbers');
      }
      answer = { speed: (2 * products * size ** 3) / (ms / 1000) };
      if (ms > 50) break;
    }
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.send(answer, () => process.exit());
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
    child.on('message', (answer: Answer) => done('error' in answer ? { error: shorten(answer.error) } : answer));
    child.on('error', ({ message }) => done({ error: `it could not be tried: ${message}` }));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGTERM') done({ error: `it gave no answer within ${LIMIT_MS / 1000} s` });
      else done({ error: `it ended the process that tried it (${signal ?? `code ${code}`})` });
    });
    child.send(question, (error) => error && done({ error: `it could not be tried: ${error.message}` }));
  });
}

/** ONNX Runtime begins with file, line and condition in C++; what a person can use comes last. */
function shorten(message: string): string {
  const [, cuda] = /CUDA failure \d+: ([^;]+?) ;/.exec(message) ?? [];
  if (cuda !== undefined) return cuda;
  const [line = ''] = message.split(' was false. ').at(-1)!.trim().split('\n');
  return line.replace(/^\/\S+ .*?\) /, '').replace(/\.$/, '');
}
