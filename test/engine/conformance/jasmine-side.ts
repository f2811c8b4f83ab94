import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { type KernelConfig, getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import jasmineCore from 'jasmine-core';
import { createOnnxEngine } from '../../../src/server/engine/onnx/engine';
import { BACKEND } from '../../../src/server/engine/onnx/kernels/kernel';

/** What became of one spec. */
export interface SpecResult {
  /** The test file, below tfjs-core's `dist`. */
  readonly file: string;
  /** jasmine's full name without the environment's. */
  readonly name: string;
  readonly failure?: string;
}

/** What the process sends when it is done. */
export interface Report {
  readonly specs: SpecResult[];
  /** Names of the kernels that ran. */
  readonly kernels: string[];
}

/** The process that runs tfjs-core's specs on the backend; `conformance.test.ts` bundles it with the spec files and reads what it sends. */
jasmineCore.installGlobals();
const globals = globalThis as unknown as Pick<typeof environment, 'describe' | 'it'>;
const environment = jasmineCore.jasmine.getEnv();
environment.configure({ random: false });
numberRepeatedNames();
// One thread: no spec is large enough for two.
createOnnxEngine({ providers: ['cpu'], threads: 1, spinning: false }, 'cpu');
const kernels = new Set<string>();
for (const kernel of getKernelsForBackend(BACKEND)) noteRuns(kernel);
setTestEnvs([{ name: BACKEND, backendName: BACKEND, flags: {}, isDataSync: false }]);

const LOADED = 'was loaded';

/** Defines the specs of a file under the file's name. */
export function defineSpecs(file: string, load: () => void): void {
  environment.describe(file, () => {
    // jasmine wants at least one spec; files for browsers alone define none here.
    environment.it(LOADED, () => {});
    load();
  });
}

/** Runs what was defined. */
export async function runSpecs(): Promise<void> {
  const specs: SpecResult[] = [];
  const note = (fullName: string, failures: { message: string }[]) => {
    const [file = ''] = fullName.split(' ', 1);
    const name = fullName.slice(file.length + 1).replaceAll(` ${BACKEND} {}`, '');
    const failure = failures.map(({ message }) => message).join('\n');
    specs.push({ file, name, ...(failures.length === 0 ? {} : { failure }) });
  };
  environment.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      const ran = status === 'passed' || status === 'failed';
      if (ran && !fullName.endsWith(LOADED)) note(fullName, failedExpectations);
    },
    // What goes wrong while a file is loaded or set up belongs to no spec.
    suiteDone({ fullName, failedExpectations }) {
      if (failedExpectations.length > 0) note(fullName, failedExpectations);
    },
  });
  await environment.execute();
  await new Promise((sent) => process.send!({ specs, kernels: [...kernels] } satisfies Report, sent));
  process.disconnect();
}

function noteRuns(kernel: KernelConfig): void {
  const { kernelName, backendName, kernelFunc } = kernel;
  unregisterKernel(kernelName, backendName);
  registerKernel({
    ...kernel,
    kernelFunc(call) {
      kernels.add(kernelName);
      return kernelFunc(call);
    },
  });
}

/** tfjs gives some suites and specs of a file the same name, which jasmine no longer takes: the second gets ` (2)`. */
function numberRepeatedNames(): void {
  const path: string[] = [];
  const seen = new Map<string, number>();
  const numbered = (name: string) => {
    const key = [...path, name].join(' › ');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? name : `${name} (${count})`;
  };
  const { describe, it } = environment;
  environment.describe = globals.describe = (name, define) => {
    const unique = numbered(name);
    describe(unique, () => {
      path.push(unique);
      define();
      path.pop();
    });
  };
  environment.it = globals.it = (name, ...rest) => it(numbered(name), ...rest);
}
