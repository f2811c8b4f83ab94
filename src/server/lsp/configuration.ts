import { DidChangeConfigurationNotification, type Connection } from 'vscode-languageserver';
import { defaultSettings, parseSettings, type Settings } from '../../protocol/settings';
import type { Log } from '../env';

/** The client's settings, per resource. */
export interface Configuration {
  /** The settings that apply to a document, or without one those of the window. Cached until the client announces a change. */
  get(uri?: string): Promise<Settings>;
  onChange(listener: () => void): void;
}

/**
 * Pulls settings from the client (`workspace/configuration`), caches them by resource and drops the cache when they change. A client that
 * can't be asked has the defaults, or those it sent in `didChangeConfiguration`.
 */
export function registerConfiguration(
  connection: Connection,
  log: Log,
  client: { readonly pull: boolean; readonly dynamic: boolean; readonly onReady: (listener: () => void) => void },
): Configuration {
  const cache = new Map<string, Promise<Settings>>();
  const listeners: (() => void)[] = [];
  let pushed: unknown;

  connection.onDidChangeConfiguration(({ settings }) => {
    const sent = settings as { rowlight?: unknown } | null | undefined;
    pushed = sent?.rowlight ?? pushed;
    cache.clear();
    for (const listener of listeners) listener();
  });

  client.onReady(() => {
    if (client.dynamic)
      void connection.client.register(DidChangeConfigurationNotification.type, { section: 'rowlight' });
  });

  async function read(uri: string | undefined): Promise<Settings> {
    const scope = uri === undefined ? { section: 'rowlight' } : { section: 'rowlight', scopeUri: uri };
    const raw: unknown = client.pull ? await connection.workspace.getConfiguration(scope) : pushed;
    const { settings, problems } = parseSettings(raw);
    for (const problem of problems) log.warn(problem.message);
    return settings;
  }

  return {
    get(uri) {
      const key = uri ?? '';
      let settings = cache.get(key);
      if (!settings) {
        settings = read(uri).catch((error: unknown) => {
          log.error('settings could not be read', { error: String(error) });
          cache.delete(key);
          return defaultSettings;
        });
        cache.set(key, settings);
      }
      return settings;
    },
    onChange: (listener) => listeners.push(listener),
  };
}
