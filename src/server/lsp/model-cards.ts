import { modelName } from '../../protocol/hub';
import type { RunSummary } from '../../protocol/runs';
import { RowlightError } from '../errors';
import { isClassifier } from '../model/config';
import { readModelConfig, resolveModelFolder } from '../model/model-folder';
import type { RowlightJson } from '../model/rowlight-json';
import { weightsStamp } from '../model/weight-files';
import { DEFAULT_DELIMITER } from '../runs/load-classifier';
import type { ServerEnv } from './environment';
import type { ModelCard } from './model-of-file';

/** Reads what models are without loading their weights; cached by the state of their files. */
export interface ModelCards {
  /** The card of a model or run folder. Rejects with a `RowlightError`. */
  read(folder: string): Promise<ModelCard>;
  /** The same, a failure as its message. */
  tryRead(folder: string): Promise<ModelCard | { readonly failure: string }>;
  /** Cards of the runs that predict by themselves, the one adopted last first; broken ones are left out. */
  ofRuns(runs: readonly RunSummary[]): Promise<ModelCard[]>;
  /** Cards of the fitted models that come with Rowlight. */
  bundled(): Promise<ModelCard[]>;
  /** SHA-256 of the file that a model learnt from, where that is recorded. */
  dataHash(folder: string): Promise<string | undefined>;
  /** What a model recommends for fine-tuning it. */
  recommended(folder: string): Promise<RowlightJson['recommended']>;
}

/** Reads cards through the files of `env`. */
export function modelCards(env: Pick<ServerEnv, 'files' | 'stamp' | 'bundledModels'>): ModelCards {
  const cache = new Map<string, ModelCard>();

  async function read(folder: string): Promise<ModelCard> {
    const checkpoint = await resolveModelFolder(env.files, folder);
    const stamp = await weightsStamp(env.files, env.stamp, checkpoint);
    if (stamp === undefined) throw new RowlightError('not-found', `${checkpoint}: has no model.safetensors`);
    // The names of labels count, too: predictions name them.
    const id = `${checkpoint}\0${stamp} ${await env.stamp(`${checkpoint}/config.json`)}`;
    const known = cache.get(folder);
    if (known?.id === id) return known;
    const { config, rowlight } = await readModelConfig(env.files, checkpoint);
    const columns = rowlight?.columns;
    const card: ModelCard = {
      folder,
      checkpoint,
      name: modelName(folder),
      id,
      labels: isClassifier(config) ? (config.labels ?? []) : [],
      ...(config.multiLabel ? { delimiter: rowlight?.multiLabel?.delimiter ?? DEFAULT_DELIMITER } : {}),
      columns: columns && {
        text: columns.text,
        label: columns.label,
        ...(columns.textB === undefined ? {} : { textB: columns.textB }),
      },
    };
    cache.set(folder, card);
    return card;
  }

  async function tryRead(folder: string): Promise<ModelCard | { readonly failure: string }> {
    try {
      return await read(folder);
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }

  async function readable(folders: readonly string[]): Promise<ModelCard[]> {
    const cards = await Promise.all(folders.map(tryRead));
    return cards.filter((card): card is ModelCard => !('failure' in card));
  }

  return {
    read,
    tryRead,
    ofRuns: (runs) =>
      readable(
        runs
          .filter(predictsByItself)
          .sort(byAdoption)
          .map((run) => run.folder),
      ),
    async bundled() {
      const names = await env.files.list(env.bundledModels);
      const cards = await readable(names.map((name) => `${env.bundledModels}/${name}`));
      return cards.filter((card) => card.labels.length > 0);
    },
    async dataHash(folder) {
      return (await readModelConfig(env.files, await resolveModelFolder(env.files, folder))).rowlight?.dataHash;
    },
    async recommended(folder) {
      return (await readModelConfig(env.files, folder)).rowlight?.recommended;
    },
  };
}

/** Whether a run's model predicts the files that it fits: it finished, and neither waits for a decision nor was turned down. */
export function predictsByItself({ state, usable, adoption }: RunSummary): boolean {
  return state === 'finished' && usable && (adoption === undefined || adoption.state === 'adopted');
}

function byAdoption(a: RunSummary, b: RunSummary): number {
  const [since, other] = [a.adoption?.at ?? a.createdAt, b.adoption?.at ?? b.createdAt];
  return since < other ? 1 : since > other ? -1 : 0;
}
