import * as vscode from 'vscode';
import { CUDA_TRANSFER, type CudaPlan, PlanCuda, RemoveCuda, SetUpCuda } from '../../protocol/cuda';
import type { Context } from '../context';
import { editorProxy, transfer } from '../transfers';

/** What the user may choose. */
type Choice = 'everything' | 'provider' | 'local' | 'remove';

/** Shows what CUDA needs here and how large it is, brings it from where the user says behind a notification with Cancel, or removes it. */
export async function setUpCuda({ client }: Context): Promise<void> {
  const plan = await client.request(PlanCuda, null);
  const choice = await choose(plan);
  if (choice === undefined) return;
  if (choice === 'remove') {
    const { bytes } = await client.request(RemoveCuda, null);
    void vscode.window.showInformationMessage(vscode.l10n.t('CUDA is removed: {0} MB are free again.', inMb(bytes)));
    return;
  }
  const from = choice === 'local' ? await chooseFile() : undefined;
  if (choice === 'local' && from === undefined) return;
  const proxy = editorProxy();
  const params = { withLibraries: choice === 'everything', proxy, ...(from !== undefined && { from }) };
  const done = await transfer(client, vscode.l10n.t('Setting up CUDA'), CUDA_TRANSFER, SetUpCuda, params);
  if (!done) return;
  const message =
    done.missing.length === 0
      ? vscode.l10n.t('CUDA is set up. The devices “auto” and “cuda” (rowlight.device) use it from now on.')
      : vscode.l10n.t('CUDA is set up but for NVIDIA’s {0}.', done.missing.join(', '));
  void vscode.window.showInformationMessage(message);
}

async function choose(plan: CudaPlan): Promise<Choice | undefined> {
  const { provider, providerBytes, missing, missingBytes, removable, driver } = plan;
  const runtime = vscode.l10n.t('ONNX Runtime’s CUDA provider');
  const libraries = vscode.l10n.t('NVIDIA’s {0}, which are not on this machine', missing.join(', '));
  const wanted = [...(provider ? [] : [runtime]), ...(missing.length > 0 ? [libraries] : [])];
  const items: (vscode.QuickPickItem & { choice: Choice })[] = [];
  if (wanted.length > 0)
    items.push({
      label: `$(cloud-download) ${vscode.l10n.t('Fetch What Is Missing')}`,
      description: `${inMb(providerBytes + missingBytes)} MB`,
      detail: wanted.join('; '),
      choice: 'everything',
    });
  if (!provider && missing.length > 0)
    items.push({
      label: `$(cloud-download) ${vscode.l10n.t('Fetch the Provider Only')}`,
      description: `${inMb(providerBytes)} MB`,
      detail: vscode.l10n.t('NVIDIA’s libraries come from elsewhere'),
      choice: 'provider',
    });
  if (!provider)
    items.push({
      label: `$(folder-opened) ${vscode.l10n.t('Take It from a File…')}`,
      detail: vscode.l10n.t('the wheel onnxruntime-gpu, for machines without a network'),
      choice: 'local',
    });
  if (removable)
    items.push({ label: `$(trash) ${vscode.l10n.t('Remove CUDA')}`, detail: vscode.l10n.t('all that was fetched for it'), choice: 'remove' }); // prettier-ignore
  const placeHolder =
    driver ??
    (wanted.length === 0 ? vscode.l10n.t('CUDA is set up.') : vscode.l10n.t('What CUDA needs on this machine'));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Set Up CUDA'), placeHolder }))?.choice;
}

async function chooseFile(): Promise<string | undefined> {
  const filters = { [vscode.l10n.t('Wheels')]: ['whl'] };
  const chosen = await vscode.window.showOpenDialog({ title: vscode.l10n.t('Set Up CUDA'), filters });
  return chosen?.[0]?.fsPath;
}

const inMb = (bytes: number): string => Math.ceil(bytes / 1e6).toString();
