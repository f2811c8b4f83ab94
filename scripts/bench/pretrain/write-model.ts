import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFolder } from '../../../src/server/model/model-folder';
import { pretrainedFolderFiles } from '../../../src/server/model/pretrained-folder';
import type { Weights } from '../../../src/server/model/tensor-map';

/** Writes weights as a model folder that both sides of a bench can load. @param to folder that is not there yet */
export function writeModel({ config, tokenizer }: ModelFolder, weights: Weights, to: string): void {
  mkdirSync(to);
  for (const { name, parts } of pretrainedFolderFiles(config, weights, false, tokenizer, { format: 1 }))
    writeFileSync(join(to, name), Buffer.concat(parts as Uint8Array[]));
}
