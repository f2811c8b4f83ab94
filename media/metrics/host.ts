import type { ComparisonState, FromComparison, FromPage, PageState } from '../../src/protocol/webview';

/** What VS Code gives to a webview; may be asked for once. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPage | FromComparison): void;
  getState(): PageState | ComparisonState | undefined;
  setState(state: PageState | ComparisonState): void;
};

const api = acquireVsCodeApi();

/** Sends to the extension. */
export function post(message: FromPage | FromComparison): void {
  api.postMessage(message);
}

/** Hears the extension. */
export function listen<Message>(hear: (message: Message) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<Message>) => hear(data));
}

/** The run that is shown, or the runs that are compared. */
const { folder = '', folders } = document.body.dataset;
const shown = folders === undefined ? { folder } : { folders: JSON.parse(folders) as string[] };
const tables = new Set(api.getState()?.tables ?? []);
const keep = (): void => api.setState({ ...shown, tables: [...tables] });
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
