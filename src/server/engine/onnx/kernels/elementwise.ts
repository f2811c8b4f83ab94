import { type OnnxType, type Value, record, scalar } from '../value';
import { broadcastShape, cast, kernel } from './kernel';

/** Kernels that work element by element. tfjs names on the left; the ONNX operator or a short expression on the right. */
export function registerElementwise(): void {
  // One operator, float32 in and out (tfjs gives integers to some of them).
  for (const [name, type] of Object.entries({
    Erf: 'Erf',
    Exp: 'Exp',
    Log: 'Log',
    Reciprocal: 'Reciprocal',
    Sigmoid: 'Sigmoid',
    Sqrt: 'Sqrt',
    Tanh: 'Tanh',
  })) {
    kernel(name, ({ input }) => unary(type, cast(input('x'), 'float32')));
  }
  // One operator, the type stays.
  for (const [name, type] of Object.entries({ Abs: 'Abs', Floor: 'Floor', Neg: 'Neg' })) {
    kernel(name, ({ input }) => unary(type, input('x')));
  }
  // tfjs has no sign for NaN; ONNX keeps the NaN.
  kernel('Sign', ({ input }) => withoutNan(unary('Sign', input('x')), 0));
  kernel('Square', ({ input }) => binary('Mul', input('x'), input('x')));
  kernel('Rsqrt', ({ input }) => unary('Reciprocal', unary('Sqrt', cast(input('x'), 'float32'))));
  kernel('Log1p', ({ input }) => unary('Log', binary('Add', input('x'), scalar(1))));
  kernel('Expm1', ({ input }) => binary('Sub', unary('Exp', input('x')), scalar(1)));
  kernel('Relu', ({ input }) => unary('Relu', input('x')));
  kernel('Softplus', ({ input }) => softplus(input('x')));
  kernel('Step', ({ input, attribute }) => step(input('x'), attribute<number>('alpha')));
  kernel('ClipByValue', ({ input, attribute }) => {
    const x = input('x');
    const bound = (key: string) => scalar(attribute<number>(key), x.type);
    return binary('Min', binary('Max', x, bound('clipValueMin')), bound('clipValueMax'));
  });
  kernel('Identity', ({ input }) => input('x'));
  kernel('Cast', ({ input, attribute }) => cast(input('x'), attribute<OnnxType>('dtype')));
  kernel('LogicalNot', ({ input }) => unary('Not', input('x')));
  kernel('IsNan', ({ input }) => record('IsNaN', [input('x')], { type: 'bool', shape: input('x').shape }));

  for (const [name, type] of Object.entries({
    Add: 'Add',
    Sub: 'Sub',
    Multiply: 'Mul',
    RealDiv: 'Div',
    Maximum: 'Max',
    Minimum: 'Min',
    Pow: 'Pow',
  })) {
    kernel(name, ({ input }) => arithmetic(type, input('a'), input('b')));
  }
  kernel('AddN', ({ all }) => all().reduce((sum, value) => arithmetic('Add', sum, value)));
  kernel('SquaredDifference', ({ input }) => {
    const difference = arithmetic('Sub', input('a'), input('b'));
    return binary('Mul', difference, difference);
  });
  kernel('FloorDiv', ({ input }) => {
    const [a, b] = [input('a'), input('b')];
    return cast(unary('Floor', binary('Div', cast(a, 'float32'), cast(b, 'float32'))), a.type);
  });

  for (const [name, type] of Object.entries({
    Equal: 'Equal',
    Greater: 'Greater',
    GreaterEqual: 'GreaterOrEqual',
    Less: 'Less',
    LessEqual: 'LessOrEqual',
  })) {
    kernel(name, ({ input }) => compare(type, input('a'), input('b')));
  }
  kernel('NotEqual', ({ input }) => unary('Not', compare('Equal', input('a'), input('b'))));
  for (const [name, type] of Object.entries({ LogicalAnd: 'And', LogicalOr: 'Or' })) {
    kernel(name, ({ input }) => compare(type, input('a'), input('b')));
  }
  kernel('Select', ({ input }) => {
    const [condition, t, e] = [input('condition'), input('t'), input('e')];
    const shape = broadcastShape(broadcastShape(condition.shape, t.shape), e.shape);
    return record('Where', [cast(condition, 'bool'), t, e], { type: t.type, shape });
  });
}

/** An operator of one input that keeps type and shape. */
export function unary(type: string, x: Value): Value {
  return record(type, [x], { type: x.type, shape: x.shape });
}

/** An operator of two inputs that broadcasts and keeps the type of the first. */
export function binary(type: string, a: Value, b: Value): Value {
  return record(type, [a, b], { type: a.type, shape: broadcastShape(a.shape, b.shape) });
}

/** As tfjs: booleans count as integers in arithmetic. */
function arithmetic(type: string, a: Value, b: Value): Value {
  const number = (value: Value) => (value.type === 'bool' ? cast(value, 'int32') : value);
  return binary(type, number(a), number(b));
}

function compare(type: string, a: Value, b: Value): Value {
  return record(type, [a, b], { type: 'bool', shape: broadcastShape(a.shape, b.shape) });
}

/** Replaces NaN, which ONNX and tfjs treat differently in some operations. */
export function withoutNan(x: Value, replacement: number): Value {
  if (x.type !== 'float32') return x;
  const isNan = record('IsNaN', [x], { type: 'bool', shape: x.shape });
  return record('Where', [isNan, scalar(replacement), x], { type: 'float32', shape: x.shape });
}

/** max(x, 0) + log(1 + exp(−|x|)): right for large |x|, where exp(x) would overflow. */
function softplus(x: Value): Value {
  const tail = unary('Log', binary('Add', unary('Exp', unary('Neg', unary('Abs', x))), scalar(1)));
  return binary('Add', unary('Relu', x), tail);
}

/** 1 above 0, `alpha` at and below 0, NaN for NaN. */
function step(x: Value, alpha: number): Value {
  const positive = compare('Greater', x, scalar(0, x.type));
  const value = record('Where', [positive, scalar(1, x.type), scalar(alpha, x.type)], { type: x.type, shape: x.shape });
  if (x.type !== 'float32') return value;
  return record('Where', [record('IsNaN', [x], { type: 'bool', shape: x.shape }), x, value], {
    type: x.type,
    shape: x.shape,
  });
}
