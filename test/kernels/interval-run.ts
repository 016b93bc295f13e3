import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ESTree, parseSync } from 'vite';
import { compare, constant, isOrder, Violation } from './interval.ts';
import {
  array,
  binary,
  builtIn,
  type Callable,
  callable,
  Deferred,
  element,
  indexOf,
  interval,
  lookup,
  member,
  method,
  Scope,
  store,
  unary,
  type Value,
} from './interval-values.ts';

/*
 * Runs the functions of a kernel's own source over intervals (interval.ts): the proof of its bounds.
 *
 *   const field = new Kernel('service/tls/kernels/field25519.ts');
 *   const loose = [range(lo, hi, unit), ...];    // what the docstring of the function says it takes
 *   const out = zeros(12);
 *   field.call('multiply', out, loose, loose);   // throws a Violation, with its line, where something could round
 *   expectWithin(out, tight);                    // throws, with the limb, where the result is out of its bounds
 *
 * An operation is proven closed when `tight` is again within what every user of it takes. `peak` of interval.ts says how close
 * to 2^53 it came. A kernel declares nothing in its code: its bounds stand in its docstring, and in the test as ranges.
 * For a secret bit try 0 and 1 in turn, or range(0, 1): selecting by `a + bit * (b - a)` is proven tighter by the former.
 *
 * Understood: functions (declared, or arrows), const and let, assignment to variables and elements (also += and the like),
 * numbers, + - * ** and / by powers of two, the bitwise operators, comparisons, if, ?:, &&, ||, ??, for, while, for-of over
 * arrays, return, array literals, Float64Array and Uint8Array (new, .of, length, fill, set and slice, but no views), objects of such
 * things, Math.floor and Math.round, calls within the module and into modules that it imports by a relative
 * path. `define` replaces one of them. Types are read over. Loops are unrolled: whatever is branched on, and every index, must be one number. So the run also
 * proves that what was given as a range (a secret) decides no branch and no index. Module constants are run when first used.
 */

export class Kernel {
  readonly #source: string;
  readonly #scope = new Scope();
  readonly #path: string;
  #last = 0;

  /** `change` edits the text before it is parsed: a test shows with it that what is wrong is found. */
  constructor(path: string, change: (source: string) => string = (source) => source) {
    this.#path = path;
    this.#source = change(readFileSync(path, 'utf8'));
    const { program, errors } = parseSync(path, this.#source, { lang: 'ts' });
    if (errors.length > 0) throw new Violation(`${path} does not parse: ${errors[0]?.message}`);
    for (const statement of program.body) this.#declare(statement);
  }

  /** Arrays are changed in place, as they are in the kernel. */
  call(name: string, ...parameters: Value[]): Value {
    try {
      return callable(this.exported(name))(parameters);
    } catch (error) {
      if (!(error instanceof Violation) || error.message.startsWith('in ')) throw error;
      const line = this.#source.slice(0, this.#last).split('\n').length;
      throw new Violation(`in ${this.#path}:${line}, ${name}: ${error.message}`);
    }
  }

  /** What the module calls so, be it exported or not. */
  exported(name: string): Value {
    return lookup(this.#scope, name);
  }

  /** Puts something else in its place: a function that does what was proven of it elsewhere, or that looks at its parameters. */
  define(name: string, value: Value): void {
    this.#scope.names.set(name, value);
  }

  #declare(statement: ESTree.Program['body'][number]): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        return this.#import(statement);
      case 'ExportNamedDeclaration':
        return statement.declaration ? this.#declare(statement.declaration) : undefined;
      case 'VariableDeclaration':
        for (const { id, init } of statement.declarations) {
          if (id.type !== 'Identifier') continue;
          this.#scope.names.set(id.name, init ? new Deferred(() => this.#evaluate(init, this.#scope)) : undefined);
        }
        return;
      case 'FunctionDeclaration':
        return void this.#statement(statement, this.#scope);
      default:
        return; // types, and what runs as the module is loaded
    }
  }

