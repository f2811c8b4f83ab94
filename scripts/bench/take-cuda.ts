import { takeCuda } from '../../src/server/engine/select';

/* A side effect, for those who make an engine themselves: `--device cuda` takes what `rowlight doctor --setup cuda` brought. */
if (process.argv.includes('cuda')) takeCuda();
