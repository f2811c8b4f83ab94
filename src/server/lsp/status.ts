import type { Connection } from 'vscode-languageserver';
import { StatusChanged } from '../../protocol/messages';
import type { FileStatus, ServerStatus } from '../../protocol/status';
import type { HostClient } from '../host/client';
import type { RemoteServer } from '../remote/remote-server';
import { notify } from './wire';

/** Collects how the parts are and tells the client: one notification for a burst of changes, none for no change. */
export interface StatusBoard {
  /** How an open file stands; undefined when it is closed. */
  file(uri: string, status: FileStatus | undefined): void;
  /** Something else may have changed: the state or queue of the host or the server. */
  changed(): void;
}

export function createStatusBoard(
  connection: Connection,
  host: Pick<HostClient, 'state' | 'busy' | 'runBy'>,
  remote: Pick<RemoteServer, 'status' | 'busy'>,
): StatusBoard {
  const files = new Map<string, FileStatus>();
  let pending = false;
  let last = '';

  function snapshot(): ServerStatus {
    const off = host.state === 'off';
    const served = remote.status;
    const { runBy } = host;
    const base = {
      busy: host.busy || remote.busy,
      ...(served && { served }),
      ...(runBy && { runBy }),
      files: Object.fromEntries(files),
    };
    if (!off) return { health: 'ok', ...base };
    const message = 'The model host crashed too often and is off. Run "Rowlight: Retry Model"; the log tells why.';
    return { health: 'error', message, ...base };
  }

  function changed(): void {
    if (pending) return;
    pending = true;
    setImmediate(() => {
      pending = false;
      const status = snapshot();
      const text = JSON.stringify(status);
      if (text === last) return;
      last = text;
      notify(connection, StatusChanged, status);
    });
  }

  return {
    file(uri, status) {
      if (status) files.set(uri, status);
      else files.delete(uri);
      changed();
    },
    changed,
  };
}
