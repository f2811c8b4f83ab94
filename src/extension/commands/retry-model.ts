import { RetryModel } from '../../protocol/messages';
import type { Context } from '../context';

/** Starts the model host again after it was given up, and asks the server again, the user first where they had not allowed it. */
export async function retryModel({ client, server }: Context): Promise<void> {
  server.permissions.askAgain();
  await client.request(RetryModel, null);
}
