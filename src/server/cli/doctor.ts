import { selectEngine } from '../engine/select';
import { loadModelFolder } from '../model/model-folder';
import { nodeFiles } from '../node-files';
import { type EngineOptions, engineSettings } from './options';
import { EMBEDDED_MODEL, modelPath } from './world';

/** `rowlight doctor`: which engine and device run models here, and if it is the CPU, why. */
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
    threads: engine.threads,
    base: `${base} (${config.layers} layers of ${config.hiddenSize}, vocabulary ${config.vocabSize})`,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else
    for (const [name, value] of Object.entries(facts))
      if (value !== undefined) process.stdout.write(`${name.padEnd(9)} ${value}\n`);
}
