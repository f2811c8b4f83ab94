import type { Connection } from 'vscode-languageserver';
import { TransferringModel } from '../../protocol/models';
import { notify } from './wire';

/** Milliseconds between two reports. */
const REPORT_EVERY = 200;

/** Tells the client how far something is that moves many bytes: not too often, and always its end. */
export function transferred(
  connection: Connection,
  id: string,
  act: 'download' | 'import' | 'export',
): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    if (done < total && Date.now() - told < REPORT_EVERY) return;
    told = Date.now();
    notify(connection, TransferringModel, { id, act, done, total });
  };
}
