import protobuf from 'protobufjs/light';

/** A map from names to messages. */
const map = (type: string, id: number): protobuf.IMapField => ({ keyType: 'string', type, id });

/**
 * The messages of TensorFlow's `saved_model.proto`, `meta_graph.proto`, `graph.proto` and what they hold, as far as we write them, by their published
 * field numbers.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { type: 'MetaInfoDef', id: 1 },
        graphDef: { type: 'GraphDef', id: 2 },
        signatureDef: map('SignatureDef', 5),
      },
    },
    MetaInfoDef: { fields: { tags: { rule: 'repeated', type: 'string', id: 4 } } },
    SignatureDef: {
      fields: {
        inputs: map('TensorInfo', 1),
        outputs: map('TensorInfo', 2),
        methodName: { type: 'string', id: 3 },
      },
    },
    TensorInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        dtype: { type: 'int32', id: 2 },
        tensorShape: { type: 'TensorShapeProto', id: 3 },
      },
    },
    TensorShapeProto: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    GraphDef: {
      fields: { node: { rule: 'repeated', type: 'NodeDef', id: 1 }, versions: { type: 'VersionDef', id: 4 } },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 } } },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        attr: map('AttrValue', 5),
      },
    },
    AttrValue: {
      fields: {
        i: { type: 'int64', id: 3 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'TensorShapeProto', id: 7 },
        tensor: { type: 'TensorProto', id: 8 },
      },
      oneofs: { value: { oneof: ['i', 'b', 'type', 'shape', 'tensor'] } },
    },
    TensorProto: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'TensorShapeProto', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
  },
});

const savedModel = root.lookupType('SavedModel');

/** TensorFlow's numbers for element types (DataType). */
export const DATA_TYPE = { float32: 1, int32: 3, uint8: 4, int64: 9, bool: 10, quint8: 12, bfloat16: 14 } as const;

/** Sizes of a tensor, −1 for one that is known only when the graph runs. */
export interface TensorShape {
  readonly dim: readonly { readonly size: number }[];
}

/** An attribute of a node. */
export type AttrValue =
  | { readonly i: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly shape: TensorShape }
  | {
      readonly tensor: {
        readonly dtype: number;
        readonly tensorShape: TensorShape;
        readonly tensorContent: Uint8Array;
      };
    };

/** An operation of a graph; its inputs are names of nodes. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** What a signature names: a tensor of the graph, `node:output`. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: number;
  readonly tensorShape: TensorShape;
}

/** GraphDef's version of TensorFlow 1.15: every operator that we write is there in that form. */
const PRODUCER = 134;

/** Serializes a graph for serving, with one signature. */
export function encodeSavedModel(
  node: readonly NodeDef[],
  inputs: Readonly<Record<string, TensorInfo>>,
  outputs: Readonly<Record<string, TensorInfo>>,
): Uint8Array {
  const signature = { inputs, outputs, methodName: 'tensorflow/serving/predict' };
  const graph = {
    metaInfoDef: { tags: ['serve'] },
    graphDef: { node, versions: { producer: PRODUCER } },
    signatureDef: { serving_default: signature },
  };
  return savedModel.encode({ savedModelSchemaVersion: 1, metaGraphs: [graph] }).finish();
}
