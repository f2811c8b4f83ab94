import { FEW_ROWS, type MemoryBeforeStart, type RowsBeforeStart } from '../training/before-start';
import { percent } from './report';

/** Most labels that a line names. */
const NAMED = 12;

/** `42 户政管理, 40 消防安全; fewer than 5 rows: 矫正帮教 (3)` */
export function labelsText({ labels }: Pick<RowsBeforeStart, 'labels'>): string {
  const named = [...labels].sort((a, b) => b.rows - a.rows).slice(0, NAMED);
  const more = labels.length - named.length;
  const few = labels.filter(({ rows }) => rows < FEW_ROWS);
  const counts = named.map(({ label, rows }) => `${rows} ${label}`).join(', ') + (more > 0 ? ` and ${more} more` : '');
  if (few.length === 0) return counts;
  const rare = few.slice(0, NAMED).map(({ label, rows }) => `${label} (${rows})`);
  const rest = few.length > NAMED ? ` and ${few.length - NAMED} more` : '';
  return `${counts}; fewer than ${FEW_ROWS} rows to learn from: ${rare.join(', ')}${rest}`;
}

/** How many texts are cut. */
export function lengthText({ truncated, texts }: Pick<RowsBeforeStart, 'truncated' | 'texts'>): string {
  if (truncated === 0) return 'no text is cut';
  return `${truncated} of ${texts} texts are cut (${percent(truncated / texts)}); --max-length says where`;
}

/** Held-out rows that are no test. */
export function leakText(leaked: number): string {
  return `${leaked} held-out rows say the same as a training row: scores will look better than they are`;
}

/** `45 MB weights, 22 MB gradients, 91 MB moments, 60 MB activations of 32 × 64 tokens` */
export function memoryText({ weights, gradients, moments, activations, rows, length }: MemoryBeforeStart): string {
  const size = (bytes: number) => `${bytes < 10e6 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6)} MB`;
  return `${size(weights)} weights, ${size(gradients)} gradients, ${size(moments)} moments, about ${size(activations)} activations of ${rows} × ${length} tokens`;
}
