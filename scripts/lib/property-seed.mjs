// Loaded before every test bundle. Property tests draw their inputs from a fixed seed, so that a change is judged by what it changed and
// not by the luck of the draw; ROWLIGHT_SEED=random (or a number) draws others, to look for what the fixed ones miss.
import fc from 'fast-check';

const asked = process.env.ROWLIGHT_SEED ?? '20260101';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
