import { findBinding } from '../engine/tensorflow/find-binding';
import { hardwareOf, probeDevices, selectEngine } from '../engine/select';
import { loadModelFolder } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { type EngineOptions, engineSettings } from './options';
import { EMBEDDED_MODEL, modelPath } from './world';

/** `rowlight doctor`: which engine and device run models here, if it is the CPU, why, whether the other engine is here, and how every other device fared. */
export async function doctorCommand(options: EngineOptions, version: string): Promise<void> {
  const engine = await selectEngine(engineSettings(options));
  const base = modelPath(EMBEDDED_MODEL);
  const { config } = await loadModelFolder(nodeFiles, base);
  const facts = {
    rowlight: version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    engine: engine.name,
    device: engine.device,
    why: engine.note,
    hardware: engine.hardware,
    threads: engine.threads,
    ...(engine.name === 'tensorflow' ? {} : { tensorflow: otherEngine() }),
    devices: (await probeDevices(engine.threads, true)).map((report) => {
      const { device, works, why, software } = report;
      return { device, works, why, hardware: hardwareOf(report), software };
    }),
    base: `${base} (${config.layers} layers of ${config.hiddenSize}, vocabulary ${config.vocabSize})`,
  };
  process.stdout.write(options.json ? `${JSON.stringify(facts)}\n` : lines(facts).join(''));
}

/** Whether the engine that nobody asked for could be, as far as its files tell: it is not loaded. */
function otherEngine(): string {
  const found = findBinding();
  if ('problem' in found) return `can't be used: ${found.problem}`;
  const version = found.tensorflow === undefined ? '' : `TensorFlow ${found.tensorflow}, `;
  return `is here: ${version}taken with --engine tensorflow`;
}

function lines({
  devices,
  ...facts
}: {
  devices: readonly {
    device: string;
    works: boolean;
    why: string;
    hardware?: string | undefined;
    software?: boolean | undefined;
  }[];
}): string[] {
  const line = (name: string, value: unknown) => `${name.padEnd(9)} ${value}\n`;
  return [
    ...Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [line(name, value)])),
    ...devices.map(({ device, works, why, hardware, software }) => {
      const by = hardware === undefined ? '' : ` (${hardware}${software ? ', on the processor' : ''})`;
      return line(device, `${works ? 'works' : 'does not work'}${by}: ${why}`);
    }),
  ];
}
