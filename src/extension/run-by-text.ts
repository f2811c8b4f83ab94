import * as vscode from 'vscode';
import type { RunBy } from '../protocol/status';

/** One line of where models run: engine, device, its driver and memory, and why it is not another. */
export function runByText({ engine, device, hardware, note }: RunBy): string {
  const where = [engine, device, hardware].filter(Boolean).join(' · ');
  return note === undefined
    ? vscode.l10n.t('Computed by {0}', where)
    : vscode.l10n.t('Computed by {0} ({1})', where, note);
}
