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
  it('gives expressions', () => {
    expectTypeOf(a.add(1).mul(2n).eq('x').and(true).or(null)).toEqualTypeOf<Expr>();
    expectTypeOf(a.abs().lower().get(0).get('f').slice(1)).toEqualTypeOf<Expr>();
    expectTypeOf(a.cast('Int32').tryCast(new Int32())).toEqualTypeOf<Expr>();
    expectTypeOf(a.asc()).toEqualTypeOf<SortExpr>();
    expectTypeOf(a.desc().expr).toEqualTypeOf<Expr>();
    expectTypeOf(a.node).toEqualTypeOf<ExprNode>();
    expectTypeOf(a.toBytes()).toEqualTypeOf<Uint8Array>();
    expectTypeOf(Expr.fromBytes(a.toBytes())).toEqualTypeOf<Expr>();
  });

  it('does not change', () => {
    // @ts-expect-error it is immutable
    a.node = lit(1).node;
    // @ts-expect-error its node too
    a.node.kind = 'column';
  });

  it('takes operands only', () => {
    // @ts-expect-error undefined is no value
    a.eq(undefined);
    // @ts-expect-error a function is no value
    a.eq(() => 1);
    // @ts-expect-error a list is no operand: lit([1])
    a.eq([1]);
    // @ts-expect-error an object is no operand
    a.add({ value: 1 });
    // @ts-expect-error a sort key is no operand
    a.add(a.asc());
    // @ts-expect-error a symbol is no operand
    a.eq(Symbol('s'));
    // @ts-expect-error an operator has an operand
    a.add();
    // @ts-expect-error a list
    a.inList('abc');
    // @ts-expect-error a list of operands
    a.inList([undefined]);
    // @ts-expect-error both ends
    a.between(1);
    // @ts-expect-error a regular expression is text
    a.matches(/x/);
    // @ts-expect-error flags are no boolean
    a.matches('x', 'i');
    // @ts-expect-error a type
    a.cast(Int32);
    // @ts-expect-error a name
    a.alias(1);
    // @ts-expect-error metadata is text
    a.alias('n', { unit: 1 });
    // @ts-expect-error a name or a place
    a.get(1n);
    // @ts-expect-error a place
    a.slice('1');
    // @ts-expect-error no such direction
    a.sort('desc');
  });

  it('is not made by its users', () => {
    // @ts-expect-error a hook of its methods
    a.make(a.node);
    // @ts-expect-error a hook of its methods
    a.call('abs');
  });
});

describe('columns and literals', () => {
  it('take what they say', () => {
    expectTypeOf(lit({ a: [1, { b: new Map([['k', col('x')]]) }] })).toEqualTypeOf<Expr>();
    expectTypeOf(lit([], 'List(Int8)')).toEqualTypeOf<Expr>();
    // @ts-expect-error a name
    col(1);
    // @ts-expect-error a name
    col();
    // @ts-expect-error undefined is no value
    lit(undefined);
    // @ts-expect-error a function is no value
    lit(() => 1);
    // @ts-expect-error undefined is no value, inside neither
    lit([undefined]);
    // @ts-expect-error metadata is needed
    litWithMetadata(1);
    // @ts-expect-error a name
    placeholder(1);
    // @ts-expect-error the type is needed
    outerRef('a');
  });
});

describe('CASE', () => {
  it('is built', () => {
    expectTypeOf(when('a > 1', 1)).toEqualTypeOf<CaseBuilder>();
    expectTypeOf(case_(a).when('x', 1).otherwise(null)).toEqualTypeOf<Expr>();
    // @ts-expect-error a builder is no expression yet
    a.eq(when('a > 1', 1));
    // @ts-expect-error a string could be a column or a value
    case_('a');
    // @ts-expect-error a boolean of JavaScript is no predicate
    when(1 > 2, 1);
    // @ts-expect-error a result is needed
    when('a > 1');
    // @ts-expect-error a value is needed
    when('a > 1', 1).otherwise();
  });
});

describe('windows', () => {
  it('are built or written', () => {
    expectTypeOf(Window.partitionBy('g', a).orderBy('t', a.desc()).rowsBetween(-1, Infinity)).toEqualTypeOf<Window>();
    expectTypeOf(a.over({ partitionBy: 'g', orderBy: [a, 'b', a.asc()] })).toEqualTypeOf<Expr>();
    expectTypeOf(new WindowFrame('range', { preceding: '1 day' }, 0).units).toEqualTypeOf<
      'rows' | 'range' | 'groups'
    >();
    // @ts-expect-error no such units
    new WindowFrame('row', 0, 0);
    // @ts-expect-error both ends
    new Window().rowsBetween(-1);
    // @ts-expect-error a bound is a number or an object
    new Window().rowsBetween('unbounded', 0);
    // @ts-expect-error one direction
    new Window().rangeBetween({ before: 1 }, 0);
    // @ts-expect-error there is no such option
    a.over({ partition: 'g' });
    // @ts-expect-error a name is no window
    a.over('g');
    // @ts-expect-error a frame is one of the class
    a.windowFrame({ units: 'rows' });
    // @ts-expect-error no such treatment
    a.nullTreatment('IGNORE NULLS');
    // @ts-expect-error a sort key keeps no rows apart
    Window.partitionBy(a.asc());
  });
});

describe('lambdas', () => {
  it('are functions of expressions', () => {
    expectTypeOf(lambda((x) => x.mul(2))).toEqualTypeOf<Expr>();
    expectTypeOf(lambda((x, y) => x.add(y).gt(lambdaVar('z')))).toEqualTypeOf<Expr>();
    expectTypeOf(lambda(['x'], lambdaVar('x'))).toEqualTypeOf<Expr>();
    expectTypeOf<(x: Expr) => Expr>().toExtend<Argument>();
    expectTypeOf<() => number>().toExtend<Argument>();
    // @ts-expect-error it gives an operand
    lambda((x) => [x]);
    // @ts-expect-error it gives an operand at once
    lambda(async (x) => x);
    // @ts-expect-error values never reach it
    lambda((x: number) => x * 2);
    // @ts-expect-error a body is needed
    lambda(['x']);
    // @ts-expect-error a name
    lambdaVar(0);
  });
});

describe('the tag and grouping sets', () => {
  it('take what they say', () => {
    expectTypeOf(expr`${a} > ${1} and ${sql.ident('b')} in (${sql.join([1, 2])})`).toEqualTypeOf<Expr>();
    expectTypeOf(GroupingSet.groupingSets(['a', col('b')], [])).toEqualTypeOf<Expr>();
    // @ts-expect-error undefined is no value
    expr`${undefined}`;
    // @ts-expect-error a list is no value: sql.join
    expr`${[1, 2]}`;
    // @ts-expect-error the tag is no function
    expr('a > 1');
    // @ts-expect-error lists of columns
    GroupingSet.groupingSets('a', 'b');
    // @ts-expect-error columns
    GroupingSet.rollup(1);
  });
});

describe('subqueries', () => {
  it('are DataFrames', () => {
    // @ts-expect-error text is no DataFrame
    exists('select 1');
    // @ts-expect-error a list is no DataFrame
    a.inSubquery([1, 2]);
    // @ts-expect-error a promise is no DataFrame
    exists(Promise.resolve(df));
  });
});