  #import(statement: ESTree.ImportDeclaration): void {
    const path = statement.source.value;
    if (!path.startsWith('.') || statement.importKind === 'type') return;
    let module: Kernel | undefined;
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
      const { name } = specifier.imported;
      const find = () => {
        module ??= new Kernel(join(dirname(this.#path), path));
        const found = module;
        const value = found.exported(name);
        return typeof value === 'function' ? (parameters: Value[]) => found.call(name, ...parameters) : value;
      };
      this.#scope.names.set(specifier.local.name, new Deferred(find));
    }
  }

  /** What was returned, in a box; undefined while the run goes on. */
  #statement(node: ESTree.Statement, scope: Scope): { readonly value: Value } | undefined {
    this.#last = node.start;
    switch (node.type) {
      case 'ExpressionStatement':
        this.#evaluate(node.expression, scope);
        return undefined;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations)
          this.#bind(id, init ? this.#evaluate(init, scope) : undefined, scope);
        return undefined;
      case 'FunctionDeclaration':
        if (node.id && node.body) scope.names.set(node.id.name, this.#closure(node.params, node.body, scope));
        return undefined;
      case 'ReturnStatement':
        return { value: node.argument ? this.#evaluate(node.argument, scope) : undefined };
      case 'BlockStatement':
        return this.#block(node.body, new Scope(scope));
      case 'IfStatement':
        if (this.#test(node.test, scope)) return this.#statement(node.consequent, scope);
        return node.alternate ? this.#statement(node.alternate, scope) : undefined;
      case 'ForStatement':
        return this.#loop(node, new Scope(scope));
      case 'WhileStatement':
        while (this.#test(node.test, scope)) {
          const result = this.#statement(node.body, scope);
          if (result) return result;
        }
        return undefined;
      case 'ForOfStatement':
        return this.#each(node, scope);
      case 'EmptyStatement':
      case 'TSTypeAliasDeclaration':
      case 'TSInterfaceDeclaration':
        return undefined;
      default:
        throw new Violation(`a statement that the analysis does not know: ${node.type}`);
    }
  }

  #block(body: readonly ESTree.Statement[], scope: Scope): { readonly value: Value } | undefined {
    for (const statement of body) {
      const result = this.#statement(statement, scope);
      if (result) return result;
    }
    return undefined;
  }

  #loop(node: ESTree.ForStatement, scope: Scope): { readonly value: Value } | undefined {
    if (node.init?.type === 'VariableDeclaration') this.#statement(node.init, scope);
    else if (node.init) this.#evaluate(node.init, scope);
    while (!node.test || this.#test(node.test, scope)) {
      const result = this.#statement(node.body, scope);
      if (result) return result;
      if (node.update) this.#evaluate(node.update, scope);
    }
    return undefined;
  }

  #each(node: ESTree.ForOfStatement, scope: Scope): { readonly value: Value } | undefined {
    const [declaration] = node.left.type === 'VariableDeclaration' ? node.left.declarations : [];
    if (declaration === undefined) throw new Violation('a for-of that declares no variable');
    for (const item of array(this.#evaluate(node.right, scope))) {
      const inner = new Scope(scope);
      this.#bind(declaration.id, item, inner);
      const result = this.#statement(node.body, inner);
      if (result) return result;
    }
    return undefined;
  }

