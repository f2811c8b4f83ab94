import * as vscode from 'vscode';
import type { Context } from './context';

/** An open notification with a progress bar and Cancel. */
export interface ProgressNotification {
  /** Moves the bar on and says where the work stands. `increment`: how far from what was reached, in per cent. */
  report(increment: (reached: number) => number, message: string): void;
  close(): void;
}

/** Opens one for work that another process does. `cancel` asks that to stop; the notification stays until it is closed. */
export function openProgress(title: string, cancel: () => Promise<unknown>, log: Context['log']): ProgressNotification {
  let close = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    close = resolve;
  });
  let report: ProgressNotification['report'] = () => undefined;
  void vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (view, token) => {
      token.onCancellationRequested(() => {
        cancel().catch((error: unknown) => log.error(String(error)));
      });
      let reached = 0;
      report = (increment, message) => {
        const by = increment(reached);
        reached += by;
        view.report({ increment: by, message });
      };
      return ended;
    },
  );
  return { report: (increment, message) => report(increment, message), close };
}
