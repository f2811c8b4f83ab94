import { RowlightError } from '../errors';

/** Why a request is not answered: a status, a word for programs (those of text-embeddings-inference), one line for people. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    /** Seconds after which it is worth to try again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** What any error means to a client. What is a mistake of ours, or tells of this machine's folders, is for the log ({@link explain}). */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (RowlightError.is(error)) {
    if (error.reason === 'bad-argument') return new Refusal(400, 'Validation', oneLine(error.message));
    // The process that holds the models ended or can't load one: another try may find it well.
    return new Refusal(503, 'Unhealthy', 'the model is not there at the moment; the log of the server has more', 1);
  }
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Refusal(statusCode, 'Validation', oneLine(String(message)));
  return new Refusal(500, 'Backend', 'internal error; the log of the server has more');
}

/** What the log gets of an error that a client is not told. */
export function explain(error: unknown): string | undefined {
  if (toRefusal(error).status < 500 || error instanceof Refusal) return undefined;
  if (RowlightError.is(error)) return oneLine(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A failure as the body of an answer, in the shape that clients of a path know. */
export function refusalBody(path: string, { status, type, message }: Refusal): object {
  if (path.includes('/v1/'))
    return {
      error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: null, code: type },
    };
  if (path.endsWith('/encode')) return { error: message, description: message, type, status };
  return { error: message, error_type: type };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500);
}
