import type { NotificationType, RequestType } from './messages';

/** What the user has allowed with regard to a server, and what is needed to reach it. */
export interface ServerAccess {
  /** Whether rows may be sent there. */
  readonly allowed: boolean;
  /** What the server asks clients to show; it lies in the editor's secret storage. */
  readonly key?: string;
  /** Address of the proxy that the editor's settings name; it wins over the environment's. */
  readonly proxy?: string;
}

/** Server → client: may rows be sent to the server at `root` (`ServerAddress.root`)? Answered at once; where nobody knows yet the client asks the user and tells later. */
export const GetServerAccess: RequestType<{ readonly root: string }, ServerAccess> = {
  method: 'rowlight/serverAccess',
};

/** Client → server: the answer to {@link GetServerAccess} may have changed. */
export const ServerAccessChanged: NotificationType<null> = { method: 'rowlight/serverAccessChanged' };

/**
 * How the server of `rowlight.server` is. `connecting`: asked for the first time; `consent`: the user has not allowed it; `key`: it wants one, or another;
 * `busy`: it asked to wait; `unreachable`, `certificate`, `malformed` (what answers is no `rowlight serve`), `refused`: `message` tells more. All but
 * `consent` and `key` are tried again by themselves.
 */
export type ServedState =
  'connecting' | 'ready' | 'consent' | 'key' | 'busy' | 'unreachable' | 'certificate' | 'malformed' | 'refused';

/** The server of `rowlight.server` as the status tells of it. */
export interface ServedStatus {
  readonly root: string;
  /** Machine and port. */
  readonly host: string;
  readonly state: ServedState;
  /** One line, English since it may quote the server or the system. */
  readonly message?: string;
}
