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

/** What any error means to a client. What is a mistake of ours tells no more than that. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (RowlightError.is(error)) {
    if (error.reason === 'bad-argument') return new Refusal(400, 'Validation', oneLine(error.message));
    // The process that holds the models ended or can't load one: another try may find it well.
    return new Refusal(503, 'Unhealthy', oneLine(error.message), 1);
  }
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Refusal(statusCode, 'Validation', oneLine(String(message)));
  return new Refusal(500, 'Backend', 'internal error; the log of the server has more');
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