  #closure(
    params: readonly ESTree.ParamPattern[],
    body: ESTree.FunctionBody | ESTree.Expression,
    outer: Scope,
  ): Callable {
    return (parameters) => {
      const scope = new Scope(outer);
      params.forEach((param, index) => {
        if (param.type === 'TSParameterProperty') throw new Violation(param.type);
        if (param.type === 'RestElement') this.#bind(param.argument, parameters.slice(index), scope);
        else this.#bind(param, parameters[index], scope);
      });
      return body.type === 'BlockStatement' ? this.#block(body.body, scope)?.value : this.#evaluate(body, scope);
    };
  }

  #bind(pattern: ESTree.BindingPattern, value: Value, scope: Scope): void {
    switch (pattern.type) {
      case 'Identifier':
        return void scope.names.set(pattern.name, value);
      case 'AssignmentPattern':
        return this.#bind(pattern.left, value === undefined ? this.#evaluate(pattern.right, scope) : value, scope);
      case 'ArrayPattern':
        return pattern.elements.forEach((element, index) => {
          if (element === null) return;
          if (element.type === 'RestElement') this.#bind(element.argument, array(value).slice(index), scope);
          else this.#bind(element, array(value)[index], scope);
        });
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type !== 'Property' || property.key.type !== 'Identifier') throw new Violation(property.type);
          this.#bind(property.value, member(value, property.key.name), scope);
        }
        return;
      default:
        throw new Violation(`a pattern that is not known: ${pattern satisfies never}`);
    }
  }

  #test(node: ESTree.Expression, scope: Scope): boolean {
    if (node.type === 'ParenthesizedExpression') return this.#test(node.expression, scope);
    if (node.type === 'BinaryExpression' && isOrder(node.operator)) {
      const [left, right] = [this.#evaluate(node.left, scope), this.#evaluate(node.right, scope)];
      return compare(interval(left), interval(right), node.operator);
    }
    if (node.type === 'UnaryExpression' && node.operator === '!') return !this.#test(node.argument, scope);
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      const left = this.#test(node.left, scope);
      return left === (node.operator === '||') ? left : this.#test(node.right, scope);
    }
    return compare(interval(this.#evaluate(node, scope)), constant(0), '!==');
  }

  #evaluate(node: ESTree.Expression | ESTree.PrivateIdentifier | ESTree.Super, scope: Scope): Value {
    switch (node.type) {
      case 'Literal':
        if (typeof node.value === 'number') return constant(node.value);
        if (typeof node.value === 'boolean') return constant(node.value ? 1 : 0);
        if (typeof node.value === 'string') return undefined; // of a message: nothing is computed with it
        throw new Violation(`a literal that is not a number: ${String(node.value)}`);
      case 'Identifier':
        return node.name === 'undefined' ? undefined : lookup(scope, node.name);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'ParenthesizedExpression':
        return this.#evaluate(node.expression, scope);
      case 'UnaryExpression':
        return unary(node.operator, this.#evaluate(node.argument, scope));
      case 'BinaryExpression':
        return binary(node.operator, this.#evaluate(node.left, scope), this.#evaluate(node.right, scope));
      case 'LogicalExpression': {
        const left = this.#evaluate(node.left, scope);
        if (node.operator !== '??') throw new Violation(`${node.operator} as a value`);
        return left === undefined ? this.#evaluate(node.right, scope) : left;
      }
      case 'ConditionalExpression':
        return this.#evaluate(this.#test(node.test, scope) ? node.consequent : node.alternate, scope);
      case 'AssignmentExpression': {
        if (node.operator === '??=') {
          const present = this.#evaluate(node.left as ESTree.Expression, scope);
          return present ?? this.#assign(node.left, this.#evaluate(node.right, scope), scope);
        }
        const right = this.#evaluate(node.right, scope);
        if (node.operator === '=') return this.#assign(node.left, right, scope);
        const left = this.#evaluate(node.left as ESTree.Expression, scope);
        return this.#assign(node.left, binary(node.operator.slice(0, -1), left, right), scope);
      }
      case 'UpdateExpression': {
        const old = this.#evaluate(node.argument as ESTree.Expression, scope);
        this.#assign(node.argument, binary(node.operator === '++' ? '+' : '-', old, constant(1)), scope);
        return old;
      }
      case 'MemberExpression': {
        if (node.computed) {
          return element(array(this.#evaluate(node.object, scope)), indexOf(this.#evaluate(node.property, scope)));
        }
        return member(this.#evaluate(node.object, scope), node.property.name);
      }
      case 'ArrayExpression':
        return node.elements.flatMap((element) => {
          if (element === null) throw new Violation('a hole in an array');
          if (element.type === 'SpreadElement') return array(this.#evaluate(element.argument, scope));
          return [this.#evaluate(element, scope)];
        });
      case 'ObjectExpression': {
        const object = new Scope();
        for (const property of node.properties) {
          if (property.type !== 'Property' || property.key.type !== 'Identifier') throw new Violation(property.type);
          object.names.set(property.key.name, this.#evaluate(property.value as ESTree.Expression, scope));
        }
        return object;
      }
      case 'ArrowFunctionExpression':
        return this.#closure(node.params, node.body, scope);
      case 'NewExpression':
      case 'CallExpression': {
        const parameters = node.arguments.flatMap((argument) =>
          argument.type === 'SpreadElement'
            ? array(this.#evaluate(argument.argument, scope))
            : [this.#evaluate(argument, scope)],
        );
        this.#last = node.start;
        return (
          builtIn(this.#source.slice(node.callee.start, node.callee.end), parameters) ??
          this.#called(node, parameters, scope)
        );
      }
      default:
        throw new Violation(`an expression that the analysis does not know: ${node.type}`);
    }
  }

  #called(node: ESTree.CallExpression | ESTree.NewExpression, parameters: Value[], scope: Scope): Value {
    const { callee } = node;
    if (callee.type === 'MemberExpression' && !callee.computed) {
      const object = this.#evaluate(callee.object, scope);
      if (Array.isArray(object)) return method(object, callee.property.name, parameters);
    }
    return callable(this.#evaluate(callee, scope))(parameters);
  }

  #assign(target: ESTree.AssignmentTarget, value: Value, scope: Scope): Value {
    if (target.type === 'Identifier') {
      const holder = scope.holder(target.name);
      if (holder === undefined) throw new Violation(`${target.name} is not declared`);
      holder.names.set(target.name, value);
      return value;
    }
    if (target.type !== 'MemberExpression') throw new Violation(`an assignment to ${target.type}`);
    if (!target.computed) {
      const object = this.#evaluate(target.object, scope);
      if (!(object instanceof Scope)) throw new Violation(`an assignment to .${target.property.name} of no object`);
      object.names.set(target.property.name, value);
      return value;
    }
    const object = array(this.#evaluate(target.object, scope));
    const index = indexOf(this.#evaluate(target.property, scope));
    store(object, index, value);
    return value;
  }
}
