import type { FromPage, PageState, ToPage } from '../../src/protocol/webview';

/** What VS Code gives to a webview; may be asked for once. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
};

const api = acquireVsCodeApi();

/** Sends to the extension. */
export function post(message: FromPage): void {
  api.postMessage(message);
}

/** Hears the extension. */
export function listen(hear: (message: ToPage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => hear(data));
}

const folder = document.body.dataset['folder'] ?? '';
const tables = new Set(api.getState()?.tables ?? []);
const keep = (): void => api.setState({ folder, tables: [...tables] });
// From the first moment on: a reload before the first click must find the run again.
keep();

/** Whether a figure is shown as a table. */
export function shownAsTable(figure: string): boolean {
  return tables.has(figure);
}

/** Remembers that. */
export function showAsTable(figure: string, table: boolean): void {
  if (table) tables.add(figure);
  else tables.delete(figure);
  keep();
}
