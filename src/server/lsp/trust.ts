import { LSPErrorCodes, ResponseError, type Connection } from 'vscode-languageserver';
import { NEEDS_TRUST, TrustGranted } from '../../protocol/trust';

/**
 * Whether the user trusts the workspace. While not (VS Code's Restricted Mode), what lies in it is data to be shown and nothing else: only
 * models that came with Rowlight predict, run folders are not looked into, and requests of `NEEDS_TRUST` are refused.
 */
export interface Trust {
  readonly granted: boolean;
  /** Called once, when trust is granted; it is never taken back within a session. */
  onGrant(listener: () => void): void;
}

/** The line that a refused request is answered with. */
export const REFUSED = 'Restricted Mode: trust this workspace to do that.';

/** Follows the client's word on trust. A client that says nothing of it has no restricted mode, so its workspaces are trusted. */
export function registerTrust(connection: Connection, initially: boolean | undefined): Trust {
  const listeners: (() => void)[] = [];
  let granted = initially ?? true;
  connection.onNotification(TrustGranted.method, () => {
    if (granted) return;
    granted = true;
    for (const listener of listeners) listener();
  });
  return {
    get granted() {
      return granted;
    },
    onGrant: (listener) => listeners.push(listener),
  };
}

/** The same connection, but handlers that are registered through it for a request of `NEEDS_TRUST` are not called without trust. */
export function refuseWithoutTrust(connection: Connection, trust: Trust): Connection {
  type Handler = (...parameters: unknown[]) => unknown;
  const onRequest = (method: string, handler: Handler): unknown =>
    connection.onRequest(method, (...parameters: unknown[]) =>
      trust.granted || !NEEDS_TRUST.has(method)
        ? handler(...parameters)
        : new ResponseError(LSPErrorCodes.RequestFailed, REFUSED),
    );
  return Object.create(connection, { onRequest: { value: onRequest } }) as Connection;
}
