import { z } from 'zod';
import { parseJson } from '../parse-json';

/** Name of the file in a run folder that says which checkpoints hold. */
export const POINTERS_FILE = 'checkpoints.json';

/** Folder of a run folder that holds them. */
export const CHECKPOINTS_FOLDER = 'checkpoints';

// A name is checked because it becomes part of a path.
const name = z.string().regex(/^step-\d{1,12}(-\d{1,3})?$/, 'is not the name of a checkpoint (step-N)');

const schema = z.object({ format: z.literal(1), best: name, last: name });

/** `checkpoints.json` of a run: the best checkpoint by held-out score and the last one, which a resumed run goes on from. May be the same. */
export type CheckpointPointers = z.infer<typeof schema>;

/** Reads `checkpoints.json`. Throws a `RowlightError` of reason `bad-model`. */
export function parsePointers(content: Uint8Array, file = POINTERS_FILE): CheckpointPointers {
  return parseJson(content, schema, file);
}
