import type { NotificationType, RequestType } from './messages';

/** A model that is served over HTTP. */
export interface Serving {
  /** Its name in requests. */
  readonly model: string;
  /** `http://127.0.0.1:8125`. */
  readonly address: string;
}

/** The port that is offered: that of bert-as-service's HTTP server. */
export const SERVING_PORT = 8125;

/**
 * Client → server: serve a model on this machine until {@link StopServing} or the window's end; answers once it is loaded and listens. Fails with
 * one line: the port is in use, the folder is no model, another model is served already. Can be cancelled.
 */
export const StartServing: RequestType<
  {
    /** Folder of a run or a model. */
    readonly model: string;
    readonly port: number;
  },
  Serving
> = { method: 'rowlight/startServing' };

/** Client → server: stop serving; answers once the port is free. */
export const StopServing: RequestType<null, null> = { method: 'rowlight/stopServing' };

/** Server → client: it stopped by itself, with what was said last. */
export const ServingEnded: NotificationType<{ readonly model: string; readonly message: string }> = {
  method: 'rowlight/servingEnded',
};
