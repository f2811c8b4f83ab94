import type { Context } from '../context';
import { activeDataEditor } from './active-data';

/** Begins labelling mode in the active file. */
export async function startLabelling({ labelling }: Context): Promise<void> {
  await labelling.start(activeDataEditor());
}

/** Ends labelling mode, wherever it is on, when the acts that were asked for are done. */
export async function stopLabelling({ labelling }: Context): Promise<void> {
  await labelling.press({ kind: 'leave' });
}
