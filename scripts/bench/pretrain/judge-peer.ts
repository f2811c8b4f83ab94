import type { Masked } from '../../../src/server/pretraining/batch';
import type { MaskedScores } from '../../../src/protocol/pretraining';
import type { Peer } from '../peer';
import { peerMessage } from './peer-message';

/** What torch's weights say of sequences of at most T tokens, judged as `judgeSequences` does. */
export async function judgePeer(
  peer: Peer,
  sequences: readonly Masked[],
  T: number,
  B: number,
  padId: number,
): Promise<MaskedScores> {
  let [right, loss, predictions] = [0, 0, 0];
  for (let at = 0; at < sequences.length; at += B) {
    const part = sequences.slice(at, at + B);
    const judged = await peer.ask(peerMessage(part, T, padId, { judge: 1 }));
    const count = part.reduce((sum, { positions }) => sum + positions.length, 0);
    right += judged.correct!;
    loss += judged.loss! * count;
    predictions += count;
  }
  return { accuracy: right / predictions, loss: loss / predictions };
}
