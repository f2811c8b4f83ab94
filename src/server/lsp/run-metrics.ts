import { isAbsolute, normalize } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver';
import { CompareRuns } from '../../protocol/comparison';
import {
  FindRows,
  FollowMetrics,
  MetricsChanged,
  MOST_TRIED,
  TryText,
  UnfollowMetrics,
  WriteReport,
  type FoundRows,
  type TriedText,
  type WhichRows,
} from '../../protocol/metrics';
import type { ShownMetrics } from '../../protocol/pretraining-metrics';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { Predictions } from '../host/predictions';
import { hasAnswer } from '../inference/prediction';
import { findHeldOut, heldOutRow } from '../runs/held-out-rows';
import { currentStage } from '../runs/stages-record';
import type { DataDocument, Documents } from './documents';
import type { ServerEnv } from './environment';
import { followFolder } from './followed';
import type { Followed } from './followed-run';
import type { ModelCards } from './model-cards';
import { rowsOfDocument } from './rows-of-document';
import { answer, notify } from './wire';
import { pathOf } from './workspace';

/** Milliseconds between two looks at a run that somebody watches. */
const POLL = 1000;

/** What the requests behind the metrics page work on. */
export interface RunMetricsParts {
  readonly env: ServerEnv;
  readonly documents: Documents;
  readonly cards: ModelCards;
  readonly predictions: Predictions;
  readonly log: Log;
  /** The client's language. */
  readonly locale: string;
}

interface Watched {
  readonly run: Followed<ShownMetrics>;
  readonly timer: NodeJS.Timeout;
  last: ShownMetrics | undefined;
  looking: boolean;
}

/** Answers what the metrics page asks, and tells it when a run that it shows has moved on. */
export function registerRunMetrics(connection: Connection, parts: RunMetricsParts): { dispose(): void } {
  const { env, cards, predictions, log, locale } = parts;
  const watched = new Map<string, Watched>();

  function watch(folder: string): Watched {
    const known = watched.get(folder);
    if (known) return known;
    const look = (): void => void lookAgain(folder);
    const timer = setInterval(look, POLL);
    timer.unref();
    const entry: Watched = { run: followFolder(folder, env, look), timer, last: undefined, looking: false };
    watched.set(folder, entry);
    return entry;
  }

  async function lookAgain(folder: string): Promise<void> {
    const entry = watched.get(folder);
    if (!entry?.last || entry.looking) return;
    entry.looking = true;
    const now = await entry.run.read().catch((error: unknown): ShownMetrics | undefined => {
      const problem = error instanceof Error ? error.message : String(error);
      return entry.last && { ...entry.last, problem };
    });
    entry.looking = false;
    if (!now || watched.get(folder) !== entry || isDeepStrictEqual(now, entry.last)) return;
    entry.last = now;
    notify(connection, MetricsChanged, now);
  }

  function unwatch(folder: string): void {
    clearInterval(watched.get(folder)?.timer);
    watched.delete(folder);
  }

  answer(connection, log, FollowMetrics, async ({ folder }) => {
    requireAbsolute(folder);
    const entry = watch(folder);
    try {
      entry.last = await entry.run.read();
      return entry.last;
    } catch (error) {
      unwatch(folder);
      throw error;
    }
  });

  connection.onNotification(UnfollowMetrics.method, ({ folder }: { folder: string }) => unwatch(folder));

  answer(connection, log, CompareRuns, ({ folders }) => {
    folders.forEach(requireAbsolute);
    return env.metrics.compare(folders);
  });

  answer(connection, log, FindRows, ({ folder, which }) => findRows(folder, which, parts));

  answer(connection, log, TryText, async ({ folder, text, textB }, { signal }): Promise<TriedText> => {
    requireAbsolute(folder);
    const given = `${text}${textB ?? ''}`;
    if (given.trim() === '') throw new RowlightError('bad-argument', 'Type a text first.');
    if (given.length > MOST_TRIED) throw new RowlightError('bad-argument', `At most ${MOST_TRIED} characters.`);
    const card = await cards.read(folder);
    const model = { id: card.id, folder: card.checkpoint };
    const input = textB === undefined ? { text } : { text, textB };
    await predictions.want(model, [input], 'hover', signal);
    const prediction = predictions.get(model, input);
    if (!prediction) throw new RowlightError('cancelled', 'The prediction was dropped; try again.');
    if (!hasAnswer(prediction))
      throw new RowlightError('bad-model', `${card.name}: its answer is no number; the weights are damaged.`);
    const ranked = card.labels
      .map((label, id) => ({ label, probability: prediction.probabilities[id] ?? 0 }))
      .sort((a, b) => b.probability - a.probability);
    return { ranked: ranked.slice(0, 10), truncated: prediction.truncated, tokens: prediction.tokens };
  });

  answer(connection, log, WriteReport, async ({ folder, output }) => {
    requireAbsolute(folder);
    if (!isAbsolute(output) || !/\.html?$/i.test(output))
      throw new RowlightError('bad-argument', `${output}: give the report a name that ends in .html`);
    const run = watched.get(folder)?.run ?? followFolder(folder, env);
    await env.files.writeAtomic(output, await env.metrics.report(await run.settled(), locale));
    log.info('report written', { folder, output });
    return null;
  });

  return {
    dispose() {
      for (const folder of [...watched.keys()]) unwatch(folder);
    },
  };
}

/** The rows that are meant: in the open document, unsaved edits included, else on the disk. */
async function findRows(folder: string, which: WhichRows, { env, documents }: RunMetricsParts): Promise<FoundRows> {
  requireAbsolute(folder);
  const own = await currentStage(folder);
  const { path, columns, multiLabel, total, judged, indices } = await env.metrics.choose(own, which);
  for (;;) {
    const document = openDocument(path, documents);
    const rows = document && (await rowsOfDocument(document, columns, env.files));
    if (!document || !rows) return env.metrics.find(own, which);
    const { version } = document;
    const found = await findHeldOut(judged, rows, breather());
    // Lines that an edit has moved meanwhile would lead to other rows.
    if (document.version === version)
      return { path, total, rows: judged.map((row, at) => heldOutRow(indices[at]!, row, found[at], multiLabel)) };
  }
}

function openDocument(path: string, documents: Documents): DataDocument | undefined {
  for (const document of documents.all()) {
    const own = pathOf(document.uri);
    if (own !== undefined && normalize(own) === normalize(path)) return document;
  }
  return undefined;
}

/** Milliseconds that the search may hold the event loop before it yields. */
const BREATH = 8;

function breather(): () => Promise<void> {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < BREATH) return;
    await new Promise((resolve) => setImmediate(resolve));
    begun = performance.now();
  };
}

function requireAbsolute(folder: string): void {
  if (!isAbsolute(folder)) throw new RowlightError('bad-argument', `${folder}: give the whole path of a run folder`);
}
