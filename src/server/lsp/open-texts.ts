import type { Connection } from 'vscode-languageserver';
import { GetOpenText } from '../../protocol/messages';

/** The text of a document that is open in the client and that the server does not follow; undefined where it is not open. */
export type OpenText = (uri: string) => Promise<string | undefined>;

/** Asks the client for texts as they stand in its editors, saved or not. @param offered whether the client answers */
export function createOpenTexts(connection: Connection, offered: boolean): OpenText {
  return async (uri) => {
    if (!offered) return undefined;
    const text = await connection.sendRequest<string | null>(GetOpenText.method, { uri });
    return text ?? undefined;
  };
}
