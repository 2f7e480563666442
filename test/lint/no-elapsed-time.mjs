/**
 * ESLint rule `sluice/no-elapsed-time` reports an assertion on what a clock of this process says: such a test fails on a
 * machine that is busy. Tests count steps, bytes or requests instead; figures in milliseconds belong to `bench/`.
 *
 * The rule follows a value through arithmetic, `Math`, conversions and the variables and functions of one file.
 */
const CLOCKS = new Set(['Date.now', 'performance.now', 'process.hrtime', 'process.hrtime.bigint']);
/** Calls that leave a duration a duration. */
const CONVERSIONS = new Set(['Number', 'BigInt', 'String']);
const ROUNDINGS = new Set(['toFixed', 'toString', 'valueOf', 'getTime']);

/** @returns `a.b.c` for such an expression, with `globalThis.` left out; otherwise null. */
function pathOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return null;
  const path = pathOf(node.object);
  return path && `${path}.${node.property.name}`.replace(/^globalThis\./, '');
}

/** The operands whose sum, difference or choice an expression is. */
function partsOf(node) {
  switch (node?.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return [node.left, node.right];
    case 'ConditionalExpression':
      return [node.test, node.consequent, node.alternate];
    case 'ArrayExpression':
      return node.elements;
    case 'TemplateLiteral':
      return node.expressions;
    case 'AwaitExpression':
    case 'UnaryExpression':
    case 'SpreadElement':
      return [node.argument];
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return [node.expression];
    default:
      return [];
  }
}

/** The values of a function: its body, or what its own `return` statements name. */
function returnsOf(body) {
  if (body.type !== 'BlockStatement') return [body];
  const statements = [...body.body];
  for (const statement of statements) {
    const inner = [statement.consequent, statement.alternate, statement.block, statement.finalizer, statement.body];
    for (const each of inner.flat())
      if (each) statements.push(...(each.type === 'BlockStatement' ? each.body : [each]));
  }
  return statements.flatMap(({ type, argument }) => (type === 'ReturnStatement' && argument ? [argument] : []));
}

const isFunction = (node) => /^(?:ArrowFunctionExpression|Function(?:Expression|Declaration))$/.test(node?.type);

export const noElapsedTime = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      elapsed: 'An assertion on elapsed time fails on a busy machine: count steps, or move the figure to bench/.',
    },
  },
  create(context) {
    const seen = new Map();

    function fromClock(node) {
      if (node?.type === 'Identifier') return variableFromClock(variableOf(node));
      if (node?.type === 'NewExpression') {
        const isDate = pathOf(node.callee) === 'Date';
        return isDate && (node.arguments.length === 0 || node.arguments.some(fromClock));
      }
      if (node?.type === 'CallExpression') return callFromClock(node);
      return partsOf(node).some(fromClock);
    }

    function callFromClock({ callee, arguments: given }) {
      const path = pathOf(callee);
      if (CLOCKS.has(path)) return true;
      if (CONVERSIONS.has(path) || path?.startsWith('Math.')) return given.some(fromClock);
      if (callee.type === 'MemberExpression') return ROUNDINGS.has(callee.property.name) && fromClock(callee.object);
      return callee.type === 'Identifier' && variableFromClock(variableOf(callee));
    }

    function variableOf(identifier) {
      for (let scope = context.sourceCode.getScope(identifier); scope; scope = scope.upper) {
        const variable = scope.set.get(identifier.name);
        if (variable) return variable;
      }
      return null;
    }

    /** A variable that is given such a value anywhere, or a function that returns one. */
    function variableFromClock(variable) {
      if (!variable) return false;
      if (!seen.has(variable)) {
        seen.set(variable, false); // where it depends on itself
        const values = [
          ...variable.references.map(({ writeExpr }) => writeExpr),
          ...variable.defs.map(({ node }) => node),
        ].flatMap((value) => (isFunction(value) ? returnsOf(value.body) : [value]));
        seen.set(variable, values.some(fromClock));
      }
      return seen.get(variable);
    }

    return {
      'CallExpression[callee.name="expect"]'(node) {
        if (fromClock(node.arguments[0])) context.report({ node, messageId: 'elapsed' });
      },
      'CallExpression[callee.object.name="expect"][callee.property.name="soft"]'(node) {
        if (fromClock(node.arguments[0])) context.report({ node, messageId: 'elapsed' });
      },
    };
  },
};
