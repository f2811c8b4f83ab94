// `halve-model SOURCE TARGET`: a run's best checkpoint as a model folder with weights in half precision.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModelFolder, modelFolderFiles } from '../../src/server/model/model-folder';
import { safetensorsParts } from '../../src/server/model/safetensors';
import { nodeFiles } from '../../src/server/node-files';

const [source, target] = process.argv.slice(2) as [string, string];
const model = await loadModelFolder(nodeFiles, source);
mkdirSync(target, { recursive: true });
for (const { name, parts } of modelFolderFiles({ ...model, labels: model.labels!, rowlight: model.rowlight! })) {
  const halved = name === 'model.safetensors' ? safetensorsParts(model.weights, 'F16') : parts;
  writeFileSync(join(target, name), Buffer.concat(halved));
}
