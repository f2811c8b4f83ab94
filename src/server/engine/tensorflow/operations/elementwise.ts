import { dataType, type } from '../graph';
import { type Write, named, plain } from './operation';

/** Operators that work element by element. */
export const ELEMENTWISE: Readonly<Record<string, Write>> = {
  ...plain({
    Abs: 'Abs',
    Add: 'AddV2',
    Div: 'RealDiv',
    Erf: 'Erf',
    Exp: 'Exp',
    Floor: 'Floor',
    Identity: 'Identity',
    Log: 'Log',
    Max: 'Maximum',
    Min: 'Minimum',
    Mul: 'Mul',
    Neg: 'Neg',
    Pow: 'Pow',
    Reciprocal: 'Reciprocal',
    Relu: 'Relu',
    Sigmoid: 'Sigmoid',
    Sign: 'Sign',
    Sqrt: 'Sqrt',
    Sub: 'Sub',
    Tanh: 'Tanh',
    Where: 'SelectV2',
  }),
  ...named(
    {
      Equal: 'Equal',
      Greater: 'Greater',
      GreaterOrEqual: 'GreaterEqual',
      IsNaN: 'IsNan',
      Less: 'Less',
      LessOrEqual: 'LessEqual',
    },
    ({ operation }) => ({ T: type(dataType(operation.inputs[0]!)) }),
  ),
  ...named({ And: 'LogicalAnd', Not: 'LogicalNot', Or: 'LogicalOr' }, () => ({})),
  Cast: ({ graph, operation, y, names }) =>
    graph.add('Cast', names, { SrcT: type(dataType(operation.inputs[0]!)), DstT: type(dataType(y)) }),
};
