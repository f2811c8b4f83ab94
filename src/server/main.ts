import { dirname } from 'node:path';
import {
  createConnection,
  ProposedFeatures,
  ResponseError,
  LSPErrorCodes,
  type ConnectionOptions,
} from 'vscode-languageserver/node';
import { nodeEnvironment } from './lsp/node-environment';
import { startServer } from './lsp/server';

/*
 * Entry of the language server: `--node-ipc` (the extension) or `--stdio` (other editors). On stdio nothing but the protocol reaches standard
 * output: the log goes through the connection, and the library turns `console` to it.
 */

const options: ConnectionOptions = {
  connectionStrategy: {
    // A request that is cancelled before it was begun is never begun.
    cancelUndispatched(message) {
      if (!('id' in message)) return undefined;
      const error = new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.').toJson();
      return { jsonrpc: message.jsonrpc, id: message.id as string | number, error };
    },
  },
};

startServer(createConnection(ProposedFeatures.all, options), nodeEnvironment(__dirname, dirname(__dirname)));
