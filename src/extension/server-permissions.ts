import type * as vscode from 'vscode';

/** Addresses that rows may be sent to, in the editor's global state. */
const ALLOWED = 'rowlight.allowedServers';

/** Where what the user decided is kept: across workspaces, the keys in the secret storage. */
export interface PermissionStore {
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;
}

/**
 * To which servers rows may be sent, and with which key. Whoever asks for the first time gets no; the user is asked meanwhile, once for an address, and
 * `changed` is called when the answer is yes. "Not now" holds for this window until {@link askAgain}.
 */
export class ServerPermissions {
  readonly #declined = new Set<string>();
  readonly #asking = new Set<string>();

  constructor(
    private readonly store: PermissionStore,
    /** Puts the question to the user; true where they allow it. */
    private readonly ask: (root: string) => Promise<boolean>,
    private readonly changed: () => void,
  ) {}

  /** What is allowed with regard to the server at `root`. */
  async of(root: string): Promise<{ readonly allowed: boolean; readonly key?: string }> {
    if (!this.#allowed().includes(root)) {
      if (!this.#declined.has(root) && !this.#asking.has(root)) void this.#question(root);
      return { allowed: false };
    }
    const key = await this.store.secrets.get(secretOf(root));
    return { allowed: true, ...(key === undefined ? {} : { key }) };
  }

  /** Keeps the key of a server. */
  async setKey(root: string, key: string): Promise<void> {
    await this.store.secrets.store(secretOf(root), key);
    this.changed();
  }

  /** Takes back what was allowed, for a server or for all, and deletes its key. The addresses that were allowed. */
  async forget(root?: string): Promise<readonly string[]> {
    const before = this.#allowed();
    const gone = root === undefined ? before : [root];
    await this.store.state.update(
      ALLOWED,
      before.filter((one) => !gone.includes(one)),
    );
    for (const one of gone) {
      this.#declined.add(one);
      await this.store.secrets.delete(secretOf(one));
    }
    this.changed();
    return gone.filter((one) => before.includes(one));
  }

  /** Lets the question be put again where the answer was "Not now". */
  askAgain(): void {
    this.#declined.clear();
  }

  async #question(root: string): Promise<void> {
    this.#asking.add(root);
    try {
      if (!(await this.ask(root))) return void this.#declined.add(root);
      await this.store.state.update(ALLOWED, [...this.#allowed().filter((one) => one !== root), root]);
      this.changed();
    } finally {
      this.#asking.delete(root);
    }
  }

  #allowed(): readonly string[] {
    const kept = this.store.state.get<unknown>(ALLOWED);
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  }
}

function secretOf(root: string): string {
  return `rowlight.serverKey ${root}`;
}
