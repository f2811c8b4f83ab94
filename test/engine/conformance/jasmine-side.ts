import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import jasmineCore from 'jasmine-core';
import { createOnnxEngine } from '../../../src/server/engine/onnx/engine';

/** What became of one spec. */
export interface SpecResult {
  /** The test file, below tfjs-core's `dist`. */
  readonly file: string;
  /** jasmine's full name without the environment's. */
  readonly name: string;
  readonly failure?: string;
}

/** The process that runs tfjs-core's specs on the backend; `conformance.test.ts` bundles it with the spec files and reads what it sends. */
jasmineCore.installGlobals();
const environment = jasmineCore.jasmine.getEnv();
environment.configure({ random: false });
// One thread: no spec is large enough for two.
createOnnxEngine({ providers: ['cpu'], threads: 1, spinning: false }, 'cpu');
setTestEnvs([{ name: 'onnx', backendName: 'onnx', flags: {}, isDataSync: false }]);

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
  const results: SpecResult[] = [];
  environment.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'excluded' || status === 'pending' || fullName.endsWith(LOADED)) return;
      const [file = ''] = fullName.split(' ', 1);
      const name = fullName.slice(file.length + 1).replaceAll(' onnx {}', '');
      const failure = failedExpectations.map(({ message }) => message).join('\n');
      results.push({ file, name, ...(status === 'passed' ? {} : { failure }) });
    },
  });
  await environment.execute();
  await new Promise((sent) => process.send!(results, sent));
  process.disconnect();
}
