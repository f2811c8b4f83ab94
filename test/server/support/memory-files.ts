import { RowlightError } from '../../../src/server/errors';
import type { Files } from '../../../src/server/env';

/** Files in memory by path with `/`; `set` writes and changes the file's stamp. */
export class MemoryFiles implements Files {
  readonly #content = new Map<string, Uint8Array>();
  readonly #stamps = new Map<string, number>();
  #writes = 0;

  set(path: string, content: string): void {
    this.setBytes(path, new TextEncoder().encode(content));
  }

  setBytes(path: string, content: Uint8Array): void {
    this.#content.set(path, content);
    this.#stamps.set(path, ++this.#writes);
  }

  readonly stamp = (path: string): Promise<string | undefined> => Promise.resolve(this.#stamps.get(path)?.toString());

  read(path: string): Promise<Uint8Array> {
    const content = this.#content.get(path);
    return content ? Promise.resolve(content) : Promise.reject(new RowlightError('not-found', `${path}: not found`));
  }

  writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
    this.set(path, typeof content === 'string' ? content : new TextDecoder().decode(content));
    return Promise.resolve();
  }

  exists(path: string): Promise<boolean> {
    return Promise.resolve([...this.#content.keys()].some((name) => name === path || name.startsWith(`${path}/`)));
  }

  list(path: string): Promise<string[]> {
    const names = [...this.#content.keys()].filter((name) => name.startsWith(`${path}/`));
    return Promise.resolve([...new Set(names.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))].sort());
  }

  /** Puts a model folder there, as far as the server reads it. */
  model(folder: string, labels: readonly string[], columns = { text: '问题', label: '场景' }): void {
    const config = {
      architectures: ['BertForSequenceClassification'],
      model_type: 'bert',
      vocab_size: 10,
      hidden_size: 4,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      intermediate_size: 8,
      max_position_embeddings: 16,
      id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    };
    this.set(`${folder}/config.json`, JSON.stringify(config));
    this.set(`${folder}/rowlight.json`, JSON.stringify({ format: 1, columns, maxLength: 16 }));
    this.set(`${folder}/model.safetensors`, 'not read');
  }
}
