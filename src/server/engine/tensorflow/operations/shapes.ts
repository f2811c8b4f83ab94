import { dataType, type } from '../graph';
import { type Write, type Written, integerOf, integersOf, sizesOf } from './operation';

/** Operators that move, cut, join, pick or add up parts of tensors. */
export const SHAPES: Readonly<Record<string, Write>> = {
  Reshape: ({ graph, y, names: [x] }) =>
    graph.moved('Reshape', x!, graph.sizes(y.shape), type(dataType(y)), { Tshape: type('int32') }),
  Expand: ({ graph, y, names: [x] }) =>
    graph.add('BroadcastTo', [x!, graph.sizes(y.shape)], { T: type(dataType(y)), Tidx: type('int32') }),
  Transpose: ({ graph, operation, y, names: [x] }) =>
    graph.moved('Transpose', x!, graph.integers(integersOf(operation.attributes['perm'])), type(dataType(y)), {
      Tperm: type('int32'),
    }),
  Gather: ({ graph, operation, y, names: [x, indices] }) =>
    graph.add('GatherV2', [x!, indices!, graph.integers([integerOf(operation, 'axis')], 0)], {
      Tparams: type(dataType(y)),
      Tindices: type('int32'),
      Taxis: type('int32'),
    }),
  ScatterND: ({ graph, y, names }) =>
    graph.add('TensorScatterUpdate', names, { T: type(dataType(y)), Tindices: type('int64') }),
  Concat: ({ graph, operation, y, names }) =>
    graph.add('ConcatV2', [...names, graph.integers([integerOf(operation, 'axis')], 0)], {
      N: { i: names.length },
      T: type(dataType(y)),
      Tidx: type('int32'),
    }),
  Slice: slice,
  Split({ graph, operation, names: [x] }) {
    const parts = sizesOf(operation.inputs[1]);
    const axis = graph.integers([integerOf(operation, 'axis')], 0);
    const attributes = { num_split: { i: parts.length }, T: type(dataType(operation.inputs[0]!)), Tlen: type('int32') };
    const name = graph.add('SplitV', [x!, graph.integers(parts), axis], attributes);
    return parts.map((_, i) => (i === 0 ? name : `${name}:${i}`));
  },
  Pad({ graph, operation, y, names: [x, value] }) {
    const pads = sizesOf(operation.inputs[1]);
    const rank = y.shape.length;
    const paddings = Int32Array.from({ length: 2 * rank }, (_, i) => pads[(i % 2) * rank + Math.floor(i / 2)]!);
    const attributes = { T: type(dataType(y)), Tpaddings: type('int32') };
    return graph.add('PadV2', [x!, graph.constant('int32', [rank, 2], paddings), value!], attributes);
  },
  Tile: ({ graph, operation, y, names: [x] }) =>
    graph.add('Tile', [x!, graph.integers(sizesOf(operation.inputs[1]))], {
      T: type(dataType(y)),
      Tmultiples: type('int32'),
    }),
  // Recorded by `segmentSum` alone: rows added up by index, the indices expanded over the row.
  ScatterElements({ graph, operation, y, names: [, , rows], nameOf }) {
    const source = operation.inputs[1]!.source;
    if (source.kind !== 'operation' || source.operation.type !== 'Expand') throw new Error('Rows are scattered whole.');
    const ids = graph.add('Reshape', [nameOf(source.operation.inputs[0]!), graph.integers([-1])], {
      T: type('int32'),
      Tshape: type('int32'),
    });
    return graph.add('UnsortedSegmentSum', [rows!, ids, graph.integers([y.shape[0]!], 0)], {
      T: type(dataType(y)),
      Tindices: type('int32'),
      Tnumsegments: type('int32'),
    });
  },
};

/** A part of a tensor: where axes begin, and for each the size of the result or, where it stays whole, all that is left. */
function slice({ graph, operation, y, names: [x] }: Written): string {
  const [starts, , axes] = operation.inputs.slice(1).map(sizesOf) as [number[], number[], number[]];
  const begin = y.shape.map((_, i) => starts[axes.indexOf(i)] ?? 0);
  return graph.add('Slice', [x!, graph.sizes(begin), graph.sizes(y.shape)], {
    T: type(dataType(y)),
    Index: type('int32'),
  });
}
