import type { WheelPackage } from '../../src/server/cuda/packages';
import { TENSORFLOW } from '../../src/server/engine/tensorflow/versions';
import { RowlightError } from '../../src/server/errors';

const wheel = (
  name: string,
  file: string,
  size: number,
  sha256: string,
  [cc, framework]: readonly [number, number],
): WheelPackage => ({
  name,
  version: TENSORFLOW,
  file,
  size,
  sha256,
  libraries: { 'libtensorflow_cc.so.2': cc, 'libtensorflow_framework.so.2': framework },
});

/** The wheels of PyPI that have libtensorflow, by platform. Their libraries are the same for every Python. */
const WHEELS: Readonly<Record<string, WheelPackage>> = {
  'linux-x64': wheel(
    'tensorflow-cpu',
    'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    273829956,
    '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    [788086608, 65222328],
  ),
  'linux-x64-cuda': wheel(
    'tensorflow',
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    572440367,
    '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    [1096372272, 162648808],
  ),
  'linux-arm64': wheel(
    'tensorflow',
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    281828020,
    '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    [814885544, 68176664],
  ),
};

/** The wheel for a platform, `linux-x64`. @throws RowlightError `unsupported` where there is none */
export function wheelFor(platform: string, cuda: boolean): WheelPackage {
  const found = WHEELS[cuda ? `${platform}-cuda` : platform];
  if (found === undefined)
    throw new RowlightError(
      'unsupported',
      `it is built on Linux (x64, with --cuda too, and arm64), not on ${platform}; npm install @tensorflow/tfjs-node may bring it there`,
    );
  return found;
}
