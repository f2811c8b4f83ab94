import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../env';
import { RowlightError } from '../errors';
import { rethrow } from '../node-files';
import { type JunkReason, cleanLine, junkReason } from '../pretraining/clean-line';
import { createLeftOut } from '../pretraining/left-out';
import { createNearDuplicates } from '../pretraining/near-duplicates';
import { documentTokens } from '../pretraining/token-stream';
import type { Segmenter } from '../pretraining/word-groups';
import { whileLocked } from '../runs/lock';
import { sha256 } from '../runs/run-folder';
import type { Tokenizer } from '../tokenizer/encoding';
import { hashText } from '../training/random';
import { type Manifest, type Shard, readManifest, writeManifest } from './manifest';
import { readDocuments } from './read-documents';
import { readTexts } from './read-texts';
import { countTokens, createShardWriter } from './shards';
import { type CorpusFile, hashFile } from './sources';

/** What a corpus is made of. */
export interface CorpusRequest {
  readonly files: readonly CorpusFile[];
  readonly settings: Manifest['settings'];
  readonly tokenizer: Tokenizer;
  readonly unkId: number;
  readonly segment: Segmenter;
  /** Files with texts whose documents are left out, read as the others are. */
  readonly leaveOut: readonly CorpusFile[];
  /** Folder of corpora: each lies in a folder of its own there, by what it is made of. */
  readonly cache: string;
  /** Numbers of a shard, about. */
  readonly shardNumbers?: number;
}

/** How far it is. */
export interface CorpusProgress {
  readonly doing: 'counting' | 'hashing' | 'reading';
  readonly bytes: number;
  readonly totalBytes: number;
  readonly documents: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number;
}

/** A corpus on the disk. */
export interface Corpus {
  readonly folder: string;
  readonly manifest: Manifest & { readonly heldOut: Shard; readonly counts: NonNullable<Manifest['counts']> };
}

/**
 * Raised when the same texts and settings make another corpus than before, so that none of an earlier making is taken for it; in that of number 1 nothing was
 * held out of a small one.
 */
const MAKING = 2;
/** 16 MB on the disk. */
const SHARD_NUMBERS = 4_194_304;
/** Enough to judge by; documents beyond are learnt from. */
const MOST_HELD_OUT = 1_000_000;

/**
 * Makes the shards of a corpus, or finds them made: cleaned, without junk lines and near-duplicates, documents held out by the hash of their text, one at
 * least where there are two. What was broken off goes on after its last shard and ends as it would have. Rejects with reason `bad-data` for a corpus
 * without text, `cancelled` where asked.
 */
export async function buildCorpus(
  request: CorpusRequest,
  world: { readonly clock: Clock; readonly signal: AbortSignal; readonly progress: (progress: CorpusProgress) => void },
): Promise<Corpus> {
  const report = createReport(request.files, world);
  const sources: Manifest['sources'] = [];
  for (const { path, bytes } of request.files) {
    sources.push({ path, bytes, sha256: await hashFile(path, (count) => report('hashing', count, 0)) });
    stopIfAsked(world.signal);
  }
  const leftOut: string[] = [];
  for (const { path } of request.leaveOut) leftOut.push(await hashFile(path, () => undefined));
  const settings = { ...request.settings, ...(leftOut.length === 0 ? {} : { leftOut }) };
  const key = sha256(JSON.stringify([MAKING, settings, sources.map((source) => source.sha256)])).slice(0, 16);
  const folder = join(request.cache, key);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => rethrow(error, folder));
  // Of two commands on the same texts the second finds the work done, or says who does it.
  return whileLocked(folder, async () => {
    const found = await readManifest(folder);
    const { heldOut, counts } = found ?? {};
    if (found && heldOut && counts) return { folder, manifest: { ...found, heldOut, counts } };
    const start: Manifest = found ?? { format: 1, settings, sources, shards: [], read: 0 };
    return { folder, manifest: await readAll(folder, start, request, report, world.signal) };
  });
}

