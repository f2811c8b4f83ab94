import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { WebviewParts } from './webview-html';

/** Gives a webview the bundle `name` (a script and a style sheet of `dist/media`) and access to nothing else, and says where its parts lie. */
export function prepareWebview(webview: vscode.Webview, extensionUri: vscode.Uri, name: string): WebviewParts {
  const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(media, file)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [media] };
  return {
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    script: address(`${name}.js`),
    style: address(`${name}.css`),
    locale: vscode.env.language,
  };
}
