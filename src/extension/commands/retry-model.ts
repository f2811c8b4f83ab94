import { RetryModel } from '../../protocol/messages';
import type { Context } from '../context';

/** Starts the model host again after it was given up. */
export async function retryModel({ client }: Context): Promise<void> {
  await client.request(RetryModel, null);
}
