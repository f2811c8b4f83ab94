import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { modelName } from '../../protocol/hub';
import { RowlightError } from '../errors';
import { type ByteSource, cutOff, openFile } from './byte-source';
import { openZip } from './zip';

/** A folder with a model, or the folder within a zip archive that has one. */
export interface SourceFolder {
  /** What messages call it. */
  readonly label: string;
  /** What the model is called: its name on the hub, else that of its folder or archive. */
  readonly name: string;
  /** Its files, without those in folders below. */
  readonly names: readonly string[];
  /** Begin of the names of the TensorFlow checkpoint that was asked for, such as `bert_model.ckpt`. */
  readonly checkpoint?: string;
  /** The file of weights that was asked for, where the folder may have several. */
  readonly weights?: string;
  /** A file of at most `limit` bytes. */
  read(name: string, limit: number): Promise<Uint8Array>;
  open(name: string): Promise<ByteSource>;
  close(): Promise<void>;
}

/** Files of weights, each of which means its folder. */
const WEIGHTS = /^(model\.safetensors|pytorch_model\.bin)(\.index\.json)?$/;
/** Files beside them, which mean it as well. */
const BESIDE = /^((bert_)?config\.json|vocab\.txt|tokenizer(_config)?\.json|checkpoint)$/;
/** The files of a TensorFlow checkpoint, after its own name. */
const CHECKPOINT = /\.(index|meta|data-\d{5}-of-\d{5})$/;

/**
 * Opens a folder, a zip archive, the folder of a TensorFlow checkpoint that was named by its beginning (`…/bert_model.ckpt`), or that of one of a
 * model's files.
 */
export async function openSource(path: string): Promise<SourceFolder> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return openFolder(path);
  const [name, home] = [basename(path), dirname(path)];
  if (found && WEIGHTS.test(name)) return { ...(await openFolder(home)), weights: name };
  if (found && BESIDE.test(name)) return openFolder(home);
  if (found && CHECKPOINT.test(name)) return { ...(await openFolder(home)), checkpoint: name.replace(CHECKPOINT, '') };
  if (found) return openArchive(path);
  const index = await stat(`${path}.index`).catch(() => undefined);
  if (index) return { ...(await openFolder(home)), checkpoint: name };
  throw new RowlightError('not-found', `${path}: no such file or folder; check the path`);
}

async function openFolder(folder: string): Promise<SourceFolder> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((one) => !one.isDirectory())
    .map(({ name }) => name);
  const opened: { close(): Promise<void> }[] = [];
  const openInside = async (name: string) => {
    const source = await openFile(await insidePath(folder, name), name);
    opened.push(source);
    return source;
  };
  return {
    label: folder,
    name: modelName(resolve(folder)),
    names,
    async read(name, limit) {
      const source = await openInside(name);
      if (source.size > limit) throw tooLarge(join(folder, name), limit);
      return source.read(0, source.size);
    },
    open: openInside,
    async close() {
      for (const source of opened) await source.close();
    },
  };
}

/**
 * The path of a file whose content lies in its folder. A link may lead elsewhere only within the hub's cache, where every file is a link to a blob of
 * the same repository: a model that was unpacked from an archive could else lead to any file of the user's.
 */
async function insidePath(folder: string, name: string): Promise<string> {
  const [home, path] = await Promise.all([realpath(folder), realpath(join(folder, name)).catch(() => undefined)]);
  if (path === undefined) throw new RowlightError('not-found', `${join(folder, name)}: no such file`);
  const [, repo] = /^(.*[\\/]models--[^\\/]+)[\\/]snapshots[\\/][0-9a-f]{40}$/.exec(home) ?? [];
  if (path.startsWith(home + sep) || (repo !== undefined && path.startsWith(join(repo, 'blobs') + sep))) return path;
  throw new RowlightError(
    'bad-model',
    `${join(folder, name)}: a link that leads out of its folder; copy the file itself there`,
  );
}

async function openArchive(path: string): Promise<SourceFolder> {
  const file = await openFile(path);
  try {
    const zip = await openZip(file);
    const config = zip.names
      .filter((name) => /(^|\/)(bert_)?config\.json$/.test(name))
      .sort((a, b) => a.length - b.length)[0];
    const checkpoint = zip.names.find((name) => name.endsWith('.index'));
    const found = config ?? checkpoint;
    if (found === undefined)
      throw new RowlightError(
        'bad-model',
        `${path}: has no config.json or bert_config.json; give a zip of a model's folder`,
      );
    const folder = found.slice(0, found.lastIndexOf('/') + 1);
    return {
      label: path,
      name: basename(path).replace(/\.zip$/i, ''),
      names: zip.names
        .filter((name) => name.startsWith(folder))
        .map((name) => name.slice(folder.length))
        .filter((name) => !name.includes('/')),
      read: (name, limit) => zip.read(folder + name, limit),
      async open(name) {
        const bytes = await zip.read(folder + name, zip.size(folder + name));
        return memorySource(name, bytes);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes in memory as a source. What is read are views of them. */
export const memorySource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  async read(at, length) {
    if (
      !Number.isSafeInteger(at) ||
      !Number.isSafeInteger(length) ||
      at < 0 ||
      length < 0 ||
      at + length > bytes.length
    )
      throw cutOff(name);
    return bytes.subarray(at, at + length);
  },
});

const tooLarge = (path: string, limit: number): RowlightError =>
  new RowlightError('bad-model', `${path}: larger than ${limit} bytes, which no such file of a model is`);
