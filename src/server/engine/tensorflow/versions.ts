/** The version of `@tensorflow/tfjs-node` whose binding is used. */
export const TFJS_NODE = '4.22.0';

/** The version of TensorFlow that `npm run engine:tensorflow` builds it against. */
export const TENSORFLOW = '2.21.0';