async function readAll(
  folder: string,
  manifest: Manifest,
  request: CorpusRequest,
  report: ReturnType<typeof createReport>,
  signal: AbortSignal,
): Promise<Corpus['manifest']> {
  const { settings, tokenizer, segment, files, unkId } = request;
  const duplicates = createNearDuplicates();
  const training = createShardWriter(folder);
  const heldOut = createShardWriter(folder);
  const shards = [...manifest.shards];
  const junk: Record<JunkReason, number> = { short: 0, 'no-words': 0, broken: 0, repeated: 0 };
  const { holds } = createLeftOut(await readTexts(request.leaveOut, settings.textColumn));
  const counts = { documents: 0, leftOut: 0, nearDuplicates: 0, lines: 0, characters: 0, tokens: 0, unknown: 0 };
  const flush = async () => {
    shards.push(await training.write(`shard-${String(shards.length).padStart(5, '0')}.bin`));
    await writeManifest(folder, { ...manifest, shards, read: counts.documents });
  };
  let bytes = 0;
  // While no document is held out, the one of the least hash is kept back: of a small corpus the share may be none.
  let spare: { readonly hash: number; readonly numbers: Int32Array } | undefined;
  let texts = 0;
  // Shards that are there already need no numbers again.
  const isNew = () => counts.documents > manifest.read;
  for (const { path } of files) {
    for await (const lines of readDocuments(path, settings, (count) => (bytes += count))) {
      counts.documents++;
      const kept = lines.map(cleanLine).filter((line) => {
        const reason = line === '' ? undefined : junkReason(line);
        if (reason !== undefined) junk[reason]++;
        return line !== '' && reason === undefined;
      });
      counts.lines += lines.length;
      const text = kept.join('\n');
      if (text !== '' && holds(lines)) {
        counts.leftOut++;
      } else if (text !== '' && duplicates.seen(text)) {
        counts.nearDuplicates++;
      } else if (text !== '') {
        texts++;
        counts.characters += text.length;
        const hash = hashText(text, settings.seed);
        const held = hash < settings.heldOut * 2 ** 32 && heldOut.size() < MOST_HELD_OUT;
        const isSpare = settings.heldOut > 0 && heldOut.size() === 0 && hash < (spare?.hash ?? 2 ** 32);
        if (held || isSpare || isNew()) {
          const numbers = documentTokens(kept, tokenizer, segment);
          if (!held && !isSpare) {
            if (numbers.length > 0) training.add(numbers);
          } else if (numbers.length > 0) {
            if (spare && isNew()) training.add(spare.numbers);
            spare = held ? undefined : { hash, numbers };
            if (held) heldOut.add(numbers);
          }
        }
      }
      report('reading', bytes, counts.documents);
      bytes = 0;
      if (training.size() >= (request.shardNumbers ?? SHARD_NUMBERS)) await flush();
      stopIfAsked(signal);
    }
  }
  if (spare && texts > 1) heldOut.add(spare.numbers);
  else if (spare && isNew()) training.add(spare.numbers);
  if (training.size() > 0) await flush();
  if (shards.length === 0) {
    const remedy =
      settings.rows === undefined
        ? 'each line needs some words'
        : 'no row is without a label; leave out --rows unlabelled';
    throw new RowlightError('bad-data', `${files[0]!.path}: no text to learn from; ${remedy}`);
  }
  const held = await heldOut.write('held-out.bin');
  const numbers = await countTokens(folder, [...shards, held], unkId);
  const whole = {
    ...manifest,
    shards,
    read: counts.documents,
    heldOut: held,
    counts: { ...counts, ...numbers, junk },
  };
  await writeManifest(folder, whole);
  return whole;
}

function createReport(
  files: readonly CorpusFile[],
  { clock, progress }: { readonly clock: Clock; readonly progress: (progress: CorpusProgress) => void },
) {
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const done = { hashing: 0, reading: 0 };
  let [began, last] = [clock.now(), 0];
  return (doing: keyof typeof done, bytes: number, documents: number): void => {
    if (doing === 'reading' && done.reading === 0) began = clock.now();
    done[doing] += bytes;
    const now = clock.now();
    if (now - last < 100) return;
    last = now;
    const bytesPerSecond = done[doing] / Math.max(1e-3, (now - began) / 1000);
    const secondsLeft = (totalBytes - done[doing]) / Math.max(1, bytesPerSecond);
    progress({ doing, bytes: done[doing], totalBytes, documents, bytesPerSecond, secondsLeft });
  };
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted)
    throw new RowlightError('cancelled', 'stopped while reading the corpus; the same command goes on');
}
