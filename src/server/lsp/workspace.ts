import { dirname, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection, InitializeParams } from 'vscode-languageserver';

/** Where documents lie on the disk. */
export interface Workspace {
  /** The workspace folder of a document, its own folder where it is in none; undefined for an untitled one without any folder. */
  rootOf(uri: string): string | undefined;
  /** Every open workspace folder. */
  roots(): readonly string[];
  /** A path from the settings of a document: absolute as it is, else within its root. */
  resolve(uri: string, path: string): string;
}

/** Keeps the client's workspace folders. */
export function registerWorkspace(
  connection: Connection,
  params: InitializeParams,
  onReady: (listener: () => void) => void,
): Workspace {
  const first = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: '' }] : []);
  let roots = first.flatMap(({ uri }) => pathOf(uri) ?? []);

  if (params.capabilities.workspace?.workspaceFolders) {
    onReady(() => {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
        roots = [...roots.filter((root) => !gone.has(root)), ...added.flatMap(({ uri }) => pathOf(uri) ?? [])];
      });
    });
  }

  function rootOf(uri: string): string | undefined {
    const path = pathOf(uri);
    if (path === undefined) return roots[0];
    const around = roots.filter((root) => path.startsWith(root.endsWith(sep) ? root : root + sep));
    return around.sort((a, b) => b.length - a.length)[0] ?? dirname(path);
  }

  return {
    rootOf,
    roots: () => roots,
    resolve(uri, path) {
      const root = rootOf(uri);
      return isAbsolute(path) || root === undefined ? path : join(root, path);
    },
  };
}

/** The path of a `file:` uri; undefined for others. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    // A host on a system that knows none, or a broken escape.
    return undefined;
  }
}
