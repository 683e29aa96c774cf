import { Int32 } from 'apache-arrow';
import {
  type Argument,
  type CaseBuilder,
  case_,
  col,
  type DataFrame,
  Expr,
  type ExprNode,
  exists,
  expr,
  GroupingSet,
  lambda,
  lambdaVar,
  lit,
  litWithMetadata,
  outerRef,
  placeholder,
  type SortExpr,
  sql,
  Window,
  WindowFrame,
  when,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

const a = col('a');
declare const df: DataFrame;

describe('an expression', () => {
  it('has methods that return expressions', () => {
    expectTypeOf(a.add(1).mul(2n).eq('x').and(true).or(null)).toEqualTypeOf<Expr>();
    expectTypeOf(a.abs().lower().get(0).get('f').slice(1)).toEqualTypeOf<Expr>();
    expectTypeOf(a.cast('Int32').tryCast(new Int32())).toEqualTypeOf<Expr>();
    expectTypeOf(a.asc()).toEqualTypeOf<SortExpr>();
    expectTypeOf(a.desc().expr).toEqualTypeOf<Expr>();
    expectTypeOf(a.node).toEqualTypeOf<ExprNode>();
    expectTypeOf(a.toBytes()).toEqualTypeOf<Uint8Array>();
    expectTypeOf(Expr.fromBytes(a.toBytes())).toEqualTypeOf<Expr>();
  });

  it('is immutable', () => {
    // @ts-expect-error the node is readonly
    a.node = lit(1).node;
    // @ts-expect-error the parts of the node are readonly
    a.node.kind = 'column';
  });

  it('takes only operands', () => {
    // @ts-expect-error undefined is not a value
    a.eq(undefined);
    // @ts-expect-error a function is not a value
    a.eq(() => 1);
    // @ts-expect-error a list is not an operand: use lit([1])
    a.eq([1]);
    // @ts-expect-error an object is not an operand
    a.add({ value: 1 });
    // @ts-expect-error a sort key is not an operand
    a.add(a.asc());
    // @ts-expect-error a symbol is not an operand
    a.eq(Symbol('s'));
    // @ts-expect-error an operator needs an operand
    a.add();
    // @ts-expect-error the list must be an array
    a.inList('abc');
    // @ts-expect-error the list must have operands
    a.inList([undefined]);
    // @ts-expect-error both ends are required
    a.between(1);
    // @ts-expect-error a regular expression must be a string
    a.matches(/x/);
    // @ts-expect-error flags are not a boolean
    a.matches('x', 'i');
    // @ts-expect-error the type must be an instance or a name
    a.cast(Int32);
    // @ts-expect-error a name must be a string
    a.alias(1);
    // @ts-expect-error metadata values must be strings
    a.alias('n', { unit: 1 });
    // @ts-expect-error a key must be a string or a number
    a.get(1n);
    // @ts-expect-error an index must be a number
    a.slice('1');
    // @ts-expect-error the direction must be a boolean
    a.sort('desc');
  });

  it('has protected hooks', () => {
    // @ts-expect-error protected
    a.make(a.node);
    // @ts-expect-error protected
    a.call('abs');
  });
});

describe('columns and literals', () => {
  it('take valid arguments only', () => {
    expectTypeOf(lit({ a: [1, { b: new Map([['k', col('x')]]) }] })).toEqualTypeOf<Expr>();
    expectTypeOf(lit([], 'List(Int8)')).toEqualTypeOf<Expr>();
    // @ts-expect-error a name must be a string
    col(1);
    // @ts-expect-error a name is required
    col();
    // @ts-expect-error undefined is not a value
    lit(undefined);
    // @ts-expect-error a function is not a value
    lit(() => 1);
    // @ts-expect-error undefined is not a value, not even in a list
    lit([undefined]);
    // @ts-expect-error metadata is required
    litWithMetadata(1);
    // @ts-expect-error a name must be a string
    placeholder(1);
    // @ts-expect-error the type is required
    outerRef('a');
  });
});

describe('CASE', () => {
  it('is built with when and case_', () => {
    expectTypeOf(when('a > 1', 1)).toEqualTypeOf<CaseBuilder>();
    expectTypeOf(case_(a).when('x', 1).otherwise(null)).toEqualTypeOf<Expr>();
    // @ts-expect-error a builder is not an expression yet
    a.eq(when('a > 1', 1));
    // @ts-expect-error a string could be a column or a value
    case_('a');
    // @ts-expect-error a JavaScript boolean is not a predicate
    when(1 > 2, 1);
    // @ts-expect-error a result is required
    when('a > 1');
    // @ts-expect-error a value is required
    when('a > 1', 1).otherwise();
  });
});

describe('windows', () => {
  it('are built step by step or from options', () => {
    expectTypeOf(Window.partitionBy('g', a).orderBy('t', a.desc()).rowsBetween(-1, Infinity)).toEqualTypeOf<Window>();
    expectTypeOf(a.over({ partitionBy: 'g', orderBy: [a, 'b', a.asc()] })).toEqualTypeOf<Expr>();
    expectTypeOf(new WindowFrame('range', { preceding: '1 day' }, 0).units).toEqualTypeOf<
      'rows' | 'range' | 'groups'
    >();
    // @ts-expect-error there are no such units
    new WindowFrame('row', 0, 0);
    // @ts-expect-error both ends are required
    new Window().rowsBetween(-1);
    // @ts-expect-error a bound must be a number or an object
    new Window().rowsBetween('unbounded', 0);
    // @ts-expect-error there is no such direction
    new Window().rangeBetween({ before: 1 }, 0);
    // @ts-expect-error there is no such option
    a.over({ partition: 'g' });
    // @ts-expect-error a name is not a window
    a.over('g');
    // @ts-expect-error a frame must be a WindowFrame
    a.windowFrame({ units: 'rows' });
    // @ts-expect-error there is no such null treatment
    a.nullTreatment('IGNORE NULLS');
    // @ts-expect-error a sort key cannot be a partition key
    Window.partitionBy(a.asc());
  });
});

describe('lambdas', () => {
  it('are functions from expressions to operands', () => {
    expectTypeOf(lambda((x) => x.mul(2))).toEqualTypeOf<Expr>();
    expectTypeOf(lambda((x, y) => x.add(y).gt(lambdaVar('z')))).toEqualTypeOf<Expr>();
    expectTypeOf(lambda(['x'], lambdaVar('x'))).toEqualTypeOf<Expr>();
    expectTypeOf<(x: Expr) => Expr>().toExtend<Argument>();
    expectTypeOf<() => number>().toExtend<Argument>();
    // @ts-expect-error a lambda must return an operand
    lambda((x) => [x]);
    // @ts-expect-error a lambda must be synchronous
    lambda(async (x) => x);
    // @ts-expect-error a lambda gets expressions, not values
    lambda((x: number) => x * 2);
    // @ts-expect-error a body is required
    lambda(['x']);
    // @ts-expect-error a name must be a string
    lambdaVar(0);
  });
});

describe('the expr tag and grouping sets', () => {
  it('take valid arguments only', () => {
    expectTypeOf(expr`${a} > ${1} and ${sql.ident('b')} in (${sql.join([1, 2])})`).toEqualTypeOf<Expr>();
    expectTypeOf(GroupingSet.groupingSets(['a', col('b')], [])).toEqualTypeOf<Expr>();
    // @ts-expect-error undefined is not a value
    expr`${undefined}`;
    // @ts-expect-error a list is not a value: use sql.join
    expr`${[1, 2]}`;
    // @ts-expect-error the tag is not a function
    expr('a > 1');
    // @ts-expect-error sets must be lists of columns
    GroupingSet.groupingSets('a', 'b');
    // @ts-expect-error arguments must be columns
    GroupingSet.rollup(1);
  });
});

describe('subqueries', () => {
  it('are DataFrames', () => {
    // @ts-expect-error a string is not a DataFrame
    exists('select 1');
    // @ts-expect-error a list is not a DataFrame
    a.inSubquery([1, 2]);
    // @ts-expect-error a promise is not a DataFrame
    exists(Promise.resolve(df));
  });
});
