import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Log } from '../env';
import { RowlightError } from '../errors';

/** What a handler gets besides its parameters. */
export interface Call {
  /** Aborted when the client cancels the request. */
  readonly signal: AbortSignal;
}

/** Thrown by a handler whose document changed while it worked: the client asks again for the new version. */
export class ContentModified extends Error {}

/**
 * The one wrapper of every request handler. It yields first, so that a cancel that has already arrived is read before any work; turns the
 * protocol's token into an `AbortSignal`; answers the protocol's errors for a cancel and for stale content; shows an expected failure of a
 * command to its caller where `failures` is `answered`; and logs anything else and answers `empty`. One bad feature never ends the server.
 */
export function handler<Params, Result>(
  log: Log,
  name: string,
  empty: Result,
  run: (params: Params, call: Call) => Promise<Result> | Result,
  failures: 'logged' | 'answered' = 'logged',
): (params: Params, token: CancellationToken) => Promise<Result | ResponseError<never>> {
  return async (params, token) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested) return cancelledError();
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    try {
      const result = await run(params, { signal: controller.signal });
      return token.isCancellationRequested ? cancelledError() : result;
    } catch (error) {
      if (token.isCancellationRequested) return cancelledError();
      if (error instanceof ContentModified)
        return new ResponseError<never>(LSPErrorCodes.ContentModified, 'The document changed.');
      if (RowlightError.is(error, 'cancelled'))
        return new ResponseError<never>(LSPErrorCodes.ServerCancelled, error.message);
      if (RowlightError.is(error)) {
        if (failures === 'answered') return new ResponseError<never>(LSPErrorCodes.RequestFailed, error.message);
        log.warn(`${name}: ${error.message}`);
        return empty;
      }
      log.error(`${name} failed`, { error: error instanceof Error ? error.stack : String(error) });
      if (failures === 'answered')
        return new ResponseError<never>(LSPErrorCodes.RequestFailed, 'Internal error; see the log.');
      return empty;
    } finally {
      subscription.dispose();
    }
  };
}

function cancelledError(): ResponseError<never> {
  return new ResponseError<never>(LSPErrorCodes.RequestCancelled, 'Cancelled.');
}
