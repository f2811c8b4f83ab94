import * as vscode from 'vscode';

/** A BERT on the hub that is worth a place in a short list. */
export interface HubModel {
  /** `owner/name`. */
  readonly name: string;
  /** What it is and for whom, in the user's language. */
  readonly about: string;
  /** Megabytes of its weights. */
  readonly megabytes: number;
  readonly licence: string;
}

/** The short list: small ones first. Sizes and licences are those of their pages on the hub in November 2026. */
export function hubModels(): HubModel[] {
  return [
    { name: 'BAAI/bge-small-zh-v1.5', about: vscode.l10n.t('Chinese, 4 layers: quick, good sentence vectors'), megabytes: 96, licence: 'MIT' }, // prettier-ignore
    {
      name: 'hfl/rbt3',
      about: vscode.l10n.t('Chinese, 3 layers, whole-word masking'),
      megabytes: 156,
      licence: 'Apache-2.0',
    },
    {
      name: 'hfl/rbt6',
      about: vscode.l10n.t('Chinese, 6 layers, whole-word masking'),
      megabytes: 240,
      licence: 'Apache-2.0',
    },
    { name: 'hfl/chinese-roberta-wwm-ext', about: vscode.l10n.t('Chinese, 12 layers, whole-word masking: the usual choice'), megabytes: 412, licence: 'Apache-2.0' }, // prettier-ignore
    { name: 'hfl/chinese-macbert-base', about: vscode.l10n.t('Chinese, 12 layers, masked by similar words'), megabytes: 412, licence: 'Apache-2.0' }, // prettier-ignore
    { name: 'google-bert/bert-base-chinese', about: vscode.l10n.t('Chinese, 12 layers: Google’s own'), megabytes: 412, licence: 'Apache-2.0' }, // prettier-ignore
    { name: 'sentence-transformers/all-MiniLM-L6-v2', about: vscode.l10n.t('English, 6 layers: quick, good sentence vectors'), megabytes: 91, licence: 'Apache-2.0' }, // prettier-ignore
    { name: 'google-bert/bert-base-multilingual-cased', about: vscode.l10n.t('104 languages, 12 layers'), megabytes: 714, licence: 'Apache-2.0' }, // prettier-ignore
  ];
}
