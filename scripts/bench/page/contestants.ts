import { spawnSync } from 'node:child_process';
import { devicesOf } from '../../../src/server/engine/devices';
import { productType } from '../../../src/server/engine/tensorflow/processor';
import { type Peer, startPeer, startProcess } from '../peer';
import type { Absent, Measured } from './results';

/** Somebody who can be asked to do one thing again and again. */
export interface Contestant extends Pick<Measured, 'name' | 'ours' | 'reference' | 'place'> {
  /** Does it once. */
  ask(): Promise<Record<string, number>>;
  /** The process behind it; several contestants may share one. */
  readonly peer: Peer;
}

/** What is timed. */
export interface Task {
  /** Arguments of `contestant.ts`. */
  readonly own: readonly string[];
  /** Precisions of Rowlight that it is timed in. */
  readonly dtypes: readonly ('float32' | 'int8')[];
  readonly peer: 'step.py' | 'inference.py';
  /** Arguments of the peer. */
  readonly theirs: readonly string[];
}

/** Starts everyone who can do a task: Rowlight on every device it may have here, and the peers. Who can't is told with the reason. */
export async function startContestants(
  task: Task,
  threads: string,
  python: string | undefined,
): Promise<{ contestants: Contestant[]; absent: Absent[] }> {
  const contestants: Contestant[] = [];
  const absent: Absent[] = [];
  const start = async (name: string, begin: () => Promise<Peer>, take: (peer: Peer) => Contestant[]) => {
    try {
      const peer = await begin();
      const why = peer.description['absent'];
      if (why === undefined) contestants.push(...take(peer));
      else {
        absent.push({ name, why: String(why) });
        peer.end();
      }
    } catch (error) {
      absent.push({ name, why: (error as Error).message });
    }
  };
  for (const { engine, device, dtype } of own(task)) {
    const name = `Rowlight ${engine}, ${device}, ${dtype}`;
    const args = ['--engine', engine, '--device', device, '--dtype', dtype, '--threads', threads, ...task.own];
    const begin = () => startProcess(process.execPath, ['scripts/bench.mjs', 'contestant', ...args]);
    const place = device === 'cpu' ? ('cpu' as const) : ('gpu' as const);
    const ask = task.peer === 'step.py' ? 'step' : 'predict';
    await start(name, begin, (peer) => [{ name, ours: true, place, peer, ask: () => peer.ask(ask) }]);
  }
  if (python === undefined) {
    absent.push({
      name: 'torch',
      why: 'there is no Python with it: npm run setup parity brings one, or --python names one',
    });
    return { contestants, absent };
  }
  for (const device of ['cpu', ...(hasCuda(python) ? ['cuda'] : [])]) await startPeers(device);
  return { contestants, absent };

  async function startPeers(device: string) {
    const place = device === 'cpu' ? ('cpu' as const) : ('gpu' as const);
    const where = device === 'cpu' ? '' : `, ${device}`;
    const args = ['--threads', threads, '--device', device, ...task.theirs];
    if (task.peer === 'inference.py')
      await start(
        `torch and onnxruntime in Python${where}`,
        () => startPeer(python!, task.peer, args),
        (peer) =>
          (peer.description['names'] as string[])
            // Of the others only the CPU's are meant.
            .filter((name) => device === 'cpu' || name.startsWith('torch'))
            .map((name) => {
              const precision = /^torch (float32|bfloat16)$/.exec(name)?.[1] as 'float32' | 'bfloat16' | undefined;
              return {
                name: `${name.replace('onnxruntime', 'onnxruntime in Python,')}${where}`,
                ours: false,
                place,
                peer,
                ...(precision && { reference: precision }),
                ask: () => peer.ask(name),
              };
            }),
      );
    else
      for (const dtype of ['float32', 'bfloat16'] as const) {
        const name = `torch ${dtype}${where}`;
        const begin = () => startPeer(python!, task.peer, [...args, '--dtype', dtype]);
        await start(name, begin, (peer) => [
          { name, ours: false, place, reference: dtype, peer, ask: () => peer.ask('step') },
        ]);
      }
  }
}

/** What Rowlight may compute a task with on this machine. Of libtensorflow predictions are float32, and steps in bfloat16 where the processor has that. */
function own({ dtypes, peer }: Task): { engine: 'onnx' | 'tensorflow'; device: string; dtype: string }[] {
  const halves = peer === 'step.py' && productType() === 'bfloat16' ? ['bfloat16'] : [];
  return [
    ...dtypes.map((dtype) => ({ engine: 'onnx' as const, device: 'cpu', dtype })),
    ...['float32', ...halves].map((dtype) => ({ engine: 'tensorflow' as const, device: 'cpu', dtype })),
    ...devicesOf(process.platform).map((device) => ({ engine: 'onnx' as const, device, dtype: 'float32' })),
  ];
}

/** Whether this Python's torch sees a GPU. */
function hasCuda(python: string): boolean {
  const { stdout } = spawnSync(python, ['-c', 'import torch; print(torch.cuda.is_available())'], { encoding: 'utf8' });
  return stdout?.trim() === 'True';
}
